/* tree.c - nodes in an array, linked by index; node 0 is the outermost object,
 * so index 0 can mean "none". A node is text until a field reaches into it.
 * Then it is opened by one level: its members become nodes with their text. */
#include "event/tree.h"

#include <string.h>

#include "base/utf8.h"
#include "base/value.h"
#include "json/reader.h"
#include "json/string.h"

_Static_assert(TREE_MAX <= UINT16_MAX, "an index fits its links");

/* Adds a node after the last one inside parent. Returns its index, or 0 if
 * there is no room. */
static uint16_t
add_node(struct tree *tree, uint16_t parent, const struct field *field)
{
	struct tree_node *above = &tree->nodes[parent];
	uint16_t index = (uint16_t)tree->count;

	if (index == TREE_MAX)
		return 0;
	tree->count++;
	tree->nodes[index] =
	    (struct tree_node){.parent = parent, .field = field};
	if (above->last != 0) {
		tree->nodes[above->last].next = index;
	} else {
		above->first = index;
	}
	above->last = index;
	return index;
}

static int
refuse_count(const struct tree *tree, struct error *e)
{
	return error_set(e, ERROR_PAYLOAD, "%s: more than %d members and items",
	    tree->name, TREE_MAX);
}

static void
set_text(struct tree_node *node, struct span text)
{
	unsigned char first = text.bytes[0];

	node->text = text;
	node->opener = first == '{' || first == '[' ? first : 0;
}

void
tree_write_place(
    const struct tree *tree, const struct tree_node *node, struct buffer *b)
{
	const unsigned char *line = tree->json.bytes, *at;
	char place[FIELD_PLACE_SIZE];
	unsigned long long number = 1;

	if (node->field != NULL) {
		field_place(node->field, place);
		buffer_text(b, place);
		return;
	}
	for (at = line; at < node->key.bytes; at++) {
		if (*at == '\n') {
			number++;
			line = at + 1;
		}
	}
	buffer_format(b, "%s:%llu:%llu", tree->name, number,
	    1ULL + utf8_count(line, (size_t)(at - line)));
}

static int
refuse_twice(const struct tree *tree, const struct tree_node *earlier,
    const struct tree_node *later, struct error *e)
{
	char places[ERROR_LINE_SIZE / 2];
	struct value shown;
	struct buffer b;

	buffer_init(&b, places, sizeof(places));
	tree_write_place(tree, earlier, &b);
	buffer_text(&b, " and ");
	tree_write_place(tree, later, &b);
	return error_set(e, ERROR_PAYLOAD, "the key %s is given twice: %s",
	    value_show(&shown, later->key), places);
}

/* Checks that the last key inside parent differs from the others there. */
static int
check_last(const struct tree *tree, uint16_t parent, struct error *e)
{
	const struct tree_node *nodes = tree->nodes;
	uint16_t last = nodes[parent].last, i;

	for (i = nodes[parent].first; i != last; i = nodes[i].next) {
		if (json_same_text(nodes[i].key, nodes[last].key))
			return refuse_twice(tree, &nodes[i], &nodes[last], e);
	}
	return 0;
}

/* Makes a node of the member or item that an event begins. */
static int
read_node(struct tree *tree, uint16_t parent, struct json_reader *reader,
    enum json_event event, struct error *e)
{
	uint16_t index = add_node(tree, parent, tree->nodes[parent].field);

	if (index == 0)
		return refuse_count(tree, e);
	if (event == JSON_KEY) {
		tree->nodes[index].key = reader->token;
		if (check_last(tree, parent, e) < 0)
			return -1;
		event = json_next(reader);
	}
	if (json_whole(reader, event) == JSON_FAULT)
		return json_refuse(reader, tree->name, e);
	set_text(&tree->nodes[index], reader->token);
	return 0;
}

/* Makes nodes of all members or items, after the beginning of a container. */
static int
read_nodes(struct tree *tree, uint16_t parent, struct json_reader *reader,
    struct error *e)
{
	enum json_event event;

	tree->nodes[parent].is_open = true;
	while ((event = json_next(reader)) != JSON_OBJECT_END &&
	       event != JSON_ARRAY_END) {
		if (event == JSON_FAULT)
			return json_refuse(reader, tree->name, e);
		if (read_node(tree, parent, reader, event, e) < 0)
			return -1;
	}
	return 0;
}

/* Takes a container apart by one level. */
static int
open_node(struct tree *tree, uint16_t index, struct error *e)
{
	struct json_reader r;

	if (tree->nodes[index].is_open)
		return 0;
	json_open(&r, tree->nodes[index].text);
	(void)json_next(&r);
	return read_nodes(tree, index, &r, e);
}

int
tree_open(struct tree *tree, const char *name, struct span json,
    struct buffer *keys, struct error *e)
{
	struct json_reader r;
	enum json_event event;

	tree->name = name;
	tree->json = json;
	tree->keys = keys;
	tree->count = 1;
	tree->nodes[0] = (struct tree_node){.opener = '{'};
	json_open(&r, json);
	event = json_next(&r);
	if (event == JSON_OBJECT_BEGIN) {
		if (read_nodes(tree, 0, &r, e) < 0)
			return -1;
		event = json_next(&r);
		if (event == JSON_END)
			return 0;
	}
	if (event == JSON_FAULT || json_validate(&r) < 0)
		return json_refuse(&r, name, e);
	return error_set(e, ERROR_PAYLOAD,
	    "%s: not a JSON object such as {\"key\": \"value\"}", name);
}

/* Takes the next step off a key: a name, or an empty span for [].
 *
 * Returns 1, 0 at the end of the key, or -1 if it is malformed. */
static int
next_step(
    const struct field *field, size_t *at, struct span *step, struct error *e)
{
	const char *key = span_chars(field->key), *p = key + *at, *close;
	size_t left = field->key.length - *at, i;

	if (left == 0 && *at > 0)
		return 0;
	if (*at == 0) {
		for (i = 0; i < left && key[i] != '['; i++) {
			if (key[i] == ']') {
				return field_refuse(field, e, ERROR_USAGE,
				    "there is a ] without a [");
			}
		}
		*step = span_of(key, i);
		*at = i;
		return i > 0 ? 1
			     : field_refuse(
				   field, e, ERROR_USAGE, "the key is empty");
	}
	if (*p != '[') {
		return field_refuse(
		    field, e, ERROR_USAGE, "there is text after a ]");
	}
	close = memchr(p, ']', left);
	if (close == NULL) {
		return field_refuse(
		    field, e, ERROR_USAGE, "there is a [ without a ]");
	}
	*step = span_of(p + 1, (size_t)(close - p) - 1);
	if (memchr(step->bytes, '[', step->length) != NULL) {
		return field_refuse(
		    field, e, ERROR_USAGE, "there is a [ inside brackets");
	}
	*at += step->length + 2;
	return 1;
}

size_t
tree_levels(const struct field *field)
{
	size_t levels = 1, i;

	for (i = 0; i < field->key.length; i++)
		levels += field->key.bytes[i] == '[';
	return levels;
}

/* A field on the way to its place. */
struct path {
	struct tree *tree;
	const struct field *field;
	uint16_t at; /* the container that was reached */
};

/* Returns the index of the member of that name, or 0. */
static uint16_t
find(const struct path *path, uint16_t parent, struct span name)
{
	const struct tree_node *nodes = path->tree->nodes;
	uint16_t i;

	for (i = nodes[parent].first; i != 0; i = nodes[i].next) {
		if (json_equals(nodes[i].key, name))
			break;
	}
	return i;
}

/* Gives a node the name of a member. */
static int
set_key(const struct path *path, struct tree_node *node, struct span name,
    struct error *e)
{
	struct buffer *keys = path->tree->keys;
	size_t start = keys->length, bad;

	if (json_quote(keys, name, &bad) < 0) {
		return field_refuse(path->field, e, ERROR_PAYLOAD,
		    "the key is not UTF-8 at offset %zu",
		    bad + (size_t)(name.bytes - path->field->key.bytes));
	}
	/* A key that did not fit is not complete and must not be read. */
	if (keys->overflowed) {
		return error_set(e, ERROR_PAYLOAD,
		    "the fields take more than %zu bytes", keys->capacity);
	}
	node->key = span_of(keys->bytes + start, keys->length - start);
	return 0;
}

/* Adds a member of that name, or an item if name is absent, to the container
 * that was reached. With an opener it is an empty container. Returns its index,
 * or -1. */
static int
create(const struct path *path, struct span name, unsigned char opener,
    struct error *e)
{
	uint16_t index = add_node(path->tree, path->at, path->field);
	struct tree_node *node = &path->tree->nodes[index];

	if (index == 0)
		return refuse_count(path->tree, e);
	node->opener = opener;
	node->is_open = opener != 0;
	if (name.bytes != NULL && set_key(path, node, name, e) < 0)
		return -1;
	return index;
}

static const char *
kind_of(const struct tree_node *node)
{
	switch (node->opener != 0 ? node->opener : node->text.bytes[0]) {
	case '{':
		return "an object";
	case '[':
		return "an array";
	case '"':
		return "a string";
	case 't':
		return "true";
	case 'f':
		return "false";
	case 'n':
		return "null";
	default:
		return "a number";
	}
}

static int
refuse_kind(
    const struct path *path, const struct tree_node *node, struct error *e)
{
	char place[ERROR_LINE_SIZE / 2];
	struct value shown;
	struct buffer b;

	buffer_init(&b, place, sizeof(place));
	tree_write_place(path->tree, node, &b);
	return field_refuse(path->field, e, ERROR_PAYLOAD,
	    "%s is already %s, set %s %s", value_show(&shown, node->key),
	    kind_of(node), node->field != NULL ? "by" : "at", place);
}

/* Moves to the container of that name, which is made if it is absent. */
static int
enter(
    struct path *path, struct span name, unsigned char opener, struct error *e)
{
	int index = find(path, path->at, name);

	if (index == 0) {
		index = create(path, name, opener, e);
		if (index < 0)
			return -1;
	}
	path->at = (uint16_t)index;
	if (path->tree->nodes[index].opener != opener)
		return refuse_kind(path, &path->tree->nodes[index], e);
	return open_node(path->tree, path->at, e);
}

/* Moves from an array to the object inside it that takes a member of that name:
 * the last one, unless it has such a member that is not an array. */
static int
enter_item(struct path *path, struct span name, struct error *e)
{
	const struct tree_node *nodes = path->tree->nodes;
	uint16_t last = nodes[path->at].last, member;
	int index = last;

	if (last != 0 && nodes[last].opener == '{') {
		if (open_node(path->tree, last, e) < 0)
			return -1;
		member = find(path, last, name);
		if (member != 0 && nodes[member].opener != '[')
			index = 0;
	} else {
		index = 0;
	}
	if (index == 0)
		index = create(path, span_of(NULL, 0), '{', e);
	if (index < 0)
		return -1;
	path->at = (uint16_t)index;
	return 0;
}

/* At the last step of a key: gives the value to that name, or adds it to the
 * array of that name. */
static int
put(struct path *path, struct span name, bool is_array, struct span value,
    struct error *e)
{
	bool is_item = is_array && value.bytes != NULL;
	int index;

	if (is_item && enter(path, name, '[', e) < 0)
		return -1;
	index = create(path, is_item ? span_of(NULL, 0) : name,
	    value.bytes == NULL ? '[' : 0, e);
	if (index < 0)
		return -1;
	if (value.bytes != NULL)
		set_text(&path->tree->nodes[index], value);
	return is_item ? 0 : check_last(path->tree, path->at, e);
}

int
tree_add(struct tree *tree, const struct field *field, struct span value,
    struct error *e)
{
	struct path path = {.tree = tree, .field = field};
	struct span name = {NULL, 0}, step = {NULL, 0};
	bool is_array = false;
	size_t at = 0;
	int more;

	if (next_step(field, &at, &name, e) < 0)
		return -1;
	while ((more = next_step(field, &at, &step, e)) > 0) {
		if (step.length == 0 && is_array) {
			return field_refuse(field, e, ERROR_USAGE,
			    "an array cannot be put into an array; set the "
			    "outer one with KEY:=JSON");
		}
		if (step.length == 0) {
			is_array = true;
			continue;
		}
		if (enter(&path, name, is_array ? '[' : '{', e) < 0 ||
		    (is_array && enter_item(&path, step, e) < 0))
			return -1;
		is_array = false;
		name = step;
	}
	if (more < 0)
		return -1;
	return put(&path, name, is_array, value, e);
}

bool
tree_has(const struct tree *tree, struct span name)
{
	uint16_t i;

	for (i = tree->nodes[0].first; i != 0; i = tree->nodes[i].next) {
		if (json_equals(tree->nodes[i].key, name))
			return true;
	}
	return false;
}

size_t
tree_count(const struct tree *tree)
{
	size_t count = 0;
	uint16_t i;

	for (i = tree->nodes[0].first; i != 0; i = tree->nodes[i].next)
		count++;
	return count;
}

/* Writes JSON that was not taken apart. It is known to be valid, so that only
 * strings and white space have to be recognised. */
static void
write_text(struct span text, struct buffer *b)
{
	const unsigned char *bytes = text.bytes;
	bool is_string = false;
	size_t from = 0, i;

	for (i = 0; i < text.length; i++) {
		if (bytes[i] == '"') {
			is_string = !is_string;
		} else if (is_string && bytes[i] == '\\') {
			i++;
		} else if (!is_string && bytes[i] <= ' ') {
			buffer_append(b, bytes + from, i - from);
			from = i + 1;
		}
	}
	buffer_append(b, bytes + from, text.length - from);
}

/* Writes the beginning of a node: all of it if it was not taken apart. */
static void
write_node(const struct tree_node *node, struct buffer *b)
{
	if (node->key.bytes != NULL) {
		buffer_append(b, node->key.bytes, node->key.length);
		buffer_byte(b, ':');
	}
	if (node->is_open) {
		buffer_byte(b, (char)node->opener);
	} else {
		write_text(node->text, b);
	}
}

static void
close_node(const struct tree_node *node, struct buffer *b)
{
	buffer_byte(b, node->opener == '{' ? '}' : ']');
}

/* Writes all of it, or what comes before the end of this value. */
static void
write_until(const struct tree *tree, struct buffer *b, const void *last)
{
	const struct tree_node *nodes = tree->nodes;
	uint16_t i = 0;

	write_node(&nodes[0], b);
	for (;;) {
		if (last != NULL && nodes[i].text.bytes == last)
			return;
		if (nodes[i].first != 0) {
			i = nodes[i].first;
			write_node(&nodes[i], b);
			continue;
		}
		if (nodes[i].is_open)
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

void
tree_write(const struct tree *tree, struct buffer *b)
{
	write_until(tree, b, NULL);
}

size_t
tree_offset(const struct tree *tree, struct span value)
{
	struct buffer b;

	buffer_init(&b, NULL, 0);
	write_until(tree, &b, value.bytes);
	return b.length - value.length;
}
