/* key.h - the public key of a certificate: RSA of 2048 to 4096 bits with an odd
 * exponent from 3 to 32 bits, or a point on P-256, P-384 or P-521. */
#ifndef KEY_H
#define KEY_H

#include <bearssl.h>

#include "base/span.h"

/* Takes a SubjectPublicKeyInfo (RFC 5280, 4.1.2.7) off the front of *in. The
 * key points into its bytes.
 *
 * Returns 0, or -1 with *why set to a static phrase. */
int key_read(struct span *in, br_x509_pkey *key, const char **why)
    __attribute__((warn_unused_result));

#endif
