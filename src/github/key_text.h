/* key_text.h - a private key in the text in which people store it.
 *
 * Variables and secret stores change a PEM file (RFC 7468): line ends become
 * blanks or the two characters \n, or get lost; lines are indented or end in
 * CR; a byte order mark, UTF-16 or quotes come around it; the boundary lines
 * are left out; it is escaped as a part of a URL; or all of it is put in
 * Base64. None of that is ambiguous, since Base64 has neither blanks nor
 * backslashes nor percent signs. */
#ifndef KEY_TEXT_H
#define KEY_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

/* Bytes; a key of 4096 bits takes 3,300, and 4,400 in Base64. */
#define KEY_TEXT_MAX 16384

/* Layers of Base64 that are removed. */
#define KEY_TEXT_LAYERS 3

/* Finds the first private key in a text, which is decoded in place. What else
 * the text contains, such as a certificate or a note, is passed over if the
 * key has its boundary lines.
 *
 * Returns NULL with *der set to the key in DER (RFC 8017, A.1.2, or RFC 5208,
 * 5), which is in the text; or what the text is instead, with *hint set to what
 * to do about that. */
const char *key_text_read(
    char *text, size_t length, struct span *der, const char **hint);

/* Whether a text is a key, or is what key_text_read() reports in the place of
 * one, such as a key that is cut or encrypted. Names of files are not. */
bool key_text_is_key(const char *text);

/* Whether a text that may be the name of a file can be shown: it has at most 64
 * bytes and no control characters, and does not look like a part of a key. */
bool key_text_is_name(const char *text);

#endif
