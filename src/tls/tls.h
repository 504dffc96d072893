/* tls.h - TLS over any stream, and itself a stream: TLS 1.3 (RFC 8446), or TLS
 * 1.2 (RFC 5246) for servers that do not speak it. Neither resumes a session,
 * renegotiates, or has a client certificate. */
#ifndef TLS_H
#define TLS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/url.h"
#include "os/clock.h"
#include "os/stream.h"
#include "tls/ahead.h"
#include "tls/tls12.h"
#include "tls/tls13.h"
#include "tls/tls_error.h"
#include "x509/chain.h"
#include "x509/roots.h"

/* Which version is spoken. */
enum tls_choice {
	TLS_NEWEST, /* 1.3; TLS_OLDER if the server does not speak it */
	TLS_ONLY_1_3,
	TLS_ONLY_1_2,
	/* 1.2, after TLS_OLDER. A server that says that it speaks 1.3 is
	 * refused: somebody in between made it choose 1.2. */
	TLS_FALLBACK_1_2
};

/* Who must be at the other end. */
struct tls_peer {
	const char *host; /* a DNS name or an IP literal, in lower case */
	struct roots *roots;
	enum tls_choice choice;
};

/* Some 200 KiB, most of it the certificate chain and records. Complete so that
 * the caller owns the storage; the contents are private. */
struct tls {
	struct stream *stream; /* that of the version */
	enum tls_choice choice;
	char host[URL_HOST_SIZE];
	struct ahead ahead; /* over the caller's stream */
	union {
		struct tls12 tls12;
		struct tls13 tls13;
	} version; /* as chosen */
	struct chain chain;
};

/* Performs the handshake over the stream below with the peer's host, whose
 * certificate must lead to one of the roots. A dot at the end of the host does
 * not count.
 *
 * Afterwards tls_stream() carries application data as stream.h promises. A read
 * returns 0 only after the server's close_notify; an end without it is an
 * ERROR_TLS. A write hands every byte to the stream below and never reads.
 * After a write that failed nothing more is written, not even by close. Close
 * sends close_notify, does not wait for a response, and closes the stream
 * below.
 *
 * A failure leaves the stream below open. If it is this side that refuses, the
 * server has been sent the alert that fits (RFC 5246, 7.2.2; RFC 8446, 6.2),
 * without waiting for it to be read.
 *
 * Our last flight of TLS 1.3 goes with the first write, or before the first
 * read.
 *
 * Returns TLS_OPEN, TLS_OLDER for TLS_NEWEST only, or another negative result
 * with e set. */
enum tls_result tls_open(struct tls *tls, struct stream *below,
    const struct tls_peer *peer, struct deadline d, struct error *e)
    __attribute__((warn_unused_result));

/* The stream of application data, which lives in tls. */
struct stream *tls_stream(struct tls *tls);

/* Whether another request may be written: no write has failed, and the server
 * has neither closed nor sent data, as far as its bytes were read.
 *
 * has_more says that the stream below has bytes to read, or its end. With TLS
 * 1.3 these may be tickets and key updates, which are read here: if there was
 * more, there may be even more afterwards. A record that is not whole before
 * the deadline ends the connection. */
bool tls_is_idle(struct tls *tls, bool has_more, struct deadline d);

/* What the server asked for and did not get, during or after the handshake: a
 * client certificate (RFC 5246, 7.4.4), or a renegotiation, which servers start
 * to request a client certificate for a part of a site. An open connection can
 * be refused for it later, in any way. The last value is kept after a failure
 * and a close. */
enum tls_demand tls_unmet_demand(const struct tls *tls);

/* Overwrites keys and plain text. Call it after the close, or after a failed
 * open. */
void tls_wipe(struct tls *tls);

#endif
