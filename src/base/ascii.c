/* ascii.c - one loop a function, no locale and no state. */
#include "base/ascii.h"

#include <string.h>

bool
ascii_is_digit(unsigned char byte)
{
	return byte >= '0' && byte <= '9';
}

unsigned char
ascii_lower(unsigned char byte)
{
	return byte >= 'A' && byte <= 'Z' ? (unsigned char)(byte | 0x20) : byte;
}

unsigned char
ascii_upper(unsigned char byte)
{
	return byte >= 'a' && byte <= 'z' ? (unsigned char)(byte & ~0x20U)
					  : byte;
}

bool
ascii_is_alphanumeric(unsigned char byte)
{
	unsigned char lower = ascii_lower(byte);

	return ascii_is_digit(byte) || (lower >= 'a' && lower <= 'z');
}

bool
ascii_equal(const char *text, const void *bytes, size_t length)
{
	return strlen(text) == length && memcmp(text, bytes, length) == 0;
}

bool
ascii_equal_nocase(const char *text, const void *bytes, size_t length)
{
	const unsigned char *b = bytes;
	size_t i;

	if (strlen(text) != length)
		return false;
	for (i = 0; i < length; i++) {
		if (ascii_lower((unsigned char)text[i]) != ascii_lower(b[i]))
			return false;
	}
	return true;
}

bool
ascii_contains(const char *text, const char *wanted)
{
	size_t length = strlen(wanted);

	while (strncmp(text, wanted, length) != 0) {
		if (*text++ == '\0')
			return false;
	}
	return true;
}

int
ascii_decimal(const char *bytes, size_t length, uint64_t max, uint64_t *number)
{
	uint64_t value = 0, digit;
	size_t i;

	if (length == 0)
		return -1;
	for (i = 0; i < length; i++) {
		if (!ascii_is_digit((unsigned char)bytes[i]))
			return -1;
		digit = (uint64_t)(bytes[i] - '0');
		if (digit > max || value > (max - digit) / 10)
			return -1;
		value = value * 10 + digit;
	}
	*number = value;
	return 0;
}

int
ascii_hex(char byte)
{
	unsigned char lower = ascii_lower((unsigned char)byte);

	if (ascii_is_digit(lower))
		return lower - '0';
	return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* The value of each ASCII character, or -1. */
static const signed char base64_values[128] = {-1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 62, -1, -1,
    -1, 63, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, -1, -1, -1, -1, -1, -1, -1,
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20,
    21, 22, 23, 24, 25, -1, -1, -1, -1, -1, -1, 26, 27, 28, 29, 30, 31, 32, 33,
    34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, -1,
    -1, -1, -1, -1};

int
ascii_base64(char byte)
{
	unsigned char c = (unsigned char)byte;

	return c < 128 ? base64_values[c] : -1;
}

/* Without a branch for each character: long files are of nothing else. */
size_t
ascii_base64_groups(
    const char *text, size_t length, unsigned char *out, size_t size)
{
	const unsigned char *next = (const unsigned char *)text;
	size_t count, most = length / 4 < size / 3 ? length / 4 : size / 3;
	signed char a, b, c, d;

	for (count = 0; count < most; count++) {
		a = base64_values[next[0] & 0x7f];
		b = base64_values[next[1] & 0x7f];
		c = base64_values[next[2] & 0x7f];
		d = base64_values[next[3] & 0x7f];
		if ((a | b | c | d) < 0 ||
		    ((next[0] | next[1] | next[2] | next[3]) & 0x80) != 0)
			break;
		*out++ = (unsigned char)(a << 2 | b >> 4);
		*out++ = (unsigned char)(b << 4 | c >> 2);
		*out++ = (unsigned char)(c << 6 | d);
		next += 4;
	}
	return count;
}
