/* equation.h - the equation that an ECDSA signature must fulfil (FIPS
 * 186-4, 6.4; SEC 1, 4.1.4), for P-256, P-384 and P-521 by our arithmetic.
 *
 * Every input must be public: how long it takes depends on the numbers. */
#ifndef EQUATION_H
#define EQUATION_H

#include <bearssl.h>

/* Checks a signature of a hash, which is two numbers in big-endian bytes, each
 * half of its length. It has the type of BearSSL's functions.
 *
 * Of ec, only supported_curves is read.
 *
 * Returns 1, or 0 if it does not hold, or if the curve is not supported or the
 * key not on it. */
uint32_t equation_holds(const br_ec_impl *ec, const void *hash,
    size_t hash_length, const br_ec_public_key *key, const void *signature,
    size_t length);

#endif
