/* text.h - what files of variables, YAML and clipboards leave around a value
 * and inside it: white space, quotes, control characters. All are those of
 * Unicode, in UTF-8; bytes that are not UTF-8 never count. */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

/* Returns the text without white space at its ends. U+200B and U+FEFF, which
 * nobody sees, count as white space (a byte order mark is U+FEFF). */
struct span text_trim(struct span text);

/* Returns whether the text begins and ends with a quotation mark: ", ', `, or
 * a typographic one. */
bool text_is_quoted(struct span text);

/* Finds the first control character or line separator (U+0000 to U+001F,
 * U+007F to U+009F, U+2028, U+2029).
 *
 * Returns its offset, or the length of a text without one. */
size_t text_find_control(struct span text);

/* Finds the first character that nobody sees: U+00AD, U+200B, U+200E, U+200F,
 * U+202A to U+202E, U+2060 to U+2069 and U+FEFF. The joiners U+200C and U+200D
 * are left out: they are seen in what they join.
 *
 * Returns its offset, or the length of a text without one. */
size_t text_find_invisible(struct span text);

#endif
