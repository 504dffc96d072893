/* session.h - talks with one API: where it is, whom to trust, the one
 * connection that is kept between exchanges, and the storage they share. */
#ifndef SESSION_H
#define SESSION_H

#include <stdint.h>

#include "base/error.h"
#include "base/url.h"
#include "github/api.h"
#include "github/credential.h"
#include "github/target.h"
#include "http/exchange.h"
#include "net/connection.h"
#include "os/clock.h"
#include "x509/roots.h"

#define SESSION_BODY_MAX (1048576 + 4096) /* bytes of a request's body */
/* The head of a request takes less than 8 KiB. */
#define SESSION_REQUEST_MAX (SESSION_BODY_MAX + 8192)

struct session {
	const struct url *api;
	const struct proxy *proxy; /* which may say that none is used */
	uint32_t connect_timeout;  /* milliseconds, of each connection */
	struct roots roots;
	struct connection connection;
	struct http_response answer;
	char request[SESSION_REQUEST_MAX];
};

/* Who is to be trusted: a file's certificates, or the built-in ones for NULL.
 * Returns 0 or -1. */
int session_trust(struct session *s, const char *ca_file, struct deadline d,
    struct error *e) __attribute__((warn_unused_result));

/* One request, on the open connection or a new one, and its answer, which
 * stays in s->answer. o and e are as of api_send; where no connection was
 * to be had, o->next is what the retry table says of that. The request is
 * wiped. */
void session_send(struct session *s, const struct api_request *request,
    const struct target *t, struct api_outcome *o, struct deadline d,
    struct error *e);

/* Ends the connection; may be called when there is none. */
void session_close(struct session *s);

#endif
