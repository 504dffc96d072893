/* payload_fuzz.c - the input is a payload and, after a NUL each, a variable
 * with raw fields and one with typed ones. What comes out must be one object
 * that holds what the payload held, in its order. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "event/payload.h"
#include "fuzz.h"
#include "os/clock.h"
#include "json/reader.h"
#include "json/string.h"

static const struct field_origin raw_variable = {"DISPATCH_RAW_FIELD", false,
				     NULL},
				 variable = {"DISPATCH_FIELD", true, NULL};
static struct payload payload;
static char room_text[PAYLOAD_ROOM_SIZE], room_made[PAYLOAD_ROOM_SIZE];
static const struct payload_room room = {room_text, room_made};
static struct field_list fields;

/* The next piece of the input as a string; no file may be opened. */
static char *
take_piece(const uint8_t **data, size_t *size)
{
	const uint8_t *end = *size > 0 ? memchr(*data, 0, *size) : NULL;
	size_t length = end != NULL ? (size_t)(end - *data) : *size, i;
	char *piece = malloc(length + 1);

	if (piece == NULL)
		abort();
	memcpy(piece, *data, length);
	piece[length] = '\0';
	for (i = 0; i < length; i++) {
		if (piece[i] == '@')
			piece[i] = '_';
	}
	*data += length + (end != NULL);
	*size -= length + (end != NULL);
	return piece;
}

static enum json_event
next_key(struct json_reader *reader)
{
	enum json_event event;

	do {
		event = json_next(reader);
	} while (
	    event > JSON_END && (event != JSON_KEY || reader->in.depth != 1));
	return event;
}

/* Whether the outermost keys of one text begin the other's. */
static bool
begins_with(const char *text, size_t length, const char *json)
{
	struct json_reader a, b;

	json_open(&a, span_of(text, length));
	json_open(&b, span_text(json));
	while (next_key(&b) == JSON_KEY) {
		if (next_key(&a) != JSON_KEY ||
		    !json_same_text(a.token, b.token))
			return false;
	}
	return true;
}

static void
check_object(const char *json)
{
	static const char head[] = "{\"event_type\":\"x\",\"client_payload\":";
	const char *text = payload.body + sizeof(head) - 1;
	size_t length = payload.body_length - sizeof(head);
	struct json_reader r;

	/* The body is one level deeper than the payload. */
	json_open(&r, span_of(text, length));
	if (json_validate(&r) < 0)
		abort();
	if (text[0] != '{' || !begins_with(text, length, json))
		abort();
}

/* The same fields as inputs of a workflow, if they can be. */
static void
check_inputs(void)
{
	struct json_reader r;
	enum json_event event;

	json_open(&r, span_of(payload.body, payload.body_length));
	while ((event = json_next(&r)) > JSON_END) {
		if (event != JSON_KEY && event != JSON_STRING &&
		    event != JSON_OBJECT_BEGIN && event != JSON_OBJECT_END)
			abort();
	}
	if (event != JSON_END)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *json = take_piece(&data, &size);
	char *raw = take_piece(&data, &size);
	char *typed = take_piece(&data, &size);
	struct payload_parts parts = {.json = json,
	    .fields = &fields,
	    .no_limits = true,
	    .origin = "--payload"};
	struct error e;

	error_clear(&e);
	fields.count = 0;
	if (field_add_lines(&fields, &raw_variable, raw, &e) == 0 &&
	    field_add_lines(&fields, &variable, typed, &e) == 0 &&
	    payload_build(&payload, &parts, &room, deadline_after(1000), &e) ==
		0 &&
	    payload_set_event_type(&payload, "x", false, &e) == 0)
		check_object(json);
	else if (e.kind == ERROR_NONE)
		abort();
	parts.is_inputs = true;
	if (e.kind == ERROR_NONE &&
	    payload_build(&payload, &parts, &room, deadline_after(1000), &e) ==
		0 &&
	    payload_set_ref(&payload, "x", false, &e) == 0)
		check_inputs();
	free(json);
	free(raw);
	free(typed);
	return 0;
}
