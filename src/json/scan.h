/* scan.h - the fast lane of reading JSON: sixteen bytes at a time, over the
 * characters of a string or over whole tokens (RFC 8259). It finds no faults:
 * it stops before what it does not know to be valid, and json.c looks at that
 * byte by byte. */
#ifndef SCAN_H
#define SCAN_H

#include <stdint.h>

/* Objects and arrays within each other. RFC 8259, 9 allows a limit. */
#define SCAN_DEPTH_MAX 512

/* What may come next. */
enum scan_state {
	SCAN_VALUE,
	SCAN_VALUE_OR_END, /* behind [ */
	SCAN_KEY_OR_END,   /* behind { */
	SCAN_KEY,          /* behind , in an object */
	SCAN_COMMA_OR_END,
	SCAN_NOTHING, /* behind the outermost value */
	SCAN_BROKEN
};

/* A place in a text, of which the bytes up to end are in memory. */
struct scan {
	const unsigned char *at, *end;
	const unsigned char *line_start; /* behind the last line end passed,
					  * NULL if none was */
	uint64_t line;                   /* from 1 */
	unsigned depth;
	unsigned limit;      /* of the depth, at most SCAN_DEPTH_MAX */
	unsigned floor;      /* scan_tokens() stops there */
	unsigned char state; /* enum scan_state */
	unsigned char closers[SCAN_DEPTH_MAX]; /* } or ] for each level */
};

/* From a place between two characters of a string on, behind its quotation
 * mark: the first place where a character stands that is not known to be
 * plain and valid UTF-8. The last 16 bytes before end are never known. */
const unsigned char *scan_text(
    const unsigned char *at, const unsigned char *end);

/* How many characters begin here: bytes other than 10xxxxxx (RFC 3629, 3),
 * be they valid or not. */
uint64_t scan_count(const unsigned char *at, const unsigned char *end);

/* Moves over whole valid tokens, as far as it can, or not at all; at most to
 * the end of a container that brings the depth down to floor. */
void scan_tokens(struct scan *s);

#endif
