/* handshake.h - the handshake of TLS 1.3 from the client's side (RFC 8446, 2
 * and A.1): the server's messages go in, ours and the traffic secrets come out.
 * It does no input or output, and records are not its business.
 *
 * What is authenticated, and what may be believed, after each message:
 *
 * ServerHello: nothing. Whoever sent it shares the secrets of the handshake.
 *
 * EncryptedExtensions, CertificateRequest: nothing. They come from the sender
 * of ServerHello, whoever that is.
 *
 * Certificate: the chain is that of the host. Everybody can send it.
 *
 * CertificateVerify: the owner of the certificate sent ServerHello as it
 * arrived, in response to our ClientHello as it arrived there. So the secrets
 * are shared with the host and nobody else.
 *
 * Finished: the server has seen what we sent, and we what it sent: nobody made
 * both sides choose a weaker group, suite or version. From here on application
 * data may be written, and what comes from the server be believed. */
#ifndef HANDSHAKE_H
#define HANDSHAKE_H

#include <bearssl.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/span.h"
#include "crypto/exchange.h"
#include "tls/client_hello.h"
#include "tls/fault.h"
#include "tls/message.h"
#include "tls/schedule.h"
#include "tls/server_hello.h"
#include "tls/suite.h"
#include "tls/transcript.h"
#include "x509/chain.h"

/* Room for whatever is sent in response to one message. */
#define HANDSHAKE_OUTPUT_SIZE HELLO_SIZE

/* As in RFC 8446, A.1, where START is the time before handshake_start(). */
enum handshake_state {
	WAIT_SH,
	WAIT_EE,
	WAIT_CERT_CR,
	WAIT_CERT,
	WAIT_CV,
	WAIT_FINISHED,
	CONNECTED
};

/* What the owner of the connection has to do. */
enum handshake_event {
	HANDSHAKE_FAILED = -1, /* send the alert of the fault, and give up */
	HANDSHAKE_GOES_ON = 0, /* wait for the next message */
	/* The server asked for another ClientHello: send the output. */
	HANDSHAKE_RETRY,
	/* Protect both directions with the secrets from here on. */
	HANDSHAKE_KEYS,
	/* Send the output with the keys in use, then do the same with the
	 * secrets that are there now. Application data may follow. */
	HANDSHAKE_DONE,
	/* The server has changed its key: use its new secret. */
	HANDSHAKE_SERVER_KEY,
	/* The server speaks an older version only. */
	HANDSHAKE_OLDER
};

struct handshake_terms {
	const char *name; /* of the server, to be sent; NULL for an address */
	/* Ready to be driven. */
	struct chain *chain;
	/* Those of TLS 1.2, if that is acceptable as well, or count 0. */
	const uint16_t *older_suites;
	size_t older_count;
};

/* Complete so that the caller owns the storage. */
struct handshake {
	enum handshake_state state;
	/* Of the handshake, from HANDSHAKE_KEYS on; of application data, from
	 * HANDSHAKE_DONE on. */
	struct traffic_secret client, server;
	/* What was agreed on; known once the state is CONNECTED. */
	const struct suite *suite;
	unsigned group, scheme;
	bool is_asked;   /* the server requested a certificate */
	bool owes_key;   /* it requested a KeyUpdate */
	bool is_retried; /* there was a HelloRetryRequest */
	/* Private from here on. */
	struct chain *chain;
	struct transcript transcript;
	struct schedule schedule;
	struct exchange_key key;
	br_hmac_drbg_context random;
	struct client_hello hello;
	struct server_hello retry;
	unsigned char hello_random[HELLO_RANDOM_SIZE];
	unsigned char session_id[HELLO_SESSION_ID_SIZE];
};

/* Begins, and appends the ClientHello to out. The seed is at least 32 random
 * bytes, from which keys are made: the caller wipes it. */
void handshake_start(struct handshake *handshake,
    const struct handshake_terms *terms, struct span seed, struct buffer *out);

/* Takes the next message of the server, and appends what has to be sent to out,
 * if the event says so. If the certificates are refused, the fault has no
 * words: the error that chain was given has them.
 *
 * After CONNECTED, these are the messages of RFC 8446, 4.6.
 *
 * Returns what has to be done. */
enum handshake_event handshake_take(struct handshake *handshake,
    const struct message *message, struct buffer *out, struct fault *fault)
    __attribute__((warn_unused_result));

/* Appends a KeyUpdate to out, which is sent with the key in use, and replaces
 * the secret for the next one. Pays what the server is owed. */
void handshake_update(struct handshake *handshake, struct buffer *out);

/* The name of the group, as the RFC has it. */
const char *handshake_group_name(const struct handshake *handshake);

/* Overwrites every secret. */
void handshake_wipe(struct handshake *handshake);

#endif
