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
	return a == b &&
	       (a == 0 || (whole.fault.offset == cut.fault.offset &&
			      whole.fault.line == cut.fault.line &&
			      whole.fault.column == cut.fault.column &&
			      whole.fault.expected == cut.fault.expected));
}

/* Reads token by token, without the fast path. */
static int
validate_slowly(struct json_reader *r)
{
	enum json_event event;

	do {
		event = json_next(r);
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
	       (a == 0 || (fast.fault.offset == slow.fault.offset &&
			      fast.fault.line == slow.fault.line &&
			      fast.fault.column == slow.fault.column &&
			      fast.fault.expected == slow.fault.expected));
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
	size_t i, n, step;
	bool same;

	for (i = 0; i < COUNT(valid); i++)
		tap_ok(is_valid(valid[i], strlen(valid[i])), "valid %zu", i);
	for (i = 0; i < COUNT(invalid); i++) {
		json_open(&r, span_text(invalid[i].text));
		n = (size_t)json_validate(&r);
		if (!tap_ok(n == (size_t)-1 &&
				r.fault.line == invalid[i].line &&
				r.fault.column == invalid[i].column &&
				r.fault.expected != NULL,
			"invalid %zu", i))
			printf("# %s at %d:%d\n", invalid[i].text,
			    (int)r.fault.line, (int)r.fault.column);
	}
	for (i = 0; i < COUNT(valid); i++)
		tap_ok(same_in_both_lanes(valid[i], true),
		    "both lanes, valid %zu", i);
	for (i = 0; i < COUNT(invalid); i++)
		tap_ok(same_in_both_lanes(invalid[i].text, false),
		    "both lanes, invalid %zu", i);
	for (step = 1; step < 20; step++) {
		same = true;
		for (i = 0; i < COUNT(valid); i++)
			same = same &&
			       same_in_pieces(valid[i], strlen(valid[i]), step);
		for (i = 0; i < COUNT(invalid); i++)
			same = same && same_in_pieces(invalid[i].text,
					   strlen(invalid[i].text), step);
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
	bool right = true;
	size_t i;

	json_open(&r, span_text(text));
	for (i = 0; i < COUNT(expected); i++) {
		right = right && json_next(&r) == expected[i];
		if (expected[i] == JSON_NUMBER)
			right = right && span_equal(r.token, span_text("1.50"));
		if (expected[i] == JSON_KEY)
			right = right && r.token.length == 3;
	}
	tap_ok(right, "events in their order, tokens as they stand");
	json_open(&r, span_text("x"));
	tap_ok(json_next(&r) == JSON_FAULT && json_next(&r) == JSON_FAULT,
	    "a fault stays");
}

/* Whether the token is this text after skipping the rest of a container. */
static bool
whole_is(const char *text, const char *wanted)
{
	struct json_reader r;

	json_open(&r, span_text(text));
	return json_next(&r) == JSON_ARRAY_BEGIN &&
	       json_whole(&r, json_next(&r)) > JSON_END &&
	       span_equal(r.token, span_text(wanted)) &&
	       json_next(&r) == JSON_NUMBER && json_next(&r) == JSON_ARRAY_END;
}

static void
test_whole(void)
{
	static const char long_one[] =
	    "{\"a\":[1,2,3,{\"b\":[\"a string of some length\"]}],\"c\":null}";
	struct json_reader r;
	char text[256];

	tap_ok(whole_is("[true, 1]", "true"), "a scalar is itself");
	tap_ok(whole_is("[{\"a\": []} , 1]", "{\"a\": []}"), "an object");
	tap_ok(whole_is("[[], 1]", "[]"), "an empty array");
	snprintf(text, sizeof(text), "[%s, 1234567890123456]", long_one);
	tap_ok(whole_is(text, long_one), "an object for the fast path");
	json_open(&r, span_text("[[1, 2}]"));
	tap_ok(json_next(&r) == JSON_ARRAY_BEGIN &&
		   json_whole(&r, json_next(&r)) == JSON_FAULT,
	    "a fault within");
	json_open(&r, span_text("[[1, 2"));
	tap_ok(json_next(&r) == JSON_ARRAY_BEGIN &&
		   json_whole(&r, json_next(&r)) == JSON_FAULT,
	    "an end within");
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
	tap_ok(json_validate(&r) < 0 && r.source_failed,
	    "a source that fails is reported as such");
}

static void
test_refuse(void)
{
	struct json_reader r;
	struct error e;

	error_clear(&e);
	json_open(&r, span_text("[1,\n  \"\xc3\xa9\" x]\n"));
	tap_ok(json_validate(&r) < 0 && json_refuse(&r, "f", &e) < 0 &&
		   e.kind == ERROR_PAYLOAD,
	    "a text is refused");
	tap_ok(strcmp(e.line, "f:2:7: not JSON: expected a comma or ]") == 0,
	    "the place: %s", e.line);
	tap_ok(strcmp(e.excerpt, "    |   \"\\xc3\\xa9\" x]\n"
				 "    |              ^\n") == 0,
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
