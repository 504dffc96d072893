/* schedule.h - the key schedule of TLS 1.3 (RFC 8446, 7.1 to 7.3), without
 * pre-shared keys: from the secret of the key exchange and hashes of the
 * transcript to traffic secrets, and from these to keys and Finished.
 *
 * Pure computation on secrets, through BearSSL's HMAC only. A hash of the
 * transcript has the length of the suite's hash. */
#ifndef SCHEDULE_H
#define SCHEDULE_H

#include <stdbool.h>

#include "base/span.h"
#include "crypto/aead.h"
#include "tls/suite.h"

/* The secret that the keys of one direction are made from. Who declares it owns
 * it, and wipes it with schedule_forget(). */
struct traffic_secret {
	const struct suite *suite;
	unsigned char bytes[SUITE_HASH_MAX];
};

/* The contents are private. They are a secret from the start to the last step,
 * schedule_application(), which wipes them. */
struct schedule {
	const struct suite *suite;
	/* The Early Secret, then the Handshake Secret. */
	unsigned char secret[SUITE_HASH_MAX];
};

/* Begins with the Early Secret of a handshake without a pre-shared key. */
void schedule_start(struct schedule *schedule, const struct suite *suite);

/* Takes the secret of the key exchange (7.4.2), and makes the secrets of both
 * directions of the handshake.
 *
 * hash is that of the messages up to and including ServerHello. The caller
 * wipes the shared secret: nothing else needs it. */
void schedule_handshake(struct schedule *schedule, struct span shared,
    struct span hash, struct traffic_secret *client,
    struct traffic_secret *server);

/* Makes the secrets of both directions of application data.
 *
 * hash is that of the messages up to and including the server's Finished. The
 * schedule is wiped: what is left to derive is for resumption and exporters. */
void schedule_application(struct schedule *schedule, struct span hash,
    struct traffic_secret *client, struct traffic_secret *server);

/* Wipes the schedule. For a handshake that fails: after
 * schedule_application() it is done. */
void schedule_wipe(struct schedule *schedule);

/* Makes the contents of a Finished message (4.4.4), of the length of the
 * suite's hash.
 *
 * secret is the handshake's, of the side that sends the message. hash is that
 * of the messages before it. */
void schedule_finished(const struct traffic_secret *secret, struct span hash,
    unsigned char *finished);

/* Whether the contents of the peer's Finished are what they must be. How long
 * it takes does not depend on which bytes differ. */
bool schedule_finished_matches(const struct traffic_secret *secret,
    struct span hash, struct span finished);

/* Replaces the secret by the next generation, after a KeyUpdate (7.2). */
void schedule_update(struct traffic_secret *secret);

/* Derives the AEAD's key, of the suite's key_length, and the IV, of AEAD_NONCE
 * bytes (7.3). */
void schedule_keys(
    const struct traffic_secret *secret, unsigned char *key, unsigned char *iv);

void schedule_forget(struct traffic_secret *secret);

#endif
