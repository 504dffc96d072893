/* utf8.h - UTF-8 (RFC 3629), in the one form that is valid. */
#ifndef UTF8_H
#define UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UTF8_MAX 4 /* bytes of a character */

/* What may follow the first byte of a character of two to four bytes (RFC
 * 3629, 4). The range of the second byte excludes overlong forms, surrogates
 * and code points above U+10FFFF; every later byte is 0x80 to 0xbf. */
struct utf8_lead {
	size_t length; /* of the whole character: 2, 3 or 4 */
	unsigned char low, high;
};

/* Looks up a byte of 0x80 or more.
 *
 * Returns false if no character begins with it. */
bool utf8_lead(unsigned char first, struct utf8_lead *lead);

/* Decodes the character that begins at bytes, of which length are there.
 *
 * Returns how many bytes it has, or 0 if it is not valid or length is 0. */
size_t utf8_decode(const void *bytes, size_t length, uint32_t *point);

/* Encodes a code point of up to U+10FFFF. A surrogate becomes the three bytes
 * that it would have, which is not valid UTF-8.
 *
 * Returns how many bytes it has. */
size_t utf8_encode(uint32_t point, char out[UTF8_MAX]);

/* Returns how many characters begin in bytes: those other than 10xxxxxx,
 * whether they are valid or not. */
uint64_t utf8_count(const void *bytes, size_t length);

#endif
