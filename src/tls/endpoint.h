/* endpoint.h - our end of a connection of TLS 1.3 (RFC 8446): takes the
 * server's records one by one, does what each asks for, and gathers what has to
 * be sent.
 *
 * Tested by tests/tls/run.py. */
#ifndef ENDPOINT_H
#define ENDPOINT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/span.h"
#include "os/clock.h"
#include "os/stream.h"
#include "tls/channel.h"
#include "tls/handshake.h"
#include "tls/message.h"
#include "tls/tls_error.h"

/* What a server can press against, besides the length of each message
 * (tls/message.h) and the deadline: records and messages in a row that carry
 * nothing. They are empty records, ChangeCipherSpec, warnings, tickets and key
 * updates. */
#define ENDPOINT_IDLE_MAX 64

/* Complete so that the caller owns the storage. */
struct endpoint {
	bool has_ended;    /* the server sent close_notify */
	bool has_failed;   /* nothing can be read or written any more */
	struct span plain; /* application data that the caller has not read */
	struct handshake handshake;
	struct channel channel;
	/* Private from here on. */
	bool is_old_fine;  /* a server of TLS 1.2 is TLS_OLDER, no fault */
	bool has_accepted; /* the server may have completed the handshake */
	bool has_changed;  /* our ChangeCipherSpec is sent */
	unsigned idle;     /* records in a row, as above */
	size_t held;       /* of messages[], not taken yet */
	size_t used;       /* of messages[], at most: what has to be wiped */
	/* What the handshake wants sent: off the stack, since what judges a
	 * certificate is called with it. */
	char output[HANDSHAKE_OUTPUT_SIZE];
	unsigned char messages[MESSAGE_SIZE + RECORD_CONTENT_MAX];
};

/* Begins a connection over the stream below, which is borrowed, and gathers the
 * ClientHello.
 *
 * Returns TLS_OPEN, or a negative result with e set. */
enum tls_result endpoint_start(struct endpoint *endpoint, struct stream *below,
    const struct handshake_terms *terms, struct deadline d, struct error *e)
    __attribute__((warn_unused_result));

/* Whether the server's Finished has been verified. Ours is gathered then. */
bool endpoint_is_connected(const struct endpoint *endpoint);

/* Takes one record. If it is refused, the server is sent the alert that fits.
 *
 * Call it only while plain is empty, which it may fill.
 *
 * Returns TLS_OPEN; TLS_OLDER if TLS 1.2 was offered as well and is what the
 * server speaks; or another negative result with e set. */
enum tls_result endpoint_receive(struct endpoint *endpoint, struct deadline d,
    struct error *e) __attribute__((warn_unused_result));

/* Sends what is gathered, a KeyUpdate if the server is owed one (RFC
 * 8446, 4.6.3), and application data.
 *
 * Returns 0, or -1 with e set. */
int endpoint_put(struct endpoint *endpoint, struct span data, struct deadline d,
    struct error *e) __attribute__((warn_unused_result));

/* Sends close_notify, unless the connection has failed, without waiting for it
 * to be read. */
void endpoint_close(struct endpoint *endpoint);

/* Overwrites keys and plain text. */
void endpoint_wipe(struct endpoint *endpoint);

#endif
