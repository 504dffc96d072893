/* aead.h - authenticated encryption with associated data: AES-GCM (NIST SP
 * 800-38D) and ChaCha20-Poly1305 (RFC 8439), with nonces of 96 bits and tags of
 * 128 bits.
 *
 * What computes with a secret is BearSSL's portable code, which is written to
 * take a time that depends on lengths only.
 *
 * Tested by tests/vectors/wycheproof.py. */
#ifndef AEAD_H
#define AEAD_H

#include <bearssl.h>
#include <stddef.h>

#include "base/span.h"

#define AEAD_KEY_MAX 32
#define AEAD_NONCE 12
#define AEAD_TAG 16

enum aead { AEAD_CHACHA20_POLY1305, AEAD_AES_GCM };

/* Complete so that the caller owns the storage, may copy it, and wipes it. The
 * contents are private. */
struct aead_key {
	enum aead aead;
	union {
		br_aes_ct64_ctr_keys aes;
		unsigned char chacha20[32];
	} key;
};

/* The key has 16 or 32 bytes for AES-GCM and 32 for ChaCha20-Poly1305. */
void aead_key_set(struct aead_key *key, enum aead aead, struct span bytes);

/* Encrypts length bytes in place and writes the tag after them. The associated
 * data are authenticated only. A nonce must not be used twice with a key. */
void aead_seal(struct aead_key *key, const unsigned char *nonce,
    struct span associated, unsigned char *bytes, size_t length);

/* Decrypts length bytes in place, after which the tag is.
 *
 * Returns 0, or -1 with the bytes wiped if the tag does not fit. */
int aead_open(struct aead_key *key, const unsigned char *nonce,
    struct span associated, unsigned char *bytes, size_t length)
    __attribute__((warn_unused_result));

#endif
