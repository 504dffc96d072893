/* tree.c - nodes in an array, linked by index; node 0 is the outermost
 * object. A node is text until a field reaches into it: then it is opened by
 * one level, its members becoming nodes with their text. */
#include "event/tree.h"

#include <stdbool.h>
#include <string.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/span.h"
#include "json/reader.h"
#include "json/scan.h"
#include "json/string.h"

_Static_assert(TREE_MAX <= UINT16_MAX, "an index fits its links");

/* A new node behind the last one inside parent. Returns its index, 0 if there
 * is no room. */
static uint16_t
add_node(struct tree *m, uint16_t parent, const struct field *f)
{
	struct tree_node *p = &m->nodes[parent], *n;
	uint16_t i = (uint16_t)m->count;

	if (i == TREE_MAX)
		return 0;
	m->count++;
	n = &m->nodes[i];
	memset(n, 0, sizeof(*n));
	n->parent = parent;
	n->field = f;
	if (p->last != 0)
		m->nodes[p->last].next = i;
	else
		p->first = i;
	p->last = i;
	return i;
}

static int
refuse_number(const struct tree *m, struct error *e)
{
	return error_set(e, ERROR_PAYLOAD,
	    "%s: more than %d members beside each other", m->name, TREE_MAX);
}

static void
set_text(struct tree_node *n, struct span text)
{
	unsigned char first = text.bytes[0];

	n->text = text;
	n->opener = first == '{' || first == '[' ? first : 0;
}

/* "payload:1:15" or "--field number 2". */
static void
write_place(const struct tree *m, const struct tree_node *n, struct buffer *b)
{
	char place[FIELD_PLACE_SIZE];
	const char *p, *line = m->json;
	uint64_t number = 1;

	if (n->field != NULL) {
		field_place(n->field, place);
		buffer_text(b, place);
		return;
	}
	for (p = m->json; p < span_chars(n->key); p++) {
		if (*p == '\n') {
			number++;
			line = p + 1;
		}
	}
	buffer_text(b, m->name);
	buffer_byte(b, ':');
	buffer_decimal(b, number);
	buffer_byte(b, ':');
	buffer_decimal(b, 1 + scan_count((const unsigned char *)line,
				  (const unsigned char *)p));
}

static int
refuse_twice(const struct tree *m, const struct tree_node *a,
    const struct tree_node *b, struct error *e)
{
	char places[ERROR_LINE_SIZE / 2];
	struct buffer text;

	buffer_init(&text, places, sizeof(places));
	write_place(m, a, &text);
	buffer_text(&text, " and ");
	write_place(m, b, &text);
	return error_set(e, ERROR_PAYLOAD, "the key %.*s is given twice: %s",
	    span_width(b->key, 100), span_chars(b->key), places);
}

/* Whether the last key inside parent is unlike the others there. */
static int
check_last(const struct tree *m, uint16_t parent, struct error *e)
{
	const struct tree_node *last = &m->nodes[m->nodes[parent].last], *n;
	uint16_t i;

	for (i = m->nodes[parent].first; i != m->nodes[parent].last;
	     i = n->next) {
		n = &m->nodes[i];
		if (json_same_text(n->key, last->key))
			return refuse_twice(m, n, last, e);
	}
	return 0;
}

/* Takes a node's text apart by one level. The text is valid JSON. */
static int
open_node(struct tree *m, uint16_t parent, struct error *e)
{
	struct tree_node *p = &m->nodes[parent], *n;
	struct json_reader r;
	enum json_event event;
	uint16_t i;

	if (p->opened || p->opener == 0)
		return 0;
	p->opened = 1;
	json_open(&r, p->text);
	(void)json_next(&r);
	while ((event = json_next(&r)) != JSON_OBJECT_END &&
	       event != JSON_ARRAY_END && event > JSON_END) {
		i = add_node(m, parent, p->field);
		if (i == 0)
			return refuse_number(m, e);
		n = &m->nodes[i];
		if (event == JSON_KEY) {
			n->key = r.token;
			if (check_last(m, parent, e) == -1)
				return -1;
			event = json_next(&r);
		}
		(void)json_whole(&r, event);
		set_text(n, r.token);
	}
	return 0;
}

int
tree_open(struct tree *m, const char *name, const char *json, size_t length,
    struct buffer *keys, struct error *e)
{
	struct json_reader r;

	m->name = name;
	m->json = json;
	m->keys = keys;
	m->count = 1;
	memset(&m->nodes[0], 0, sizeof(m->nodes[0]));
	json_open(&r, span_of(json, length));
	if (json_validate(&r) == -1)
		return json_refuse(&r, name, e);
	json_open(&r, span_of(json, length));
	if (json_next(&r) != JSON_OBJECT_BEGIN)
		return error_set(
		    e, ERROR_PAYLOAD, "%s: the payload is not an object", name);
	set_text(
	    &m->nodes[0], span_of(r.token.bytes,
			      (size_t)(json + length - span_chars(r.token))));
	return open_node(m, 0, e);
}

/* A piece of a key: a, [b] or []. */
struct step {
	const char *name;
	size_t length;
};

/* Takes the next step off a key. Returns 1, 0 at the end, or -1. */
static int
next_step(const struct field *f, size_t *at, struct step *step, struct error *e)
{
	const char *p = f->key + *at, *close;
	size_t left = f->key_length - *at;

	if (left == 0 && *at > 0)
		return 0;
	*step = (struct step){p, 0};
	if (*at == 0) {
		for (; *at < left && p[*at] != '['; ++*at) {
			if (p[*at] == ']')
				return field_refuse(f, "a ] without a [", e);
		}
		step->length = *at;
		return *at > 0 ? 1 : field_refuse(f, "the key is empty", e);
	}
	if (*p != '[')
		return field_refuse(f, "there is text behind a ]", e);
	close = memchr(p, ']', left);
	if (close == NULL)
		return field_refuse(f, "a [ without a ]", e);
	step->name = p + 1;
	step->length = (size_t)(close - p) - 1;
	if (memchr(step->name, '[', step->length) != NULL)
		return field_refuse(f, "a [ within brackets", e);
	*at += step->length + 2;
	return 1;
}

/* The member of that name. Returns its index, 0 if there is none. */
static uint16_t
find(const struct tree *m, uint16_t parent, struct step step)
{
	const struct tree_node *n;
	uint16_t i;

	for (i = m->nodes[parent].first; i != 0; i = n->next) {
		n = &m->nodes[i];
		if (json_equals(n->key, span_of(step.name, step.length)))
			break;
	}
	return i;
}

/* A new member of an object, or a new item where name is NULL, which is an
 * empty container if there is an opener. */
static int
create(struct tree *m, uint16_t parent, struct step step, unsigned char opener,
    const struct field *f, uint16_t *made, struct error *e)
{
	struct tree_node *n;
	size_t start = m->keys->length, bad;

	*made = add_node(m, parent, f);
	if (*made == 0)
		return refuse_number(m, e);
	n = &m->nodes[*made];
	n->opener = opener;
	n->opened = opener != 0;
	if (step.name == NULL)
		return 0;
	if (json_quote(m->keys, span_of(step.name, step.length), &bad) == -1)
		return error_set(e, ERROR_PAYLOAD,
		    "the key \"%.*s\" is not UTF-8 at offset %zu",
		    f->key_length > 100 ? 100 : (int)f->key_length, f->key,
		    bad + (size_t)(step.name - f->key));
	/* A key that did not fit is half written, and not to be looked at. */
	if (m->keys->overflowed)
		return error_set(e, ERROR_PAYLOAD,
		    "the fields take more than %zu bytes", m->keys->capacity);
	n->key = span_of(m->keys->bytes + start, m->keys->length - start);
	return 0;
}

static int
refuse_kind(const struct tree *m, const struct tree_node *n,
    const struct field *f, const char *wanted, struct error *e)
{
	char place[FIELD_PLACE_SIZE], other[ERROR_LINE_SIZE / 2];
	struct buffer b;

	field_place(f, place);
	buffer_init(&b, other, sizeof(other));
	write_place(m, n, &b);
	return error_set(e, ERROR_PAYLOAD,
	    "%s, \"%.*s\": the key %.*s is no %s in %s", place,
	    f->key_length > 100 ? 100 : (int)f->key_length, f->key,
	    span_width(n->key, 100), span_chars(n->key), wanted, other);
}

/* To the container of that name inside *at, made if it is not there. */
static int
enter(struct tree *m, uint16_t *at, struct step step, unsigned char opener,
    const struct field *f, struct error *e)
{
	uint16_t i = find(m, *at, step);

	if (i == 0)
		return create(m, *at, step, opener, f, at, e);
	*at = i;
	if (m->nodes[i].opener != opener)
		return refuse_kind(
		    m, &m->nodes[i], f, opener == '{' ? "object" : "array", e);
	return open_node(m, i, e);
}

/* To the object inside an array that takes a member of that name: the last
 * one, unless it has such a member that is no array. */
static int
enter_item(struct tree *m, uint16_t *array, struct step step,
    const struct field *f, struct error *e)
{
	static const struct step item = {NULL, 0};
	uint16_t last = m->nodes[*array].last, i;

	if (last != 0 && m->nodes[last].opener == '{') {
		if (open_node(m, last, e) == -1)
			return -1;
		i = find(m, last, step);
		if (i == 0 || m->nodes[i].opener == '[') {
			*array = last;
			return 0;
		}
	}
	return create(m, *array, item, '{', f, array, e);
}

/* At the last step: name takes the value, or its array one more item. */
static int
put(struct tree *m, uint16_t at, struct step name, bool is_array,
    const struct field *f, const char *json, size_t length, struct error *e)
{
	static const struct step item = {NULL, 0};
	uint16_t made;

	if (is_array && json == NULL) {
		if (create(m, at, name, '[', f, &made, e) == -1)
			return -1;
		return check_last(m, at, e);
	}
	if (is_array && enter(m, &at, name, '[', f, e) == -1)
		return -1;
	if (create(m, at, is_array ? item : name, 0, f, &made, e) == -1)
		return -1;
	set_text(&m->nodes[made], span_of(json, length));
	return is_array ? 0 : check_last(m, at, e);
}

int
tree_add(struct tree *m, const struct field *f, const char *json, size_t length,
    struct error *e)
{
	struct step name, step;
	bool is_array = false;
	uint16_t at = 0;
	size_t place = 0;
	int more;

	if (next_step(f, &place, &name, e) != 1)
		return -1;
	while ((more = next_step(f, &place, &step, e)) == 1) {
		if (step.length == 0 && is_array)
			return field_refuse(f,
			    "an array in an array; give the outer one as "
			    "KEY:=JSON",
			    e);
		if (step.length == 0) {
			is_array = true;
			continue;
		}
		if (enter(m, &at, name, is_array ? '[' : '{', f, e) == -1 ||
		    (is_array && enter_item(m, &at, step, f, e) == -1))
			return -1;
		is_array = false;
		name = step;
	}
	if (more == -1)
		return -1;
	return put(m, at, name, is_array, f, json, length, e);
}

size_t
tree_count(const struct tree *m)
{
	size_t count = 0;
	uint16_t i;

	for (i = m->nodes[0].first; i != 0; i = m->nodes[i].next)
		count++;
	return count;
}

/* A value that was not taken apart. */
static void
write_text(const struct tree_node *n, struct buffer *b)
{
	struct json_reader r;
	enum json_event event;
	bool comma = false;

	json_open(&r, n->text);
	while ((event = json_next(&r)) > JSON_END) {
		if (comma && event != JSON_OBJECT_END &&
		    event != JSON_ARRAY_END)
			buffer_byte(b, ',');
		comma = event != JSON_OBJECT_BEGIN &&
			event != JSON_ARRAY_BEGIN && event != JSON_KEY;
		buffer_append(b, r.token.bytes, r.token.length);
		if (event == JSON_KEY)
			buffer_byte(b, ':');
	}
}

/* A node's beginning: all of it if it was not taken apart. */
static void
write_node(const struct tree_node *n, struct buffer *b)
{
	if (n->key.bytes != NULL) {
		buffer_append(b, n->key.bytes, n->key.length);
		buffer_byte(b, ':');
	}
	if (n->opened)
		buffer_byte(b, (char)n->opener);
	else
		write_text(n, b);
}

static void
close_node(const struct tree_node *n, struct buffer *b)
{
	buffer_byte(b, n->opener == '{' ? '}' : ']');
}

void
tree_write(const struct tree *m, struct buffer *b)
{
	const struct tree_node *nodes = m->nodes;
	uint16_t i = 0;

	write_node(&nodes[0], b);
	for (;;) {
		if (nodes[i].first != 0) {
			i = nodes[i].first;
			write_node(&nodes[i], b);
			continue;
		}
		if (nodes[i].opened)
			close_node(&nodes[i], b);
		while (i != 0 && nodes[i].next == 0) {
			i = nodes[i].parent;
			close_node(&nodes[i], b);
		}
		if (i == 0)
			return;
		i = nodes[i].next;
		buffer_byte(b, ',');
		write_node(&nodes[i], b);
	}
}
