/* ecdsa.h - verifies ECDSA signatures in the form of certificates and TLS (RFC
 * 3279, 2.2.3): SEQUENCE { INTEGER r, INTEGER s }.
 *
 * Every input must be public: how long it takes depends on the numbers. */
#ifndef ECDSA_H
#define ECDSA_H

#include <bearssl.h>

/* Checks a signature of a hash. It has the type of BearSSL's functions.
 *
 * The signature must be DER: every length and number in its shortest form,
 * both numbers above 0, nothing before or after. ec->supported_curves says
 * which of P-256, P-384 and P-521 may be used.
 *
 * Returns 1, or 0 if the key did not make it. */
uint32_t ecdsa_verify(const br_ec_impl *ec, const void *hash,
    size_t hash_length, const br_ec_public_key *key, const void *signature,
    size_t length);

#endif
