/* tls_error.h - what went wrong with TLS, in words and as an alert: BearSSL's
 * error codes, the server's alerts, and servers that do not speak TLS.
 *
 * The functions that take an error set it to an ERROR_TLS and return -1. */
#ifndef TLS_ERROR_H
#define TLS_ERROR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "tls/fault.h"

/* How an attempt to open a connection ended. */
enum tls_result {
	TLS_OPEN = 0,
	TLS_LOCAL = -1,  /* this machine has no random bytes */
	TLS_BROKEN = -2, /* the stream below failed; the error is its own */
	/* The server ended the handshake without a reason, or somebody made it
	 * choose TLS 1.2: another attempt may succeed. */
	TLS_ENDED = -3,
	TLS_REFUSED = -4, /* certificate, host name or protocol */
	/* The server does not speak TLS 1.3. An error is set only if it refused
	 * that with an alert. */
	TLS_OLDER = -5
};

/* A BR_ERR_* code of BearSSL, which may be an alert that the server or we
 * sent. */
int tls_error_code(int code, struct error *e);

/* What this side refuses with TLS 1.3. */
int tls_error_fault(const struct fault *fault, struct error *e);

/* Returns what an alert is called, or "unknown". */
const char *tls_error_alert_name(unsigned alert);

/* An alert that the server sent. */
int tls_error_received(unsigned alert, struct error *e);

/* Whether an alert of the server refuses a client's certificate, or a client
 * without one (RFC 8446, 6.2): none of these is sent after the handshake. */
bool tls_error_is_for_certificate(unsigned alert);

/* Returns the alert to send if the handshake fails on this side with a code of
 * BearSSL (RFC 5246, 7.2.2), or -1 if none is sent: the server sent an alert,
 * or nothing could be sent. */
int tls_error_alert(int code);

/* The server's key for the key exchange in this group is not one, or gives the
 * same secret with whatever key of ours. */
int tls_error_key(const char *group, struct error *e);

/* The server speaks TLS 1.3, but somebody in between made it choose 1.2. */
int tls_error_downgrade(struct error *e);

/* The server closed the connection during the handshake. */
int tls_error_ended(struct error *e);

/* Adapt the hint of a failure that another choice of the version might have
 * avoided: one version was permitted only, or 1.3 was tried first. */
void tls_error_pinned(struct error *e);
void tls_error_newest(enum tls_result result, struct error *e);

/* Adds to a failure with TLS 1.2 how TLS 1.3 was refused before it. A server
 * that refuses 1.2 for its version speaks 1.3: the hint is that of the first
 * refusal. */
void tls_error_both(const struct error *first, struct error *e);

/* The first bytes that the server sent are not a TLS record. */
int tls_error_greeting(
    const unsigned char *bytes, size_t length, struct error *e);

/* What a server demanded and did not get. */
enum tls_demand { TLS_NOTHING, TLS_CERTIFICATE, TLS_RENEGOTIATION };

/* Adds to a failure which demand of the server had not been met before it, as
 * the probable cause. Its hint is replaced if wanted. Returns -1.
 *
 * TLS_NOTHING adds nothing. */
int tls_error_demand(
    enum tls_demand demand, bool replaces_hint, struct error *e);

#endif
