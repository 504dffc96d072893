/* coded.c - the first byte decides what is read. What turns out not to be an
 * escape is one byte that stands for itself. */
#include "base/coded.h"

#include <stdint.h>
#include <string.h>

#include "base/ascii.h"
#include "base/span.h"
#include "base/utf8.h"

#define ENTITY_DIGITS 3

/* Reads hexadecimal digits at an offset.
 *
 * Returns their value, or -1 if they are not as many. */
static int
hex_at(struct span text, size_t at, size_t digits)
{
	int value = 0, digit;
	size_t i;

	if (text.length < at + digits)
		return -1;
	for (i = 0; i < digits; i++) {
		digit = ascii_hex((char)text.bytes[at + i]);
		if (digit < 0)
			return -1;
		value = value << 4 | digit;
	}
	return value;
}

/* The readers below change the character only if they find an escape. */
static void
set(struct coded *character, size_t length, unsigned char byte)
{
	character->length = length;
	character->bytes[0] = byte;
}

static void
read_hex(struct span text, size_t skip, struct coded *character)
{
	int value = hex_at(text, skip, 2);

	if (value >= 0)
		set(character, skip + 2, (unsigned char)value);
}

static void
read_unit(struct span text, size_t skip, struct coded *character)
{
	int value = hex_at(text, skip, 4);

	if (value < 0)
		return;
	character->length = skip + 4;
	character->count =
	    utf8_encode((uint32_t)value, (char *)character->bytes);
}

static void
read_backslash(struct span text, struct coded *character)
{
	static const char letters[] = "nrt/\"", meant[] = "\n\r\t/\"";
	const char *letter;
	size_t n = 0;

	while (n < text.length && n < CODED_BACKSLASHES_MAX &&
	       text.bytes[n] == '\\')
		n++;
	character->length = n;
	if (n == text.length)
		return;
	/* A pair is a backslash, after which a string ends. */
	if (text.bytes[n] == '"' && n % 2 == 0)
		return;
	letter = text.bytes[n] == '\0' ? NULL : strchr(letters, text.bytes[n]);
	if (letter != NULL) {
		set(character, n + 1, (unsigned char)meant[letter - letters]);
	} else if (text.bytes[n] == 'x') {
		read_hex(text, n + 1, character);
	} else if (text.bytes[n] == 'u') {
		read_unit(text, n + 1, character);
	}
}

/* &#NN; */
static void
read_entity(struct span text, struct coded *character)
{
	uint64_t value;
	size_t i = 2;

	if (text.length < 2 || text.bytes[1] != '#')
		return;
	while (i < text.length && i < 2 + ENTITY_DIGITS &&
	       ascii_is_digit(text.bytes[i]))
		i++;
	if (i < text.length && text.bytes[i] == ';' &&
	    ascii_decimal(span_chars(text) + 2, i - 2, 255, &value) == 0)
		set(character, i + 1, (unsigned char)value);
}

void
coded_read(struct span text, struct coded *character)
{
	character->count = 1;
	set(character, 1, text.bytes[0]);
	if (text.bytes[0] == '%') {
		read_hex(text, 1, character);
	} else if (text.bytes[0] == '\\') {
		read_backslash(text, character);
	} else if (text.bytes[0] == '&') {
		read_entity(text, character);
	}
}
