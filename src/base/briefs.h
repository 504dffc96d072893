/* briefs.h - secrets that may be too short to be found by their parts: a
 * proxy's user and password. They are found as a whole, from four characters
 * on, as they are, encoded (coded.h), in hexadecimal, and in Base64 as it ends
 * with them and within that of more.
 *
 * They may be words of our own messages, so they are looked for only in the
 * text of a peer. There is room for those of eight proxies, with a hundred
 * characters each. Once they have no more room, everything is hidden. */
#ifndef BRIEFS_H
#define BRIEFS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

#define BRIEFS_TEXT_MAX 768

/* Adds a text, unless it has fewer than four characters. The parts of a text of
 * more than BRIEFS_TEXT_MAX are added in its place (parts.h). */
void briefs_add(struct span text, bool is_password);

/* Returns how many bytes at the beginning of a text are the longest one of
 * these secrets, or eight or more characters of one, or 0. */
size_t briefs_at(struct span text);

/* Whether a text is a password, which may be encoded. */
bool briefs_are_password(struct span text);

/* Forgets and wipes everything. */
void briefs_wipe(void);

#endif
