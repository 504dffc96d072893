/* base64.c - a table has the value of each digit, and for every other byte one
 * whose upper bits are set. */
#include "base/base64.h"

#include <stdint.h>

#define NO (-1)
#define NOT8 NO, NO, NO, NO, NO, NO, NO, NO
#define NOT32 NOT8, NOT8, NOT8, NOT8

static const signed char values[256] = {NOT32,
    /* from the blank on */
    NOT8, NO, NO, NO, 62, NO, NO, NO, 63, 52, 53, 54, 55, 56, 57, 58, 59, 60,
    61, NO, NO, NO, NO, NO, NO,
    /* from "@" on */
    NO, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19,
    20, 21, 22, 23, 24, 25, NO, NO, NO, NO, NO,
    /* from the grave accent on */
    NO, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
    44, 45, 46, 47, 48, 49, 50, 51, NO, NO, NO, NO, NO, NOT32, NOT32, NOT32,
    NOT32};

static uint32_t
value_of(unsigned char byte)
{
	return (uint32_t)values[byte];
}

int
base64_digit(char byte)
{
	return values[(unsigned char)byte];
}

/* One branch for four digits: bundles of CAs are of nothing else, and each
 * dispatch may read one. */
size_t
base64_groups(const char *text, size_t length, unsigned char *out, size_t size)
{
	const unsigned char *next = (const unsigned char *)text;
	size_t most = length / 4 < size / 3 ? length / 4 : size / 3;
	const unsigned char *end = next + 4 * most;
	uint32_t bits;

	for (; next < end; next += 4, out += 3) {
		bits = value_of(next[0]) << 18 | value_of(next[1]) << 12 |
		       value_of(next[2]) << 6 | value_of(next[3]);
		if (bits >> 24 != 0)
			break;
		out[0] = (unsigned char)(bits >> 16);
		out[1] = (unsigned char)(bits >> 8);
		out[2] = (unsigned char)bits;
	}
	return (size_t)(next - (const unsigned char *)text) / 4;
}
