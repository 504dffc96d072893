/* ascii.c - one loop a function, no locale and no state. */
#include "base/ascii.h"

#include <string.h>

bool
ascii_is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

unsigned char
ascii_lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c | 0x20) : c;
}

unsigned char
ascii_upper(unsigned char c)
{
	return c >= 'a' && c <= 'z' ? (unsigned char)(c & ~0x20U) : c;
}

bool
ascii_is_alphanumeric(unsigned char c)
{
	unsigned char lower = ascii_lower(c);

	return ascii_is_digit(c) || (lower >= 'a' && lower <= 'z');
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
ascii_hex(char c)
{
	unsigned char lower = ascii_lower((unsigned char)c);

	if (ascii_is_digit(lower))
		return lower - '0';
	return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}
