/* extension.h - the extensions in a message of the server (RFC 8446, 4.2):
 * which may stand in which message, and which were offered.
 *
 * Tested by tests/unit/tls/message_test.c and
 * tests/unit/tls/server_hello_test.c. */
#ifndef EXTENSION_H
#define EXTENSION_H

#include <stdint.h>

#include "base/span.h"
#include "tls/fault.h"

/* Those of the table in RFC 8446, 4.2, and two of TLS 1.2. */
enum extension_type {
	EXTENSION_SERVER_NAME = 0,
	EXTENSION_MAX_FRAGMENT_LENGTH = 1,
	EXTENSION_STATUS_REQUEST = 5,
	EXTENSION_SUPPORTED_GROUPS = 10,
	EXTENSION_EC_POINT_FORMATS = 11, /* RFC 8422 */
	EXTENSION_SIGNATURE_ALGORITHMS = 13,
	EXTENSION_USE_SRTP = 14,
	EXTENSION_HEARTBEAT = 15,
	EXTENSION_ALPN = 16,
	EXTENSION_SIGNED_CERTIFICATE_TIMESTAMP = 18,
	EXTENSION_CLIENT_CERTIFICATE_TYPE = 19,
	EXTENSION_SERVER_CERTIFICATE_TYPE = 20,
	EXTENSION_PADDING = 21,
	EXTENSION_PRE_SHARED_KEY = 41,
	EXTENSION_EARLY_DATA = 42,
	EXTENSION_SUPPORTED_VERSIONS = 43,
	EXTENSION_COOKIE = 44,
	EXTENSION_PSK_KEY_EXCHANGE_MODES = 45,
	EXTENSION_CERTIFICATE_AUTHORITIES = 47,
	EXTENSION_OID_FILTERS = 48,
	EXTENSION_POST_HANDSHAKE_AUTH = 49,
	EXTENSION_SIGNATURE_ALGORITHMS_CERT = 50,
	EXTENSION_KEY_SHARE = 51,
	EXTENSION_RENEGOTIATION_INFO = 0xff01 /* RFC 5746 */
};

/* The messages that a server may send with extensions. */
enum extension_place {
	IN_SERVER_HELLO = 1,
	IN_HELLO_RETRY = 2,
	IN_ENCRYPTED_EXTENSIONS = 4,
	IN_CERTIFICATE = 8,
	IN_CERTIFICATE_REQUEST = 16,
	IN_TICKET = 32
};

/* More extensions in one message are refused. */
#define EXTENSION_COUNT_MAX 64

/* An iteration over the extensions of a message. */
struct extension_list {
	enum extension_place place;
	uint32_t offered; /* bits of those that the client sent */
	/* Private. */
	struct span all, left;
	unsigned count;
};

struct extension {
	uint32_t type;
	struct span data;
};

/* Returns the bit of a known type of extension, or 0. */
uint32_t extension_bit(unsigned type);

/* Takes the block of extensions off the front of a message.
 *
 * Returns 0, or -1 with the fault set if it is cut. */
int extension_list_take(
    struct span *in, struct extension_list *list, struct fault *fault);

/* Takes the next extension.
 *
 * It is a fault if its type was there before, if it is one that the table does
 * not allow in this message, or if the message responds to the ClientHello and
 * the type was not offered. In the others, CertificateRequest and
 * NewSessionTicket, unknown types are returned, to be ignored.
 *
 * Returns 1, 0 after the last one, or -1 with the fault set. */
int extension_next(struct extension_list *list, struct extension *extension,
    struct fault *fault);

#endif
