/* dispatch.c - prepare, write the request, open the connection, exchange,
 * close. A dispatch is not idempotent: it is sent once. */
#include "dispatch.h"

#include <string.h>

static int
take_credential(
    const struct dispatch_job *job, struct credential *c, struct error *e)
{
	if (job->token_file != NULL)
		return credential_read_file(
		    c, job->token_file, job->deadline, e);
	return credential_take(c, job->token, job->token_origin, e);
}

int
dispatch_prepare(
    const struct dispatch_job *job, struct dispatch_storage *s, struct error *e)
{
	if (take_credential(job, &s->credential, e) == -1 ||
	    payload_build(&s->payload, &job->parts, job->deadline, e) == -1)
		return -1;
	if (job->ca_file != NULL)
		return roots_use_file(
		    &s->roots, job->ca_file, job->deadline, e);
	roots_use_builtin(&s->roots);
	return 0;
}

static int
write_request(const struct dispatch_job *job, const struct credential *c,
    struct dispatch_storage *s, struct buffer *request, struct error *e)
{
	buffer_init(request, s->request, sizeof(s->request));
	return github_write_dispatch(request, job->api, job->target, c,
	    s->payload.body, s->payload.body_length, e);
}

static int
exchange(const struct dispatch_job *job, struct dispatch_storage *s,
    const struct buffer *request, struct github_outcome *o, struct error *e)
{
	struct deadline connect = deadline_sooner(
	    job->deadline, deadline_after(job->connect_timeout));
	struct stream *stream;
	int result;

	stream =
	    connection_open(&s->connection, job->api, &s->roots, connect, e);
	if (stream == NULL)
		return -1;
	result = github_dispatch(
	    stream, request, job->target, &s->answer, o, job->deadline, e);
	connection_close(&s->connection);
	return result;
}

int
dispatch_send(const struct dispatch_job *job, struct dispatch_storage *s,
    struct github_outcome *o, struct error *e)
{
	struct buffer request;
	int result;

	memset(o, 0, sizeof(*o));
	result = write_request(job, &s->credential, s, &request, e);
	if (result == 0)
		result = exchange(job, s, &request, o, e);
	/* Only what was written: the rest of the storage was not touched. */
	wipe(s->request, request.length);
	return result;
}

ssize_t
dispatch_preview(
    const struct dispatch_job *job, struct dispatch_storage *s, struct error *e)
{
	struct buffer request;

	if (write_request(job, NULL, s, &request, e) == -1)
		return -1;
	return (ssize_t)request.length;
}

void
dispatch_wipe(struct dispatch_storage *s)
{
	credential_wipe(&s->credential);
}
