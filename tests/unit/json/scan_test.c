/* scan_test.c - how far the fast path goes: over plain and valid text, over
 * whole tokens, and not past a depth or a fault. reader_test.c compares its
 * verdicts with the reader's own. */
#include "json/scan.h"

#include <string.h>

#include "base/array.h"
#include "tap.h"

#define ROOM "................" /* the last block is never known */

/* Each begins after the quotation mark of a string. */
static const struct {
	const char *text;
	size_t length; /* that is passed */
} texts[] = {
    {"\"" ROOM, 0},
    {"plain\"" ROOM, 5},
    {"longer than sixteen bytes\"" ROOM, 25},
    {"a\\n" ROOM, 1},
    {"a\n" ROOM, 1},
    {"a\x1f" ROOM, 1},
    {"a\x7f\"" ROOM, 2},
    {"\xc3\xa9\xe2\x82\xac\xf0\x9f\x9a\x80\"" ROOM, 9},
    {"a\xc3\xa9 longer than sixteen bytes\"" ROOM, 29},
    {"ab\xff" ROOM, 2},
    {"ab\xc0\x80" ROOM, 2},
    {"ab\xed\xa0\x80" ROOM, 2},
    {"ab\xf4\x90\x80\x80" ROOM, 2},
    {"ab\xe2\x82\"" ROOM, 2},
    {"short", 0},
};

static void
test_text(void)
{
	const unsigned char *at, *begin;
	char quoted[128];
	size_t i, length;

	for (i = 0; i < COUNT(texts); i++) {
		length = strlen(texts[i].text);
		quoted[0] = '"';
		memcpy(quoted + 1, texts[i].text, length);
		begin = (const unsigned char *)quoted + 1;
		at = scan_text(begin, begin + length);
		/* It may know less than it could, and never more. */
		tap_ok(at <= begin + texts[i].length, "not past, %zu", i);
		tap_ok(
		    at == begin + texts[i].length ||
			(unsigned char)texts[i].text[texts[i].length] >= 0x80,
		    "up to the end of the run, %zu", i);
	}
}

static struct scan
begin_at(const char *text, unsigned floor, unsigned limit)
{
	struct scan scan = {.at = (const unsigned char *)text + 1,
	    .end = (const unsigned char *)text + strlen(text),
	    .line = 1,
	    .depth = 1,
	    .floor = floor,
	    .limit = limit,
	    .state = text[0] == '{' ? SCAN_KEY_OR_END : SCAN_VALUE_OR_END,
	    .closers = {text[0] == '{' ? '}' : ']'}};

	return scan;
}

/* Each begins with an open container. */
static const struct {
	const char *text;
	unsigned limit;
	size_t at; /* where it stops */
	unsigned depth;
	enum scan_state state;
} tokens[] = {
    {"[1, true] " ROOM, 512, 9, 0, SCAN_NOTHING},
    {"{\"a\" : [null, -1.5e3], \"b\":\"\\u00e9\"}" ROOM, 512, 36, 0,
	SCAN_NOTHING},
    {"[1, x" ROOM, 512, 4, 1, SCAN_VALUE},
    {"[1 2" ROOM, 512, 3, 1, SCAN_COMMA_OR_END},
    {"{1" ROOM, 512, 1, 1, SCAN_KEY_OR_END},
    {"{\"a\":1,}" ROOM, 512, 7, 1, SCAN_KEY},
    {"[01" ROOM, 512, 1, 1, SCAN_VALUE_OR_END},
    {"[[[1]]]" ROOM, 512, 7, 0, SCAN_NOTHING},
    {"[[[1]]]" ROOM, 2, 2, 2, SCAN_VALUE_OR_END},
    {"[1,2]", 512, 1, 1, SCAN_VALUE_OR_END},
    {"[truE" ROOM, 512, 1, 1, SCAN_VALUE_OR_END},
    {"[falsE" ROOM, 512, 1, 1, SCAN_VALUE_OR_END},
    {"[nulL" ROOM, 512, 1, 1, SCAN_VALUE_OR_END},
    {"[\"\\u00eg\"" ROOM, 512, 1, 1, SCAN_VALUE_OR_END},
    /* Numbers that are longer than a block. */
    {"[12345678901234567]" ROOM, 512, 19, 0, SCAN_NOTHING},
    {"[-12345678901234567.8]" ROOM, 512, 22, 0, SCAN_NOTHING},
    {"[12345678901234567e1]" ROOM, 512, 21, 0, SCAN_NOTHING},
    {"[12345678901234567E+1]" ROOM, 512, 22, 0, SCAN_NOTHING},
    {"[12345678901234567e-1]" ROOM, 512, 22, 0, SCAN_NOTHING},
    {"[02345678901234567]" ROOM, 512, 1, 1, SCAN_VALUE_OR_END},
    {"[12345678901234567." ROOM, 512, 1, 1, SCAN_VALUE_OR_END},
    {"[12345678901234567e" ROOM, 512, 1, 1, SCAN_VALUE_OR_END},
    {"[-.345678901234567890" ROOM, 512, 1, 1, SCAN_VALUE_OR_END},
    {"[--45678901234567890" ROOM, 512, 1, 1, SCAN_VALUE_OR_END},
    /* Tokens that reach into the last block. */
    {"[1234567890123456e123456789012345", 512, 1, 1, SCAN_VALUE_OR_END},
    {"[1234567890123456789012345678901234567890", 512, 1, 1, SCAN_VALUE_OR_END},
    {"[\"aaaaaaaaaaaaaaaaa", 512, 1, 1, SCAN_VALUE_OR_END},
    {"[\"aaaaaaaa\\naaaaaaa", 512, 1, 1, SCAN_VALUE_OR_END},
    {"[\"aaaaaaaa\xc3\xa9"
     "aaaaaaa",
	512, 1, 1, SCAN_VALUE_OR_END},
};

static void
test_tokens(void)
{
	struct scan scan;
	size_t i, at;

	for (i = 0; i < COUNT(tokens); i++) {
		scan = begin_at(tokens[i].text, 0, tokens[i].limit);
		scan_tokens(&scan);
		at = (size_t)(scan.at - (const unsigned char *)tokens[i].text);
		tap_number(at, tokens[i].at, "tokens of %s: the place",
		    tokens[i].text);
		tap_number(scan.depth, tokens[i].depth,
		    "tokens of %s: the depth", tokens[i].text);
		tap_number(scan.state, tokens[i].state,
		    "tokens of %s: the state", tokens[i].text);
	}
}

static void
test_floor(void)
{
	static const char text[] = "[[[1], 2], 3]" ROOM;
	struct scan scan = begin_at(text, 0, 512);

	scan.at++;
	scan.closers[1] = ']';
	scan.depth = 2;
	scan.floor = 1;
	scan_tokens(&scan);
	tap_ok(scan.at == (const unsigned char *)text + 9,
	    "the end of the container that brings the depth down to the floor");
	tap_number(scan.depth, 1, "the depth is the floor");
	tap_number(scan.state, SCAN_COMMA_OR_END, "the state at the floor");
	scan_tokens(&scan);
	tap_ok(scan.at == (const unsigned char *)text + 9,
	    "nothing more at that depth");
}

static void
test_lines(void)
{
	static const char text[] = "[\n1,\n\n2, \"a\"" ROOM;
	struct scan scan = begin_at(text, 0, 512);

	scan_tokens(&scan);
	tap_ok(scan.line == 4, "lines are counted");
	tap_ok(scan.line_start == (const unsigned char *)text + 6,
	    "the last line's start is known");
}

int
main(void)
{
	test_text();
	test_tokens();
	test_floor();
	test_lines();
	return tap_done();
}
