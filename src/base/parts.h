/* parts.h - the parts of secrets that are known: every eight characters in a
 * row, as they are and in Base64, in a set that answers whether a text has one.
 *
 * Only the parts are kept, and no pointer: storage of a secret may be wiped or
 * used again while others still know the secret and may repeat it.
 *
 * A secret has some five parts for each of its characters. There is room for at
 * least 19,000 characters of lasting secrets, and for the latest 4,900 of
 * recent ones. Once lasting secrets have no more room, every part counts as
 * known: everything is hidden then, and nothing is shown that should not be.
 * The sets take 1.8 MiB, of which only what is filled is touched. */
#ifndef PARTS_H
#define PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

#define PARTS_LENGTH ((size_t)8) /* characters */

enum parts_kind {
	PARTS_LASTING, /* until the process ends */
	PARTS_RECENT,  /* of which the latest are kept */
	PARTS_PUBLIC   /* parts that are not added from now on */
};

/* Adds all parts of a text. */
void parts_add(struct span text, enum parts_kind kind);

/* Adds a character to a part, whose first one goes. Characters that count as
 * equal give the same part: upper and lower case, and both alphabets of Base64.
 *
 * Returns the part of the last eight characters. */
uint64_t parts_next(uint64_t part, unsigned char character);

/* Whether two characters count as equal. */
bool parts_equal(unsigned char one, unsigned char other);

/* Whether a part is one of a secret. */
bool parts_are_known(uint64_t part);

/* Whether no secret is known. */
bool parts_are_none(void);

/* Whether everything counts as known. */
bool parts_are_all(void);

/* Makes everything count as known: a secret cannot be kept. */
void parts_give_up(void);

/* Forgets and wipes everything. */
void parts_wipe(void);

#endif
