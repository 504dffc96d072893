/* tls_error.c - three tables: from a code to words and a hint, from a code to
 * the alert for the server, and from an alert of the server to words and a
 * hint. Alerts are those of RFC 5246, 7.2, with the later ones of the IANA
 * registry. */
#include "tls/tls_error.h"

#include <bearssl.h>
#include <stdbool.h>
#include <string.h>

#include "base/array.h"
#include "base/error.h"

#define HINT_GARBLED \
	"a proxy or a broken server may have garbled the connection"
#define PROFILE                                                              \
	"TLS 1.3 or 1.2 with ECDHE (X25519, P-256 or P-384) and AES-GCM or " \
	"ChaCha20-Poly1305"
#define HINT_PROFILE PROFILE " is needed"
#define HINT_CLIENT                                                          \
	"client certificates are not supported: use a server, or a port of " \
	"it, "                                                               \
	"that does without"
/* A server that supports only older versions chooses another one, or sends an
 * alert. */
static const char hint_version[] =
    HINT_PROFILE "; the server may accept older versions only";
#define EMS "may require the extended master secret (RFC 7627)"

struct meaning {
	int code;
	const char *text;
	const char *hint; /* or NULL */
};

static const struct meaning codes[] = {
    {BR_ERR_BAD_PARAM, "the server sent a malformed handshake message",
	HINT_GARBLED},
    {BR_ERR_BAD_STATE, "internal error: bad state", NULL},
    {BR_ERR_UNSUPPORTED_VERSION,
	"the server chose a TLS version other than 1.2", hint_version},
    {BR_ERR_BAD_VERSION,
	"the server changed the TLS version within the connection",
	HINT_GARBLED},
    {BR_ERR_BAD_LENGTH, "the server sent a record of invalid length",
	HINT_GARBLED},
    {BR_ERR_TOO_LARGE, "the server sent a record that is too large",
	HINT_GARBLED},
    {BR_ERR_BAD_MAC, "a record of the server was altered in transit",
	HINT_GARBLED},
    {BR_ERR_NO_RANDOM, "no random bytes are available", NULL},
    {BR_ERR_UNKNOWN_TYPE, "the server sent a record of unknown type",
	HINT_GARBLED},
    {BR_ERR_UNEXPECTED,
	"the server sent a message out of order, sent no certificate, or did "
	"not choose http/1.1",
	HINT_GARBLED},
    {BR_ERR_BAD_CCS, "the server sent a malformed ChangeCipherSpec",
	HINT_GARBLED},
    {BR_ERR_BAD_ALERT, "the server sent a malformed alert", HINT_GARBLED},
    {BR_ERR_BAD_HANDSHAKE, "the server sent a malformed handshake message",
	HINT_GARBLED},
    {BR_ERR_OVERSIZED_ID, "the server sent a session ID that is too long",
	HINT_GARBLED},
    {BR_ERR_BAD_CIPHER_SUITE,
	"the server chose a cipher suite that was not offered", HINT_PROFILE},
    {BR_ERR_BAD_COMPRESSION, "the server chose compression", HINT_GARBLED},
    {BR_ERR_BAD_FRAGLEN,
	"the server chose a fragment length that was not offered",
	HINT_GARBLED},
    {BR_ERR_BAD_SECRENEG,
	"the server sent a wrong proof of secure renegotiation", HINT_GARBLED},
    {BR_ERR_EXTRA_EXTENSION,
	"the server sent an extension that was not offered", HINT_GARBLED},
    {BR_ERR_BAD_SNI, "the server acknowledged the host name in a wrong way",
	HINT_GARBLED},
    {BR_ERR_BAD_HELLO_DONE, "the server sent a malformed ServerHelloDone",
	HINT_GARBLED},
    {BR_ERR_LIMIT_EXCEEDED, "the server's key or signature is too large", NULL},
    {BR_ERR_BAD_FINISHED,
	"the server's Finished message does not match the handshake",
	HINT_GARBLED},
    {BR_ERR_RESUME_MISMATCH, "the server resumed another session",
	HINT_GARBLED},
    {BR_ERR_INVALID_ALGORITHM,
	"the server chose an algorithm that was not offered", HINT_PROFILE},
    {BR_ERR_BAD_SIGNATURE,
	"the server did not prove that it has the certificate's private key",
	NULL},
    {BR_ERR_WRONG_KEY_USAGE,
	"the certificate's key, or its key usage, does not suit the cipher "
	"suite",
	NULL},
    {BR_ERR_NO_CLIENT_AUTH, "the server demands a client certificate",
	HINT_CLIENT},
    {BR_ERR_IO, "input or output failed", NULL},
    {BR_ERR_X509_EMPTY_CHAIN, "the server sent no certificate", HINT_GARBLED},
    {BR_ERR_X509_NOT_TRUSTED, "the server's certificate is not trusted", NULL},
};

static const struct meaning alerts[] = {
    {BR_ALERT_CLOSE_NOTIFY, "close notify", NULL},
    {BR_ALERT_UNEXPECTED_MESSAGE, "unexpected message", NULL},
    {BR_ALERT_BAD_RECORD_MAC, "bad record MAC", HINT_GARBLED},
    {BR_ALERT_RECORD_OVERFLOW, "record overflow", HINT_GARBLED},
    {BR_ALERT_DECOMPRESSION_FAILURE, "decompression failure", NULL},
    /* In TLS 1.2 a server requests a certificate before it fails for want of
     * one, which tls_error_demand() reports. */
    {BR_ALERT_HANDSHAKE_FAILURE, "handshake failure",
	"the server may not offer " PROFILE ", may have only a key that is not "
	"supported (RSA-PSS, Ed25519, P-521), or " EMS},
    {41, "no certificate", HINT_CLIENT}, /* SSL 3.0 */
    {BR_ALERT_BAD_CERTIFICATE, "bad certificate", HINT_CLIENT},
    {BR_ALERT_UNSUPPORTED_CERTIFICATE, "unsupported certificate", HINT_CLIENT},
    {BR_ALERT_CERTIFICATE_REVOKED, "certificate revoked", HINT_CLIENT},
    {BR_ALERT_CERTIFICATE_EXPIRED, "certificate expired", HINT_CLIENT},
    {BR_ALERT_CERTIFICATE_UNKNOWN, "certificate unknown", HINT_CLIENT},
    {BR_ALERT_ILLEGAL_PARAMETER, "illegal parameter", NULL},
    {BR_ALERT_UNKNOWN_CA, "unknown CA", HINT_CLIENT},
    {BR_ALERT_ACCESS_DENIED, "access denied",
	"the server, or a firewall in front of it, does not allow this "
	"connection"},
    {BR_ALERT_DECODE_ERROR, "decode error", HINT_GARBLED},
    {BR_ALERT_DECRYPT_ERROR, "decrypt error", HINT_GARBLED},
    {BR_ALERT_PROTOCOL_VERSION, "protocol version", hint_version},
    /* GnuTLS sends this one for want of the extended master secret. */
    {BR_ALERT_INSUFFICIENT_SECURITY, "insufficient security",
	"the server may require stronger algorithms than " PROFILE ", or " EMS},
    {BR_ALERT_INTERNAL_ERROR, "internal error",
	"try again later; the server may also have no certificate for this "
	"host name"},
    {BR_ALERT_USER_CANCELED, "user canceled", NULL},
    {BR_ALERT_NO_RENEGOTIATION, "no renegotiation", NULL},
    {BR_ALERT_UNSUPPORTED_EXTENSION, "unsupported extension", NULL},
    /* BearSSL 0.6 has no names for these two. */
    {112, "unrecognized name", "the server does not know this host name"},
    {116, "certificate required", HINT_CLIENT},
    {BR_ALERT_NO_APPLICATION_PROTOCOL, "no application protocol",
	"the server does not offer HTTP/1.1"},
};

/* What we send for our own failures; any other is an internal error. The
 * chain's are mostly those that OpenSSL sends: RFC 5246, 7.2.2, leaves them
 * open. */
static const struct {
	unsigned char code, alert;
} responses[] = {
    {BR_ERR_BAD_PARAM, BR_ALERT_DECODE_ERROR},
    {BR_ERR_UNSUPPORTED_VERSION, BR_ALERT_PROTOCOL_VERSION},
    {BR_ERR_BAD_VERSION, BR_ALERT_PROTOCOL_VERSION},
    {BR_ERR_BAD_LENGTH, BR_ALERT_DECODE_ERROR},
    {BR_ERR_TOO_LARGE, BR_ALERT_RECORD_OVERFLOW},
    {BR_ERR_BAD_MAC, BR_ALERT_BAD_RECORD_MAC},
    {BR_ERR_UNKNOWN_TYPE, BR_ALERT_UNEXPECTED_MESSAGE},
    {BR_ERR_UNEXPECTED, BR_ALERT_UNEXPECTED_MESSAGE},
    {BR_ERR_BAD_CCS, BR_ALERT_UNEXPECTED_MESSAGE},
    {BR_ERR_BAD_ALERT, BR_ALERT_DECODE_ERROR},
    {BR_ERR_BAD_HANDSHAKE, BR_ALERT_DECODE_ERROR},
    {BR_ERR_OVERSIZED_ID, BR_ALERT_DECODE_ERROR},
    {BR_ERR_BAD_CIPHER_SUITE, BR_ALERT_ILLEGAL_PARAMETER},
    {BR_ERR_BAD_COMPRESSION, BR_ALERT_ILLEGAL_PARAMETER},
    {BR_ERR_BAD_FRAGLEN, BR_ALERT_ILLEGAL_PARAMETER},
    {BR_ERR_BAD_SECRENEG, BR_ALERT_HANDSHAKE_FAILURE},
    {BR_ERR_EXTRA_EXTENSION, BR_ALERT_UNSUPPORTED_EXTENSION},
    {BR_ERR_BAD_SNI, BR_ALERT_DECODE_ERROR},
    {BR_ERR_BAD_HELLO_DONE, BR_ALERT_DECODE_ERROR},
    {BR_ERR_LIMIT_EXCEEDED, BR_ALERT_HANDSHAKE_FAILURE},
    {BR_ERR_BAD_FINISHED, BR_ALERT_DECRYPT_ERROR},
    {BR_ERR_RESUME_MISMATCH, BR_ALERT_ILLEGAL_PARAMETER},
    {BR_ERR_INVALID_ALGORITHM, BR_ALERT_ILLEGAL_PARAMETER},
    {BR_ERR_BAD_SIGNATURE, BR_ALERT_DECRYPT_ERROR},
    {BR_ERR_WRONG_KEY_USAGE, BR_ALERT_UNSUPPORTED_CERTIFICATE},
    {BR_ERR_X509_INVALID_VALUE, BR_ALERT_BAD_CERTIFICATE},
    {BR_ERR_X509_EMPTY_CHAIN, BR_ALERT_DECODE_ERROR},
    {BR_ERR_X509_UNSUPPORTED, BR_ALERT_UNSUPPORTED_CERTIFICATE},
    {BR_ERR_X509_LIMIT_EXCEEDED, BR_ALERT_CERTIFICATE_UNKNOWN},
    {BR_ERR_X509_EXPIRED, BR_ALERT_CERTIFICATE_EXPIRED},
    {BR_ERR_X509_BAD_SERVER_NAME, BR_ALERT_BAD_CERTIFICATE},
    {BR_ERR_X509_NOT_CA, BR_ALERT_CERTIFICATE_UNKNOWN},
    {BR_ERR_X509_FORBIDDEN_KEY_USAGE, BR_ALERT_UNSUPPORTED_CERTIFICATE},
    {BR_ERR_X509_NOT_TRUSTED, BR_ALERT_UNKNOWN_CA},
};

/* 41 is SSL 3.0's. */
static const unsigned char certificate_alerts[] = {
    ALERT_HANDSHAKE_FAILURE,
    41,
    ALERT_BAD_CERTIFICATE,
    ALERT_UNSUPPORTED_CERTIFICATE,
    ALERT_CERTIFICATE_REVOKED,
    ALERT_CERTIFICATE_EXPIRED,
    ALERT_CERTIFICATE_UNKNOWN,
    ALERT_UNKNOWN_CA,
    ALERT_CERTIFICATE_REQUIRED,
};

bool
tls_error_is_for_certificate(unsigned alert)
{
	size_t i;

	for (i = 0; i < sizeof(certificate_alerts); i++) {
		if (certificate_alerts[i] == alert)
			return true;
	}
	return false;
}

/* Returns the row of a code, or NULL. */
static const struct meaning *
find(const struct meaning *table, size_t count, int code)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (table[i].code == code)
			return &table[i];
	}
	return NULL;
}

int
tls_error_fault(const struct fault *fault, struct error *e)
{
	if (fault->is_downgrade)
		return tls_error_downgrade(e);
	error_set(e, ERROR_TLS, "TLS: %s", fault->what);
	return error_hint(e, fault->alert == ALERT_PROTOCOL_VERSION
				 ? hint_version
				 : HINT_GARBLED);
}

const char *
tls_error_alert_name(unsigned alert)
{
	const struct meaning *m = find(alerts, COUNT(alerts), (int)alert);

	return m != NULL ? m->text : "unknown";
}

int
tls_error_received(unsigned alert, struct error *e)
{
	const struct meaning *m = find(alerts, COUNT(alerts), (int)alert);

	error_set(e, ERROR_TLS, "the server sent TLS alert %u (%s)", alert,
	    tls_error_alert_name(alert));
	return error_hint(e, m != NULL ? m->hint : NULL);
}

int
tls_error_code(int code, struct error *e)
{
	const struct meaning *m;

	if (code >= BR_ERR_SEND_FATAL_ALERT) {
		return error_set(e, ERROR_TLS,
		    "the connection was ended with our TLS alert %d",
		    code - BR_ERR_SEND_FATAL_ALERT);
	}
	if (code >= BR_ERR_RECV_FATAL_ALERT) {
		return tls_error_received(
		    (unsigned)(code - BR_ERR_RECV_FATAL_ALERT), e);
	}
	m = find(codes, COUNT(codes), code);
	if (m == NULL)
		return error_set(e, ERROR_TLS, "TLS error %d", code);
	error_set(e, ERROR_TLS, "TLS: %s", m->text);
	return error_hint(e, m->hint);
}

int
tls_error_alert(int code)
{
	size_t i;

	if (code >= BR_ERR_RECV_FATAL_ALERT)
		return -1;
	for (i = 0; i < COUNT(responses); i++) {
		if (responses[i].code == code)
			return responses[i].alert;
	}
	return BR_ALERT_INTERNAL_ERROR;
}

int
tls_error_key(const char *group, struct error *e)
{
	error_set(e, ERROR_TLS,
	    "TLS: the server sent an invalid %s key for the key exchange",
	    group);
	return error_hint(e, HINT_GARBLED);
}

int
tls_error_downgrade(struct error *e)
{
	error_set(e, ERROR_TLS,
	    "TLS: the server speaks TLS 1.3, but something between here and "
	    "there made it choose 1.2");
	return error_advise(e, ADVICE_PIN_TLS);
}

int
tls_error_ended(struct error *e)
{
	error_set(e, ERROR_TLS,
	    "the server ended the connection during the TLS handshake");
	return error_hint(e, "the server may not offer " PROFILE
			     ", or a firewall may have ended the connection");
}

void
tls_error_pinned(struct error *e)
{
	if (e->hint != hint_version)
		return;
	e->hint = NULL;
	(void)error_advise(e, ADVICE_ANY_TLS);
}

void
tls_error_newest(enum tls_result result, struct error *e)
{
	if (result != TLS_ENDED)
		return;
	e->hint = NULL;
	(void)error_advise(e, ADVICE_OLD_TLS);
}

void
tls_error_both(const struct error *first, struct error *e)
{
	error_append(e, "; TLS 1.3: %s", first->line);
	if (e->hint == hint_version && first->hint != NULL)
		e->hint = first->hint;
}

int
tls_error_greeting(const unsigned char *bytes, size_t length, struct error *e)
{
	bool is_http = length >= 4 && memcmp(bytes, "HTTP", 4) == 0;

	error_set(e, ERROR_TLS, "the server does not speak TLS on this port%s",
	    is_http ? ": it responded in plain HTTP" : "");
	return error_advise(e, ADVICE_CHECK_URL);
}

int
tls_error_demand(enum tls_demand demand, bool replaces_hint, struct error *e)
{
	if (demand == TLS_NOTHING)
		return -1;
	error_append(e, "; before that, %s",
	    demand == TLS_CERTIFICATE
		? "the server requested a client certificate"
		: "the server asked to renegotiate, as servers do to request a "
		  "client certificate");
	if (replaces_hint) {
		e->advice = ADVICE_NONE;
		e->hint = HINT_CLIENT;
	}
	return -1;
}
