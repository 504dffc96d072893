/* escape.c - byte by byte; a byte that does not fit ends the text. */
#include "base/escape.h"

#include <string.h>

/* One shown byte, at most four characters. Returns how many. */
static size_t
show_byte(char out[4], unsigned char c, unsigned char previous)
{
	static const char hex[] = "0123456789abcdef";
	static const char letters[][2] = {
	    {'\n', 'n'}, {'\r', 'r'}, {'\t', 't'}, {'\\', '\\'}};
	size_t i;

	out[0] = '\\';
	for (i = 0; i < sizeof(letters) / sizeof(letters[0]); i++) {
		if (c == (unsigned char)letters[i][0]) {
			out[1] = letters[i][1];
			return 2;
		}
	}
	if (c < 0x20 || c > 0x7e || (c == previous && (c == ':' || c == '#'))) {
		out[1] = 'x';
		out[2] = hex[c >> 4];
		out[3] = hex[c & 15];
		return 4;
	}
	out[0] = (char)c;
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
