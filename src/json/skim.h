/* skim.h - the fast lane of reading JSON: sixteen bytes at a time, over the
 * characters of a string or over whole tokens (RFC 8259). It finds no faults:
 * it stops before what it does not know to be valid, and json.c looks at that
 * byte by byte. */
#ifndef SKIM_H
#define SKIM_H

#include <stdint.h>

/* Objects and arrays within each other. RFC 8259, 9 allows a limit. */
#define SKIM_DEPTH_MAX 512

/* What may come next. */
enum skim_state {
	SKIM_VALUE,
	SKIM_VALUE_OR_END, /* behind [ */
	SKIM_KEY_OR_END,   /* behind { */
	SKIM_KEY,          /* behind , in an object */
	SKIM_COMMA_OR_END,
	SKIM_NOTHING, /* behind the outermost value */
	SKIM_BROKEN
};

/* A place in a text, of which the bytes up to end are in memory. */
struct skim {
	const unsigned char *at, *end;
	const unsigned char *line_start; /* behind the last line end passed,
					  * NULL if none was */
	uint64_t line;                   /* from 1 */
	unsigned depth;
	unsigned char state;                   /* enum skim_state */
	unsigned char closers[SKIM_DEPTH_MAX]; /* } or ] for each level */
};

/* From a place between two characters of a string on, behind its quotation
 * mark: the first place where a character stands that is not known to be
 * plain and valid UTF-8. The last 16 bytes before end are never known. */
const unsigned char *skim_text(
    const unsigned char *at, const unsigned char *end);

/* How many characters begin here: bytes other than 10xxxxxx (RFC 3629, 3),
 * be they valid or not. */
uint64_t skim_count(const unsigned char *at, const unsigned char *end);

/* Moves over whole valid tokens, as far as it can, or not at all. */
void skim_tokens(struct skim *s);

#endif
