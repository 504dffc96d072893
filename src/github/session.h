/* session.h - requests to one API over one connection, which is kept between
 * them. Owns the connection and the storage of requests and responses. */
#ifndef SESSION_H
#define SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/date.h"
#include "base/error.h"
#include "base/url.h"
#include "github/api.h"
#include "http/exchange.h"
#include "net/connection.h"
#include "os/clock.h"
#include "x509/roots.h"

#define SESSION_BODY_MAX (1048576 + 4096) /* bytes of a request's body */
/* The head of a request takes less than 8 KiB. */
#define SESSION_REQUEST_MAX (SESSION_BODY_MAX + 8192)

/* Set the first four. */
struct session {
	const struct url *api;
	struct proxy *proxy;      /* may say that none is used */
	enum tls_choice tls;      /* which version is spoken */
	uint32_t connect_timeout; /* milliseconds, of each connection */
	struct roots roots;
	struct connection connection;
	/* Of the last response that reports when its token expires, in seconds
	 * since 1970: that time, and the server's own; 0: none did. */
	int64_t token_expires, token_seen;
	struct http_response response;
	char request[SESSION_REQUEST_MAX];
};

/* Chooses the CAs to trust: the certificates of a file, or the built-in ones
 * for NULL.
 *
 * Returns 0, or -1. */
int session_trust(struct session *session, const char *ca_file,
    struct deadline d, struct error *e) __attribute__((warn_unused_result));

/* Whether the built-in CAs are used and are more than two years old. The day is
 * that of their list. */
bool session_has_old_roots(
    const struct session *session, char day[DATE_DAY_SIZE]);

/* Checks before the first request that no host has a secret in it.
 *
 * Returns 0, or -1 with an ERROR_USAGE. */
int session_check_hosts(const struct session *session, struct error *e)
    __attribute__((warn_unused_result));

/* Reads from the files of this machine how to look up the host to connect to.
 * Call it once, before the first request: sending one opens no file. */
void session_prepare(struct session *session);

/* Sends a request on the open connection or on a new one, and leaves the
 * response in s->response.
 *
 * Outcome and error are set as api_send() sets them. If no connection could be
 * opened, the outcome is what the retry table says about that. A server that
 * sends anything before the request counts as one that cannot be reached.
 *
 * The written request is wiped. */
void session_send(struct session *session, const struct api_request *request,
    const struct api_call *call);

/* Closes the connection, if one is open. */
void session_close(struct session *session);

/* Overwrites the last response and what was read of a file of CAs, which may
 * have a key in it. The connection's keys go when it is closed. */
void session_wipe(struct session *session);

#endif
