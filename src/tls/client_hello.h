/* client_hello.h - writes the ClientHello (RFC 8446, 4.1.2), and says what was
 * offered in it. */
#ifndef CLIENT_HELLO_H
#define CLIENT_HELLO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/span.h"
#include "tls/message.h"

#define HELLO_RANDOM_SIZE 32
#define HELLO_SESSION_ID_SIZE 32
/* Room for a ClientHello with a host name of 255 bytes and any cookie, and for
 * a NUL. */
#define HELLO_SIZE (768 + MESSAGE_SERVER_HELLO_MAX)

#define HELLO_TLS12 0x0303
#define HELLO_TLS13 0x0304

/* Supported groups. BearSSL numbers its curves as TLS does. */
enum hello_group {
	HELLO_P256 = 0x0017,
	HELLO_P384 = 0x0018,
	HELLO_X25519 = 0x001d
};

/* Signature schemes that are offered, those of PKCS#1 for certificates only. */
enum hello_scheme {
	HELLO_RSA_PKCS1_SHA256 = 0x0401,
	HELLO_RSA_PKCS1_SHA384 = 0x0501,
	HELLO_RSA_PKCS1_SHA512 = 0x0601,
	HELLO_ECDSA_P256_SHA256 = 0x0403,
	HELLO_ECDSA_P384_SHA384 = 0x0503,
	HELLO_RSA_PSS_SHA256 = 0x0804,
	HELLO_RSA_PSS_SHA384 = 0x0805,
	HELLO_RSA_PSS_SHA512 = 0x0806
};

/* What one ClientHello differs in from another. The second one, after a
 * HelloRetryRequest, is the first with another share, or a cookie, or both
 * (RFC 8446, 4.1.2). */
struct client_hello {
	const unsigned char *random;     /* HELLO_RANDOM_SIZE bytes */
	const unsigned char *session_id; /* HELLO_SESSION_ID_SIZE bytes */
	struct span name;                /* a DNS name; absent for an address */
	unsigned group;                  /* of the share */
	struct span key;                 /* the share: our public key */
	struct span cookie;              /* absent if there is none */
	/* Cipher suites of TLS 1.2, if that version is acceptable as well. It
	 * is then offered so that an old server responds with a ServerHello
	 * that can be read, and neither with an alert nor with a reset. */
	const uint16_t *older_suites;
	size_t older_count; /* 0: only TLS 1.3 is offered */
};

/* Appends the message, with its header. */
void client_hello_write(struct buffer *b, const struct client_hello *hello);

/* Returns the bits (tls/extension) of the extensions that client_hello_write()
 * writes. */
uint32_t client_hello_offered(const struct client_hello *hello);

/* Returns the length of a public key in this group, or 0 if the group is not
 * offered. */
size_t client_hello_key_length(unsigned group);

#endif
