/* payload_test.c - payload and fields in, the request body or the error out.
 * In a row's fields each begins with its option: "-f a=b", "-F a=1"; several
 * are separated by "|". Variables are given as the environment has them. */
#include "event/payload.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/error.h"
#include "os/clock.h"
#include "tap.h"

#define TEN                                                                \
	"\"a\":0,\"b\":0,\"c\":0,\"d\":0,\"e\":0,\"f\":0,\"g\":0,\"h\":0," \
	"\"i\":0"

struct row {
	const char *payload, *fields;
	const char *result; /* the client payload, or the error's line */
};

static const struct row rows[] = {
    /* A payload as it is. */
    {"{}", "", "{}"},
    {" { \"b\" : [ 1.10 , 1e400 ] ,\n\"a\" : { } } ", "",
	"{\"b\":[1.10,1e400],\"a\":{}}"},
    {"{\"n\":12345678901234567890}", "", "{\"n\":12345678901234567890}"},
    {"{\"s\":\"\\ud800\\u0000\x7f\\u2028\xe2\x80\xa8\"}", "",
	"{\"s\":\"\\ud800\\u0000\x7f\\u2028\xe2\x80\xa8\"}"},
    {"[]", "", "payload: not a JSON object such as {\"key\": \"value\"}"},
    {"\"x\"", "-f a=1",
	"payload: not a JSON object such as {\"key\": \"value\"}"},
    {"{", "", "payload:1:2: not JSON: expected a key or }"},
    /* The name of a file without "@". */
    {"nothing.json", "",
	"payload:1:2: not JSON: expected true, false or null; did you mean "
	"@nothing.json?"},
    {"/dev/null", "",
	"payload:1:1: not JSON: expected a value; did you mean @/dev/null?"},
    {" @/dev/null", "",
	"payload:1:2: not JSON: expected a value; did you mean @/dev/null?"},
    {"\"@/dev/null\"", "",
	"payload: not a JSON object such as {\"key\": \"value\"}; did you mean "
	"@/dev/null?"},
    {"-", "", "payload:1:2: not JSON: expected a digit; did you mean @-?"},
    {".json", "", "payload:1:1: not JSON: expected a value"},
    {"{\"a\": b.json", "", "payload:1:7: not JSON: expected a value"},
    {"{}", "-F a:=/dev/null",
	"--field 1 (a):1:1: not JSON: expected a value; did you mean "
	"@/dev/null?"},
    {"{\"a\":1,\n \"b\":2, \"a\":3}", "",
	"the key \"a\" is given twice: payload:1:2 and payload:2:9"},
    {"{\"\xc3\xa9\":1,\"\\u00e9\":3}", "",
	"the key \"\\u00e9\" is given twice: payload:1:2 and payload:1:8"},
    /* Strings. */
    {"{}", "-f a=b", "{\"a\":\"b\"}"},
    {"{}", "-f a=", "{\"a\":\"\"}"},
    {"{}", "-f a=b=c", "{\"a\":\"b=c\"}"},
    {"{}", "-f a=\"\\\n\t\x01", "{\"a\":\"\\\"\\\\\\u000a\\u0009\\u0001\"}"},
    {"{}", "-f a=@x", "{\"a\":\"@x\"}"},
    {"{}", "-f a=true", "{\"a\":\"true\"}"},
    {"{}", "-f a:=1", "{\"a:\":\"1\"}"},
    {"{}", "-f \"=\xf0\x9f\x9a\x80", "{\"\\\"\":\"\xf0\x9f\x9a\x80\"}"},
    {"{}", "-f a=ok\xff",
	"--raw-field 1 (a): the value is not UTF-8 at offset 2"},
    {"{}", "-f a=\"\n\xed\xa0\x80",
	"--raw-field 1 (a): the value is not UTF-8 at offset 2"},
    {"{}", "-f x=1|-f a\xc3=1",
	"--raw-field 2 (a\xc3): the key is not UTF-8 at offset 1"},
    /* Typed values. */
    {"{}", "-F a=true|-F b=false|-F c=null|-F d=7|-F e=-12",
	"{\"a\":true,\"b\":false,\"c\":null,\"d\":7,\"e\":-12}"},
    {"{}", "-F a=12345678901234567890", "{\"a\":12345678901234567890}"},
    {"{}", "-F a=007|-F b=+7|-F c=1.5|-F d=-|-F e=1e3|-F f= 1|-F g=-0",
	"{\"a\":\"007\",\"b\":\"+7\",\"c\":\"1.5\",\"d\":\"-\","
	"\"e\":\"1e3\",\"f\":\" 1\",\"g\":-0}"},
    {"{}", "-F a=True|-F b=nul|-F c=",
	"{\"a\":\"True\",\"b\":\"nul\","
	"\"c\":\"\"}"},
    {"{}", "-F a={owner}", "{\"a\":\"{owner}\"}"},
    {"{}", "-F a=@/tmp/payload_test_none",
	"--field 1 (a): cannot open /tmp/payload_test_none: No such file or "
	"directory"},
    {"{}", "-F a=@", "--field 1 (a): the file name is empty"},
    {"{}", "-F a:=@", "--field 1 (a): the file name is empty"},
    {"@", "", "--payload: the file name is empty"},
    {"{}", "-F a:=[1, {\"b\" : 1.10}]", "{\"a\":[1,{\"b\":1.10}]}"},
    {"{}", "-F a:= 1 |-F b:=\"x\"|-F c:=null",
	"{\"a\":1,\"b\":\"x\",\"c\":null}"},
    {"{}", "-F a:=",
	"--field 1 (a):1:1: not JSON: expected a value, but "
	"there is nothing"},
    {"{}", "-F a[b]:=[1,]",
	"--field 1 (a[b]):1:4: not JSON: expected a "
	"value"},
    {"{}", "-F a:=1 2",
	"--field 1 (a):1:3: not JSON: expected nothing "
	"after the value"},
    /* Nesting. */
    {"{}", "-f a[b]=1|-f a[c][d]=2",
	"{\"a\":{\"b\":\"1\",\"c\":{\"d\":"
	"\"2\"}}}"},
    {"{}", "-f a[]=1|-F a[]=2", "{\"a\":[\"1\",2]}"},
    {"{}", "-f a[]", "{\"a\":[]}"},
    {"{}", "-f a[b][]", "{\"a\":{\"b\":[]}}"},
    {"{}", "-f a[][b]=1|-f a[][c]=2|-f a[][b]=3",
	"{\"a\":[{\"b\":\"1\",\"c\":\"2\"},{\"b\":\"3\"}]}"},
    {"{}", "-f a[][b][]=1|-f a[][b][]=2", "{\"a\":[{\"b\":[\"1\",\"2\"]}]}"},
    {"{}", "-f a[][b][c]=1|-f a[][b][d]=2",
	"{\"a\":[{\"b\":{\"c\":\"1\"}},{\"b\":{\"d\":\"2\"}}]}"},
    {"{}", "-f a[]=x|-f a[][b]=1", "{\"a\":[\"x\",{\"b\":\"1\"}]}"},
    {"{}", "-f a[b c]=1|-f a[.]=2|-f a[\"]=3",
	"{\"a\":{\"b c\":\"1\",\".\":\"2\",\"\\\"\":\"3\"}}"},
    /* With a payload. */
    {"{\"a\":{\"b\":1}}", "-f a[c]=2", "{\"a\":{\"b\":1,\"c\":\"2\"}}"},
    {"{\"a\":[1]}", "-F a[]=2", "{\"a\":[1,2]}"},
    {"{\"a\":[{\"b\":1}, 2, {\"c\" : [ ]}]}", "-F a[][b]=2|-F a[][c][]=3",
	"{\"a\":[{\"b\":1},2,{\"c\":[3],\"b\":2}]}"},
    {"{\"a\":{ },\"z\":0}", "-F a[b][c]=1|-F y=1",
	"{\"a\":{\"b\":{\"c\":1}},\"z\":0,\"y\":1}"},
    {"{}", "-F a:={\"b\":[1]}|-F a[b][]=2", "{\"a\":{\"b\":[1,2]}}"},
    /* Twice. */
    {"{\"a\":1}", "-f a=2",
	"the key \"a\" is given twice: payload:1:2 and --raw-field 1"},
    {"{}", "-f a=2|-F a=3",
	"the key \"a\" is given twice: --raw-field 1 and --field 1"},
    {"{\"a\":{\"b\":1}}", "-f x=0|-f a[b]=2",
	"the key \"b\" is given twice: payload:1:7 and --raw-field 2"},
    {"{\"a\":{\"b\":1,\"b\":2}}", "-f a[c]=2",
	"the key \"b\" is given twice: payload:1:7 and payload:1:13"},
    {"{\"a\":[]}", "-f a[]",
	"the key \"a\" is given twice: payload:1:2 and --raw-field 1"},
    {"{\"a\":1}", "-f a[b]=2",
	"--raw-field 1 (a[b]): \"a\" is already a number, set at payload:1:2"},
    {"{}", "-F a[b]=2|-F a[]=1",
	"--field 2 (a[]): \"a\" is already an object, set by --field 1"},
    {"{}", "-F a[]=2|-F a[b]=1",
	"--field 2 (a[b]): \"a\" is already an array, set by --field 1"},
    /* Malformed keys. */
    {"{}", "-f a",
	"--raw-field 1 (a): there is no value; write "
	"KEY=VALUE"},
    {"{}", "-f =v", "--raw-field 1 (): the key is empty"},
    {"{}", "-F :=1", "--field 1 (): the key is empty"},
    {"{}", "-f []=v", "--raw-field 1 ([]): the key is empty"},
    {"{}", "-f a[b=v", "--raw-field 1 (a[b): there is a [ without a ]"},
    {"{}", "-f a]b=v", "--raw-field 1 (a]b): there is a ] without a ["},
    {"{}", "-f a[b]c=v",
	"--raw-field 1 (a[b]c): there is text "
	"after a ]"},
    {"{}", "-f a[b[c]]=v",
	"--raw-field 1 (a[b[c]]): there is a [ inside "
	"brackets"},
    {"{}", "-f a[][]=v",
	"--raw-field 1 (a[][]): an array cannot be put into an array; set "
	"the outer one with KEY:=JSON"},
    /* Limits. */
    {"{" TEN ",\"j\":0}", "", "{" TEN ",\"j\":0}"},
    {"{" TEN "}", "-F j=0|-F k=0",
	"the payload has 11 top-level properties; GitHub accepts at most 10"},
};

static const struct {
	const char *raw, *typed, *result;
} variables[] = {
    {"a=1\nb=2", "", "{\"a\":\"1\",\"b\":\"2\"}"},
    {"\n\na=1\n\nb[]=2\nb[]=3\n", "c=true\nd:=[1]",
	"{\"a\":\"1\",\"b\":[\"2\",\"3\"],\"c\":true,\"d\":[1]}"},
    {"a<<END\none\ntwo=2\nEND\nb=x", "",
	"{\"a\":\"one\\u000atwo=2\","
	"\"b\":\"x\"}"},
    {"a<<END\nEND\nb<<E\n\nE", "", "{\"a\":\"\",\"b\":\"\"}"},
    {"a<<END\n\n\nEND", "", "{\"a\":\"\\u000a\"}"},
    {"a<<END\n END\nEND \nEND", "", "{\"a\":\" END\\u000aEND \"}"},
    {"a=b<<c", "", "{\"a\":\"b<<c\"}"},
    {"a<b=c", "", "{\"a<b\":\"c\"}"},
    {"a=x\r", "", "{\"a\":\"x\"}"},
    {"a=x\r\n\r\nb=y\r\n", "c=7\r\nd=true\r\ne:=[1]\r\n",
	"{\"a\":\"x\",\"b\":\"y\",\"c\":7,\"d\":true,\"e\":[1]}"},
    {"a<<END\r\n1\r\n2\r\nEND\r\nb=x\r\n", "",
	"{\"a\":\"1\\u000d\\u000a2\",\"b\":\"x\"}"},
    {"a<<END\r\nEND\r\nb<<E\r\n\r\nE", "", "{\"a\":\"\",\"b\":\"\"}"},
    {"a<<END\r\nx\nEND", "", "{\"a\":\"x\"}"},
    {"a<<END\nx\r\nEND", "", "{\"a\":\"x\\u000d\"}"},
    {"", "a:<<END\n[1,\n2]\nEND\nb<<X\n7\nX", "{\"a\":[1,2],\"b\":7}"},
    {"a=1\nb", "",
	"line 2 of DISPATCH_RAW_FIELD (b): there is no value; "
	"write KEY=VALUE"},
    {"a=1\n\nb<<", "",
	"line 3 of DISPATCH_RAW_FIELD (b): there is no "
	"delimiter after <<"},
    {"a<<END\nx\nEN", "",
	"line 1 of DISPATCH_RAW_FIELD (a): the value does not "
	"end in a line that is the delimiter"},
    {"x<<E\n1\n2\nE\na=1", "a=2",
	"the key \"a\" is given twice: line 5 of DISPATCH_RAW_FIELD and line "
	"1 of DISPATCH_FIELD"},
    {"=1", "", "line 1 of DISPATCH_RAW_FIELD (): the key is empty"},
};

static const struct field_origin raw_flag = {"--raw-field", false, NULL},
				 flag = {"--field", true, NULL},
				 raw_variable = {"DISPATCH_RAW_FIELD", false,
				     NULL},
				 variable = {"DISPATCH_FIELD", true, NULL};
static struct payload payload;
static char room_text[PAYLOAD_ROOM_SIZE], room_made[PAYLOAD_ROOM_SIZE];
static const struct payload_room room = {room_text, room_made};
static struct field_list fields;

/* A failure stays in e. */
static void
add(bool typed, const char *text, struct error *e)
{
	if (e->kind == ERROR_NONE &&
	    field_add(&fields, typed ? &flag : &raw_flag, text, e) < 0)
		tap_ok(e->kind == ERROR_USAGE, "refused: %s", text);
}

/* The client payload or the error's line. */
static const char *
build(const char *json, bool no_limits, struct error *e)
{
	const struct payload_parts parts = {.json = json,
	    .fields = &fields,
	    .no_limits = no_limits,
	    .origin = "--payload"};
	static const char head[] = "{\"event_type\":\"x\",\"client_payload\":";
	static char shown[sizeof(payload.written)];
	size_t n = sizeof(head) - 1;

	if (e->kind != ERROR_NONE ||
	    payload_build(&payload, &parts, &room, deadline_after(5000), e) <
		0 ||
	    payload_set_event_type(&payload, "x", no_limits, e) < 0)
		return e->line;
	if (payload.body_length < n || memcmp(payload.body, head, n) != 0)
		return "a body without its head";
	memcpy(shown, payload.body + n, payload.body_length - n - 1);
	shown[payload.body_length - n - 1] = '\0';
	return shown;
}

static void
test_row(const struct row *row)
{
	char text[512], *field;
	const char *result;
	struct error e;

	error_clear(&e);
	fields.count = 0;
	snprintf(text, sizeof(text), "%s", row->fields);
	for (field = strtok(text, "|"); field != NULL;
	     field = strtok(NULL, "|"))
		add(field[1] == 'F', field + 3, &e);
	result = build(row->payload, false, &e);
	tap_text(result, row->result, "%s with %s", row->payload, row->fields);
}

static void
test_variables(void)
{
	const char *result;
	struct error e;
	size_t i;

	for (i = 0; i < COUNT(variables); i++) {
		error_clear(&e);
		fields.count = 0;
		if (field_add_lines(
			&fields, &raw_variable, variables[i].raw, &e) < 0 ||
		    field_add_lines(
			&fields, &variable, variables[i].typed, &e) < 0)
			tap_ok(e.kind == ERROR_USAGE, "refused");
		result = build("{}", false, &e);
		tap_text(result, variables[i].result, "variables %zu", i);
	}
}

static void
test_files(void)
{
	static const char bytes[] = "no \0 \"end\"\n";
	char path[] = "/tmp/payload_test_XXXXXX", field[64];
	int fd = mkstemp(path);
	const char *result;
	struct error e;

	error_clear(&e);
	fields.count = 0;
	tap_ok(fd >= 0, "a file is made");
	tap_number(write(fd, bytes, sizeof(bytes) - 1), sizeof(bytes) - 1,
	    "a text with a NUL is written to it");
	snprintf(field, sizeof(field), "a=@%s", path);
	add(true, field, &e);
	result = build("{}", false, &e);
	tap_text(result, "{\"a\":\"no \\u0000 \\\"end\\\"\\u000a\"}",
	    "the text of a file");
	tap_number(ftruncate(fd, 0), 0, "the file is emptied");
	tap_number(
	    pwrite(fd, " [ 1.10 ]\n", 10, 0), 10, "JSON is written to it");
	fields.count = 0;
	snprintf(field, sizeof(field), "a:=@%s", path);
	add(true, field, &e);
	result = build("{}", false, &e);
	tap_text(result, "{\"a\":[1.10]}", "the JSON of a file");
	(void)close(fd);
	(void)unlink(path);
}

/* Keys and values of more than a MiB: an error, and a half-written key is
 * never read. */
static void
test_too_much(void)
{
	static char texts[12][100000];
	struct error e;
	size_t i;

	for (i = 0; i < 12; i++) {
		memset(texts[i], i % 2 == 0 ? '\\' : '"', sizeof(texts[i]) - 1);
		texts[i][0] = (char)('a' + i);
		texts[i][sizeof(texts[i]) - 3] = '=';
		texts[i][sizeof(texts[i]) - 2] = 'v';
	}
	error_clear(&e);
	fields.count = 0;
	for (i = 0; i < 12; i++)
		add(false, texts[i], &e);
	tap_text(build("{}", true, &e),
	    "the fields take more than 1048576 bytes",
	    "keys of more than a MiB");
	tap_number(e.kind, ERROR_PAYLOAD, "keys of more than a MiB: the kind");
}

/* 65,535 bytes and one more; ten properties and more; 512 levels. */
static void
test_limits(void)
{
	static char json[70000], many[5000 * 10];
	struct error e;
	size_t n, i;

	fields.count = 0;
	n = (size_t)snprintf(json, sizeof(json), "{\"a\":\"");
	memset(json + n, 'x', 65535 - n - 2);
	memcpy(json + 65533, "\"}", 3);
	error_clear(&e);
	tap_ok(strlen(build(json, false, &e)) == 65535, "65,535 bytes");
	memcpy(json + 65533, "x\"}", 4);
	error_clear(&e);
	tap_text(build(json, false, &e),
	    "the payload has 65536 bytes; GitHub accepts at most 65535",
	    "65,536 bytes");
	tap_number(e.kind, ERROR_PAYLOAD, "65,536 bytes: the kind");
	tap_number(
	    e.advice, ADVICE_SMALLER_PAYLOAD, "65,536 bytes: the advice");
	error_clear(&e);
	tap_ok(
	    strlen(build(json, true, &e)) == 65536, "which --no-limits sends");
	for (n = 0, i = 0; i < 5000; i++) {
		n += (size_t)snprintf(many + n, sizeof(many) - n, "%c\"%zu\":0",
		    i == 0 ? '{' : ',', i);
	}
	many[n] = '}';
	error_clear(&e);
	tap_ok(strcmp(build(many, true, &e), "payload: more than 4096 members "
					     "and items") == 0,
	    "more members than the tree has room for");
	error_clear(&e);
	for (i = 0; i < FIELD_MAX; i++)
		add(false, "a[]=x", &e);
	tap_ok(strlen(build("{}", false, &e)) == 4 * FIELD_MAX + 7,
	    "as many fields as there may be");
	tap_ok(field_add(&fields, &raw_flag, "a[]=x", &e) < 0, "and one more");
	memset(many, '[', 512);
	memset(many + 512, ']', 512);
	memcpy(json, "a[b]:=", 6);
	memcpy(json + 6, many, 1024);
	json[6 + 1024] = '\0';
	error_clear(&e);
	fields.count = 0;
	add(true, json, &e);
	tap_ok(strstr(build("{}", false, &e), "at most 512 levels") != NULL,
	    "deeper than can be read again");
}

/* A field [[...]], with that many levels of its own. */
static const char *
build_deep(const char *key, size_t levels, struct error *e)
{
	static char text[2048];
	size_t n = (size_t)snprintf(text, sizeof(text), "%s:=", key);

	memset(text + n, '[', levels);
	memset(text + n + levels, ']', levels);
	text[n + 2 * levels] = '\0';
	error_clear(e);
	fields.count = 0;
	add(true, text, e);
	return build("{}", false, e);
}

/* Fields and payload together are as deep as the reader allows, not more. */
static void
test_depth(void)
{
	static char key[2048];
	struct error e;
	size_t i;

	tap_ok(build_deep("a", 511, &e)[0] == '{', "512 levels");
	tap_ok(strstr(build_deep("a", 512, &e), "at most 512 levels") != NULL,
	    "513 levels");
	tap_number(e.kind, ERROR_PAYLOAD, "513 levels: the kind");
	tap_ok(build_deep("a[b][]", 509, &e)[0] == '{',
	    "512 levels, three of them the key's");
	tap_ok(
	    strstr(build_deep("a[b][]", 510, &e), "at most 512 levels") != NULL,
	    "513 levels, three of them the key's");
	for (i = 0; i < 511; i++)
		memcpy(key + 1 + 3 * i, "[a]", 3);
	key[0] = 'a';
	memcpy(key + 1 + 3 * 511, "=1", 3);
	error_clear(&e);
	fields.count = 0;
	add(false, key, &e);
	tap_ok(build("{}", false, &e)[0] == '{', "a key of 512 levels");
	memcpy(key + 1 + 3 * 511, "[a]=1", 6);
	error_clear(&e);
	fields.count = 0;
	add(false, key, &e);
	tap_ok(strstr(build("{}", false, &e),
		   "the key has more than 512 levels") != NULL,
	    "a key of 513 levels");
	tap_number(e.kind, ERROR_PAYLOAD, "a key of 513 levels: the kind");
}

static void
test_event_types(void)
{
	static const struct {
		const char *piece;
		size_t count;
		bool fits;
	} types[] = {{"x", 100, true}, {"x", 101, false}, {"", 1, false},
	    {"\xc3\xa9", 100, true}, {"\xf0\x9f\x9a\x80", 101, false},
	    {"\xff", 1, false}};
	const struct payload_parts parts = {.json = "{}",
	    .fields = &fields,
	    .no_limits = false,
	    .origin = "--payload"};
	char text[512];
	struct error e;
	size_t i, k;

	fields.count = 0;
	for (i = 0; i < COUNT(types); i++) {
		text[0] = '\0';
		for (k = 0; k < types[i].count; k++)
			strcat(text, types[i].piece);
		error_clear(&e);
		tap_ok(payload_build(&payload, &parts, &room,
			   deadline_after(5000), &e) == 0,
		    "a payload for event type %zu", i);
		tap_number(payload_set_event_type(&payload, text, false, &e),
		    types[i].fits ? 0 : -1, "event type %zu: %s", i, e.line);
	}
}

static void
test_nested(void)
{
	static const struct {
		const char *json;
		bool is_nested;
	} payloads[] = {
	    {"{\"event_type\":\"x\",\"client_payload\":{}}", true},
	    {"{\"client_payload\":{\"a\":1}}", true},
	    {"{\"client\\u005fpayload\":null}", true},
	    {"{\"event_type\":\"x\"}", false},
	    {"{\"a\":{\"client_payload\":{}}}", false},
	    {"{}", false},
	};
	struct error e;
	size_t i;

	fields.count = 0;
	for (i = 0; i < COUNT(payloads); i++) {
		error_clear(&e);
		tap_ok(build(payloads[i].json, false, &e)[0] == '{', "build %s",
		    payloads[i].json);
		tap_ok(payload_is_nested(&payload) == payloads[i].is_nested,
		    "%s is %snested", payloads[i].json,
		    payloads[i].is_nested ? "" : "not ");
	}
}

/* What would be part of the event's name, although nobody means it. */
static void
test_event_names(void)
{
	static const struct {
		const char *name, *line; /* NULL: it is accepted */
	} types[] = {{"a b", NULL}, {"it's \"it\"!", NULL},
	    {"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x9a\x80", NULL},
	    {"a\r", "the event type has a control character at offset 1"},
	    {"a\nb", "the event type has a control character at offset 1"},
	    {"\x7f", "the event type has a control character at offset 0"},
	    {"\"a\"", "the event type has quotes around it"},
	    {"'a'", "the event type has quotes around it"},
	    {" a", "the event type has white space around it"},
	    {"a\xc2\xa0", "the event type has white space around it"}};
	struct error e;
	int result;
	size_t i;

	for (i = 0; i < COUNT(types); i++) {
		error_clear(&e);
		result = payload_set_event_type(
		    &payload, types[i].name, i % 2 == 0, &e);
		tap_ok(types[i].line != NULL
			   ? strcmp(e.line, types[i].line) == 0
			   : result == 0,
		    "the event type \"%s\"", types[i].name);
	}
}

/* Writes {"a":"xxx..."}, so many bytes of it. */
static const char *
make_object(size_t length)
{
	static char text[PAYLOAD_BODY_MAX + 64];

	memset(text, 'x', length);
	memcpy(text, "{\"a\":\"", 6);
	memcpy(text + length - 2, "\"}", 3);
	return text;
}

/* Without GitHub's limits there is the room for the body. */
static void
test_room(void)
{
	static const struct {
		const char *name;
		size_t length;
		bool no_limits, has_id;
	} objects[] = {
	    {"a small one", 100, true, true},
	    {"one beyond GitHub's limit", 100000, true, true},
	    {"one that leaves no room for an id", PAYLOAD_BODY_MAX - 20, true,
		false},
	    {"a small one, with GitHub's limits", 100, false, true},
	    {"one near GitHub's limit", 65530, false, false},
	};
	struct payload_parts parts = {
	    .fields = &fields, .id_key = "dispatch_id", .origin = "--payload"};
	struct error e;
	size_t i;

	fields.count = 0;
	for (i = 0; i < COUNT(objects); i++) {
		parts.json = make_object(objects[i].length);
		parts.no_limits = objects[i].no_limits;
		error_clear(&e);
		tap_number(payload_build(&payload, &parts, &room,
			       deadline_after(5000), &e),
		    0, "%s is built: %s", objects[i].name, e.line);
		tap_ok(payload_has_own_id(&payload) == objects[i].has_id,
		    "%s: whether it gets an id", objects[i].name);
	}
}

/* More than the room for the body, by the payload or by fields. */
static void
test_size(void)
{
	static char field[PAYLOAD_BODY_MAX / 2 + 64] = "b=";
	const char *result;
	struct error e;

	error_clear(&e);
	fields.count = 0;
	add(false, "b=1", &e);
	result = build(make_object(PAYLOAD_BODY_MAX - 1), true, &e);
	tap_part(result, "the payload is larger than 1048576 bytes",
	    "a payload and a field");
	error_clear(&e);
	fields.count = 0;
	memset(field + 2, '"', sizeof(field) - 3);
	add(false, field, &e);
	result = build("{}", true, &e);
	tap_part(result, "the payload is larger than 1048576 bytes",
	    "a field that doubles");
}

int
main(void)
{
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		test_row(&rows[i]);
	test_variables();
	test_files();
	test_limits();
	test_depth();
	test_too_much();
	test_room();
	test_size();
	test_event_types();
	test_event_names();
	test_nested();
	return tap_done();
}
