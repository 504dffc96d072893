/* pss.h - verifies RSA signatures in the form of RSASSA-PSS (RFC 8017, 8.1.2).
 *
 * Every input must be public: how long it takes depends on the numbers. */
#ifndef PSS_H
#define PSS_H

#include <bearssl.h>
#include <stdbool.h>

#include "base/span.h"

/* Checks a signature of a hash. hash_class is the function that made the hash,
 * which gives its length; the mask is made with the same function, and the salt
 * is as long as the hash, as TLS has it (RFC 8446, 4.2.3).
 *
 * The signature must have as many bytes as the modulus, of which at most 512
 * are supported, and every bit of the encoded message must be as RFC 8017,
 * 9.1.2, has it.
 *
 * Returns true, or false if the key did not make it. */
bool pss_verify(struct span signature, const br_hash_class *hash_class,
    const unsigned char *hash, const br_rsa_public_key *key);

#endif
