/* parts.h - the parts of secrets that are known: every eight characters in a
 * row, as they are, in the form of coded.h and in Base64, in a set that answers
 * whether a text has one.
 *
 * Only the parts are kept, and no pointer: storage of a secret may be wiped or
 * used again while others still know the secret and may repeat it.
 *
 * A secret has some five parts for each of its characters. There is room for at
 * least 19,000 characters of lasting secrets, for the latest 4,900 of recent
 * ones, and for 3,000 of a proxy's. Once lasting secrets or a proxy's have no
 * more room, every part counts as known: everything is hidden then, and nothing
 * is shown that should not be. The sets take 1.9 MiB, of which only what is
 * filled is touched. */
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
	PARTS_PUBLIC,  /* parts that are not added from now on */
	PARTS_PROXY    /* which count in the text of a peer only */
};

/* Adds all parts of a text. */
void parts_add(struct span text, enum parts_kind kind);

/* Adds the parts of a text without those in Base64: it is in Base64 or another
 * form already. */
void parts_add_form(struct span form, enum parts_kind kind);

/* Adds a character to a part, whose first one goes. Characters that count as
 * equal give the same part: upper and lower case, both alphabets of Base64, and
 * a blank and "+", which the URL of a form has in its place.
 *
 * Returns the part of the last eight characters. */
uint64_t parts_next(uint64_t part, unsigned char character);

/* Whether a part is one of a secret. A proxy's are only in the text of a
 * peer. */
bool parts_are_known(uint64_t part, bool is_peer);

/* Whether no secret is known. */
bool parts_are_none(void);

/* Whether everything counts as known. */
bool parts_are_all(void);

/* Makes everything count as known: a secret cannot be kept. */
void parts_give_up(void);

/* Forgets and wipes everything. */
void parts_wipe(void);

#endif
