/* key.h - the public key of a certificate: RSA of 2048 to 4096 bits with an odd
 * exponent from 3 to 32 bits, or a point on P-256 or P-384. */
#ifndef KEY_H
#define KEY_H

#include <bearssl.h>
#include <stdbool.h>

#include "base/span.h"

#define KEY_SIZE_MAX 516 /* RSA of 4096 bits, and its exponent */

/* Takes a SubjectPublicKeyInfo (RFC 5280, 4.1.2.7) off the front of *in. The
 * key points into its bytes.
 *
 * Returns 0, or -1 with *why set to a static phrase. */
int key_read(struct span *in, br_x509_pkey *key, const char **why)
    __attribute__((warn_unused_result));

bool key_equal(const br_x509_pkey *one, const br_x509_pkey *other);

/* Copies a key, with the bytes that it points to.
 *
 * Returns 0, or -1 if the storage is too small for it. */
int key_copy(br_x509_pkey *copy, const br_x509_pkey *key,
    unsigned char storage[KEY_SIZE_MAX]) __attribute__((warn_unused_result));

#endif
