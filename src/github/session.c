/* session.c - before each request the connection is checked, and replaced if
 * the server has closed it or has sent anything; how the exchange ended decides
 * whether it is kept. */
#include "github/session.h"

#include <string.h>

#include "base/buffer.h"
#include "base/error.h"
#include "github/retry.h"
#include "os/clock.h"
#include "os/log.h"
#include "tls/tls_error.h"

/* For the rest of a record that has begun on a connection that was kept. */
#define IDLE_MILLISECONDS 200

int
session_trust(struct session *session, const char *ca_file, struct deadline d,
    struct error *e)
{
	char day[DATE_DAY_SIZE];

	if (ca_file != NULL)
		return roots_use_file(&session->roots, ca_file, d, e);
	roots_use_builtin(&session->roots);
	roots_date(day);
	log_trace("trusting Mozilla's list of CAs of %s", day);
	return 0;
}

bool
session_has_old_roots(const struct session *session, char day[DATE_DAY_SIZE])
{
	roots_date(day);
	return roots_are_old(&session->roots, clock_date());
}

int
session_check_hosts(const struct session *session, struct error *e)
{
	return connection_check_hosts(session->api, session->proxy, e);
}

void
session_prepare(struct session *session)
{
	connection_prepare(&session->connection, session->api, session->proxy);
}

/* Looks up a failed connection in the retry table. */
static enum retry_wait
wait_after(enum connection_result result)
{
	static const enum retry_phase phases[] = {
	    [-CONNECTION_UNREACHABLE] = RETRY_CONNECT,
	    [-CONNECTION_PROXY_REFUSED] = RETRY_PROXY,
	    [-CONNECTION_HANDSHAKE_ENDED] = RETRY_HANDSHAKE,
	    [-CONNECTION_NOT_TRUSTED] = RETRY_TRUST,
	};
	struct retry_try try = {0};

	if (result == CONNECTION_LOCAL)
		return RETRY_NEVER;
	try.phase = phases[-result];
	return retry_find(&try)->wait;
}

static enum connection_result
open_connection(
    struct session *session, struct deadline d, const struct api_call *call)
{
	const struct connection_peer peer = {
	    .api = session->api,
	    .proxy = session->proxy,
	    .roots = &session->roots,
	    .tls = session->tls,
	};

	return connection_open(&session->connection, &peer, d, call->error);
}

/* A server that wanted a client certificate may complete the handshake and
 * refuse every request after it: nginx with status 400. A response that comes
 * from GitHub has a better hint, and so has an event that may have arrived. */
static void
explain_demand(const struct session *session, const struct api_call *call)
{
	const struct api_outcome *outcome = call->outcome;

	if (call->error->kind == ERROR_NONE)
		return;
	(void)tls_error_demand(connection_unmet_demand(&session->connection),
	    outcome->delivered == API_NO && outcome->request_id[0] == '\0',
	    call->error);
}

/* Keeps the open connection if it may carry another request. What a server
 * sends on a new connection before it has our request cannot be the response to
 * it, unless it is part of TLS. Nothing was sent, so that is a failure to
 * connect. */
static enum connection_result
connect_if_needed(struct session *session, const struct api_call *call)
{
	enum connection_result result;
	struct deadline d =
	    deadline_sooner(call->deadline, deadline_after(IDLE_MILLISECONDS));

	if (connection_is_idle(&session->connection, d))
		return CONNECTION_OPEN;
	connection_close(&session->connection);
	d = deadline_sooner(
	    call->deadline, deadline_after(session->connect_timeout));
	result = open_connection(session, d, call);
	if (result < 0 || connection_is_idle(&session->connection, d))
		return result;
	(void)error_set(call->error, ERROR_CONNECT,
	    "the server sent data, or closed the connection, before it had the "
	    "request");
	(void)tls_error_demand(
	    connection_unmet_demand(&session->connection), true, call->error);
	connection_close(&session->connection);
	return CONNECTION_UNREACHABLE;
}

/* Every response to a token that expires says when (GitHub's changelog of
 * 2021-07-26, "Expiration options for personal access tokens"). */
static void
note_expiry(struct session *session, const struct api_outcome *outcome)
{
	if (outcome->token_expires == 0)
		return;
	session->token_expires = outcome->token_expires;
	session->token_seen = outcome->time;
}

void
session_send(struct session *session, const struct api_request *request,
    const struct api_call *call)
{
	enum connection_result result = connect_if_needed(session, call);
	struct buffer b;
	const struct api_exchange exchange = {
	    .stream = connection_stream(&session->connection),
	    .api = session->api,
	    .written = &b,
	    .response = &session->response,
	};

	memset(call->outcome, 0, sizeof(*call->outcome));
	if (result < 0) {
		call->outcome->next = wait_after(result);
		/* Without an error it would pass for success. One that is there
		 * is kept. */
		(void)error_set(call->error, ERROR_LOCAL,
		    "internal error: no connection, and no reason");
		return;
	}
	session->response.progress = HTTP_NOT_SENT;
	buffer_init(&b, session->request, sizeof(session->request));
	if (api_write_request(&b, session->api, request, call->error) == 0) {
		api_send(&exchange, request, call);
		note_expiry(session, call->outcome);
		explain_demand(session, call);
	}
	/* Only the bytes written: the other pages were never touched. */
	wipe(session->request, b.length);
	if (session->response.progress != HTTP_RESPONDED ||
	    !session->response.reusable)
		connection_close(&session->connection);
}

void
session_close(struct session *session)
{
	connection_close(&session->connection);
}

void
session_wipe(struct session *session)
{
	http_response_wipe(&session->response);
	roots_wipe(&session->roots);
}
