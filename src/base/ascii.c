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
