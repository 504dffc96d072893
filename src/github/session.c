/* session.c - a connection is looked at before each request and replaced where
 * the server has ended it; what an exchange leaves decides whether it may
 * stay. */
#include "github/session.h"

#include <errno.h>
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

/* What the table says of a connection that could not be had. */
static void
judge_connection(struct api_outcome *o, const struct error *e)
{
	struct retry_try t = {.phase = RETRY_CONNECT};

	if (e->kind == ERROR_CONNECT && e->errnum == EACCES)
		t.phase = RETRY_PROXY;
	if (e->kind == ERROR_TLS)
		t.phase = e->errnum != 0 ? RETRY_HANDSHAKE : RETRY_TRUST;
	o->next = e->kind == ERROR_CONNECT || e->kind == ERROR_TLS
		      ? retry_find(&t)->wait
		      : RETRY_NEVER;
}

static struct stream *
open_stream(struct session *s, struct deadline d, struct error *e)
{
	if (connection_is_idle(&s->connection))
		return &s->connection.tls.stream;
	connection_close(&s->connection);
	return connection_open(&s->connection, s->api, s->proxy, &s->roots,
	    deadline_sooner(d, deadline_after(s->connect_timeout)), e);
}

void
session_send(struct session *s, const struct api_request *request,
    const struct target *t, struct api_outcome *o, struct deadline d,
    struct error *e)
{
	const struct api_call call = {
	    s->api, t, credential_kind(request->credential)};
	struct stream *stream = open_stream(s, d, e);
	struct buffer b;

	memset(o, 0, sizeof(*o));
	if (stream == NULL) {
		judge_connection(o, e);
		return;
	}
	s->answer.progress = HTTP_NOT_SENT;
	buffer_init(&b, s->request, sizeof(s->request));
	if (api_write_request(&b, s->api, request, e) == 0)
		api_send(stream, &b, &call, &s->answer, o, d, e);
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
