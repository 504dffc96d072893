/* session.c - a connection is looked at before each request and replaced where
 * the server has ended it; what an exchange leaves decides whether it may
 * stay. */
#include "github/session.h"

#include <string.h>

#include "base/buffer.h"
#include "base/error.h"
#include "github/retry.h"
#include "os/clock.h"

int
session_trust(
    struct session *s, const char *ca_file, struct deadline d, struct error *e)
{
	if (ca_file != NULL)
		return roots_use_file(&s->roots, ca_file, d, e);
	roots_use_builtin(&s->roots);
	return 0;
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
	struct retry_try t = {.phase = phases[-result]};

	return result == CONNECTION_LOCAL ? RETRY_NEVER : retry_find(&t)->wait;
}

/* Keeps the open connection if it may carry another request. */
static enum connection_result
connect_if_needed(struct session *s, struct deadline d, struct error *e)
{
	const struct connection_peer peer = {
	    .api = s->api, .proxy = s->proxy, .roots = &s->roots};

	if (connection_is_idle(&s->connection))
		return CONNECTION_OPEN;
	connection_close(&s->connection);
	return connection_open(&s->connection, &peer,
	    deadline_sooner(d, deadline_after(s->connect_timeout)), e);
}

void
session_send(struct session *s, const struct api_request *request,
    const struct target *t, struct api_outcome *o, struct deadline d,
    struct error *e)
{
	const struct api_call call = {
	    s->api, t, credential_kind(request->credential)};
	enum connection_result result = connect_if_needed(s, d, e);
	struct buffer b;

	memset(o, 0, sizeof(*o));
	if (result < 0) {
		o->next = wait_after(result);
		return;
	}
	s->answer.progress = HTTP_NOT_SENT;
	buffer_init(&b, s->request, sizeof(s->request));
	if (api_write_request(&b, s->api, request, e) == 0)
		api_send(connection_stream(&s->connection), &b, &call,
		    &s->answer, o, d, e);
	/* Only what was written: the rest of the storage was not touched. */
	wipe(s->request, b.length);
	if (s->answer.progress != HTTP_RESPONDED || !s->answer.reusable)
		connection_close(&s->connection);
}

void
session_close(struct session *s)
{
	connection_close(&s->connection);
}
