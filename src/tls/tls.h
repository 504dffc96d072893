/* tls.h - TLS 1.2 (RFC 5246) over any stream, and itself a stream.
 * One profile: ECDHE with AES-GCM or ChaCha20-Poly1305, X25519, P-256 or
 * P-384, SHA-2; no renegotiation, no resumption, no client certificate. */
#ifndef TLS_H
#define TLS_H

#include <bearssl.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "os/clock.h"
#include "os/stream.h"
#include "tls/ahead.h"
#include "tls/tls_error.h"
#include "x509/chain.h"
#include "x509/roots.h"

#define TLS_FLIGHT_SIZE 4096

/* Takes the place of a client certificate. */
struct tls_client_certificate {
	/* First: BearSSL calls through it. */
	const br_ssl_client_certificate_class *class;
	enum tls_demand *demand;
};

/* Over 100 KiB, most of it the certificate chain and two records. Complete so
 * that the caller owns the storage; the contents are private. */
struct tls {
	struct stream stream;
	struct ahead ahead;   /* over the caller's stream */
	struct stream *below; /* that of ahead; NULL once closed */
	br_ssl_client_context client;
	struct tls_client_certificate client_certificate;
	enum tls_demand demand;
	bool established;          /* the handshake is complete */
	bool broken;               /* a write failed */
	unsigned char greeting[4]; /* the first bytes that the server sent */
	size_t greeted;            /* of them */
	size_t gathered;           /* bytes in flight[] */
	unsigned char flight[TLS_FLIGHT_SIZE];
	unsigned char input[BR_SSL_BUFSIZE_INPUT];
	unsigned char output[BR_SSL_BUFSIZE_OUTPUT];
	struct chain chain;
};

enum tls_result {
	TLS_OPEN = 0,
	TLS_LOCAL = -1,  /* this machine has no random bytes */
	TLS_BROKEN = -2, /* the stream below failed; the error is its own */
	TLS_ENDED = -3,  /* the server ended the handshake without a reason */
	TLS_REFUSED = -4 /* certificate, host name or protocol */
};

/* Performs the handshake over the stream below with host, a DNS name or an IP
 * literal in lower case, whose certificate must lead to one of the roots. A dot
 * at the end of the host does not count.
 *
 * Afterwards tls->stream carries application data as stream.h promises. A read
 * returns 0 only after the server's close_notify; an end without it is an
 * ERROR_TLS. A write hands every byte to the stream below and never reads.
 * After a write that failed nothing more is written, not even by close. Close
 * sends close_notify, does not wait for a response, and closes the stream
 * below.
 *
 * A failure leaves the stream below open. If it is this side that refuses, the
 * server has been sent the alert that fits (RFC 5246, 7.2.2), without waiting
 * for it to be read.
 *
 * Returns TLS_OPEN, or a negative result with e set. */
enum tls_result tls_open(struct tls *tls, struct stream *below,
    const char *host, struct roots *roots, struct deadline d, struct error *e)
    __attribute__((warn_unused_result));

/* Whether another request may be written: no write has failed, and the server
 * has neither closed nor sent anything, as far as its bytes were read. The
 * stream below can have more. */
bool tls_is_idle(const struct tls *tls);

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
