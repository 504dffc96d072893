/* dispatch.c - a loop over targets, and in it one over tries. What a try came
 * to is a row of the retry table; the waits it asks for are taken here, and
 * only if they fit the target's time. */
#include "event/dispatch.h"

#include <string.h>

#include "base/buffer.h"
#include "base/error.h"
#include "github/retry.h"
#include "os/clock.h"
#include "os/process.h"

_Static_assert(PAYLOAD_HEAD_MAX + PAYLOAD_BODY_MAX <= SESSION_BODY_MAX,
    "the largest body fits into a request");

static const char *
event_type_of(const struct dispatch_job *job, const struct target *t)
{
	return t->event_type != NULL ? t->event_type : job->event_type;
}

static int
take_credential(const struct dispatch_job *job, struct dispatch_storage *s,
    struct deadline d, struct error *e)
{
	if (job->app.id != NULL)
		return installation_prepare(&s->installation, &job->app, d, e);
	if (job->token_file != NULL)
		return credential_read_file(
		    &s->credential, job->token_file, d, e);
	return credential_take(
	    &s->credential, job->token, job->token_origin, e);
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
	if (take_credential(job, s, d, e) == -1 ||
	    payload_build(&s->payload, &job->parts, d, e) == -1 ||
	    check_event_types(job, &s->payload, e) == -1)
		return -1;
	if (credential_is_in(
		&s->credential, s->payload.body, s->payload.body_length))
		return error_set(
		    e, ERROR_PAYLOAD, "the payload holds the token");
	s->session.api = job->api;
	s->session.proxy = job->proxy;
	s->session.connect_timeout = job->connect_timeout;
	return session_trust(&s->session, job->ca_file, d, e);
}

/* The body is the payload's, with the event type put in front of it. */
static int
make_request(const struct dispatch_job *job, struct dispatch_storage *s,
    const char *event_type, const char *path, struct api_request *request,
    struct error *e)
{
	if (payload_set_event_type(
		&s->payload, event_type, job->parts.no_limits, e) == -1)
		return -1;
	*request = (struct api_request){"POST", path, &s->credential,
	    s->payload.body, s->payload.body_length};
	return 0;
}

int
dispatch_renew(const struct dispatch_job *job, struct dispatch_storage *s,
    const struct target *t, struct api_outcome *o, struct deadline d,
    struct error *e)
{
	if (job->app.id == NULL)
		return 0;
	return installation_hold(&s->installation, &job->app, &s->session,
	    job->targets, t, &s->credential, o, d, e);
}

static void
try_once(const struct dispatch_job *job, struct dispatch_storage *s,
    struct dispatch_result *r, struct deadline d)
{
	struct api_request request;

	error_clear(&r->error);
	if (dispatch_renew(job, s, r->target, &r->outcome, d, &r->error) == -1)
		return;
	if (make_request(job, s, r->event_type, r->path, &request, &r->error) ==
	    0)
		session_send(&s->session, &request, r->target, &r->outcome, d,
		    &r->error);
}

/* How long the table wants to wait before the next try, in milliseconds. */
static uint64_t
wait_for(const struct api_outcome *o, unsigned tries)
{
	uint32_t random = 0;
	struct error ignored;

	if (o->next == RETRY_AFTER && o->wait > 0)
		return (uint64_t)o->wait * 1000;
	/* A minute, then longer (REST docs, "Exceeding the rate limit"). */
	if (o->next == RETRY_AFTER)
		return 60000U << (tries > 5 ? 5 : tries - 1);
	error_clear(&ignored);
	if (process_entropy(&random, sizeof(random), &ignored) == -1)
		random = 0;
	return retry_backoff(tries, random);
}

/* Whether to try again, the wait over. */
static bool
wait_and_retry(const struct dispatch_job *job, struct dispatch_result *r,
    unsigned tries, struct deadline d, const struct dispatch_listener *l)
{
	uint64_t wait;

	if (r->outcome.next != RETRY_BACKOFF && r->outcome.next != RETRY_AFTER)
		return false;
	if (tries > job->retries)
		return false;
	wait = wait_for(&r->outcome, tries);
	if (wait >= (uint64_t)deadline_left(d)) {
		if (r->outcome.next == RETRY_AFTER)
			error_append(&r->error,
			    "; the wait of %llu seconds does not fit in "
			    "--timeout",
			    (unsigned long long)(wait / 1000));
		return false;
	}
	l->waits(l->context, r->target, (uint32_t)wait, &r->error);
	return process_wait((uint32_t)wait);
}

static void
send_target(const struct dispatch_job *job, struct dispatch_storage *s,
    struct dispatch_result *r, const struct dispatch_listener *l)
{
	struct deadline d = deadline_after(job->timeout);
	unsigned tries = 1, redirects = 0;

	api_write_path(r->path, job->api, r->target, "/dispatches");
	for (;;) {
		try_once(job, s, r, d);
		if (r->outcome.next == RETRY_REDIRECT) {
			if (++redirects > DISPATCH_REDIRECTS_MAX) {
				(void)error_set(&r->error, ERROR_REFUSED,
				    "%s/%s: more than %d redirects",
				    r->target->owner, r->target->name,
				    DISPATCH_REDIRECTS_MAX);
				return;
			}
			memcpy(r->path, r->outcome.moved, sizeof(r->path));
			l->moved(l->context, r->target, r->path);
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
	int64_t now = clock_milliseconds(), begin = now;

	if (i > 0)
		begin = s->starts[(i - 1) % DISPATCH_HOURLY_MAX] + pace;
	if (i >= DISPATCH_HOURLY_MAX && is_default &&
	    s->starts[i % DISPATCH_HOURLY_MAX] + 3600000 > begin)
		begin = s->starts[i % DISPATCH_HOURLY_MAX] + 3600000;
	if (!process_wait(begin > now ? (uint32_t)(begin - now) : 0))
		return false;
	s->starts[i % DISPATCH_HOURLY_MAX] = clock_milliseconds();
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
	session_close(&s->session);
	return first;
}

ssize_t
dispatch_preview(const struct dispatch_job *job, struct dispatch_storage *s,
    const struct target *t, struct error *e)
{
	char path[API_PATH_SIZE];
	struct api_request request;
	struct buffer b;

	api_write_path(path, job->api, t, "/dispatches");
	if (make_request(job, s, event_type_of(job, t), path, &request, e) ==
	    -1)
		return -1;
	request.credential = NULL;
	buffer_init(&b, s->session.request, sizeof(s->session.request));
	if (api_write_request(&b, job->api, &request, e) == -1)
		return -1;
	return (ssize_t)b.length;
}

void
dispatch_wipe(struct dispatch_storage *s)
{
	credential_wipe(&s->credential);
	installation_wipe(&s->installation);
}
