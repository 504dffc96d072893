/* text_test.c - white space, quotes and control characters in texts. */
#include "base/text.h"

#include <string.h>

#include "base/array.h"
#include "tap.h"

static void
test_trim(void)
{
	static const struct {
		const char *name, *text, *left;
	} rows[] = {
	    {"nothing", "", ""},
	    {"no white space", "a", "a"},
	    {"a blank inside", "a b", "a b"},
	    {"a CR", "a\r", "a"},
	    {"a line end", "a\r\n", "a"},
	    {"blanks and a tab", " \ta  ", "a"},
	    {"a form feed and a vertical tab", "\fa\v", "a"},
	    {"no-break spaces",
		"\xc2\xa0"
		"a\xc2\xa0",
		"a"},
	    {"a byte order mark",
		"\xef\xbb\xbf"
		"a",
		"a"},
	    {"a zero width space", "a\xe2\x80\x8b", "a"},
	    {"a line separator", "a\xe2\x80\xa8", "a"},
	    {"an ideographic space",
		"\xe3\x80\x80"
		"a\xe3\x80\x80",
		"a"},
	    {"only white space", " \r\n\xc2\xa0", ""},
	    {"a letter of two bytes", "\xc3\xa0", "\xc3\xa0"},
	    {"a continuation byte", "\xa0", "\xa0"},
	    {"continuation bytes", "a\xa0\xa0\xa0\xa0\xa0",
		"a\xa0\xa0\xa0\xa0\xa0"},
	    {"a joiner", "a\xe2\x80\x8d", "a\xe2\x80\x8d"},
	};
	struct span left;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		left = text_trim(span_text(rows[i].text));
		tap_ok(span_equal(left, span_text(rows[i].left)), "trim %s",
		    rows[i].name);
	}
}

static void
test_quotes(void)
{
	static const struct {
		const char *text;
		bool is_quoted;
	} rows[] = {
	    {"\"a\"", true},
	    {"'a'", true},
	    {"`a`", true},
	    {"\"\"", true},
	    {"\"", true},
	    {"\xe2\x80\x9c"
	     "a\xe2\x80\x9d",
		true},
	    {"\xc2\xab"
	     "a\xc2\xbb",
		true},
	    {"", false},
	    {"a", false},
	    {"\"a", false},
	    {"a\"", false},
	    {"a\"b\"c", false},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		tap_ok(text_is_quoted(span_text(rows[i].text)) ==
			   rows[i].is_quoted,
		    "%s is %squoted", rows[i].text,
		    rows[i].is_quoted ? "" : "not ");
	}
}

static void
test_controls(void)
{
	static const struct {
		const char *name, *text;
		size_t offset;
	} rows[] = {
	    {"nothing", "", 0},
	    {"none", "ab c\xc3\xa9", 6},
	    {"a line end", "a\nb", 1},
	    {"DEL", "ab\x7f", 2},
	    {"the last of C1", "\xc2\x9f", 0},
	    {"after C1", "\xc2\xa0", 2},
	    {"a paragraph separator", "a\xe2\x80\xa9", 1},
	    {"bytes that are not UTF-8", "\x80\x81", 2},
	    {"one after bytes that are not UTF-8", "\xc3\n", 1},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		tap_ok(text_find_control(span_text(rows[i].text)) ==
			   rows[i].offset,
		    "control characters: %s", rows[i].name);
	}
}

static void
test_invisible(void)
{
	static const struct {
		const char *name, *text;
		size_t offset;
	} rows[] = {
	    {"none", "ab c\xc3\xa9", 6},
	    {"a soft hyphen", "a\xc2\xad", 1},
	    {"a zero width space",
		"ab\xe2\x80\x8b"
		"c",
		2},
	    {"a joiner",
		"a\xe2\x80\x8d"
		"b",
		5},
	    {"a mark from left to right", "\xe2\x80\x8e", 0},
	    {"an override", "a\xe2\x80\xae", 1},
	    {"a word joiner", "a\xe2\x81\xa0", 1},
	    {"a byte order mark", "a\xef\xbb\xbf", 1},
	    {"bytes that are not UTF-8", "\xe2\x80", 2},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		tap_number(text_find_invisible(span_text(rows[i].text)),
		    rows[i].offset, "invisible characters: %s", rows[i].name);
	}
}

int
main(void)
{
	test_trim();
	test_quotes();
	test_controls();
	test_invisible();
	return tap_done();
}
