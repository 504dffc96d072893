/* poll.c - the path of the dispatch says where the repository is, also after it
 * was renamed. What a failure means is a chain of rules, the weakest first. */
#include "event/poll.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/date.h"
#include "base/error.h"
#include "base/secrets.h"
#include "github/credential.h"
#include "github/installation.h"
#include "github/retry.h"
#include "github/session.h"
#include "os/log.h"
#include "json/query.h"

#define REDIRECTS_MAX 5
#define PAUSE 60 /* seconds, after a rate limit that does not say how long */
#define PAUSE_MAX 86400
#define EXPIRY_SLACK 3 /* seconds */

/* Returns the last place where a text is in a path, or NULL. */
static const char *
find_last(const char *path, const char *text)
{
	const char *found = NULL, *at = path;

	/* A repository may have a name such as actions/workflows. */
	while ((at = strstr(at, text)) != NULL)
		found = at++;
	return found;
}

void
poll_begin(struct runs_target *target)
{
	const struct dispatch_result *result = &target->result;
	const char *end = find_last(result->path,
	    result->workflow != NULL ? "/actions/workflows/" : "/dispatches");

	target->base_length =
	    end != NULL ? (size_t)(end - result->path) : strlen(result->path);
	target->said_at = clock_milliseconds();
}

struct span
poll_body(const struct poll *poll)
{
	const struct http_response *response = &poll->storage->session.response;

	return span_of(response->body, response->body_length);
}

/* Remembers where a repository has moved to: what is before the part. */
static void
move(struct runs_target *target, const char *moved)
{
	const char *end = find_last(moved, "/actions/runs");

	if (end == NULL)
		return;
	target->base_length = (size_t)(end - moved);
	memcpy(target->result.path, moved, target->base_length);
	target->result.path[target->base_length] = '\0';
}

/* The server's time when the event was sent, or a little earlier. */
static void
set_since(struct runs_target *target, const struct api_outcome *outcome,
    int64_t asked)
{
	if (target->since == 0 && outcome->time != 0) {
		target->since =
		    outcome->time - (asked - target->result.sent + 999) / 1000;
	}
}

/* Sends a request to this path once. */
static int
send_once(struct poll *poll, const struct runs_target *target,
    const struct api_request *request, struct api_outcome *outcome,
    struct error *e)
{
	struct dispatch_storage *s = poll->storage;
	const struct api_call call = {
	    .target = target->result.target,
	    .deadline = deadline_sooner(
		poll->deadline, deadline_after(POLL_REQUEST_MAX)),
	    .outcome = outcome,
	    .error = e,
	};

	error_clear(e);
	memset(outcome, 0, sizeof(*outcome));
	if (dispatch_renew(poll->job->dispatch, s, &call) < 0)
		return -1;
	session_send(&s->session, request, &call);
	allowance_note(&poll->allowance, outcome->limit_remaining,
	    outcome->limit_seconds, clock_milliseconds());
	return outcome->next == RETRY_DONE ? 0 : -1;
}

int
poll_send(struct poll *poll, struct runs_target *target,
    const struct poll_request *asked, struct api_outcome *outcome,
    struct error *e)
{
	char path[API_PATH_SIZE];
	struct api_request request = {.method = asked->method,
	    .path = path,
	    .credential = &poll->storage->credential};
	struct buffer b;
	int64_t began;
	unsigned n;

	if (asked->etag != NULL && asked->etag[0] != '\0')
		request.etag = asked->etag;
	/* With it there is a Content-Length. */
	if (strcmp(asked->method, "POST") == 0)
		request.body = "";
	buffer_init(&b, path, sizeof(path));
	buffer_append(&b, target->result.path, target->base_length);
	buffer_text(&b, asked->part);
	if (b.overflowed) {
		memset(outcome, 0, sizeof(*outcome));
		error_clear(e);
		return error_set(
		    e, ERROR_REFUSED, "the path %s is too long", path);
	}
	for (n = 0; n <= REDIRECTS_MAX; n++) {
		began = clock_milliseconds();
		if (send_once(poll, target, &request, outcome, e) == 0) {
			target->paid += outcome->status != 304;
			set_since(target, outcome, began);
			return 0;
		}
		if (outcome->next != RETRY_REDIRECT)
			return -1;
		move(target, outcome->moved);
		memcpy(path, outcome->moved, sizeof(path));
	}
	return error_set(
	    e, ERROR_REFUSED, "more than %d redirects", REDIRECTS_MAX);
}

void
poll_notice(const struct poll *poll, struct runs_target *target,
    const char *format, ...)
{
	const struct runs_listener *listener = poll->job->listener;
	char text[ERROR_LINE_SIZE];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	target->said_at = clock_milliseconds();
	listener->notice(listener->context, target, text);
}

void
poll_end(
    struct runs_target *target, enum error_kind kind, const char *format, ...)
{
	const struct target *repository = target->result.target;
	char text[ERROR_LINE_SIZE];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	target->is_done = true;
	error_clear(&target->result.error);
	(void)error_set(&target->result.error, kind, "%s/%s: %s",
	    repository->owner, repository->name, text);
}

void
poll_succeed(struct runs_target *target)
{
	target->was_polled = true;
	target->is_troubled = false;
	target->failures = 0;
}

/* All polls pause: the limit is the token's. */
static void
pause_for(struct poll *poll, const struct api_outcome *outcome)
{
	int64_t seconds = outcome->wait > 0 ? outcome->wait : PAUSE;
	int64_t until;

	if (seconds > PAUSE_MAX)
		seconds = PAUSE_MAX;
	until = clock_milliseconds() + seconds * 1000;
	if (until > poll->paused_until)
		poll->paused_until = until;
}

/* An App's token may have expired while this machine slept. */
static bool
renew(struct poll *poll, struct runs_target *target)
{
	if (poll->job->dispatch->app.id == NULL)
		return false;
	installation_forget(
	    &poll->storage->installation, target->result.target);
	return true;
}

/* Whether this kind of failure can last: a refusal, or a success whose body is
 * not what was asked for. */
static bool
is_refusal(const struct api_outcome *outcome)
{
	int kind = outcome->status / 100;

	return outcome->next != RETRY_AFTER && outcome->next != RETRY_SETTLE &&
	       (kind == 2 || kind == 4) && outcome->status != 408;
}

/* Whether a token that was refused has reached the end that GitHub reported. An
 * App's is renewed. */
static bool
has_expired(const struct poll *poll, const struct api_outcome *outcome)
{
	int64_t end = poll->storage->session.token_expires;

	/* The time is that of the request, or a little earlier. */
	return outcome->status == 401 && end != 0 &&
	       poll->job->dispatch->app.id == NULL &&
	       outcome->time + EXPIRY_SLACK >= end;
}

static void
end_expired(const struct poll *poll, struct runs_target *target)
{
	char date[DATE_SIZE];

	date_write(date, poll->storage->session.token_expires);
	poll_end(target, ERROR_RUN_MISSING,
	    "the event was sent, but its runs cannot be read any more: the "
	    "token expired at %s",
	    date);
	(void)error_hint(&target->result.error,
	    "the runs continue on GitHub; use a token that lasts as long as "
	    "they do");
}

static void
end_unreadable(struct runs_target *target, const struct api_outcome *outcome,
    const struct error *e)
{
	struct error *error = &target->result.error;

	/* Its error stays. */
	if (target->is_unknown) {
		target->is_done = true;
		error_append(error, "; its runs cannot be read: %s", e->line);
		return;
	}
	if (outcome->status == 401) {
		poll_end(target, ERROR_RUN_MISSING,
		    "the event was sent, but its runs cannot be read any "
		    "more: the token has expired or was revoked: %s",
		    e->line);
		(void)error_hint(error, "the runs continue on GitHub; use a "
					"token that lasts as long as they do");
		return;
	}
	poll_end(target, ERROR_RUN_MISSING,
	    "the event was sent, but its runs cannot be read: %s", e->line);
	(void)error_hint(error, outcome->status < 400
				    ? e->hint
				    : "the token needs Actions: read on the "
				      "repository");
}

bool
poll_fail(struct poll *poll, struct runs_target *target,
    const struct api_outcome *outcome, const struct error *e)
{
	int64_t now = clock_milliseconds();
	bool is_renewed = outcome->status == 401 &&
			  outcome->next != RETRY_SETTLE && renew(poll, target);

	log_trace("%s/%s: a poll failed: %s", target->result.target->owner,
	    target->result.target->name, e->line);
	if (outcome->next == RETRY_AFTER)
		pause_for(poll, outcome);
	if (!is_refusal(outcome)) {
		target->failures = 0;
	} else if (target->failures++ == 0) {
		target->failing_since = now;
	}
	if (!target->is_unknown && has_expired(poll, outcome)) {
		end_expired(poll, target);
		return true;
	}
	if (is_refusal(outcome) &&
	    ((outcome->status == 403 && !target->was_polled) ||
		(target->failures >= POLL_FAILURES &&
		    now - target->failing_since >= POLL_LASTS))) {
		end_unreadable(target, outcome, e);
		return true;
	}
	if (!target->is_troubled && !deadline_passed(poll->deadline)) {
		target->is_troubled = true;
		poll_notice(poll, target, "%s: %s",
		    is_renewed ? "the App's token is renewed"
			       : "the runs cannot be read, trying again",
		    e->line);
	}
	return false;
}

/* An App's events are those of its bot. */
static void
find_app(struct poll *poll)
{
	const char *slug = installation_slug(&poll->storage->installation);
	struct buffer b;

	if (slug[0] == '\0')
		return;
	buffer_init(&b, poll->actor, sizeof(poll->actor));
	buffer_format(&b, "%s[bot]", slug);
}

void
poll_find_actor(struct poll *poll, const struct runs_target *target)
{
	char path[API_PATH_SIZE];
	const struct api_request request = {.method = "GET",
	    .path = path,
	    .credential = &poll->storage->credential};
	struct json_member member = JSON_STRING_AT("login", poll->actor);
	struct api_outcome outcome;
	struct buffer b;
	struct error e;

	if (poll->knows_actor)
		return;
	poll->knows_actor = true;
	if (poll->job->dispatch->app.id != NULL) {
		find_app(poll);
		return;
	}
	if (credential_kind(&poll->storage->credential) ==
	    CREDENTIAL_INSTALLATION)
		return;
	buffer_init(&b, path, sizeof(path));
	buffer_format(&b, "%s/user", poll->storage->session.api->path);
	if (send_once(poll, target, &request, &outcome, &e) < 0 ||
	    json_read_members(poll_body(poll), &member, 1) < 0 || member.is_cut)
		poll->actor[0] = '\0';
}
