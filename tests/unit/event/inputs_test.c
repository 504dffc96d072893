/* inputs_test.c - payloads and fields as the inputs of a workflow: all values
 * become text, or are refused; the body around them; GitHub's limits. */
#include "event/inputs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "base/error.h"
#include "event/field.h"
#include "event/payload.h"
#include "os/clock.h"
#include "tap.h"

static const struct field_origin typed = {.name = "--field", .is_typed = true};
static const struct field_origin raw = {.name = "--raw-field"};

static struct payload payload;
static char room_text[PAYLOAD_ROOM_SIZE], room_made[PAYLOAD_ROOM_SIZE];
static const struct payload_room room = {room_text, room_made};
static struct field_list fields;
static char large[INPUTS_SIZE_MAX * 3 + 64];

/* Builds inputs, and the body with this ref. */
static int
build(const char *json, bool no_limits, struct error *e)
{
	const struct payload_parts parts = {.json = json,
	    .fields = &fields,
	    .no_limits = no_limits,
	    .origin = "--payload",
	    .is_inputs = true};

	if (payload_build(&payload, &parts, &room, deadline_after(60000), e) <
	    0)
		return -1;
	return payload_set_ref(&payload, "main", false, e);
}

static void
add(const struct field_origin *origin, const char *text)
{
	struct error e;

	error_clear(&e);
	if (text != NULL && field_add(&fields, origin, text, &e) < 0)
		abort();
}

static void
test_values(void)
{
	static const struct {
		const char *json, *typed, *raw;
		const char *inputs; /* NULL: they are refused */
		const char *line, *hint;
	} rows[] = {
	    {"{}", NULL, NULL, "{}", NULL, NULL},
	    {"{}", NULL, "a=true", "{\"a\":\"true\"}", NULL, NULL},
	    {"{}", "a=true", "b=x \"y\"",
		"{\"a\":\"true\",\"b\":\"x \\\"y\\\"\"}", NULL, NULL},
	    {"{}", "a=7", NULL, "{\"a\":\"7\"}", NULL, NULL},
	    {"{}", "a:=1.50e400", NULL, "{\"a\":\"1.50e400\"}", NULL, NULL},
	    {"{}", "a:=\"t\\u0041\"", NULL, "{\"a\":\"t\\u0041\"}", NULL, NULL},
	    {"{}", "a:= false ", NULL, "{\"a\":\"false\"}", NULL, NULL},
	    {"{}", NULL, "a=", "{\"a\":\"\"}", NULL, NULL},
	    {" { \"n\" : -0 , \"s\" : \"a b\" , \"t\" : true } ", NULL, "z=1",
		"{\"n\":\"-0\",\"s\":\"a b\",\"t\":\"true\",\"z\":\"1\"}", NULL,
		NULL},
	    {"{}", "a=null", NULL, NULL,
		"--field 1: the input \"a\" is null, but inputs are text",
		"leave the input out"},
	    {"{\"a\": 1,\n \"b\": null}", NULL, NULL, NULL,
		"payload:2:2: the input \"b\" is null", "empty string"},
	    {"{}", NULL, "a[b]=1", NULL,
		"--raw-field 1: the input \"a\" is an object", "fromJSON"},
	    {"{}", NULL, "a[]=1", NULL,
		"--raw-field 1: the input \"a\" is an array", "fromJSON"},
	    {"{}", NULL, "a[]", NULL, "the input \"a\" is an array",
		"fromJSON"},
	    {"{}", "a:={\"b\":1}", NULL, NULL,
		"--field 1: the input \"a\" is an object", "fromJSON"},
	    {"{}", "a:=[]", NULL, NULL, "the input \"a\" is an array",
		"fromJSON"},
	    {"{\"a\":{}}", NULL, NULL, NULL,
		"payload:1:2: the input \"a\" is an object", "fromJSON"},
	    {"{\"a\":{\"c\":1}}", NULL, "a[b]=2", NULL,
		"payload:1:2: the input \"a\" is an object", "fromJSON"},
	    {"{\"ref\":\"main\",\"inputs\":{\"a\":\"b\"}}", NULL, NULL, NULL,
		"payload:1:15: the input \"inputs\" is an object",
		"only what inputs contains"},
	    {"{\"a\":1}", NULL, "a=2", NULL, "\"a\"", NULL},
	    {"[]", NULL, NULL, NULL, "not a JSON object", NULL},
	};
	static const char head[] = "{\"ref\":\"main\",\"inputs\":";
	char expected[512];
	struct error e;
	size_t i;
	int result;

	for (i = 0; i < COUNT(rows); i++) {
		error_clear(&e);
		fields.count = 0;
		add(&typed, rows[i].typed);
		add(&raw, rows[i].raw);
		result = build(rows[i].json, false, &e);
		if (rows[i].inputs != NULL) {
			snprintf(expected, sizeof(expected), "%s%s}", head,
			    rows[i].inputs);
			tap_number(result, 0, "row %zu is built", i);
			tap_bytes(payload.body, payload.body_length, expected,
			    "row %zu: the body", i);
			continue;
		}
		tap_number(result, -1, "row %zu is refused", i);
		tap_number(e.kind, ERROR_PAYLOAD, "row %zu: the kind", i);
		tap_part(e.line, rows[i].line, "row %zu: the line", i);
		if (rows[i].hint != NULL)
			tap_part(e.hint, rows[i].hint, "row %zu: the hint", i);
	}
}

/* As many inputs, or one input of as many characters. */
static const char *
make(size_t count, const char *character, size_t repeated)
{
	struct buffer b;
	size_t i;

	buffer_init(&b, large, sizeof(large));
	buffer_text(&b, "{");
	for (i = 0; i < count; i++)
		buffer_format(&b, "%s\"i%zu\":\"", i > 0 ? "\"," : "", i);
	for (i = 0; i < repeated; i++)
		buffer_text(&b, character);
	buffer_text(&b, "\"}");
	if (b.overflowed)
		abort();
	return large;
}

static void
test_limits(void)
{
	/* {"i0":""} has 9 characters. */
	static const struct {
		size_t count;
		const char *character;
		size_t repeated;
		bool no_limits;
		const char *line; /* NULL: they are accepted */
		enum error_advice advice;
	} rows[] = {
	    {25, "", 0, false, NULL, ADVICE_NONE},
	    {26, "", 0, false, "there are 26 inputs; GitHub accepts at most 25",
		ADVICE_FEWER_INPUTS},
	    {26, "", 0, true, NULL, ADVICE_NONE},
	    {1, "a", INPUTS_SIZE_MAX - 9, false, NULL, ADVICE_NONE},
	    {1, "a", INPUTS_SIZE_MAX - 8, false,
		"the inputs have 65536 characters; GitHub accepts at most "
		"65535",
		ADVICE_SMALLER_PAYLOAD},
	    {1, "a", INPUTS_SIZE_MAX - 8, true, NULL, ADVICE_NONE},
	    {1, "\xc3\xa9", INPUTS_SIZE_MAX - 9, false, NULL, ADVICE_NONE},
	    {1, "\xc3\xa9", INPUTS_SIZE_MAX - 8, false, "65536 characters",
		ADVICE_SMALLER_PAYLOAD},
	};
	struct error e;
	size_t i;
	int result;

	fields.count = 0;
	for (i = 0; i < COUNT(rows); i++) {
		error_clear(&e);
		result = build(
		    make(rows[i].count, rows[i].character, rows[i].repeated),
		    rows[i].no_limits, &e);
		if (rows[i].line == NULL) {
			tap_number(result, 0, "row %zu is within limits: %s", i,
			    e.line);
			continue;
		}
		tap_part(e.line, rows[i].line, "row %zu: the line", i);
		tap_number(e.kind, ERROR_PAYLOAD, "row %zu: the kind", i);
		tap_number(e.advice, rows[i].advice, "row %zu: the advice", i);
	}
}

static void
test_heads(void)
{
	static char ref[PAYLOAD_HEAD_MAX];
	struct error e;

	error_clear(&e);
	fields.count = 0;
	if (build("{}", false, &e) < 0)
		abort();
	tap_number(payload_set_ref(&payload, "a\"b", true, &e), 0,
	    "a ref with a quotation mark");
	tap_bytes(payload.body, payload.body_length,
	    "{\"ref\":\"a\\\"b\",\"return_run_details\":true,\"inputs\":{}}",
	    "the body with return_run_details");
	tap_number(
	    payload_set_ref(&payload, "main", false, &e), 0, "another ref");
	tap_bytes(payload.body, payload.body_length,
	    "{\"ref\":\"main\",\"inputs\":{}}", "the body without it");
	memset(ref, 'a', sizeof(ref) - 1);
	tap_number(payload_set_ref(&payload, ref, false, &e), -1,
	    "a ref without an end");
	tap_text(e.line, "the ref is too long", "its error");
}

int
main(void)
{
	test_values();
	test_limits();
	test_heads();
	return tap_done();
}
