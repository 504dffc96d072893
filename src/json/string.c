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
read_escaped(struct cursor *cursor)
{
	uint32_t point = read_unit(cursor->at + 2), low;

	cursor->at += 6;
	if (point < 0xd800 || point > 0xdbff || cursor->stop - cursor->at < 6 ||
	    cursor->at[0] != '\\' || cursor->at[1] != 'u')
		return point;
	low = read_unit(cursor->at + 2);
	if (low < 0xdc00 || low > 0xdfff)
		return point;
	cursor->at += 6;
	return 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
}

/* A character that is not escaped. */
static void
read_plain(struct cursor *cursor)
{
	uint32_t ignored;

	cursor->length = utf8_decode(
	    cursor->at, (size_t)(cursor->stop - cursor->at), &ignored);
	/* The reader lets only valid UTF-8 through. */
	if (cursor->length == 0)
		cursor->length = 1;
	memcpy(cursor->character, cursor->at, cursor->length);
	cursor->at += cursor->length;
}

/* Moves past a character and an escape alike. */
static void
read_character(struct cursor *cursor)
{
	static const char letters[] = "bfnrt", controls[] = "\b\f\n\r\t";
	const char *letter;

	cursor->used = 0;
	if (cursor->at[0] != '\\') {
		read_plain(cursor);
		return;
	}
	if (cursor->at[1] == 'u') {
		cursor->length =
		    utf8_encode(read_escaped(cursor), cursor->character);
		return;
	}
	letter = strchr(letters, cursor->at[1]);
	cursor->character[0] = cursor->at[1];
	if (letter != NULL)
		cursor->character[0] = controls[letter - letters];
	cursor->length = 1;
	cursor->at += 2;
}

/* Appends characters without escapes, as many as fit as a whole. */
static void
append_run(struct buffer *b, const char *run, size_t length)
{
	size_t fits = b->capacity - b->length;

	if (length > fits) {
		/* 10xxxxxx goes on with the character before it. */
		while (fits > 0 && ((unsigned char)run[fits] & 0xc0) == 0x80)
			fits--;
		buffer_append(b, run, fits);
	}
	buffer_append(b, run, length);
}

void
json_decode(struct span token, struct buffer *b)
{
	struct cursor c = open_token(token);
	const char *escape;

	while (c.at < c.stop && !b->overflowed) {
		escape = memchr(c.at, '\\', (size_t)(c.stop - c.at));
		if (escape == NULL)
			escape = c.stop;
		append_run(b, c.at, (size_t)(escape - c.at));
		c.at = escape;
		if (c.at == c.stop)
			return;
		read_character(&c);
		buffer_append(b, c.character, c.length);
	}
}

/* Returns the next byte of the text, or -1 at its end. */
static int
next_byte(struct cursor *cursor)
{
	if (cursor->used == cursor->length) {
		if (cursor->at == cursor->stop)
			return -1;
		read_character(cursor);
	}
	return (unsigned char)cursor->character[cursor->used++];
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
json_same_text(struct span left, struct span right)
{
	struct cursor one = open_token(left), two = open_token(right);
	int byte, other;

	do {
		byte = next_byte(&one);
		other = next_byte(&two);
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
append_escaped(struct buffer *b, unsigned char byte)
{
	if (byte < 0x20) {
		buffer_format(b, "\\u%04x", byte);
	} else {
		buffer_format(b, "\\%c", byte);
	}
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

size_t
json_unit(struct span contents)
{
	uint32_t ignored;
	size_t length;

	if (contents.bytes[0] != '\\') {
		length = utf8_decode(contents.bytes, contents.length, &ignored);
		return length > 0 ? length : 1;
	}
	length = contents.length > 1 && contents.bytes[1] == 'u' ? 6 : 2;
	return length < contents.length ? length : contents.length;
}

bool
json_next_string(struct span *json, struct span *contents)
{
	const unsigned char *end = json->bytes + json->length;
	const unsigned char *quote = memchr(json->bytes, '"', json->length);
	size_t i = 0, length;

	if (quote == NULL)
		return false;
	length = (size_t)(end - ++quote);
	while (i < length && quote[i] != '"')
		i += json_unit(span_of(quote + i, length - i));
	*contents = span_of(quote, i);
	i += i < length;
	*json = span_of(quote + i, length - i);
	return true;
}
