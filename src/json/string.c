/* string.c - a cursor yields the bytes that a token stands for, one after the
 * other, so that decoding and comparing share one reading of escapes. */
#include "json/string.h"

#include <stdint.h>
#include <string.h>

#include "base/ascii.h"
#include "base/buffer.h"
#include "base/span.h"
#include "base/utf8.h"

/* A place in a token, and the character last read there. */
struct cursor {
	const char *at, *stop; /* stop is the closing quotation mark */
	char character[UTF8_MAX];
	size_t length, used; /* of character */
};

static struct cursor
open_token(struct span token)
{
	const char *text = span_chars(token);

	return (struct cursor){.at = text + 1, .stop = text + token.length - 1};
}

/* Returns the number that four hexadecimal digits make. */
static uint32_t
read_unit(const char *digits)
{
	uint32_t unit = 0;
	size_t i;

	for (i = 0; i < 4; i++)
		unit = unit << 4 | (uint32_t)ascii_hex(digits[i]);
	return unit;
}

/* Reads \uXXXX, and a second one if the two are a surrogate pair. */
static uint32_t
read_escaped(struct cursor *c)
{
	uint32_t point = read_unit(c->at + 2), low;

	c->at += 6;
	if (point < 0xd800 || point > 0xdbff || c->stop - c->at < 6 ||
	    c->at[0] != '\\' || c->at[1] != 'u')
		return point;
	low = read_unit(c->at + 2);
	if (low < 0xdc00 || low > 0xdfff)
		return point;
	c->at += 6;
	return 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
}

/* A character that is not escaped. */
static void
read_plain(struct cursor *c)
{
	uint32_t ignored;

	c->length = utf8_decode(c->at, (size_t)(c->stop - c->at), &ignored);
	/* The reader lets only valid UTF-8 through. */
	if (c->length == 0)
		c->length = 1;
	memcpy(c->character, c->at, c->length);
	c->at += c->length;
}

/* Moves past a character and an escape alike. */
static void
read_character(struct cursor *c)
{
	static const char letters[] = "bfnrt", controls[] = "\b\f\n\r\t";
	const char *letter;

	c->used = 0;
	if (c->at[0] != '\\') {
		read_plain(c);
		return;
	}
	if (c->at[1] == 'u') {
		c->length = utf8_encode(read_escaped(c), c->character);
		return;
	}
	letter = strchr(letters, c->at[1]);
	c->character[0] =
	    letter != NULL ? controls[letter - letters] : c->at[1];
	c->length = 1;
	c->at += 2;
}

void
json_decode(struct span token, struct buffer *b)
{
	struct cursor c = open_token(token);

	while (c.at < c.stop) {
		read_character(&c);
		buffer_append(b, c.character, c.length);
	}
}

/* Returns the next byte of the text, or -1 at its end. */
static int
next_byte(struct cursor *c)
{
	if (c->used == c->length) {
		if (c->at == c->stop)
			return -1;
		read_character(c);
	}
	return (unsigned char)c->character[c->used++];
}

bool
json_equals(struct span token, struct span text)
{
	struct cursor c = open_token(token);
	size_t i;

	for (i = 0; i < text.length; i++) {
		if (next_byte(&c) != text.bytes[i])
			return false;
	}
	return next_byte(&c) < 0;
}

bool
json_same_text(struct span a, struct span b)
{
	struct cursor left = open_token(a), right = open_token(b);
	int byte, other;

	do {
		byte = next_byte(&left);
		other = next_byte(&right);
	} while (byte == other && byte >= 0);
	return byte == other;
}

/* How many bytes in front are characters that need no escape. */
static size_t
plain_length(const unsigned char *bytes, size_t length)
{
	size_t plain = 0, step;
	uint32_t point;

	for (;;) {
		step = utf8_decode(bytes + plain, length - plain, &point);
		if (step == 0 || point < 0x20 || point == '"' || point == '\\')
			return plain;
		plain += step;
	}
}

static void
append_escaped(struct buffer *b, unsigned char c)
{
	if (c < 0x20)
		buffer_format(b, "\\u%04x", c);
	else
		buffer_format(b, "\\%c", c);
}

int
json_quote(struct buffer *b, struct span text, size_t *bad)
{
	size_t i = 0, length;

	buffer_byte(b, '"');
	for (;;) {
		length = plain_length(text.bytes + i, text.length - i);
		buffer_append(b, text.bytes + i, length);
		i += length;
		if (i == text.length)
			break;
		if (text.bytes[i] >= 0x80) {
			*bad = i;
			return -1;
		}
		append_escaped(b, text.bytes[i]);
		i++;
	}
	buffer_byte(b, '"');
	return 0;
}
