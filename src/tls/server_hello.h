/* server_hello.h - reads what the server responds to a ClientHello: a
 * ServerHello or a HelloRetryRequest (RFC 8446, 4.1.3 and 4.1.4), or the
 * ServerHello of an older version.
 *
 * Nothing in it is authenticated before the server's Finished. */
#ifndef SERVER_HELLO_H
#define SERVER_HELLO_H

#include <stdbool.h>

#include "base/span.h"
#include "tls/client_hello.h"
#include "tls/fault.h"
#include "tls/suite.h"

enum hello_kind {
	HELLO_ACCEPTED, /* a ServerHello of TLS 1.3 */
	HELLO_RETRY,    /* a HelloRetryRequest */
	HELLO_OLDER     /* a ServerHello of TLS 1.2, which was offered too */
};

struct server_hello {
	enum hello_kind kind;
	unsigned version; /* chosen by the server */
	/* Only of TLS 1.3: */
	const struct suite *suite;
	unsigned group;     /* of the key, or the one asked for; 0 if none is */
	struct span key;    /* the server's public key, of the right length */
	struct span cookie; /* of a HelloRetryRequest, or absent */
};

/* Reads the body of a message of type server_hello that responds to a
 * ClientHello. retry is the HelloRetryRequest that the ClientHello responded
 * to, or NULL; of it, only the suite is used.
 *
 * Of a ServerHello of TLS 1.2, only the version has a meaning. It is a fault if
 * that version was not offered, and if the server's random value says that the
 * server speaks TLS 1.3 (RFC 8446, 4.1.3). Older versions are a fault.
 *
 * Spans in *out are of the body.
 *
 * Returns 0, or -1 with the fault set. */
int server_hello_read(struct span body, const struct client_hello *sent,
    const struct server_hello *retry, struct server_hello *out,
    struct fault *fault);

/* Whether the random value of a ServerHello of TLS 1.2 or older says that the
 * server speaks a newer version than the one that it chose (RFC 8446, 4.1.3).
 * The bytes are HELLO_RANDOM_SIZE. */
bool server_hello_is_downgrade(const unsigned char *random);

#endif
