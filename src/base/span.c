/* span.c - the casts between bytes and characters are here and nowhere else. */
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
span_chars(struct span s)
{
	return (const char *)s.bytes;
}

unsigned char *
span_mutable(struct span s)
{
	return (unsigned char *)(uintptr_t)s.bytes;
}

int
span_width(struct span s, int limit)
{
	return s.length > (size_t)limit ? limit : (int)s.length;
}

bool
span_equal(struct span a, struct span b)
{
	return a.length == b.length &&
	       (a.length == 0 || memcmp(a.bytes, b.bytes, a.length) == 0);
}
