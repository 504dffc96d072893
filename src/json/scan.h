/* scan.h - the fast path of reading JSON: sixteen bytes at a time, over the
 * characters of a string or over whole tokens (RFC 8259). It reports no faults:
 * it stops before a byte that it does not know to be valid, and reader.c checks
 * from there byte by byte. */
#ifndef SCAN_H
#define SCAN_H

#include <stdint.h>

/* Levels of nested objects and arrays. RFC 8259, 9 allows a limit. */
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

/* A position in a text, whose bytes up to end are in memory. */
struct scan {
	const unsigned char *at, *end;
	const unsigned char *line_start; /* after the last line break so far,
					  * or NULL */
	uint64_t line;                   /* from 1 */
	unsigned depth;
	unsigned limit;      /* of the depth, at most SCAN_DEPTH_MAX */
	unsigned floor;      /* scan_tokens() stops there */
	unsigned char state; /* enum scan_state */
	unsigned char closers[SCAN_DEPTH_MAX]; /* } or ] for each level */
};

/* Starting inside a string, between two characters, returns the first byte that
 * is not known to begin plain, valid UTF-8. The last 16 bytes before end are
 * never known. */
const unsigned char *scan_text(
    const unsigned char *at, const unsigned char *end);

/* How many characters begin here: bytes other than 10xxxxxx (RFC 3629, 3),
 * be they valid or not. */
uint64_t scan_count(const unsigned char *at, const unsigned char *end);

/* Moves past whole valid tokens, as far as it can, which may be no token at
 * all. It stops at the end of a container that brings the depth down to floor.
 */
void scan_tokens(struct scan *s);

#endif
