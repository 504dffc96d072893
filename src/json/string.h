/* string.h - string tokens: the text that they stand for, and the token that
 * stands for a text (RFC 8259, 7).
 * A token is as it stands in a JSON text, with its quotation marks, and was
 * found valid by the reader. */
#ifndef JSON_STRING_H
#define JSON_STRING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/span.h"

/* Appends the text of a token, quotation marks and escapes resolved.
 *
 * The escape of a surrogate without its other half becomes the three bytes that
 * UTF-8 would have for it. A text that does not fit is cut between two
 * characters, and sets b->overflowed. */
void json_decode(struct span token, struct buffer *b);

/* Appends a text as a token. Quotation marks, backslashes and control
 * characters are escaped; everything else stays as it is.
 *
 * Returns 0, or -1 with *bad set to the offset of the first byte of the text
 * that is not UTF-8; b then holds a part of the token. */
int json_quote(struct buffer *b, struct span text, size_t *bad)
    __attribute__((warn_unused_result));

/* Finds the next token in what is left of a JSON text, and leaves in *json what
 * follows it.
 *
 * Returns false if there is none. *contents is what is between its quotation
 * marks. */
bool json_next_string(struct span *json, struct span *contents);

/* Returns how many bytes at the beginning of the contents of a token, which are
 * not empty, cannot be parted: an escape, a character, or a byte that is not
 * UTF-8. */
size_t json_unit(struct span contents);

/* Whether a token stands for this text. */
bool json_equals(struct span token, struct span text);

/* Whether two tokens stand for the same text. */
bool json_same_text(struct span left, struct span right);

#endif
