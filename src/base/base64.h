/* base64.h - digits of Base64 (RFC 4648, 4). */
#ifndef BASE64_H
#define BASE64_H

#include <stddef.h>

/* Returns the value of a digit, or -1. */
int base64_digit(char byte);

/* Decodes groups of four digits, which are three bytes each, as long as nothing
 * else comes and they fit into size bytes.
 *
 * Returns how many groups. */
size_t base64_groups(
    const char *text, size_t length, unsigned char *out, size_t size);

#endif
