/* span.h - bytes somewhere in memory that somebody else owns. */
#ifndef SPAN_H
#define SPAN_H

#include <stdbool.h>
#include <stddef.h>

/* Not NUL-terminated. bytes is NULL for a span that is absent; an empty span
 * that is present has a pointer and length 0. */
struct span {
	const unsigned char *bytes;
	size_t length;
};

struct span span_of(const void *bytes, size_t length);

/* The characters of a C string, without its NUL. */
struct span span_text(const char *text);

/* The bytes as characters, for printf's %.*s and for text functions. */
const char *span_chars(struct span span);

/* The bytes, for libraries that only read through a pointer which is not
 * const. */
unsigned char *span_mutable(struct span span);

/* The length as printf's %.*s wants it, at most limit. */
int span_width(struct span span, int limit);

bool span_equal(struct span one, struct span other);

/* As span_equal(), for bytes of which one side is secret: how long it takes
 * depends on the lengths only. */
bool span_equal_secret(struct span one, struct span other);

/* Copies the bytes to out, size bytes, with a NUL after them.
 *
 * Returns 0, or -1 with out "" if they do not fit. */
int span_copy(struct span span, char *out, size_t size);

#endif
