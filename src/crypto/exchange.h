/* exchange.h - the key exchange of TLS: BearSSL's constant-time implementations
 * of X25519, P-256 and P-384, and the check that RFC 8422, 5.11, adds.
 *
 * This is where secrets are computed with: nothing of our arithmetic is used.
 */
#ifndef EXCHANGE_H
#define EXCHANGE_H

#include <bearssl.h>
#include <stdbool.h>

#include "base/span.h"

/* Fills in the implementation. It multiplies as BearSSL's does, but fails if
 * the result of X25519 is all zeros: the peer's key is one of few that give
 * this result whatever our key is. */
void exchange_init(br_ec_impl *ec);

/* Whether a peer's public key is usable for one of these: a point of P-256 or
 * P-384; for X25519, one whose result is not all zeros. */
bool exchange_accepts(int curve, struct span key);

#endif
