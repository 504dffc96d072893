/* dispatch.c - a loop over targets, and in it a loop over tries. The outcome of
 * a try says how to go on; this module waits, if the wait fits into the time of
 * the target, and keeps the pace between targets. */
#include "event/dispatch.h"

#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/secrets.h"
#include "base/span.h"
#include "github/retry.h"
#include "os/clock.h"
#include "os/log.h"
#include "os/process.h"
#include "json/query.h"
#include "json/string.h"

_Static_assert(PAYLOAD_HEAD_MAX + PAYLOAD_BODY_MAX <= SESSION_BODY_MAX,
    "the largest body fits into a request");
_Static_assert(PAYLOAD_ROOM_SIZE <= SESSION_REQUEST_MAX &&
		   PAYLOAD_ROOM_SIZE <= HTTP_BODY_MAX + HTTP_BODY_SLACK,
    "nothing is sent while the payload is built: its parts have room there");

#define MILLISECONDS_PER_HOUR 3600000
#define SECRET_MIN 20 /* characters that are there by no chance */

static const char *
event_type_of(const struct dispatch_job *job, const struct target *target)
{
	return target->event_type != NULL ? target->event_type
					  : job->event_type;
}

int
dispatch_take_credential(const struct dispatch_job *job,
    struct dispatch_storage *storage, struct deadline d, struct error *e)
{
	storage->session.api = job->api;
	storage->session.proxy = job->proxy;
	storage->session.tls = job->tls;
	storage->session.connect_timeout = job->connect_timeout;
	if (job->app.id != NULL) {
		return installation_prepare(&storage->installation, &job->app,
		    &storage->session, job->targets, d, e);
	}
	if (job->token_file != NULL) {
		if (credential_read_file(
			&storage->credential, job->token_file, d, e) < 0)
			return error_name_origin(e, job->token_origin);
		return 0;
	}
	return credential_take(&storage->credential, job->token,
	    SECRETS_LASTING, job->token_origin, e);
}

/* Where an event is sent, after the path of the repository. */
static const char *
part_of(const struct workflow *workflow)
{
	return workflow != NULL ? workflow->part : "/dispatches";
}

void
dispatch_write_url(struct buffer *b, const struct dispatch_result *result)
{
	api_write_url(
	    b, result->api, result->target, part_of(result->workflow));
}

/* Completes the body. */
static int
set_event(const struct dispatch_job *job, struct dispatch_storage *storage,
    const struct target *target, struct error *e)
{
	if (job->workflow != NULL) {
		return payload_set_ref(&storage->payload, job->workflow->ref,
		    !storage->omits_details, e);
	}
	return payload_set_event_type(&storage->payload,
	    event_type_of(job, target), job->parts.no_limits, e);
}

/* Checks all of them now, so that none fails halfway. */
static int
check_events(const struct dispatch_job *job, struct dispatch_storage *storage,
    struct error *e)
{
	const struct target_list *targets = job->targets;
	const struct target *target;
	struct error cause;
	size_t i;

	if (job->workflow != NULL)
		return set_event(job, storage, targets->list, e);
	error_clear(&cause);
	for (i = 0; i < targets->count; i++) {
		target = &targets->list[i];
		if (target->event_type != NULL &&
		    set_event(job, storage, target, &cause) < 0) {
			return error_wrap(
			    e, &cause, "%s/%s", target->owner, target->name);
		}
	}
	return payload_set_event_type(
	    &storage->payload, job->event_type, job->parts.no_limits, e);
}

/* Returns the length of the longest part of a known secret in a text. */
static size_t
longest_secret(struct span text)
{
	struct secrets_place place = {0, 0};
	size_t longest = 0;

	while (secrets_find(text, place.end, &place)) {
		if (place.end - place.begin > longest)
			longest = place.end - place.begin;
	}
	return longest;
}

/* Does so for the numbers of what is between two strings (RFC 8259, 6). */
static size_t
longest_in_numbers(struct span form)
{
	static const char digits[] = "0123456789.eE+-";
	size_t longest = 0, begin = 0, length, i;

	for (i = 0; i <= form.length; i++) {
		if (i < form.length && strchr(digits, form.bytes[i]) != NULL)
			continue;
		length = longest_secret(span_of(form.bytes + begin, i - begin));
		longest = length > longest ? length : longest;
		begin = i + 1;
	}
	return longest;
}

/* Does so for the strings and numbers of the body, each by itself: a secret may
 * have what JSON puts around them. */
static size_t
find_secret(const struct payload *payload)
{
	struct span rest = span_of(payload->body, payload->body_length);
	const unsigned char *from = rest.bytes;
	size_t longest = 0, length;
	struct span text;

	while (json_next_string(&rest, &text)) {
		length = longest_secret(text);
		longest = length > longest ? length : longest;
		length = longest_in_numbers(
		    span_of(from, (size_t)(text.bytes - from)));
		longest = length > longest ? length : longest;
		from = text.bytes + text.length;
	}
	length = longest_in_numbers(
	    span_of(from, (size_t)(rest.bytes + rest.length - from)));
	return length > longest ? length : longest;
}

bool
dispatch_has_secret(const struct dispatch_storage *storage)
{
	return find_secret(&storage->payload) > 0;
}

/* A user's id is in all events: a repository that gets two of them has runs of
 * which nobody can know whose they are. */
static int
check_id(const struct dispatch_job *job, const struct dispatch_storage *storage,
    struct error *e)
{
	const struct target *repeated = job->targets->repeated;

	if (storage->id[0] == '\0' || repeated == NULL)
		return 0;
	error_set(e, ERROR_PAYLOAD,
	    "%s/%s gets two events, and both have the %s by which their runs "
	    "are found",
	    repeated->owner, repeated->name, job->id_key);
	return error_hint(
	    e, "leave it out, and each event gets one of its own");
}

int
dispatch_prepare(const struct dispatch_job *job,
    struct dispatch_storage *storage, struct deadline d, struct error *e)
{
	const struct payload_room room = {
	    .text = storage->session.request,
	    .made = storage->session.response.body,
	};
	struct payload_parts parts = job->parts;

	storage->omits_details = false;
	/* GitHub refuses inputs that a workflow does not have. */
	parts.id_key = job->workflow == NULL ? job->id_key : NULL;
	if (payload_build(&storage->payload, &parts, &room, d, e) < 0 ||
	    check_events(job, storage, e) < 0)
		return -1;
	if (credential_is_in(&storage->credential, storage->payload.body,
		storage->payload.body_length)) {
		return error_set(
		    e, ERROR_PAYLOAD, "the payload contains the token");
	}
	if (find_secret(&storage->payload) >= SECRET_MIN) {
		return error_set(e, ERROR_PAYLOAD,
		    "the payload contains a secret of another option or "
		    "variable");
	}
	if (session_check_hosts(&storage->session, e) < 0)
		return -1;
	if (session_trust(&storage->session, job->ca_file, d, e) < 0)
		return error_name_origin(e, job->ca_origin);
	storage->id[0] = '\0';
	if (parts.id_key == NULL || payload_has_own_id(&storage->payload))
		return 0;
	if (dispatch_id_read(
		span_of(storage->payload.body, storage->payload.body_length),
		job->id_key, storage->id, e) < 0)
		return -1;
	return check_id(job, storage, e);
}

static int
make_request(const struct dispatch_job *job, struct dispatch_storage *storage,
    const struct target *target, const char *path, struct api_request *request,
    struct error *e)
{
	if (set_event(job, storage, target, e) < 0)
		return -1;
	*request = (struct api_request){
	    .method = "POST",
	    .path = path,
	    .credential = &storage->credential,
	    .body = storage->payload.body,
	    .body_length = storage->payload.body_length,
	    .dispatches = true,
	    .is_workflow = job->workflow != NULL,
	};
	if (job->checks_only) {
		request->method = "GET";
		request->body = NULL;
		request->body_length = 0;
		request->dispatches = false;
		request->rehearses = true;
	}
	return 0;
}

/* Keeps what the response to a workflow_dispatch says of its run, if it does:
 * an older server responds with a 204. */
static void
take_run(const struct dispatch_storage *storage, struct dispatch_result *result)
{
	const struct http_response *response = &storage->session.response;
	char url[sizeof(result->run_url)];
	struct json_member members[] = {
	    JSON_NUMBER_AT("workflow_run_id", result->run_id),
	    JSON_STRING_AT("html_url", url),
	};
	uint64_t ignored;
	struct buffer b;

	if (result->workflow == NULL || result->outcome.next != RETRY_DONE ||
	    json_read_members(span_of(response->body, response->body_length),
		members, COUNT(members)) < 0)
		return;
	if (ascii_decimal(result->run_id, strlen(result->run_id), UINT64_MAX,
		&ignored) < 0) {
		result->run_id[0] = '\0';
		return;
	}
	buffer_init(&b, result->run_url, sizeof(result->run_url));
	secrets_hide_peer(&b, span_text(members[1].is_cut ? "" : url));
}

int
dispatch_renew(const struct dispatch_job *job, struct dispatch_storage *storage,
    const struct api_call *call)
{
	if (job->app.id == NULL)
		return 0;
	return installation_hold(
	    &storage->installation, call, &storage->credential);
}

static void
try_once(const struct dispatch_job *job, struct dispatch_storage *storage,
    struct dispatch_result *result, struct deadline d)
{
	struct error cause;
	const struct api_call call = {
	    .target = result->target,
	    .deadline = d,
	    .outcome = &result->outcome,
	    .error = &cause,
	};
	struct api_request request;

	error_clear(&cause);
	result->sent = clock_milliseconds();
	if (dispatch_renew(job, storage, &call) == 0 &&
	    make_request(job, storage, result->target, result->path, &request,
		&cause) == 0) {
		session_send(&storage->session, &request, &call);
		if (!job->checks_only)
			take_run(storage, result);
	}
	error_clear(&result->error);
	/* Whatever failed, it names the target. */
	if (cause.kind != ERROR_NONE) {
		(void)error_wrap(&result->error, &cause, "%s/%s",
		    result->target->owner, result->target->name);
	}
}

/* What a target has used up. */
struct used {
	unsigned tries;    /* that count */
	unsigned settling; /* waits for a token to be known */
	unsigned redirects;
};

/* Returns how many milliseconds to wait before try number 2, 3 ... */
static uint64_t
wait_for(const struct api_outcome *outcome, unsigned tries)
{
	uint32_t random = 0;
	struct error ignored;

	if (outcome->next == RETRY_AFTER && outcome->wait > 0)
		return (uint64_t)outcome->wait * 1000;
	/* A minute, then longer (REST docs, "Exceeding the rate limit"). */
	if (outcome->next == RETRY_AFTER)
		return 60000U << (tries > 5 ? 5 : tries - 1);
	error_clear(&ignored);
	if (process_entropy(&random, sizeof(random), &ignored) < 0)
		random = 0;
	return retry_backoff(tries, random);
}

/* Returns how many milliseconds to wait before the next try, or 0 if there is
 * none. */
static uint64_t
next_wait(const struct dispatch_job *job, const struct api_outcome *outcome,
    struct used *used)
{
	if (outcome->next == RETRY_SETTLE)
		return retry_settle(++used->settling);
	if (outcome->next != RETRY_BACKOFF && outcome->next != RETRY_AFTER)
		return 0;
	if (used->tries > job->retries)
		return 0;
	return wait_for(outcome, used->tries++);
}

/* Waits, if there is to be another try. Returns whether there is. */
static bool
wait_and_retry(const struct dispatch_job *job, struct dispatch_result *result,
    struct used *used, struct deadline d,
    const struct dispatch_listener *listener)
{
	uint64_t wait = next_wait(job, &result->outcome, used);

	if (wait == 0) {
		if (result->outcome.next == RETRY_AFTER)
			error_advise(&result->error, ADVICE_MORE_RETRIES);
		return false;
	}
	if (wait >= (uint64_t)deadline_left(d)) {
		if (result->outcome.next == RETRY_AFTER) {
			error_append(&result->error,
			    "; a wait of %llu seconds would exceed the time "
			    "limit",
			    (unsigned long long)(wait / 1000));
			error_advise(&result->error, ADVICE_LONGER_TIMEOUT);
		}
		return false;
	}
	listener->waits(
	    listener->context, result->target, (uint32_t)wait, &result->error);
	return process_wait((uint32_t)wait);
}

/* Returns whether there is another place to send the event to. */
static bool
follow(struct dispatch_result *result, struct used *used,
    const struct dispatch_listener *listener)
{
	if (result->outcome.next != RETRY_REDIRECT)
		return false;
	if (++used->redirects > DISPATCH_REDIRECTS_MAX) {
		(void)error_set(&result->error, ERROR_REFUSED,
		    "%s/%s: more than %d redirects", result->target->owner,
		    result->target->name, DISPATCH_REDIRECTS_MAX);
		return false;
	}
	memcpy(result->path, result->outcome.moved, sizeof(result->path));
	listener->moved(listener->context, result->target, result->path);
	return true;
}

/* Returns whether the server may accept the request without
 * return_run_details, which it is sent for no later target either, unless it
 * turns out not to be why: a 400 does not say what it is about. */
static bool
omit_details(
    struct dispatch_storage *storage, const struct api_outcome *outcome)
{
	if (!outcome->refuses_details)
		return false;
	if (storage->omits_details) {
		storage->omits_details = outcome->status != 400;
		return false;
	}
	log_trace("the server refuses return_run_details");
	storage->omits_details = true;
	return true;
}

static void
send_target(const struct dispatch_job *job, struct dispatch_storage *storage,
    struct dispatch_result *result, const struct dispatch_listener *listener)
{
	struct deadline d = deadline_after(job->timeout);
	struct used used = {.tries = 1};

	api_write_path(result->path, job->api, result->target,
	    job->checks_only ? "" : part_of(job->workflow));
	for (;;) {
		try_once(job, storage, result, d);
		if (omit_details(storage, &result->outcome) ||
		    follow(result, &used, listener))
			continue;
		if (!wait_and_retry(job, result, &used, d, listener))
			return;
	}
}

/* Each target gets an id of its own, unless the user gave one. */
static int
set_id(struct dispatch_storage *storage, struct dispatch_result *result)
{
	result->id_is_ours = payload_has_own_id(&storage->payload);
	memcpy(result->dispatch_id, storage->id, sizeof(storage->id));
	if (!result->id_is_ours)
		return 0;
	if (dispatch_id_make(result->dispatch_id, &result->error) < 0)
		return -1;
	payload_set_id(&storage->payload, result->dispatch_id);
	return 0;
}

static uint32_t
pace_of(const struct dispatch_job *job)
{
	if (job->pace != DISPATCH_PACE_DEFAULT)
		return job->pace;
	return job->targets->count > DISPATCH_UNPACED_MAX ? DISPATCH_PACE : 0;
}

/* Waits until target number `index` may begin. Returns false after a signal. */
static bool
keep_pace(const struct dispatch_job *job, struct dispatch_storage *storage,
    size_t index, const struct dispatch_listener *listener)
{
	int64_t *start = &storage->starts[index % DISPATCH_HOURLY_MAX];
	int64_t now = clock_milliseconds(), begin = now;

	/* The pace is for writes. */
	if (job->checks_only)
		return process_wait(0);
	if (index > 0) {
		begin = storage->starts[(index - 1) % DISPATCH_HOURLY_MAX] +
			pace_of(job);
	}
	/* *start is still that of the target 500 before. */
	if (index >= DISPATCH_HOURLY_MAX &&
	    job->pace == DISPATCH_PACE_DEFAULT &&
	    *start + MILLISECONDS_PER_HOUR > begin) {
		begin = *start + MILLISECONDS_PER_HOUR;
		if (begin - now >= DISPATCH_PAUSE_MIN) {
			listener->pauses(
			    listener->context, index, (uint32_t)(begin - now));
		}
	}
	if (!process_wait(begin > now ? (uint32_t)(begin - now) : 0))
		return false;
	*start = clock_milliseconds();
	return true;
}

void
dispatch_send(const struct dispatch_job *job, struct dispatch_storage *storage,
    const struct dispatch_listener *listener)
{
	struct dispatch_result result = {
	    .api = job->api, .workflow = job->workflow};
	size_t i;

	for (i = 0; i < job->targets->count; i++) {
		result.target = &job->targets->list[i];
		if (job->workflow == NULL)
			result.event_type = event_type_of(job, result.target);
		result.run_id[0] = result.run_url[0] = '\0';
		result.dispatch_id[0] = '\0';
		error_clear(&result.error);
		memset(&result.outcome, 0, sizeof(result.outcome));
		if (!keep_pace(job, storage, i, listener)) {
			(void)error_set(&result.error, ERROR_LOCAL,
			    "%s/%s: not sent: stopped by a signal",
			    result.target->owner, result.target->name);
		} else if (set_id(storage, &result) == 0) {
			send_target(job, storage, &result, listener);
			if (installation_was_widened(&storage->installation)) {
				listener->widened(
				    listener->context, result.target);
			}
		}
		listener->finished(listener->context, &result);
	}
	installation_narrow(&storage->installation);
}

ssize_t
dispatch_preview(const struct dispatch_job *job,
    struct dispatch_storage *storage, const struct target *target,
    struct error *e)
{
	char path[API_PATH_SIZE], id[DISPATCH_ID_SIZE];
	struct api_request request;
	struct buffer b;

	if (payload_has_own_id(&storage->payload)) {
		if (dispatch_id_make(id, e) < 0)
			return -1;
		payload_set_id(&storage->payload, id);
	}
	api_write_path(path, job->api, target, part_of(job->workflow));
	if (make_request(job, storage, target, path, &request, e) < 0)
		return -1;
	request.credential = NULL;
	buffer_init(
	    &b, storage->session.request, sizeof(storage->session.request));
	if (api_write_request(&b, job->api, &request, e) < 0) {
		wipe(b.bytes, b.length);
		return -1;
	}
	return (ssize_t)b.length;
}

struct dispatch_expiry
dispatch_expiry(
    const struct dispatch_job *job, const struct dispatch_storage *storage)
{
	const struct session *session = &storage->session;
	enum credential_kind kind = credential_kind(&storage->credential);

	if (job->app.id != NULL || session->token_expires == 0)
		return (struct dispatch_expiry){.time = 0};
	return (struct dispatch_expiry){
	    .time = session->token_expires,
	    .seconds = session->token_expires - session->token_seen,
	    .is_personal =
		kind != CREDENTIAL_INSTALLATION && kind != CREDENTIAL_USER,
	};
}

void
dispatch_end(struct dispatch_storage *storage)
{
	installation_revoke(&storage->installation);
	session_close(&storage->session);
}

void
dispatch_wipe(struct dispatch_storage *storage)
{
	credential_wipe(&storage->credential);
	installation_wipe(&storage->installation);
	payload_wipe(&storage->payload);
	session_wipe(&storage->session);
}
