/* span.c - casts and conversions of spans, so that callers rarely need their
 * own. */
#include "base/span.h"

#include <stdint.h>
#include <string.h>

struct span
span_of(const void *bytes, size_t length)
{
	return (struct span){bytes, length};
}

struct span
span_text(const char *text)
{
	return span_of(text, strlen(text));
}

const char *
span_chars(struct span span)
{
	return (const char *)span.bytes;
}

unsigned char *
span_mutable(struct span span)
{
	return (unsigned char *)(uintptr_t)span.bytes;
}

int
span_width(struct span span, int limit)
{
	return span.length > (size_t)limit ? limit : (int)span.length;
}

bool
span_equal(struct span one, struct span other)
{
	return one.length == other.length &&
	       (one.length == 0 ||
		   memcmp(one.bytes, other.bytes, one.length) == 0);
}

bool
span_equal_secret(struct span one, struct span other)
{
	unsigned char different = 0;
	size_t i;

	if (one.length != other.length)
		return false;
	for (i = 0; i < one.length; i++)
		different |= one.bytes[i] ^ other.bytes[i];
	return different == 0;
}

int
span_copy(struct span span, char *out, size_t size)
{
	out[0] = '\0';
	if (span.length >= size)
		return -1;
	if (span.length > 0)
		memcpy(out, span.bytes, span.length);
	out[span.length] = '\0';
	return 0;
}
