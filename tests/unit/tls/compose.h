/* compose.h - messages of TLS as a text: hexadecimal digits, and
 *
 *   (2 ...)   a vector, whose length is a number of two octets
 *   'text'    these characters
 *   *32       32 bytes of filling
 *   R, S      the random value and the session ID of our ClientHello
 *   H         the random value of a HelloRetryRequest (RFC 8446, 4.1.3)
 *
 * Spaces do not count. */
#ifndef TLS_COMPOSE_H
#define TLS_COMPOSE_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/span.h"

#define COMPOSE_RANDOM "rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr"
#define COMPOSE_SESSION_ID "ssssssssssssssssssssssssssssssss"
#define COMPOSE_RETRY                                                      \
	"\xcf\x21\xad\x74\xe5\x9a\x61\x11\xbe\x1d\x8c\x02\x1e\x65\xb8\x91" \
	"\xc2\xa2\x11\x16\x7a\xbb\x8c\x5e\x07\x9e\x09\xe2\xc8\xa8\x33\x9c"

#define COMPOSE_DEPTH 8

/* The vectors that are open. */
struct composing {
	size_t start[COMPOSE_DEPTH];
	size_t octets[COMPOSE_DEPTH];
	size_t depth;
};

static inline void
compose_open(struct composing *c, struct buffer *b, size_t octets)
{
	if (c->depth == COMPOSE_DEPTH)
		abort();
	buffer_append(b, "\0\0\0\0", octets);
	c->start[c->depth] = b->length;
	c->octets[c->depth++] = octets;
}

static inline void
compose_close(struct composing *c, struct buffer *b)
{
	size_t length, i;

	if (c->depth == 0)
		abort();
	c->depth--;
	length = b->length - c->start[c->depth];
	for (i = 1; i <= c->octets[c->depth]; i++, length >>= 8)
		b->bytes[c->start[c->depth] - i] = (char)(length & 0xff);
}

static inline void
compose_fill(struct buffer *b, const char **text)
{
	unsigned long count;
	char *end;

	for (count = strtoul(*text, &end, 10); count > 0; count--)
		buffer_byte(b, '*');
	*text = end;
}

static inline void
compose_hex(struct buffer *b, const char *text)
{
	char digits[3] = {text[0], text[1], '\0'}, *end;
	unsigned long byte = strtoul(digits, &end, 16);

	if (end != digits + 2)
		abort();
	buffer_byte(b, (char)byte);
}

/* Returns the rest of the text after its first element. */
static inline const char *
compose_element(struct composing *c, struct buffer *b, const char *text)
{
	const char *end;

	switch (*text) {
	case ' ':
		return text + 1;
	case '(':
		compose_open(c, b, (size_t)(text[1] - '0'));
		return text + 2;
	case ')':
		compose_close(c, b);
		return text + 1;
	case '\'':
		end = strchr(text + 1, '\'');
		buffer_append(b, text + 1, (size_t)(end - text - 1));
		return end + 1;
	case '*':
		text++;
		compose_fill(b, &text);
		return text;
	case 'R':
		buffer_append(b, COMPOSE_RANDOM, 32);
		return text + 1;
	case 'S':
		buffer_append(b, COMPOSE_SESSION_ID, 32);
		return text + 1;
	case 'H':
		buffer_append(b, COMPOSE_RETRY, 32);
		return text + 1;
	default:
		compose_hex(b, text);
		return text + 2;
	}
}

/* Returns the message, in memory of its own that ends where the message does:
 * free span_mutable() of it. */
static inline struct span
compose(const char *text)
{
	static char storage[1 << 18];
	struct composing c = {.depth = 0};
	unsigned char *copy;
	struct buffer b;

	buffer_init(&b, storage, sizeof(storage));
	while (*text != '\0')
		text = compose_element(&c, &b, text);
	if (c.depth > 0 || b.overflowed)
		abort();
	copy = malloc(b.length + (b.length == 0));
	if (copy == NULL)
		abort();
	memcpy(copy, storage, b.length);
	return span_of(copy, b.length);
}

static inline void
compose_free(struct span message)
{
	free(span_mutable(message));
}

#endif
