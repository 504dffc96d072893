/* tls13.h - TLS 1.3 (RFC 8446) over any stream, and itself a stream.
 *
 * Tested by tests/tls/run.py. */
#ifndef TLS13_H
#define TLS13_H

#include <stdbool.h>

#include "base/error.h"
#include "os/clock.h"
#include "os/stream.h"
#include "tls/endpoint.h"
#include "tls/handshake.h"
#include "tls/tls_error.h"

/* Complete so that the caller owns the storage; the contents are private. */
struct tls13 {
	struct stream stream;
	struct stream *below; /* borrowed; NULL once closed */
	struct endpoint endpoint;
};

/* Performs the handshake, as tls_open() promises.
 *
 * Our last flight is gathered and goes with the first write, or before the
 * first read. Until then the server has not seen our Finished; the server's has
 * been verified.
 *
 * Returns TLS_OPEN, TLS_OLDER if TLS 1.2 was offered as well and is what the
 * server speaks, or another negative result with e set. */
enum tls_result tls13_open(struct tls13 *tls, struct stream *below,
    const struct handshake_terms *terms, struct deadline d, struct error *e)
    __attribute__((warn_unused_result));

/* Takes one record of the server, of which the first byte has arrived, before
 * anything is asked of it: a ticket, a key update, close_notify. One that is
 * not whole before the deadline ends the connection.
 *
 * Whether the connection is still of use, tls13_is_idle() says. */
void tls13_absorb(struct tls13 *tls, struct deadline d);

/* Whether another request may be written: no write has failed, and the server
 * has neither closed nor sent application data, as far as its bytes were
 * read. */
bool tls13_is_idle(const struct tls13 *tls);

/* See tls_unmet_demand(). */
enum tls_demand tls13_unmet_demand(const struct tls13 *tls);

/* Overwrites keys and plain text. */
void tls13_wipe(struct tls13 *tls);

#endif
