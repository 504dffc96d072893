/* buffer.c - every append goes through buffer_append() or buffer_format(), the
 * two places where length and capacity meet. */
#include "base/buffer.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void
terminate(struct buffer *b)
{
	if (b->bytes != NULL)
		b->bytes[b->length] = '\0';
}

void
buffer_init(struct buffer *b, char *storage, size_t size)
{
	b->bytes = storage;
	b->length = 0;
	b->capacity = storage != NULL ? size - 1 : SIZE_MAX - 1;
	b->overflowed = false;
	terminate(b);
}

void
buffer_append(struct buffer *b, const void *bytes, size_t length)
{
	if (b->overflowed || length > b->capacity - b->length) {
		b->overflowed = true;
		return;
	}
	if (b->bytes != NULL && length > 0)
		memcpy(b->bytes + b->length, bytes, length);
	b->length += length;
	terminate(b);
}

void
buffer_byte(struct buffer *b, char byte)
{
	buffer_append(b, &byte, 1);
}

void
buffer_text(struct buffer *b, const char *text)
{
	buffer_append(b, text, strlen(text));
}

void
buffer_decimal(struct buffer *b, uint64_t number)
{
	buffer_format(b, "%" PRIu64, number);
}

void
buffer_format(struct buffer *b, const char *format, ...)
{
	size_t room = b->bytes != NULL ? b->capacity - b->length + 1 : 0;
	va_list arguments;
	int length;

	if (b->overflowed)
		return;
	va_start(arguments, format);
	length = vsnprintf(b->bytes != NULL ? b->bytes + b->length : NULL, room,
	    format, arguments);
	va_end(arguments);
	if (length < 0 || (size_t)length > b->capacity - b->length) {
		b->overflowed = true;
	} else {
		b->length += (size_t)length;
	}
	terminate(b);
}

void
wipe(void *memory, size_t length)
{
	memset(memory, 0, length);
	/* The compiler must assume that this reads the memory. */
	__asm__ volatile("" : : "r"(memory) : "memory");
}

/* Inlined, its array would lie in the caller's part of the stack. */
__attribute__((noinline)) void
wipe_stack(size_t size)
{
	unsigned char bytes[size + 1]; /* an array has at least one */

	wipe(bytes, sizeof(bytes));
}

void
buffer_base64(struct buffer *b, const void *bytes, size_t length, bool for_url)
{
	static const char digits[2][65] = {
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"};
	const unsigned char *p = bytes;
	uint32_t group;
	size_t n, i;

	for (; length > 0; p += n, length -= n) {
		n = length < 3 ? length : 3;
		group = (uint32_t)p[0] << 16;
		group |= n > 1 ? (uint32_t)p[1] << 8 : 0;
		group |= n > 2 ? p[2] : 0;
		for (i = 0; i < 4; i++, group <<= 6) {
			if (i <= n) {
				buffer_byte(
				    b, digits[for_url][group >> 18 & 63]);
			} else if (!for_url) {
				buffer_byte(b, '=');
			}
		}
	}
}

void
buffer_wipe(struct buffer *b)
{
	if (b->bytes != NULL)
		wipe(b->bytes, b->capacity + 1);
	b->length = 0;
	b->overflowed = false;
}
