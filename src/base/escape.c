/* escape.c - byte by byte; a byte that does not fit ends the text. */
#include "base/escape.h"

#include <string.h>

#include "base/array.h"

/* One shown byte, at most four characters. Returns how many. */
static size_t
show_byte(char out[4], unsigned char byte, unsigned char previous)
{
	static const char hex[] = "0123456789abcdef";
	static const char letters[][2] = {
	    {'\n', 'n'}, {'\r', 'r'}, {'\t', 't'}, {'\\', '\\'}};
	size_t i;

	out[0] = '\\';
	for (i = 0; i < COUNT(letters); i++) {
		if (byte == (unsigned char)letters[i][0]) {
			out[1] = letters[i][1];
			return 2;
		}
	}
	if (byte < 0x20 || byte > 0x7e ||
	    (byte == previous && (byte == ':' || byte == '#'))) {
		out[1] = 'x';
		out[2] = hex[byte >> 4];
		out[3] = hex[byte & 15];
		return 4;
	}
	out[0] = (char)byte;
	return 1;
}

size_t
escape(char *out, size_t size, const void *bytes, size_t length)
{
	const unsigned char *b = bytes;
	size_t total = 0, kept = 0, n, i;
	char shown[4];

	for (i = 0; i < length; i++) {
		n = show_byte(shown, b[i], i > 0 ? b[i - 1] : 0);
		/* Once one is left out, all after it are. */
		if (kept == total && size > 0 && n <= size - 1 - kept) {
			memcpy(out + kept, shown, n);
			kept += n;
		}
		total += n;
	}
	if (size > 0)
		out[kept] = '\0';
	return total;
}
