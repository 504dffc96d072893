/* power.h - RSA's operation with a public key (RFC 8017, 5.2.2), by our
 * arithmetic.
 *
 * Every input must be public: how long it takes depends on the numbers. */
#ifndef POWER_H
#define POWER_H

#include <bearssl.h>

/* Replaces a number in big-endian bytes by its power, with exponent and modulus
 * of the key. It has the type of BearSSL's functions.
 *
 * The number must be below the modulus and have as many bytes, of which at most
 * 512 are supported. The exponent must not be 0.
 *
 * Returns 1, or 0 if one of these does not hold; bytes are the same then. */
uint32_t power_raise(
    unsigned char *bytes, size_t length, const br_rsa_public_key *key);

#endif
