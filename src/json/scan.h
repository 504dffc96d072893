/* scan.h - the fast path of the reader: it moves sixteen bytes at a time over
 * the characters of a string or over whole tokens (RFC 8259). It does not find
 * faults: it stops before anything that it does not know to be valid, and the
 * reader checks that byte by byte. */
#ifndef SCAN_H
#define SCAN_H

#include <stdint.h>

/* Levels of objects and arrays within each other. RFC 8259, 9 allows a limit.
 */
#define SCAN_DEPTH_MAX 512

/* What may come next. */
enum scan_state {
	SCAN_VALUE,
	SCAN_VALUE_OR_END, /* after [ */
	SCAN_KEY_OR_END,   /* after { */
	SCAN_KEY,          /* after , in an object */
	SCAN_COMMA_OR_END,
	SCAN_NOTHING, /* after the outermost value */
	SCAN_BROKEN
};

/* A place in a text, of which the bytes up to end are in memory. */
struct scan {
	const unsigned char *at, *end;
	const unsigned char *line_start; /* after the last line end passed;
					  * NULL if none was */
	uint64_t line;                   /* from 1 */
	unsigned depth;
	unsigned limit;      /* of the depth, at most SCAN_DEPTH_MAX */
	unsigned floor;      /* scan_tokens() stops at this depth */
	unsigned char state; /* enum scan_state */
	unsigned char closers[SCAN_DEPTH_MAX]; /* } or ] for each level */
};

/* Moves over the characters of a string that are plain and valid UTF-8.
 *
 * It begins between two characters, after the opening quotation mark: the byte
 * before that place is read, too.
 *
 * Returns the first byte that is not known to begin plain, valid UTF-8. The
 * last 15 bytes before end are never known. */
const unsigned char *scan_text(
    const unsigned char *at, const unsigned char *end);

/* Moves over whole valid tokens, as far as it can, or not at all. It stops
 * after the end of a container that brings the depth down to floor. */
void scan_tokens(struct scan *scan);

#endif
