/* coded_test.c - one character in each form, and what only looks like one. */
#include "base/coded.h"

#include "base/array.h"
#include "base/span.h"
#include "tap.h"

static const struct {
	const char *text;
	size_t length;
	const char *meant;
} characters[] = {
    {"ab", 1, "a"},
    {"%41b", 3, "A"},
    {"%4", 1, "%"},
    {"%4gb", 1, "%"},
    {"%c3%a9", 3, "\xc3"},
    {"\\u0041b", 6, "A"},
    {"\\u00E9b", 6, "\xc3\xa9"},
    {"\\u20acb", 6, "\xe2\x82\xac"},
    {"\\\\\\\\u0041b", 9, "A"},
    {"\\u004", 1, "\\"},
    {"\\x41b", 4, "A"},
    {"\\\\x41b", 5, "A"},
    {"\\x4", 1, "\\"},
    {"\\nb", 2, "\n"},
    {"\\/b", 2, "/"},
    {"\\\"b", 2, "\""},
    {"\\\\\"b", 2, "\\"},
    {"\\\\\\\"b", 4, "\""},
    {"\\\\", 2, "\\"},
    {"\\", 1, "\\"},
    {"\\qb", 1, "\\"},
    {"\\\\\\\\\\n", 4, "\\"},
    {"&#65;b", 5, "A"},
    {"&#195;", 6, "\xc3"},
    {"&#256;", 1, "&"},
    {"&#;", 1, "&"},
    {"&#65", 1, "&"},
    {"&#0065;", 1, "&"},
    {"&a", 1, "&"},
    {"\xc3\xa9", 1, "\xc3"},
};

int
main(void)
{
	struct coded character;
	size_t i;

	for (i = 0; i < COUNT(characters); i++) {
		coded_read(span_text(characters[i].text), &character);
		tap_number(character.length, characters[i].length,
		    "how long it is in %s", characters[i].text);
		tap_ok(span_equal(span_of(character.bytes, character.count),
			   span_text(characters[i].meant)),
		    "what is meant in %s", characters[i].text);
	}
	return tap_done();
}
