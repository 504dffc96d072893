/* name.h - whether two Names are the same, as RFC 5280, 7.1 compares them.
 * Text counts, and not how it is encoded: the case of ASCII letters, blanks at
 * the ends, runs of blanks, and the type of the string make no difference. */
#ifndef NAME_H
#define NAME_H

#include <stdbool.h>

#include "base/span.h"

#define NAME_ID_SIZE 32

/* What identifies a Name: the SHA-256 of its canonical form. */
struct name_id {
	unsigned char bytes[NAME_ID_SIZE];
};

/* Identifies a Name in DER.
 *
 * The cost is linear in its length. Characters other than ASCII are compared as
 * they are. A part that is malformed is the same as equal bytes only. */
void name_identify(struct span name, struct name_id *id);

bool name_same(const struct name_id *one, const struct name_id *other);

/* Whether the name begins with all parts of the base (RFC 5280, 7.1, of
 * directoryName in name constraints). Both are Names in DER.
 *
 * The cost is linear in both lengths. */
bool name_begins(struct span name, struct span base);

#endif
