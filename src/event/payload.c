/* payload.c - the payload is opened as members, each field's value is made
 * into JSON and added in its place, and all is written without white space.
 * Nothing that is a value is ever pasted between quotes, and what was made is
 * read once more before it is handed on. */
#include "event/payload.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/span.h"
#include "os/clock.h"
#include "os/file.h"
#include "json/reader.h"
#include "json/scan.h"
#include "json/string.h"

/* Bytes read at once for --check-json: they stay in a processor's cache. */
#define CHECK_WINDOW 131072

/* JSON text somewhere in memory. */
struct piece {
	const char *text;
	size_t length;
};

static int
refuse_size(struct error *e)
{
	return error_set(e, ERROR_PAYLOAD,
	    "the payload is larger than %d bytes", PAYLOAD_BODY_MAX);
}

/* Where the payload's text is. Returns its length or -1. */
static ssize_t
locate(struct payload *p, const char **json, const char **name,
    struct deadline d, struct error *e)
{
	const char *path = *json + 1;
	struct buffer b;

	if ((*json)[0] != '@') {
		*name = "payload";
		return (ssize_t)strlen(*json);
	}
	*name = file_name(path);
	*json = p->text;
	buffer_init(&b, p->text, sizeof(p->text));
	if (file_read(path, &b, d, ERROR_LOCAL, e) < 0)
		return -1;
	if (b.overflowed)
		return file_too_large(path, &b, ERROR_PAYLOAD, e);
	return (ssize_t)b.length;
}

static bool
is_integer(struct piece value)
{
	struct json_reader r;
	size_t i;

	for (i = value.length > 0 && value.text[0] == '-'; i < value.length;
	     i++) {
		if (!ascii_is_digit((unsigned char)value.text[i]))
			return false;
	}
	json_open(&r, span_of(value.text, value.length));
	return json_validate(&r) == 0;
}

/* What --field takes as it is: JSON has these words and this form, too. */
static bool
is_literal(struct piece value)
{
	return ascii_equal("true", value.text, value.length) ||
	       ascii_equal("false", value.text, value.length) ||
	       ascii_equal("null", value.text, value.length) ||
	       is_integer(value);
}

static int
quote_value(const struct field *f, struct buffer *made, struct piece *value,
    struct error *e)
{
	size_t start = made->length, bad;
	char place[FIELD_PLACE_SIZE];

	field_place(f, place);
	if (json_quote(made, span_of(value->text, value->length), &bad) == -1)
		return error_set(e, ERROR_PAYLOAD,
		    "%s, \"%.*s\": the value is not UTF-8 at offset %zu", place,
		    f->key_length > 100 ? 100 : (int)f->key_length, f->key,
		    bad);
	*value = (struct piece){made->bytes + start, made->length - start};
	return 0;
}

/* Exactly one value, of which white space around it is no part. */
static int
check_value(const char *name, struct piece *value, struct error *e)
{
	struct json_reader r;

	json_open(&r, span_of(value->text, value->length));
	if (json_validate(&r) == -1)
		return json_refuse(&r, name, e);
	json_open(&r, span_of(value->text, value->length));
	(void)json_whole(&r, json_next(&r));
	*value = (struct piece){span_chars(r.token), r.token.length};
	return 0;
}

/* The payload is not written yet, so the file's bytes may lie there. */
static int
read_value(struct payload *p, const struct field *f, struct buffer *made,
    struct piece *value, struct deadline d, struct error *e)
{
	const char *name = value->text + 1;
	char path[FILE_PATH_SIZE];
	size_t start = made->length;
	struct buffer b;

	if (value->length > sizeof(path))
		return field_refuse(f, "the file's name is too long", e);
	memcpy(path, name, value->length - 1);
	path[value->length - 1] = '\0';
	buffer_init(&b, p->written, sizeof(p->written));
	if (file_read(path, &b, d, ERROR_LOCAL, e) < 0)
		return -1;
	if (b.overflowed)
		return file_too_large(path, &b, ERROR_LOCAL, e);
	*value = (struct piece){p->written, b.length};
	if (f->kind == FIELD_TYPED)
		return quote_value(f, made, value, e);
	buffer_append(made, p->written, b.length);
	if (made->overflowed)
		return refuse_size(e);
	value->text = made->bytes + start;
	return check_value(path, value, e);
}

/* A field's value as JSON. */
static int
make_value(struct payload *p, const struct field *f, struct buffer *made,
    struct piece *value, struct deadline d, struct error *e)
{
	char name[128];
	struct buffer b;

	*value = (struct piece){f->value, f->value_length};
	if (f->value == NULL)
		return 0;
	if (f->kind != FIELD_RAW && f->value_length > 0 && f->value[0] == '@')
		return read_value(p, f, made, value, d, e);
	if (f->kind == FIELD_TYPED && is_literal(*value))
		return 0;
	if (f->kind != FIELD_JSON)
		return quote_value(f, made, value, e);
	buffer_init(&b, name, sizeof(name));
	buffer_text(&b, "the value of ");
	buffer_append(&b, f->key, f->key_length > 100 ? 100 : f->key_length);
	return check_value(name, value, e);
}

static int
add_fields(struct payload *p, const struct field_list *fields,
    struct buffer *made, struct deadline d, struct error *e)
{
	const struct field *f;
	struct piece value;

	for (f = fields->fields; f < fields->fields + fields->count; f++) {
		if (make_value(p, f, made, &value, d, e) == -1)
			return -1;
		if (made->overflowed)
			return refuse_size(e);
		if (tree_add(&p->tree, f, value.text, value.length, e) == -1)
			return -1;
	}
	return 0;
}

static int
check_limits(size_t properties, size_t size, struct error *e)
{
	if (properties > PAYLOAD_PROPERTIES_MAX) {
		error_set(e, ERROR_PAYLOAD,
		    "the payload has %zu top-level properties; GitHub takes "
		    "at most %d",
		    properties, PAYLOAD_PROPERTIES_MAX);
		return error_hint(e, "wrap them in one property; --no-limits "
				     "sends to a server with other limits");
	}
	if (size > PAYLOAD_SIZE_MAX) {
		error_set(e, ERROR_PAYLOAD,
		    "the payload takes %zu bytes; GitHub takes at most %d",
		    size, PAYLOAD_SIZE_MAX);
		return error_hint(e,
		    "send a link to the data instead; --no-limits sends to a "
		    "server with other limits");
	}
	return 0;
}

/* Strict by construction, and yet the last word is the reader's, which also
 * knows how deep fields and payload may nest together. */
static int
check_written(const char *text, size_t length, struct error *e)
{
	struct json_reader r;

	json_open(&r, span_of(text, length));
	return json_validate(&r) == 0 ? 0 : json_refuse(&r, "the payload", e);
}

static int
write_payload(
    struct payload *p, const struct payload_parts *parts, struct error *e)
{
	struct buffer b;

	buffer_init(&b, p->written + PAYLOAD_HEAD_MAX, PAYLOAD_BODY_MAX);
	tree_write(&p->tree, &b);
	if (b.overflowed)
		return refuse_size(e);
	if (!parts->no_limits &&
	    check_limits(tree_count(&p->tree), b.length, e) == -1)
		return -1;
	p->length = b.length;
	b.bytes[b.length] = '}';
	return check_written(b.bytes, b.length, e);
}

int
payload_build(struct payload *p, const struct payload_parts *parts,
    struct deadline d, struct error *e)
{
	const char *name, *json = parts->json;
	struct buffer made;
	ssize_t length = locate(p, &json, &name, d, e);

	buffer_init(&made, p->made, sizeof(p->made));
	if (length < 0 ||
	    tree_open(&p->tree, name, json, (size_t)length, &made, e) == -1 ||
	    add_fields(p, parts->fields, &made, d, e) == -1)
		return -1;
	return write_payload(p, parts, e);
}

static int
check_event_type(const char *event_type, bool no_limits, struct error *e)
{
	const unsigned char *text = (const unsigned char *)event_type;
	uint64_t characters = scan_count(text, text + strlen(event_type));

	if (no_limits ||
	    (characters > 0 && characters <= PAYLOAD_EVENT_TYPE_MAX))
		return 0;
	return error_set(e, ERROR_PAYLOAD,
	    "the event type has %llu characters; GitHub takes 1 to %d",
	    (unsigned long long)characters, PAYLOAD_EVENT_TYPE_MAX);
}

/* Written first, then moved up to the payload, which stays where it is. */
int
payload_set_event_type(
    struct payload *p, const char *event_type, bool no_limits, struct error *e)
{
	char head[PAYLOAD_HEAD_MAX];
	struct buffer b;
	size_t bad;

	if (check_event_type(event_type, no_limits, e) == -1)
		return -1;
	buffer_init(&b, head, sizeof(head));
	buffer_text(&b, "{\"event_type\":");
	if (json_quote(&b, span_text(event_type), &bad) == -1)
		return error_set(e, ERROR_PAYLOAD,
		    "the event type is not UTF-8 at offset %zu", bad);
	buffer_text(&b, ",\"client_payload\":");
	if (b.overflowed)
		return error_set(
		    e, ERROR_PAYLOAD, "the event type is too long");
	p->body = p->written + PAYLOAD_HEAD_MAX - b.length;
	memcpy(p->written + PAYLOAD_HEAD_MAX - b.length, head, b.length);
	p->body_length = b.length + p->length + 1;
	return 0;
}

/* Nobody waits for the result, so the input may take as long as it likes. */
static ssize_t
read_source(void *context, void *bytes, size_t size)
{
	return file_read_some(
	    *(int *)context, bytes, size, deadline_after(UINT32_MAX));
}

static int
check_source(struct payload *p, int fd, const char *name, struct error *e)
{
	struct json_reader r;

	json_open_source(&r, read_source, &fd, p->text, CHECK_WINDOW);
	if (json_validate(&r) == 0)
		return 0;
	if (r.source_failed)
		return error_set_errno(
		    e, ERROR_LOCAL, errno, "cannot read %s", name);
	return json_refuse(&r, name, e);
}

int
payload_check_file(struct payload *p, const char *path, struct error *e)
{
	int fd = file_open(path, ERROR_LOCAL, e), result;

	if (fd < 0)
		return -1;
	result = check_source(p, fd, file_name(path), e);
	file_close(fd);
	return result;
}
