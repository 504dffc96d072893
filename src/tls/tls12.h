/* tls12.h - TLS 1.2 (RFC 5246) over any stream, and itself a stream, by
 * BearSSL. One profile: ECDHE with AES-GCM or ChaCha20-Poly1305, X25519, P-256
 * or P-384, SHA-2; no renegotiation, no resumption, no client certificate.
 *
 * Tested by tests/unit/tls/tls_test.c. */
#ifndef TLS12_H
#define TLS12_H

#include <bearssl.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "os/clock.h"
#include "os/stream.h"
#include "tls/fault.h"
#include "tls/tls_error.h"
#include "x509/chain.h"

#define TLS12_FLIGHT_SIZE 4096
#define TLS12_SUITES 6

/* The cipher suites that are offered, in this order. */
extern const uint16_t tls12_suites[TLS12_SUITES];

/* Takes the place of a client certificate. */
struct tls12_client_certificate {
	/* First: BearSSL calls through it. */
	const br_ssl_client_certificate_class *class;
	enum tls_demand *demand;
};

/* Complete so that the caller owns the storage; the contents are private. */
struct tls12 {
	struct stream stream;
	struct stream *below; /* borrowed; NULL once closed */
	br_ssl_client_context client;
	struct tls12_client_certificate client_certificate;
	enum tls_demand demand;
	bool established;          /* the handshake is complete */
	bool broken;               /* nothing can be written any more */
	unsigned char greeting[4]; /* the first bytes that the server sent */
	size_t greeted;            /* of them */
	size_t gathered;           /* bytes in flight[] */
	/* The most that was ever in them: what has to be wiped. */
	size_t flight_used, input_used, output_used;
	unsigned char flight[TLS12_FLIGHT_SIZE];
	unsigned char input[BR_SSL_BUFSIZE_INPUT];
	unsigned char output[BR_SSL_BUFSIZE_OUTPUT];
};

/* Performs the handshake, as tls_open() promises, and judges the server's
 * certificates by chain, which is ready to be driven and outlives the
 * handshake. name is the server name to send (RFC 6066, 3), or NULL.
 *
 * Returns TLS_OPEN, or a negative result with e set. */
enum tls_result tls12_open(struct tls12 *tls, struct stream *below,
    const char *name, struct chain *chain, struct deadline d, struct error *e)
    __attribute__((warn_unused_result));

/* The random value of the server's hello, 32 bytes. The handshake has
 * authenticated it (RFC 5246, 7.4.3). */
const unsigned char *tls12_server_random(const struct tls12 *tls);

/* Sends this fatal alert on a connection that is open and must be refused. */
void tls12_refuse(struct tls12 *tls, enum alert alert, struct deadline d);

/* Whether another request may be written: no write has failed, and the server
 * has neither closed nor sent anything, as far as its bytes were read. */
bool tls12_is_idle(const struct tls12 *tls);

/* See tls_unmet_demand(). */
enum tls_demand tls12_unmet_demand(const struct tls12 *tls);

/* Overwrites keys and plain text. */
void tls12_wipe(struct tls12 *tls);

#endif
