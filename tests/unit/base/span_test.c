/* span_test.c - spans of bytes and of text. */
#include "base/span.h"

#include <stdint.h>
#include <string.h>

#include "base/array.h"
#include "tap.h"

static void
test_making(void)
{
	static const char text[] = "abc";
	struct span s = span_text(text);

	tap_ok(span_chars(s) == text, "span_text: the bytes are the text's");
	tap_ok(s.length == 3, "span_text: the length is without the NUL");
	s = span_of(text, sizeof(text));
	tap_ok(span_chars(s) == text, "span_of: the bytes are the caller's");
	tap_ok(s.length == 4, "span_of: the length is the caller's");
	tap_ok(span_chars(span_of(NULL, 0)) == NULL,
	    "an absent span has no characters");
}

static void
test_width(void)
{
	static const struct {
		size_t length;
		int limit, width;
	} rows[] = {
	    {0, 10, 0},
	    {9, 10, 9},
	    {10, 10, 10},
	    {11, 10, 10},
	    {SIZE_MAX, 10, 10},
	    {5, 0, 0},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		tap_ok(span_width(span_of("", rows[i].length), rows[i].limit) ==
			   rows[i].width,
		    "the width of %zu bytes, at most %d, is %d", rows[i].length,
		    rows[i].limit, rows[i].width);
	}
}

static void
test_equal(void)
{
	static const struct {
		const char *name;
		struct span a, b;
		bool equal;
	} rows[] = {
	    {"the same text", {(const unsigned char *)"ab", 2},
		{(const unsigned char *)"ab", 2}, true},
	    {"another text", {(const unsigned char *)"ab", 2},
		{(const unsigned char *)"ac", 2}, false},
	    {"a text that begins in another way",
		{(const unsigned char *)"ab", 2},
		{(const unsigned char *)"bb", 2}, false},
	    {"a longer text", {(const unsigned char *)"ab", 2},
		{(const unsigned char *)"abc", 3}, false},
	    {"another text after a NUL", {(const unsigned char *)"a\0b", 3},
		{(const unsigned char *)"a\0c", 3}, false},
	    {"two empty texts", {(const unsigned char *)"", 0},
		{(const unsigned char *)"x", 0}, true},
	    {"an empty and an absent text", {(const unsigned char *)"", 0},
		{NULL, 0}, true},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		tap_ok(span_equal(rows[i].a, rows[i].b) == rows[i].equal,
		    "%s: equal is %d", rows[i].name, rows[i].equal);
		tap_ok(span_equal(rows[i].b, rows[i].a) == rows[i].equal,
		    "%s, exchanged: equal is %d", rows[i].name, rows[i].equal);
		tap_ok(span_equal_secret(rows[i].a, rows[i].b) == rows[i].equal,
		    "%s, one of them secret: equal is %d", rows[i].name,
		    rows[i].equal);
		tap_ok(span_equal_secret(rows[i].b, rows[i].a) == rows[i].equal,
		    "%s, the other one secret: equal is %d", rows[i].name,
		    rows[i].equal);
	}
}

static void
test_copy(void)
{
	char out[4] = "xxx";

	tap_ok(span_copy(span_text("abc"), out, sizeof(out)) == 0,
	    "a span that just fits is copied");
	tap_text(out, "abc", "a span that just fits: the copy");
	tap_ok(span_copy(span_text("abcd"), out, sizeof(out)) < 0,
	    "a longer one is refused");
	tap_ok(out[0] == '\0', "and leaves an empty text");
	memset(out, 'x', sizeof(out));
	tap_ok(span_copy(span_of(NULL, 0), out, sizeof(out)) == 0,
	    "an absent span is copied");
	tap_number(out[0], '\0', "an absent span is an empty text");
}

int
main(void)
{
	test_copy();
	test_making();
	test_width();
	test_equal();
	return tap_done();
}
