/* payload.c - the payload is opened as a tree, each field's value is made into
 * JSON and added in its place, and the tree is written once. Text is quoted,
 * never pasted; JSON passes the strict reader once, the payload's in
 * tree_open() and a field's in check_json(), so that the result needs no
 * check. The reader is given fewer levels for a field's value by as many as
 * the field's key puts around it: no payload is deeper than the reader's
 * limit. */
#include "event/payload.h"

#include <errno.h>
#include <string.h>

#include "base/ascii.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/span.h"
#include "base/text.h"
#include "base/utf8.h"
#include "base/value.h"
#include "event/dispatch_id.h"
#include "event/inputs.h"
#include "os/clock.h"
#include "os/file.h"
#include "json/query.h"
#include "json/reader.h"
#include "json/string.h"

/* Bytes read at once by payload_check_file(). They stay in a processor's
 * cache. */
#define CHECK_WINDOW 131072

/* A payload on the way to be built. */
struct build {
	struct payload *payload;
	char *text; /* of a file */
	size_t text_used;
	struct buffer made; /* keys and values of fields */
	struct deadline d;
};

static void
note_use(size_t *used, size_t length)
{
	if (*used < length)
		*used = length;
}

static int
refuse_size(struct error *e)
{
	return error_set(e, ERROR_PAYLOAD,
	    "the payload is larger than %d bytes", PAYLOAD_BODY_MAX);
}

/* If a text that is not JSON is the name of a file or "-", adds to the failure
 * that "@" reads it. */
static int
suggest_file(struct span text, struct error *e)
{
	static const char ending[] = ".json";
	const size_t length = sizeof(ending) - 1;
	char path[FILE_PATH_SIZE];
	struct value shown;

	text = text_trim(text);
	if (text_is_quoted(text) && text.length > 2)
		text = text_trim(span_of(text.bytes + 1, text.length - 2));
	if (text.length > 0 && text.bytes[0] == '@')
		text = span_of(text.bytes + 1, text.length - 1);
	if (span_copy(text, path, sizeof(path)) == 0 && text.length > 0 &&
	    (strcmp(path, "-") == 0 || file_exists(path) ||
		(text.length > length && strchr("{[\"", path[0]) == NULL &&
		    strcmp(path + text.length - length, ending) == 0))) {
		error_append(e, "; did you mean @%s?",
		    value_show(&shown, span_text(path)));
	}
	return -1;
}

/* Opens the tree with the payload as it was given: JSON, or @FILE. */
static int
open_payload(
    struct build *build, const struct payload_parts *parts, struct error *e)
{
	struct payload *payload = build->payload;
	const char *json = parts->json;
	struct buffer text;
	int result;

	if (json[0] != '@') {
		if (tree_open(&payload->tree, "payload", span_text(json),
			&build->made, e) == 0)
			return 0;
		return suggest_file(span_text(json), e);
	}
	buffer_init(&text, build->text, PAYLOAD_ROOM_SIZE);
	result = file_read(json + 1, &text, build->d, ERROR_LOCAL, e);
	build->text_used = text.length;
	if (result < 0)
		return error_name_origin(e, parts->origin);
	if (text.overflowed) {
		file_too_large(json + 1, &text, ERROR_PAYLOAD, e);
		return error_name_origin(e, parts->origin);
	}
	return tree_open(&payload->tree, file_name(&payload->name, json + 1),
	    span_of(text.bytes, text.length), &build->made, e);
}

/* Whether a value is an integer as JSON writes it (RFC 8259, 6). */
static bool
is_integer(struct span value)
{
	size_t first = value.length > 0 && value.bytes[0] == '-', i;

	for (i = first; i < value.length; i++) {
		if (!ascii_is_digit(value.bytes[i]))
			return false;
	}
	return value.length == first + 1 ||
	       (value.length > first && value.bytes[first] != '0');
}

/* Whether a typed value stands for itself. */
static bool
is_literal(struct span value)
{
	return span_equal(value, span_text("true")) ||
	       span_equal(value, span_text("false")) ||
	       span_equal(value, span_text("null")) || is_integer(value);
}

/* Makes a string token of a value. */
static int
quote_value(struct build *build, const struct field *field, struct span *value,
    struct error *e)
{
	size_t start = build->made.length, bad;

	if (json_quote(&build->made, *value, &bad) < 0) {
		return field_refuse(field, e, ERROR_PAYLOAD,
		    "the value is not UTF-8 at offset %zu", bad);
	}
	if (build->made.overflowed)
		return refuse_size(e);
	*value = span_of(build->made.bytes + start, build->made.length - start);
	return 0;
}

/* Checks that a value is one JSON value, and drops white space around it. */
static int
check_json(const struct field *field, const char *name, struct span *value,
    struct error *e)
{
	struct json_reader r;
	enum json_event event;

	json_open(&r, *value);
	json_limit_depth(&r, JSON_DEPTH_MAX - (unsigned)tree_levels(field));
	event = json_whole(&r, json_next(&r));
	*value = r.token;
	if (event == JSON_FAULT || json_next(&r) != JSON_END)
		return json_refuse(&r, name, e);
	return 0;
}

/* Reads the file of KEY=@FILE or KEY:=@FILE. The payload is not written yet, so
 * the file's bytes can be where it will be. */
static int
read_value(struct build *build, const struct field *field, struct span *value,
    struct error *e)
{
	struct payload *payload = build->payload;
	char path[FILE_PATH_SIZE], who[FIELD_NAME_SIZE];
	struct buffer name, text;
	struct value shown;
	int result;

	buffer_init(&name, path, sizeof(path));
	buffer_append(&name, value->bytes + 1, value->length - 1);
	if (name.overflowed) {
		return field_refuse(
		    field, e, ERROR_USAGE, "the file name is too long");
	}
	buffer_init(&text, payload->written, sizeof(payload->written));
	field_name(field, who);
	result = file_read(path, &text, build->d, ERROR_LOCAL, e);
	note_use(&payload->file_used, text.length);
	if (result < 0)
		return error_name_origin(e, who);
	if (text.overflowed) {
		file_too_large(path, &text, ERROR_LOCAL, e);
		return error_name_origin(e, who);
	}
	*value = span_of(text.bytes, text.length);
	if (field->kind == FIELD_TYPED)
		return quote_value(build, field, value, e);
	if (check_json(field, file_name(&shown, path), value, e) < 0)
		return -1;
	buffer_append(&build->made, value->bytes, value->length);
	if (build->made.overflowed)
		return refuse_size(e);
	*value = span_of(build->made.bytes + build->made.length - value->length,
	    value->length);
	return 0;
}

/* Makes JSON of a field's value. An absent one stays absent. */
static int
make_value(struct build *build, const struct field *field, struct span *value,
    struct error *e)
{
	char name[FIELD_NAME_SIZE];

	*value = field->value;
	if (value->bytes == NULL)
		return 0;
	if (field->kind != FIELD_RAW && value->length > 0 &&
	    value->bytes[0] == '@')
		return read_value(build, field, value, e);
	if (field->kind == FIELD_TYPED && is_literal(*value))
		return 0;
	if (field->kind != FIELD_JSON)
		return quote_value(build, field, value, e);
	field_name(field, name);
	if (check_json(field, name, value, e) == 0)
		return 0;
	return suggest_file(field->value, e);
}

static int
add_field(struct build *build, const struct field *field, struct error *e)
{
	struct span value;

	if (tree_levels(field) > JSON_DEPTH_MAX) {
		return field_refuse(field, e, ERROR_PAYLOAD,
		    "the key has more than %d levels", JSON_DEPTH_MAX);
	}
	if (make_value(build, field, &value, e) < 0)
		return -1;
	return tree_add(&build->payload->tree, field, value, e);
}

static int
check_limits(size_t properties, size_t size, struct error *e)
{
	if (properties > PAYLOAD_PROPERTIES_MAX) {
		error_set(e, ERROR_PAYLOAD,
		    "the payload has %zu top-level properties; GitHub accepts "
		    "at most %d",
		    properties, PAYLOAD_PROPERTIES_MAX);
		return error_advise(e, ADVICE_FEWER_PROPERTIES);
	}
	if (size > PAYLOAD_SIZE_MAX) {
		error_set(e, ERROR_PAYLOAD,
		    "the payload has %zu bytes; GitHub accepts at most %d",
		    size, PAYLOAD_SIZE_MAX);
		return error_advise(e, ADVICE_SMALLER_PAYLOAD);
	}
	return 0;
}

static int
check_inputs(size_t count, uint64_t characters, struct error *e)
{
	if (count > INPUTS_MAX) {
		error_set(e, ERROR_PAYLOAD,
		    "there are %zu inputs; GitHub accepts at most %d", count,
		    INPUTS_MAX);
		return error_advise(e, ADVICE_FEWER_INPUTS);
	}
	if (characters > INPUTS_SIZE_MAX) {
		error_set(e, ERROR_PAYLOAD,
		    "the inputs have %llu characters; GitHub accepts at most "
		    "%d",
		    (unsigned long long)characters, INPUTS_SIZE_MAX);
		return error_advise(e, ADVICE_SMALLER_PAYLOAD);
	}
	return 0;
}

/* Writes the payload, and the end of the body after it. */
static int
write_payload(
    struct payload *payload, const struct payload_parts *parts, struct error *e)
{
	size_t count = tree_count(&payload->tree);
	struct buffer b;

	buffer_init(&b, payload->written + PAYLOAD_HEAD_MAX,
	    sizeof(payload->written) - PAYLOAD_HEAD_MAX);
	if (!parts->is_inputs) {
		tree_write(&payload->tree, &b);
	} else if (inputs_write(&payload->tree, &b, e) < 0) {
		return -1;
	}
	payload->length = b.length;
	buffer_byte(&b, '}');
	note_use(&payload->written_used, b.length);
	if (b.overflowed)
		return refuse_size(e);
	if (parts->no_limits)
		return 0;
	if (parts->is_inputs) {
		return check_inputs(
		    count, utf8_count(b.bytes, payload->length), e);
	}
	return check_limits(count, payload->length, e);
}

/* Whether the payload that is written has a property of this key. */
static bool
has_property(const struct payload *payload, const char *key)
{
	char path[DISPATCH_ID_KEY_MAX + 1], none[1];
	struct json_member member = JSON_STRING_AT(path, none);
	struct span written =
	    span_of(payload->written + PAYLOAD_HEAD_MAX, payload->length);

	dispatch_id_path(key, path);
	return json_read_members(written, &member, 1) < 0 ||
	       member.found != JSON_END;
}

/* Whether the payload with the id fits GitHub's limits. */
static bool
has_room(const struct payload *payload, const struct payload_parts *parts)
{
	struct error ignored;
	struct buffer b;

	error_clear(&ignored);
	buffer_init(&b, NULL, 0);
	tree_write(&payload->tree, &b);
	if (b.length >= PAYLOAD_BODY_MAX)
		return false;
	return parts->no_limits || check_limits(tree_count(&payload->tree),
				       b.length, &ignored) == 0;
}

/* The payload was written without the id, and stays as it is if there is no
 * room for one. */
static int
add_id(struct build *build, const struct payload_parts *parts, struct error *e)
{
	static const struct field_origin origin = {.name = "the id"};
	static const char digits[] = "\"0000000000000000\"";
	_Static_assert(sizeof(digits) == DISPATCH_ID_DIGITS + 3,
	    "room for the digits and two quotes");
	struct payload *payload = build->payload;
	struct span value = span_of(digits, sizeof(digits) - 1);
	struct error ignored;

	if (parts->id_key == NULL || has_property(payload, parts->id_key))
		return 0;
	payload->id = (struct field){
	    .key = span_text(parts->id_key), .value = value, .origin = &origin};
	error_clear(&ignored);
	if (tree_add(&payload->tree, &payload->id, value, &ignored) < 0 ||
	    build->made.overflowed || !has_room(payload, parts))
		return 0;
	if (write_payload(payload, parts, e) < 0)
		return -1;
	payload->id_at = tree_offset(&payload->tree, value) + 1;
	return 0;
}

bool
payload_has_own_id(const struct payload *payload)
{
	return payload->id_at > 0;
}

void
payload_set_id(struct payload *payload, const char *digits)
{
	memcpy(payload->written + PAYLOAD_HEAD_MAX + payload->id_at, digits,
	    DISPATCH_ID_DIGITS);
}

static int
build_all(
    struct build *build, const struct payload_parts *parts, struct error *e)
{
	const struct field_list *fields = parts->fields;
	struct payload *payload = build->payload;
	size_t i;

	if (open_payload(build, parts, e) < 0)
		return -1;
	for (i = 0; i < fields->count; i++) {
		if (add_field(build, &fields->fields[i], e) < 0)
			return -1;
	}
	payload->is_nested =
	    tree_has(&payload->tree, span_text("client_payload"));
	if (write_payload(payload, parts, e) < 0)
		return -1;
	return add_id(build, parts, e);
}

int
payload_build(struct payload *payload, const struct payload_parts *parts,
    const struct payload_room *room, struct deadline d, struct error *e)
{
	struct build build = {.payload = payload, .d = d, .text = room->text};
	int result;

	payload->id_at = 0;
	buffer_init(&build.made, room->made, PAYLOAD_ROOM_SIZE);
	result = build_all(&build, parts, e);
	wipe(room->text, build.text_used);
	wipe(room->made, build.made.length);
	return result;
}

bool
payload_is_nested(const struct payload *payload)
{
	return payload->is_nested;
}

/* GitHub records an event with such a name, and no workflow starts, because
 * "types:" has the name without them. */
static int
check_event_name(struct span event_type, struct error *e)
{
	static const char hint[] =
	    "it would be part of the name, and no workflow would start";
	size_t offset = text_find_control(event_type);

	/* -e=TYPE: a short option has no "=". */
	if (event_type.length > 0 && event_type.bytes[0] == '=') {
		error_set(e, ERROR_PAYLOAD, "the event type begins with \"=\"");
		return error_advise(e, ADVICE_EVENT_TYPE);
	}
	if (offset < event_type.length) {
		error_set(e, ERROR_PAYLOAD,
		    "the event type has a control character at offset %zu",
		    offset);
	} else if (text_is_quoted(event_type)) {
		error_set(
		    e, ERROR_PAYLOAD, "the event type has quotes around it");
	} else if (text_trim(event_type).length < event_type.length) {
		error_set(e, ERROR_PAYLOAD,
		    "the event type has white space around it");
	} else {
		return 0;
	}
	return error_hint(e, hint);
}

static int
check_event_length(struct span event_type, struct error *e)
{
	unsigned long long characters =
	    utf8_count(event_type.bytes, event_type.length);

	if (characters > 0 && characters <= PAYLOAD_EVENT_TYPE_MAX)
		return 0;
	return error_set(e, ERROR_PAYLOAD,
	    "the event type has %llu characters; GitHub accepts 1 to %d",
	    characters, PAYLOAD_EVENT_TYPE_MAX);
}

/* Puts the head of the body, which was written on its own, directly before the
 * payload, which stays where it is. */
static int
put_head(struct payload *payload, const struct buffer *head, const char *what,
    struct error *e)
{
	char *end = payload->written + PAYLOAD_HEAD_MAX;

	if (head->overflowed) {
		return error_set(e, ERROR_PAYLOAD, "the %s is too long", what);
	}
	memcpy(end - head->length, head->bytes, head->length);
	payload->body = end - head->length;
	payload->body_length = head->length + payload->length + 1;
	return 0;
}

int
payload_set_event_type(struct payload *payload, const char *event_type,
    bool no_limits, struct error *e)
{
	const struct span name = span_text(event_type);
	char head[PAYLOAD_HEAD_MAX];
	struct buffer b;
	size_t bad;

	if ((!no_limits && check_event_length(name, e) < 0) ||
	    check_event_name(name, e) < 0)
		return -1;
	buffer_init(&b, head, sizeof(head));
	buffer_text(&b, "{\"event_type\":");
	if (json_quote(&b, name, &bad) < 0) {
		return error_set(e, ERROR_PAYLOAD,
		    "the event type is not UTF-8 at offset %zu", bad);
	}
	buffer_text(&b, ",\"client_payload\":");
	return put_head(payload, &b, "event type", e);
}

int
payload_set_ref(struct payload *payload, const char *ref, bool wants_details,
    struct error *e)
{
	char head[PAYLOAD_HEAD_MAX];
	struct buffer b;
	size_t bad;

	buffer_init(&b, head, sizeof(head));
	buffer_text(&b, "{\"ref\":");
	if (json_quote(&b, span_text(ref), &bad) < 0) {
		return error_set(e, ERROR_PAYLOAD,
		    "the ref is not UTF-8 at offset %zu", bad);
	}
	if (wants_details)
		buffer_text(&b, ",\"return_run_details\":true");
	buffer_text(&b, ",\"inputs\":");
	return put_head(payload, &b, "ref", e);
}

struct source {
	int fd;
	struct payload *payload; /* in whose written[] it is read */
};

static ssize_t
read_source(void *context, void *bytes, size_t size)
{
	const struct source *source = context;
	struct payload *payload = source->payload;
	ssize_t n =
	    file_read_some(source->fd, bytes, size, deadline_after(UINT32_MAX));

	if (n > 0) {
		note_use(&payload->file_used,
		    (size_t)((char *)bytes - payload->written) + (size_t)n);
	}
	return n;
}

static int
check_source(struct payload *payload, int fd, const char *name, struct error *e)
{
	struct source source = {fd, payload};
	struct json_reader r;

	json_open_source(
	    &r, read_source, &source, payload->written, CHECK_WINDOW);
	if (json_validate(&r) == 0)
		return 0;
	if (r.source_failed) {
		return error_set_errno(
		    e, ERROR_LOCAL, errno, "cannot read %s", name);
	}
	return json_refuse(&r, name, e);
}

int
payload_check_file(struct payload *payload, const char *path, struct error *e)
{
	int fd = file_open(path, ERROR_LOCAL, e), result;

	if (fd < 0)
		return -1;
	result = check_source(payload, fd, file_name(&payload->name, path), e);
	file_close(fd);
	return result;
}

void
payload_wipe(struct payload *payload)
{
	wipe(payload->written, payload->file_used);
	wipe(payload->written + PAYLOAD_HEAD_MAX, payload->written_used);
}
