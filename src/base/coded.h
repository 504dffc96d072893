/* coded.h - texts that somebody may have encoded, once or several times.
 *
 * A secret and the text in which it may stand are both brought into one form,
 * which encoding does not change: the same secret is the same there, whether it
 * was escaped as JSON (RFC 8259, 7: \u0041, \n, \/), as a URL (RFC 3986, 2.1:
 * %41), as HTML (&#65; &#x41; &amp;), by escape.h (\x41), or by one after the
 * other. Escapes in it are decoded until none is left; the control characters
 * that JSON has letters for are a backslash and the letter; and backslashes in
 * a row are one, or none before what a backslash may escape.
 *
 * That form loses which of several backslashes is a character of its own, so
 * there is also a reader of JSON alone, which is exact. */
#ifndef CODED_H
#define CODED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "base/utf8.h"

/* Bytes of a text that mostly stand for one byte: "&#x0010ffff;". */
#define CODED_MAX ((size_t)12)
/* The last bytes of the form that are kept. */
#define CODED_KEPT ((size_t)24)

/* The end of a text in that form. Begins as {.count = 0}. */
struct coded {
	size_t count;
	size_t fresh; /* bytes at the end which the last call has added */
	unsigned char bytes[4 * CODED_KEPT];
	size_t begins[4 * CODED_KEPT]; /* where each begins in the text */
};

/* Adds the byte that stands in the text at this offset. At least the last
 * CODED_KEPT bytes of the form are there after it.
 *
 * Returns false if the byte was simply added, and true if the bytes before it
 * have changed: then it ends an escape, or it stands for more than one. */
bool coded_take(struct coded *coded, unsigned char byte, size_t offset);

/* A character of a JSON string. */
struct coded_unit {
	size_t length; /* in the text, at least 1 */
	size_t count;  /* of the bytes that are meant, at least 1 */
	unsigned char bytes[UTF8_MAX];
};

/* Reads the first character of a text, which is not empty, as one of a JSON
 * string: a byte, an escape, or a pair of surrogates. What is not an escape is
 * a byte that stands for itself. */
void coded_read_json(struct span text, struct coded_unit *unit);

#endif
