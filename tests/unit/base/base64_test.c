/* base64_test.c - each byte as a digit, and at each place of a group. */
#include "base/base64.h"

#include <string.h>

#include "base/array.h"
#include "tap.h"

static const char digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* The value of a digit, as its place in the alphabet. */
static int
place_of(int byte)
{
	const char *at = byte != 0 ? strchr(digits, byte) : NULL;

	return at != NULL ? (int)(at - digits) : -1;
}

static void
test_digits(void)
{
	unsigned wrong = 0;
	int byte;

	for (byte = 0; byte < 256; byte++)
		wrong += base64_digit((char)byte) != place_of(byte);
	tap_number(wrong, 0, "the value of each byte");
}

/* The bytes of RFC 4648, 10, and others. */
static void
test_groups(void)
{
	static const struct {
		const char *name, *text;
		size_t size; /* of the room */
		size_t groups;
		const char *bytes;
	} rows[] = {
	    {"nothing", "", 16, 0, ""},
	    {"a group", "Zm9v", 16, 1, "foo"},
	    {"two groups", "Zm9vYmFy", 16, 2, "foobar"},
	    {"padding", "Zm9vYmE=", 16, 1, "foo"},
	    {"three digits", "Zm9", 16, 0, ""},
	    {"a line end", "Zm9v\nYmFy", 16, 1, "foo"},
	    {"room for one", "Zm9vYmFy", 5, 1, "foo"},
	    {"no room", "Zm9v", 2, 0, ""},
	    {"all ones", "////", 16, 1, "\xff\xff\xff"},
	    {"the last digits", "+/9a", 16, 1, "\xfb\xff\x5a"},
	};
	unsigned char out[16];
	size_t i, groups;

	for (i = 0; i < COUNT(rows); i++) {
		groups = base64_groups(
		    rows[i].text, strlen(rows[i].text), out, rows[i].size);
		tap_number(groups, rows[i].groups, "%s: groups", rows[i].name);
		tap_bytes(out, 3 * groups, rows[i].bytes, "%s: the bytes",
		    rows[i].name);
	}
}

/* A byte that is no digit ends the groups, wherever it is. */
static void
test_places(void)
{
	unsigned char out[6];
	char text[] = "Zm9vYmFy";
	unsigned wrong = 0;
	size_t place;
	int byte;

	for (place = 0; place < 8; place++) {
		for (byte = 0; byte < 256; byte++) {
			memcpy(text, "Zm9vYmFy", sizeof(text));
			text[place] = (char)byte;
			wrong += base64_groups(text, 8, out, sizeof(out)) !=
				 (place_of(byte) >= 0 ? 2 : place / 4);
		}
	}
	tap_number(wrong, 0, "each byte at each place");
}

int
main(void)
{
	test_digits();
	test_groups();
	test_places();
	return tap_done();
}
