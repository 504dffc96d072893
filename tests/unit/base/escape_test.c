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
		tap_ok(n == strlen(shows[i].shown) &&
			   strcmp(out, shows[i].shown) == 0,
		    "shown as %s", shows[i].shown);
	}
	memset(out, 'x', sizeof(out));
	n = escape(out, 5, "ab\x01z", 4);
	tap_ok(n == 7 && strcmp(out, "ab") == 0 && out[5] == 'x',
	    "an escape is not cut, and nothing comes after it");
	tap_ok(escape(NULL, 0, "a\n", 2) == 3, "measuring needs no room");
}

int
main(void)
{
	test_shows();
	return tap_done();
}
