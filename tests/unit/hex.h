/* hex.h - bytes that a test writes as hexadecimal digits. */
#ifndef HEX_H
#define HEX_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Reads them into out, size bytes, which must be enough.
 *
 * Returns how many bytes they are. */
static inline size_t
hex_read(const char *text, unsigned char *out, size_t size)
{
	size_t i, length = strlen(text) / 2;
	unsigned octet;

	if (length > size)
		abort();
	for (i = 0; i < length; i++) {
		if (sscanf(text + 2 * i, "%2x", &octet) != 1)
			abort();
		out[i] = (unsigned char)octet;
	}
	return length;
}

#endif
