/* rsa.h - verifies RSA signatures in the form of PKCS #1 v1.5 (RFC
 * 8017, 8.2.2).
 *
 * Every input must be public: how long it takes depends on the numbers. */
#ifndef RSA_H
#define RSA_H

#include <bearssl.h>

/* Takes the hash out of a signature. It has the type of BearSSL's functions.
 *
 * hash_id is a BR_HASH_OID_ of BearSSL: the identifier of the hash, with its
 * length before it. hash gets hash_length bytes, of which at most 64 are
 * supported. The caller compares them with the hash of what is signed.
 *
 * The encoded message must be the one that RFC 8017, 9.2, makes of the hash, in
 * every byte.
 *
 * Returns 1, or 0 if it is not. */
uint32_t rsa_verify(const unsigned char *signature, size_t length,
    const unsigned char *hash_id, size_t hash_length,
    const br_rsa_public_key *key, unsigned char *hash);

#endif
