/* payload_once_test.c - counts the bytes that are read as JSON until the bodies
 * of several events are made: each byte of the payload and of JSON in a field
 * is read once, however large it is. */
/* Fakes: json/reader. */
#include "event/payload.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/error.h"
#include "base/span.h"
#include "fakes/reader.h"
#include "os/clock.h"
#include "tap.h"

#define INNER " {\"c\": [ 1 , 2 ]} "
#define OUTER "{\"a\": {\"b\":" INNER "}, \"d\": \"\\\" \\\\\" }"

static const struct {
	const char *name, *field; /* KEY=VALUE, typed; NULL: none */
	size_t more;              /* bytes read beside the payload's */
} rows[] = {
    {"no field", NULL, 0},
    {"a string", "s=text", 0},
    {"a number", "n=1", 0},
    {"JSON", "j:=[ 1, {\"k\": 2} ]", sizeof("[ 1, {\"k\": 2} ]") - 1},
    {"a key that is new", "x[y]=1", 0},
    /* An object is taken apart if a field reaches into it. */
    {"a key in an object", "a[z]=1", sizeof("{\"b\":" INNER "}") - 1},
};

static struct payload payload;
static char room_text[PAYLOAD_ROOM_SIZE], room_made[PAYLOAD_ROOM_SIZE];
static const struct payload_room room = {room_text, room_made};
static struct field_list fields;
static char large[400000];

static void
count(const char *name, const char *json, const char *field, size_t bytes)
{
	static const struct field_origin origin = {"--field", true, NULL};
	const struct payload_parts parts = {.json = json,
	    .fields = &fields,
	    .no_limits = true,
	    .origin = "--payload"};
	static const char *const types[] = {"one", "two", "three"};
	char text[64] = "";
	struct error e;
	size_t i;

	error_clear(&e);
	fields.count = 0;
	if (field != NULL) {
		memcpy(text, field, strlen(field) + 1);
		if (field_add(&fields, &origin, text, &e) < 0)
			abort();
	}
	fake_reader_bytes = 0;
	tap_ok(payload_build(
		   &payload, &parts, &room, deadline_after(60000), &e) == 0,
	    "%s: the payload is built: %s", name, e.line);
	(void)payload_is_nested(&payload);
	for (i = 0; i < COUNT(types); i++) {
		if (payload_set_event_type(&payload, types[i], true, &e) < 0)
			abort();
	}
	tap_number((int64_t)fake_reader_bytes, (int64_t)bytes,
	    "%s: the bytes that were read as JSON", name);
}

/* Many levels and members, each of which could be read once more. */
static void
make_large(void)
{
	struct buffer b;
	size_t i;

	buffer_init(&b, large, sizeof(large));
	buffer_text(&b, "{\"l\":");
	for (i = 0; i < 400; i++)
		buffer_text(&b, "[ ");
	for (i = 0; i < 400; i++)
		buffer_byte(&b, ']');
	for (i = 0; i < 1000; i++) {
		buffer_format(
		    &b, ", \"%zu\" : { \"text\" : \"%0200zu\" }", i, i);
	}
	buffer_byte(&b, '}');
	if (b.overflowed)
		abort();
}

int
main(void)
{
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		count(rows[i].name, OUTER, rows[i].field,
		    strlen(OUTER) + rows[i].more);
	}
	make_large();
	count("a large payload", large, NULL, strlen(large));
	return tap_done();
}
