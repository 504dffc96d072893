/* exchange.h - the key exchange of TLS: BearSSL's constant-time implementations
 * of X25519, P-256 and P-384, and the check that RFC 8422, 5.11, and RFC
 * 8446, 7.4.2, add.
 *
 * TLS 1.2 is BearSSL's, which takes the implementation. TLS 1.3 makes a key of
 * its own for each connection and agrees with the peer's.
 *
 * This is where secrets are computed with: nothing of our arithmetic is used.
 */
#ifndef CRYPTO_EXCHANGE_H
#define CRYPTO_EXCHANGE_H

#include <bearssl.h>
#include <stdbool.h>

#include "base/span.h"

#define EXCHANGE_PRIVATE_MAX 48 /* P-384 */
#define EXCHANGE_PUBLIC_MAX 97
#define EXCHANGE_SECRET_MAX 48

/* A key of ours, for one connection: exchange_key_wipe() ends it. */
struct exchange_key {
	int curve; /* BR_EC_curve25519, BR_EC_secp256r1 or BR_EC_secp384r1 */
	size_t public_length;
	/* As a key share has it (RFC 8446, 4.2.8.2): X25519's 32 bytes, or an
	 * uncompressed point. */
	unsigned char public[EXCHANGE_PUBLIC_MAX];
	/* Private from here on. */
	size_t length;
	unsigned char private[EXCHANGE_PRIVATE_MAX]; /* secret */
};

/* Fills in the implementation. It multiplies as BearSSL's does, but fails if
 * the result of X25519 is all zeros: the peer's key is one of few that give
 * this result whatever our key is. It also fails, without writing, if a point
 * is longer or shorter than those of the curve. */
void exchange_init(br_ec_impl *ec);

/* Whether a peer's public key is usable for one of these: a point of P-256 or
 * P-384; for X25519, one whose result is not all zeros. */
bool exchange_accepts(int curve, struct span key);

/* Makes a key from a source of random bytes, which the caller has seeded.
 *
 * Returns 0, or -1 if the curve is not one of the three. */
int exchange_key_make(struct exchange_key *key, int curve,
    const br_prng_class **random) __attribute__((warn_unused_result));

/* Computes the secret that our key shares with the peer's public key (RFC
 * 8446, 7.4.2): X25519's result, or the x coordinate of the point. The caller
 * wipes it.
 *
 * The peer's key must have the form and the length that a key share has, and
 * exchange_accepts() must hold for it.
 *
 * Returns the length of the secret, or -1. */
int exchange_agree(const struct exchange_key *key, struct span peer,
    unsigned char secret[EXCHANGE_SECRET_MAX])
    __attribute__((warn_unused_result));

/* Overwrites the key. */
void exchange_key_wipe(struct exchange_key *key);

#endif
