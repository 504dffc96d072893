/* escape_test.c - foreign bytes made harmless. */
#include "base/escape.h"

#include <string.h>

#include "base/array.h"
#include "tap.h"

static const struct {
	const char *bytes;
	size_t length;
	const char *shown;
} shows[] = {
    {"plain ~", 7, "plain ~"},
    {"a\nb\r\t\\", 6, "a\\nb\\r\\t\\\\"},
    {"\x1b[31m", 5, "\\x1b[31m"},
    {"\0\x7f\xff", 3, "\\x00\\x7f\\xff"},
    {"::error::x", 10, ":\\x3aerror:\\x3ax"},
    {"##[group]", 9, "#\\x23[group]"},
    {":::", 3, ":\\x3a\\x3a"},
    {"a:b#c", 5, "a:b#c"},
    {"", 0, ""},
};

static void
test_shows(void)
{
	char out[64];
	size_t i, n;

	for (i = 0; i < COUNT(shows); i++) {
		n = escape(out, sizeof(out), shows[i].bytes, shows[i].length);
		tap_number(n, strlen(shows[i].shown), "shown as %s: the length",
		    shows[i].shown);
		tap_text(out, shows[i].shown, "shown as %s: the text",
		    shows[i].shown);
	}
	memset(out, 'x', sizeof(out));
	n = escape(out, 5, "ab\x01z", 4);
	tap_number(n, 7, "the length is that of the whole");
	tap_text(out, "ab", "an escape is not cut, and nothing comes after it");
	tap_number(out[5], 'x', "nothing is written past the end");
	tap_ok(escape(NULL, 0, "a\n", 2) == 3, "measuring needs no room");
}

int
main(void)
{
	test_shows();
	return tap_done();
}
