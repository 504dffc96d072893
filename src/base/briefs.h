/* briefs.h - secrets that may be too short to have parts (parts.h): a proxy's
 * user and password, from four characters on. A form with four to seven
 * characters is found as a whole only: the text, its hexadecimal, and its
 * Base64 as it ends with the text and within that of more. A longer form is
 * added to the parts.
 *
 * They may be words of our own messages, so they are looked for only in the
 * text of a peer. Once they have no more room, everything is hidden. */
#ifndef BRIEFS_H
#define BRIEFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

#define BRIEFS_MIN ((size_t)4) /* characters; the longest have seven */
#define BRIEFS_TEXT_MAX 768    /* of a text whose forms are made */

/* Adds a text, unless it has fewer than four characters. A longer text than
 * BRIEFS_TEXT_MAX is added to the parts of secrets of any text. */
void briefs_add(struct span text, bool is_password);

/* Returns the length of the longest of these secrets that a text ends with, of
 * which the last eight characters are a part (parts.h), or 0. */
size_t briefs_at_end(uint64_t part, size_t count);

/* Whether a text is a password of four to seven characters, which may be
 * encoded (coded.h). */
bool briefs_are_password(struct span text);

/* Forgets and wipes everything. */
void briefs_wipe(void);

#endif
