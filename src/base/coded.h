/* coded.h - one character of a text that somebody may have encoded: as %41
 * (RFC 3986, 2.1), as \u0041, \n or \/ (RFC 8259, 7), as \x41 (escape.h), or as
 * &#65; (HTML). A backslash may have been doubled on its way. */
#ifndef CODED_H
#define CODED_H

#include <stddef.h>

#include "base/span.h"
#include "base/utf8.h"

#define CODED_BACKSLASHES_MAX 4 /* of one escape */
/* Bytes that stand for one byte: those and "u0041". */
#define CODED_MAX (CODED_BACKSLASHES_MAX + 5)

struct coded {
	size_t length; /* in the text, at least 1 */
	/* What is meant; of \u in UTF-8. */
	size_t count; /* at least 1 */
	unsigned char bytes[UTF8_MAX];
};

/* Reads the first character of a text that is not empty. One that is not
 * encoded stands for itself, byte by byte. */
void coded_read(struct span text, struct coded *character);

#endif
