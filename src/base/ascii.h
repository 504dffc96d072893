/* ascii.h - classes and comparisons of ASCII characters, and the only number
 * parser. Nothing depends on the locale, and bytes above 127 are in no class.
 */
#ifndef ASCII_H
#define ASCII_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool ascii_is_digit(unsigned char byte);
bool ascii_is_alphanumeric(unsigned char byte);
unsigned char ascii_lower(unsigned char byte);
unsigned char ascii_upper(unsigned char byte);

bool ascii_equal(const char *text, const void *bytes, size_t length);
/* Ignores the case of ASCII letters (RFC 9110, 5.1). */
bool ascii_equal_nocase(const char *text, const void *bytes, size_t length);

/* Whether wanted occurs in text: strstr(3), in a few bytes of code. */
bool ascii_contains(const char *text, const char *wanted);

/* Reads one or more digits and nothing else.
 *
 * The number must not exceed max.
 *
 * Returns 0, or -1 with *number untouched. */
int ascii_decimal(const char *bytes, size_t length, uint64_t max,
    uint64_t *number) __attribute__((warn_unused_result));

/* Returns the value of a hexadecimal digit, or -1. */
int ascii_hex(char byte);

#endif
