/* dispatch.c - a loop over targets, and in it one over tries. What a try came
 * to is a row of the retry table; the waits it asks for are taken here, and
 * only if they fit the target's time. */
#include "dispatch.h"

#include <errno.h>
#include <string.h>

#include "sandbox.h"

static const char *
event_type_of(const struct dispatch_job *job, const struct target *t)
{
	return t->event_type != NULL ? t->event_type : job->event_type;
}

static int
take_credential(const struct dispatch_job *job, struct credential *c,
    struct deadline d, struct error *e)
{
	if (job->token_file != NULL)
		return credential_read_file(c, job->token_file, d, e);
	return credential_take(c, job->token, job->token_origin, e);
}

/* All of them now, so that none turns out bad halfway. */
static int
check_event_types(
    const struct dispatch_job *job, struct payload *p, struct error *e)
{
	const struct target_list *l = job->targets;
	const struct target *t;

	for (t = l->list; t < l->list + l->count; t++) {
		if (t->event_type != NULL &&
		    payload_set_event_type(
			p, t->event_type, job->parts.no_limits, e) == -1)
			return -1;
	}
	return payload_set_event_type(
	    p, job->event_type, job->parts.no_limits, e);
}

int
dispatch_prepare(const struct dispatch_job *job, struct dispatch_storage *s,
    struct deadline d, struct error *e)
{
	if (take_credential(job, &s->credential, d, e) == -1 ||
	    payload_build(&s->payload, &job->parts, d, e) == -1 ||
	    check_event_types(job, &s->payload, e) == -1)
		return -1;
	if (job->ca_file != NULL)
		return roots_use_file(&s->roots, job->ca_file, d, e);
	roots_use_builtin(&s->roots);
	return 0;
}

static int
write_request(const struct dispatch_job *job, const struct credential *c,
    struct dispatch_storage *s, const char *event_type, const char *path,
    struct buffer *request, struct error *e)
{
	buffer_init(request, s->request, sizeof(s->request));
	if (payload_set_event_type(
		&s->payload, event_type, job->parts.no_limits, e) == -1)
		return -1;
	return github_write_dispatch(request, job->api, path, c,
	    s->payload.body, s->payload.body_length, e);
}

/* What the table says of a connection that could not be had. */
static void
judge_connection(struct github_outcome *o, const struct error *e)
{
	struct retry_try t = {.phase = RETRY_CONNECT};

	if (e->kind == ERROR_CONNECT && e->errnum == EACCES)
		t.phase = RETRY_PROXY;
	if (e->kind == ERROR_TLS)
		t.phase = e->errnum != 0 ? RETRY_HANDSHAKE : RETRY_TRUST;
	memset(o, 0, sizeof(*o));
	o->next = e->kind == ERROR_CONNECT || e->kind == ERROR_TLS
		      ? retry_find(&t)->wait
		      : RETRY_NEVER;
}

/* One try, on the open connection or a new one. */
static void
try_once(const struct dispatch_job *job, struct dispatch_storage *s,
    const char *path, struct dispatch_result *r, struct deadline d)
{
	const struct github_call call = {
	    job->api, r->target, credential_kind(&s->credential)};
	struct deadline connect =
	    deadline_sooner(d, deadline_after(job->connect_timeout));
	struct stream *stream = &s->connection.tls.stream;
	struct buffer request;

	error_clear(&r->error);
	if (!connection_is_idle(&s->connection)) {
		connection_close(&s->connection);
		stream = connection_open(&s->connection, job->api, job->proxy,
		    &s->roots, connect, &r->error);
	}
	if (stream == NULL) {
		judge_connection(&r->outcome, &r->error);
		return;
	}
	memset(&r->outcome, 0, sizeof(r->outcome));
	s->answer.progress = HTTP_NOT_SENT;
	if (write_request(job, &s->credential, s, r->event_type, path, &request,
		&r->error) == 0)
		github_dispatch(stream, &request, &call, &s->answer,
		    &r->outcome, d, &r->error);
	/* Only what was written: the rest of the storage was not touched. */
	wipe(s->request, request.length);
	if (s->answer.progress != HTTP_ANSWERED || !s->answer.reusable)
		connection_close(&s->connection);
}

/* How long the table wants to wait before the next try, in milliseconds. */
static uint64_t
wait_for(const struct github_outcome *o, unsigned tries)
{
	uint32_t random = 0;
	struct error ignored;

	if (o->next == RETRY_AS_TOLD && o->wait > 0)
		return (uint64_t)o->wait * 1000;
	/* A minute, then longer (REST docs, "Exceeding the rate limit"). */
	if (o->next == RETRY_AS_TOLD)
		return 60000U << (tries > 5 ? 5 : tries - 1);
	error_clear(&ignored);
	if (sandbox_entropy(&random, sizeof(random), &ignored) == -1)
		random = 0;
	return retry_backoff(tries, random);
}

/* Whether to try again, the wait over. */
static bool
wait_and_retry(const struct dispatch_job *job, struct dispatch_result *r,
    unsigned tries, struct deadline d, const struct dispatch_listener *l)
{
	uint64_t wait;

	if (r->outcome.next != RETRY_BACKOFF &&
	    r->outcome.next != RETRY_AS_TOLD)
		return false;
	if (tries > job->retries)
		return false;
	wait = wait_for(&r->outcome, tries);
	if (wait >= (uint64_t)deadline_left(d)) {
		if (r->outcome.next == RETRY_AS_TOLD)
			error_append(&r->error,
			    "; the wait of %llu seconds does not fit in "
			    "--timeout",
			    (unsigned long long)(wait / 1000));
		return false;
	}
	l->waits(l->context, r->target, (uint32_t)wait, &r->error);
	return sandbox_wait((uint32_t)wait);
}

static void
send_target(const struct dispatch_job *job, struct dispatch_storage *s,
    struct dispatch_result *r, const struct dispatch_listener *l)
{
	struct deadline d = deadline_after(job->timeout);
	unsigned tries = 1, redirects = 0;
	char path[GITHUB_PATH_SIZE];
	struct buffer b;

	buffer_init(&b, path, sizeof(path) - 1);
	github_write_path(&b, job->api, r->target);
	path[b.length] = '\0';
	for (;;) {
		try_once(job, s, path, r, d);
		if (r->outcome.next == RETRY_ELSEWHERE) {
			if (++redirects > DISPATCH_REDIRECTS_MAX) {
				(void)error_set(&r->error, ERROR_REFUSED,
				    "%s/%s: more than %d redirects",
				    r->target->owner, r->target->name,
				    DISPATCH_REDIRECTS_MAX);
				return;
			}
			memcpy(path, r->outcome.moved, sizeof(path));
			l->moved(l->context, r->target, path);
		} else if (wait_and_retry(job, r, tries, d, l)) {
			tries++;
		} else {
			return;
		}
	}
}

/* Waits until target number i may begin. Returns false after a signal. */
static bool
keep_pace(const struct dispatch_job *job, struct dispatch_storage *s, size_t i)
{
	bool many = job->targets->count > DISPATCH_UNPACED_MAX;
	bool is_default = job->pace == DISPATCH_PACE_DEFAULT;
	uint32_t pace = !is_default ? job->pace : many ? DISPATCH_PACE : 0;
	int64_t now = deadline_clock(), begin = now;

	if (i > 0)
		begin = s->starts[(i - 1) % DISPATCH_HOURLY_MAX] + pace;
	if (i >= DISPATCH_HOURLY_MAX && is_default &&
	    s->starts[i % DISPATCH_HOURLY_MAX] + 3600000 > begin)
		begin = s->starts[i % DISPATCH_HOURLY_MAX] + 3600000;
	if (!sandbox_wait(begin > now ? (uint32_t)(begin - now) : 0))
		return false;
	s->starts[i % DISPATCH_HOURLY_MAX] = deadline_clock();
	return true;
}

enum error_kind
dispatch_send(const struct dispatch_job *job, struct dispatch_storage *s,
    const struct dispatch_listener *l)
{
	enum error_kind first = ERROR_NONE;
	struct dispatch_result r = {.api = job->api};
	size_t i;

	for (i = 0; i < job->targets->count; i++) {
		r.target = &job->targets->list[i];
		r.event_type = event_type_of(job, r.target);
		error_clear(&r.error);
		memset(&r.outcome, 0, sizeof(r.outcome));
		if (keep_pace(job, s, i))
			send_target(job, s, &r, l);
		else
			(void)error_set(&r.error, ERROR_LOCAL,
			    "%s/%s: not sent: stopped by a signal",
			    r.target->owner, r.target->name);
		if (first == ERROR_NONE)
			first = r.error.kind;
		l->finished(l->context, &r);
	}
	connection_close(&s->connection);
	return first;
}

ssize_t
dispatch_preview(const struct dispatch_job *job, struct dispatch_storage *s,
    const struct target *t, struct error *e)
{
	char path[GITHUB_PATH_SIZE];
	struct buffer request, b;

	buffer_init(&b, path, sizeof(path) - 1);
	github_write_path(&b, job->api, t);
	path[b.length] = '\0';
	if (write_request(
		job, NULL, s, event_type_of(job, t), path, &request, e) == -1)
		return -1;
	return (ssize_t)request.length;
}

void
dispatch_wipe(struct dispatch_storage *s)
{
	credential_wipe(&s->credential);
}
