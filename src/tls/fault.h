/* fault.h - what this side refuses in what the server sent: in words, and as
 * the alert for the server.
 *
 * The modules of TLS 1.3 that only compute return it; who drives them sends the
 * alert and turns the words into an error.
 *
 * Tested by tests/unit/tls/message_test.c. */
#ifndef FAULT_H
#define FAULT_H

#include <stdbool.h>

/* RFC 8446, 6. */
enum alert_level { ALERT_WARNING = 1, ALERT_FATAL = 2 };

/* RFC 8446, 6: each that is not reserved there. */
enum alert {
	ALERT_CLOSE_NOTIFY = 0,
	ALERT_UNEXPECTED_MESSAGE = 10,
	ALERT_BAD_RECORD_MAC = 20,
	ALERT_RECORD_OVERFLOW = 22,
	ALERT_HANDSHAKE_FAILURE = 40,
	ALERT_BAD_CERTIFICATE = 42,
	ALERT_UNSUPPORTED_CERTIFICATE = 43,
	ALERT_CERTIFICATE_REVOKED = 44,
	ALERT_CERTIFICATE_EXPIRED = 45,
	ALERT_CERTIFICATE_UNKNOWN = 46,
	ALERT_ILLEGAL_PARAMETER = 47,
	ALERT_UNKNOWN_CA = 48,
	ALERT_ACCESS_DENIED = 49,
	ALERT_DECODE_ERROR = 50,
	ALERT_DECRYPT_ERROR = 51,
	ALERT_PROTOCOL_VERSION = 70,
	ALERT_INSUFFICIENT_SECURITY = 71,
	ALERT_INTERNAL_ERROR = 80,
	ALERT_INAPPROPRIATE_FALLBACK = 86,
	ALERT_USER_CANCELED = 90,
	ALERT_MISSING_EXTENSION = 109,
	ALERT_UNSUPPORTED_EXTENSION = 110,
	ALERT_UNRECOGNIZED_NAME = 112,
	ALERT_BAD_CERTIFICATE_STATUS_RESPONSE = 113,
	ALERT_UNKNOWN_PSK_IDENTITY = 115,
	ALERT_CERTIFICATE_REQUIRED = 116,
	ALERT_NO_APPLICATION_PROTOCOL = 120
};

struct fault {
	unsigned char alert; /* an enum alert, the one to send */
	const char *what;    /* static text: "the server sent ..." */
	/* Somebody in between made the server choose an older version. */
	bool is_downgrade;
};

/* Records the fault. Always returns -1, so that callers can return it. */
int fault_set(struct fault *fault, enum alert alert, const char *what);

#endif
