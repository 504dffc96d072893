/* reader_test.c - every production of RFC 8259, accepted and refused; the same
 * from memory and through windows of any cut. */
#include "json/reader.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/array.h"
#include "base/span.h"
#include "tap.h"

static const char *const valid[] = {
    "null",
    "true",
    "false",
    "0",
    "-0",
    "7",
    "-12",
    "1234567890",
    "0.5",
    "-0.0",
    "10.01",
    "1e1",
    "1E+2",
    "1e-3",
    "1.5e+10",
    "0e0",
    "\"\"",
    "\"a\"",
    "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
    "\"\\u0000\"",
    "\"\\uD800\"",
    "\"\\ud83d\\ude80\"",
    "\"\\uabCD\"",
    "\"\x7f\"",
    "\"\xc2\x80\"",
    "\"\xdf\xbf\"",
    "\"\xe0\xa0\x80\"",
    "\"\xe1\x80\x80\"",
    "\"\xec\xbf\xbf\"",
    "\"\xed\x9f\xbf\"",
    "\"\xee\x80\x80\"",
    "\"\xef\xbf\xbf\"",
    "\"\xf0\x90\x80\x80\"",
    "\"\xf1\x80\x80\x80\"",
    "\"\xf3\xbf\xbf\xbf\"",
    "\"\xf4\x8f\xbf\xbf\"",
    "\"\xe2\x80\xa8\"",
    "[]",
    "[ ]",
    "[1]",
    "[1,2]",
    "[ 1 , 2 ]",
    "[[],[[]]]",
    "{}",
    "{ }",
    "{\"a\":1}",
    "{\"a\":1,\"b\":[{}]}",
    "{\"\":{}}",
    " \t\r\n{ \"a\" : 1 } \n",
    "{\"a\":1,\"a\":2}",
    "\"a string that is longer than sixteen bytes, all of them plain\"",
    "\"1234567\\n12345678\\\"1234567\xc3\xa9 123456789\"",
    "12345678901234567890",
    "-0.12345678901234567890e-1234567890123456789",
    "1e400",
    "\"\xd0\xb1\xd0\xb1\xd0\xb1\xd0\xb1\xd0\xb1\xd0\xb1\xd0\xb1\xd0\xb1"
    "\xe6\xbc\xa2\xf0\x9f\x9a\x80\xed\x95\x9c\xe0\xb8\xa0 ascii, plain, "
    "16\xe0\xb8\xa0\"",
};

static const struct {
	const char *text;
	uint64_t line, column;
} invalid[] = {
    {"", 1, 1},
    {" ", 1, 2},
    {"nul", 1, 4},
    {"nulL", 1, 4},
    {"True", 1, 1},
    {"truee", 1, 5},
    {"undefined", 1, 1},
    {"NaN", 1, 1},
    {"Infinity", 1, 1},
    {"-", 1, 2},
    {"+1", 1, 1},
    {"01", 1, 2},
    {"-01", 1, 3},
    {"00", 1, 2},
    {"1.", 1, 3},
    {".5", 1, 1},
    {"1e", 1, 3},
    {"1e+", 1, 4},
    {"1.e1", 1, 3},
    {"0x1", 1, 2},
    {"1_0", 1, 2},
    {"- 1", 1, 2},
    {"1 2", 1, 3},
    {"\"", 1, 2},
    {"\"a", 1, 3},
    {"'a'", 1, 1},
    {"\"\\x\"", 1, 3},
    {"\"\\u12\"", 1, 6},
    {"\"\\u123g\"", 1, 7},
    {"\"\\U0000\"", 1, 3},
    {"\"\\", 1, 3},
    {"\"\n\"", 1, 2},
    {"\"\t\"", 1, 2},
    {"\"\x01\"", 1, 2},
    {"\"\x1f\"", 1, 2},
    {"\"\x80\"", 1, 2},
    {"\"\xc0\x80\"", 1, 2},
    {"\"\xc1\xbf\"", 1, 2},
    {"\"\xc2\"", 1, 2},
    {"\"\xc2\x7f\"", 1, 2},
    {"\"\xe0\x9f\xbf\"", 1, 2},
    {"\"\xed\xa0\x80\"", 1, 2},
    {"\"\xe2\x80\"", 1, 2},
    {"\"\xf0\x8f\xbf\xbf\"", 1, 2},
    {"\"\xf4\x90\x80\x80\"", 1, 2},
    {"\"\xf5\x80\x80\x80\"", 1, 2},
    {"\"\xff\"", 1, 2},
    {"[", 1, 2},
    {"[1", 1, 3},
    {"[1,", 1, 4},
    {"[1,]", 1, 4},
    {"[,1]", 1, 2},
    {"[1 2]", 1, 4},
    {"[1}", 1, 3},
    {"]", 1, 1},
    {"{", 1, 2},
    {"{\"a\"", 1, 5},
    {"{\"a\":", 1, 6},
    {"{\"a\":1", 1, 7},
    {"{\"a\":1,", 1, 8},
    {"{\"a\":1,}", 1, 8},
    {"{,}", 1, 2},
    {"{a:1}", 1, 2},
    {"{1:1}", 1, 2},
    {"{\"a\" 1}", 1, 6},
    {"{\"a\":1]", 1, 7},
    {"{\"a\",1}", 1, 5},
    {"}", 1, 1},
    {"[] x", 1, 4},
    {"\xef\xbb\xbf{}", 1, 1},
    {"/**/1", 1, 1},
    {"1//", 1, 2},
    {"\f1", 1, 1},
    {"\v1", 1, 1},
    {"\xc2\xa0"
     "1",
	1, 1},
    {"[\"\xd0\xb1\xd0\xb1\xd0\xb1\xd0\xb1\xd0\xb1\xd0\xb1\xd0\xb1\xd0\xb1"
     "\xd0\xb1\xd0\xb1\xd0\xb1\", x]",
	1, 17},
    {"[\"\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc"
     "\xe6\xbc\xa2\"]",
	1, 8},
    {"[1,\n 2,\n x]", 3, 2},
    {"{\n\n\"a\"\n:\n+}", 5, 1},
};

struct pieces {
	const char *bytes;
	size_t length, step;
};

static ssize_t
give(void *context, void *bytes, size_t size)
{
	struct pieces *p = context;
	size_t n = p->length < p->step ? p->length : p->step;

	n = n < size ? n : size;
	memcpy(bytes, p->bytes, n);
	p->bytes += n;
	p->length -= n;
	return (ssize_t)n;
}

static bool
same_fault(const struct json_fault *one, const struct json_fault *other)
{
	return one->offset == other->offset && one->line == other->line &&
	       one->column == other->column && one->expected == other->expected;
}

/* Whether the text, cut into pieces, comes to the same as from memory. */
static bool
same_in_pieces(const char *text, size_t length, size_t step)
{
	struct pieces p = {text, length, step};
	char window[JSON_WINDOW_MIN];
	struct json_reader whole, cut;
	int a, b;

	json_open(&whole, span_of(text, length));
	json_open_source(&cut, give, &p, window, sizeof(window));
	a = json_validate(&whole);
	b = json_validate(&cut);
	return a == b && (a == 0 || same_fault(&whole.fault, &cut.fault));
}

/* Reads token by token, without the fast path. */
static int
validate_slowly(struct json_reader *reader)
{
	enum json_event event;

	do {
		event = json_next(reader);
	} while (event > JSON_END);
	return event == JSON_END ? 0 : -1;
}

/* Whether both lanes come to the same for the text, with room around it so
 * that the fast one takes part. */
static bool
same_in_both_lanes(const char *text, bool is_good)
{
	static const char before[] = "[ true ,\n [ ] , {\"a\" : 1.5e3 },";
	static const char after[] = ", \"after it, long enough\"\n]";
	struct json_reader fast, slow;
	char padded[512];
	int a, b, n;

	n = snprintf(padded, sizeof(padded), "%s%s%s", before, text, after);
	json_open(&fast, span_of(padded, (size_t)n));
	json_open(&slow, span_of(padded, (size_t)n));
	a = json_validate(&fast);
	b = validate_slowly(&slow);
	return a == b && (a == 0) == is_good &&
	       (a == 0 || same_fault(&fast.fault, &slow.fault));
}

static bool
is_valid(const char *text, size_t length)
{
	struct json_reader r;

	json_open(&r, span_of(text, length));
	return json_validate(&r) == 0;
}

static void
test_tables(void)
{
	struct json_reader r;
	size_t i, step;
	bool same;

	for (i = 0; i < COUNT(valid); i++)
		tap_ok(is_valid(valid[i], strlen(valid[i])), "valid %zu", i);
	for (i = 0; i < COUNT(invalid); i++) {
		json_open(&r, span_text(invalid[i].text));
		tap_ok(json_validate(&r) < 0, "invalid %zu: refused", i);
		tap_number(
		    r.fault.line, invalid[i].line, "invalid %zu: the line", i);
		tap_number(r.fault.column, invalid[i].column,
		    "invalid %zu: the column", i);
		tap_ok(r.fault.expected != NULL,
		    "invalid %zu: what was expected", i);
	}
	for (i = 0; i < COUNT(valid); i++) {
		tap_ok(same_in_both_lanes(valid[i], true),
		    "both lanes, valid %zu", i);
	}
	for (i = 0; i < COUNT(invalid); i++) {
		tap_ok(same_in_both_lanes(invalid[i].text, false),
		    "both lanes, invalid %zu", i);
	}
	for (step = 1; step < 20; step++) {
		same = true;
		for (i = 0; i < COUNT(valid); i++) {
			same = same &&
			       same_in_pieces(valid[i], strlen(valid[i]), step);
		}
		for (i = 0; i < COUNT(invalid); i++) {
			same = same && same_in_pieces(invalid[i].text,
					   strlen(invalid[i].text), step);
		}
		tap_ok(same, "the same in pieces of %zu", step);
	}
}

/* Only a number may be cut and stay valid, and space may go. */
static void
test_truncations(void)
{
	size_t i, n;
	bool refused;

	for (i = 0; i < COUNT(valid); i++) {
		const char *text = valid[i] + strspn(valid[i], " \t\r\n");
		size_t length = strlen(text);

		while (length > 0 && strchr(" \n", text[length - 1]) != NULL)
			length--;
		if (strchr("-0123456789", text[0]) != NULL)
			continue;
		refused = true;
		for (n = 0; n < length; n++)
			refused = refused && !is_valid(text, n);
		tap_ok(refused, "every truncation of valid %zu", i);
	}
}

/* Input flush against a page that cannot be read. */
static void
test_last_byte(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), i, length;
	char *area = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	bool right = true;

	if (area == MAP_FAILED || mprotect(area + page, page, PROT_NONE) != 0) {
		tap_ok(false, "two pages");
		return;
	}
	for (i = 0; i < COUNT(valid); i++) {
		length = strlen(valid[i]);
		memcpy(area + page - length, valid[i], length);
		right = right && is_valid(area + page - length, length);
	}
	for (i = 0; i < COUNT(invalid); i++) {
		length = strlen(invalid[i].text);
		memcpy(area + page - length, invalid[i].text, length);
		right = right && !is_valid(area + page - length, length);
	}
	tap_ok(right, "nothing is read past the end");
	(void)munmap(area, 2 * page);
}

static void
test_depth(void)
{
	char text[2 * JSON_DEPTH_MAX + 2];

	memset(text, '[', JSON_DEPTH_MAX);
	memset(text + JSON_DEPTH_MAX, ']', JSON_DEPTH_MAX);
	tap_ok(is_valid(text, sizeof(text) - 2), "512 levels");
	memset(text, '[', JSON_DEPTH_MAX + 1);
	memset(text + JSON_DEPTH_MAX + 1, ']', JSON_DEPTH_MAX + 1);
	tap_ok(!is_valid(text, sizeof(text)), "513 levels");
}

static void
test_events(void)
{
	static const enum json_event expected[] = {JSON_OBJECT_BEGIN, JSON_KEY,
	    JSON_ARRAY_BEGIN, JSON_NUMBER, JSON_STRING, JSON_TRUE, JSON_FALSE,
	    JSON_NULL, JSON_ARRAY_END, JSON_OBJECT_END, JSON_END, JSON_END};
	static const char text[] =
	    "{ \"a\" : [ 1.50 , \"s\" , true , false , null ] }";
	struct json_reader r;
	size_t i;

	json_open(&r, span_text(text));
	for (i = 0; i < COUNT(expected); i++) {
		tap_number(json_next(&r), expected[i], "event %zu", i);
		if (expected[i] == JSON_NUMBER) {
			tap_bytes(r.token.bytes, r.token.length, "1.50",
			    "a number is as it stands");
		}
		if (expected[i] == JSON_KEY) {
			tap_bytes(r.token.bytes, r.token.length, "\"a\"",
			    "a key is as it stands");
		}
	}
	json_open(&r, span_text("x"));
	tap_number(json_next(&r), JSON_FAULT, "a fault");
	tap_number(json_next(&r), JSON_FAULT, "a fault stays");
}

/* The first item of an array is read as a whole; a number comes after it. */
static void
check_whole(const char *name, const char *text, const char *item)
{
	struct json_reader r;

	json_open(&r, span_text(text));
	(void)json_next(&r);
	tap_ok(json_whole(&r, json_next(&r)) > JSON_END, "%s: read", name);
	tap_bytes(r.token.bytes, r.token.length, item, "%s: the token", name);
	tap_number(json_next(&r), JSON_NUMBER, "%s: the number after it", name);
	tap_number(
	    json_next(&r), JSON_ARRAY_END, "%s: the end of the array", name);
}

static void
test_whole(void)
{
	static const char long_one[] =
	    "{\"a\":[1,2,3,{\"b\":[\"a string of some length\"]}],\"c\":null}";
	struct json_reader r;
	char text[256];

	check_whole("a scalar", "[true, 1]", "true");
	check_whole("an object", "[{\"a\": []} , 1]", "{\"a\": []}");
	check_whole("an empty array", "[[], 1]", "[]");
	(void)snprintf(text, sizeof(text), "[%s, 1234567890123456]", long_one);
	check_whole("an object for the fast path", text, long_one);
	json_open(&r, span_text("[[1, 2}]"));
	(void)json_next(&r);
	tap_number(json_whole(&r, json_next(&r)), JSON_FAULT, "a fault within");
	json_open(&r, span_text("[[1, 2"));
	(void)json_next(&r);
	tap_number(json_whole(&r, json_next(&r)), JSON_FAULT, "an end within");
}

static ssize_t
break_off(void *context, void *bytes, size_t size)
{
	if ((*(int *)context)++ > 0 || size == 0)
		return -1;
	*(char *)bytes = ' ';
	return 1;
}

static void
test_source_failure(void)
{
	char window[JSON_WINDOW_MIN];
	struct json_reader r;
	int calls = 0;

	json_open_source(&r, break_off, &calls, window, sizeof(window));
	tap_ok(json_validate(&r) < 0, "a source that fails is no valid text");
	tap_ok(r.source_failed, "a source that fails is reported as such");
}

static void
test_refuse(void)
{
	struct json_reader r;
	struct error e;

	error_clear(&e);
	json_open(&r, span_text("[1,\n  \"\xc3\xa9\" x]\n"));
	tap_ok(json_validate(&r) < 0, "the text is not valid");
	tap_ok(json_refuse(&r, "f", &e) < 0, "json_refuse returns -1");
	tap_number(e.kind, ERROR_PAYLOAD, "the kind of the failure");
	tap_text(e.line, "f:2:7: not JSON: expected a comma or ]",
	    "the place of the failure");
	tap_text(e.excerpt,
	    "    |   \"\\xc3\\xa9\" x]\n"
	    "    |              ^\n",
	    "the excerpt, harmless");
}

int
main(void)
{
	test_tables();
	test_truncations();
	test_last_byte();
	test_depth();
	test_events();
	test_whole();
	test_source_failure();
	test_refuse();
	return tap_done();
}
