/* hkdf.h - HKDF (RFC 5869): secrets from secrets.
 *
 * BearSSL's br_hkdf makes the extracted key and uses it, but neither gives it
 * away nor takes one, which TLS 1.3 needs both of. This is HKDF on BearSSL's
 * HMAC, whose time does not depend on the bytes.
 *
 * Tested by tests/vectors/wycheproof.py. */
#ifndef HKDF_H
#define HKDF_H

#include <bearssl.h>
#include <stddef.h>

#include "base/span.h"

#define HKDF_KEY_MAX 64 /* SHA-512 */

/* HKDF-Extract: writes a key of the hash's length. */
void hkdf_extract(const br_hash_class *hash, struct span salt,
    struct span input, unsigned char *key);

/* HKDF-Expand: writes length bytes that depend on the key and on info, which is
 * public.
 *
 * length is at most 255 times the hash's. More is not written at all.
 *
 * Returns the number of bytes written: length or 0. */
size_t hkdf_expand(const br_hash_class *hash, struct span key, struct span info,
    unsigned char *out, size_t length);

#endif
