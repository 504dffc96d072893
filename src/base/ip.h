/* ip.h - IPv4 and IPv6 addresses as text (RFC 4291, 2.2). */
#ifndef IP_H
#define IP_H

#include <stddef.h>

#define IP_SIZE 40 /* of an address as text, with its NUL */

/* Reads an IPv4 address, four decimal numbers without leading zeros, or an
 * IPv6 address.
 *
 * Returns how many bytes it has, 4 or 16, or 0 if it is neither. */
size_t ip_read(const char *text, unsigned char bytes[16]);

/* Writes an IPv4 (4 bytes) or IPv6 (16 bytes) address.
 *
 * All eight groups of an IPv6 address are written out, because escape() breaks
 * "::". */
void ip_write(char out[IP_SIZE], const unsigned char *bytes, size_t length);

#endif
