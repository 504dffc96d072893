/* runs.c - all targets are polled, one after the other; then comes a wait, then
 * the next poll. A target is done when two polls in a row find the same number
 * of runs, all of them completed: a second workflow may start after the first
 * one has ended. When the time is up, one last poll is enough. Only the status
 * "completed" is an end. A poll that fails is repeated until the time is up. */
#include "event/runs.h"

#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/buffer.h"
#include "base/date.h"
#include "base/error.h"
#include "base/secrets.h"
#include "base/span.h"
#include "github/session.h"
#include "os/clock.h"
#include "os/log.h"
#include "os/process.h"
#include "json/query.h"

#define ID_SIZE 256

/* What a poll needs. */
struct poll {
	const struct runs_job *job;
	struct dispatch_storage *storage;
	struct deadline deadline; /* of all waits */
	struct deadline last;     /* of the poll after them */
	int64_t began;            /* clock_milliseconds() */
	uint32_t pause;           /* seconds that a server asked us to wait */
	char id[ID_SIZE];         /* dispatch_id, or "" */
};

bool
runs_is_good(const struct run *run)
{
	static const char *const good[] = {"success", "skipped", "neutral"};
	size_t i;

	for (i = 0; i < COUNT(good); i++) {
		if (strcmp(run->conclusion, good[i]) == 0)
			return true;
	}
	return false;
}

const struct run *
runs_deciding(const struct runs_target *target)
{
	size_t i;

	for (i = 0; i < target->count; i++) {
		if (!runs_is_good(&target->list[i]))
			return &target->list[i];
	}
	return target->count > 0 ? target->list : NULL;
}

/* Derives the path of the runs from that of the dispatch, which is right for a
 * renamed repository, too. */
static void
write_path(
    const struct runs_target *target, unsigned page, char path[API_PATH_SIZE])
{
	static const char dispatches[] = "/dispatches";
	size_t length = strlen(target->result.path),
	       tail = sizeof(dispatches) - 1;
	char since[DATE_SIZE];
	struct buffer b;

	buffer_init(&b, path, API_PATH_SIZE);
	if (length > tail &&
	    strcmp(target->result.path + length - tail, dispatches) == 0)
		length -= tail;
	buffer_append(&b, target->result.path, length);
	date_write(since, target->result.outcome.time);
	buffer_text(&b, "/actions/runs?event=repository_dispatch"
			"&created=%3E%3D");
	buffer_text(&b, since);
	buffer_text(&b, "&per_page=");
	buffer_decimal(&b, RUNS_PAGE);
	buffer_text(&b, "&page=");
	buffer_decimal(&b, page);
}

/* Whether two neighbouring characters belong to one word. */
static bool
is_word(char left, char right)
{
	return ascii_is_alphanumeric((unsigned char)left) &&
	       ascii_is_alphanumeric((unsigned char)right);
}

/* Whether a title contains the id as a word of its own: 12 is not found in 123,
 * nor ab in abc. */
static bool
shows(const char *title, const char *id)
{
	size_t length = strlen(id);
	const char *at;

	for (at = title; *at != '\0'; at++) {
		if (strncmp(at, id, length) == 0 &&
		    (at == title || !is_word(at[-1], id[0])) &&
		    !is_word(id[length - 1], at[length]))
			return true;
	}
	return false;
}

/* A run of a response. */
struct listed_run {
	struct run run;
	char status[24];
	char name[1024], title[1024];
	char created[DATE_SIZE];
};

/* Whether a run belongs to the event: the run that shows its id or, without an
 * id, any run created since the event and before the first one had to appear,
 * whatever the server makes of our query. Dates of one form compare as text. */
static bool
is_ours(const struct poll *poll, const struct runs_target *target,
    const struct listed_run *listed)
{
	char since[DATE_SIZE], until[DATE_SIZE];

	if (poll->id[0] != '\0') {
		return shows(listed->name, poll->id) ||
		       shows(listed->title, poll->id);
	}
	date_write(since, target->result.outcome.time);
	date_write(until, target->result.outcome.time + RUNS_APPEAR / 1000);
	return strcmp(listed->created, since) >= 0 &&
	       strcmp(listed->created, until) <= 0;
}

/* Hides, in place, what nobody may show of a text that a peer chose. */
static void
hide_peer(char *text, size_t size)
{
	char copy[sizeof(((struct run *)NULL)->url)];
	struct span span = span_text(text);
	struct buffer b;

	if (span_copy(span, copy, sizeof(copy)) < 0)
		return;
	buffer_init(&b, text, size);
	secrets_hide_peer(&b, span_of(copy, span.length));
}

/* Adds a run of a response if it belongs to the event.
 *
 * Returns 0, or -1 if the run has no id. */
static int
take_run(const struct poll *poll, struct listed_run *listed,
    struct runs_target *target)
{
	struct run *run = &listed->run;

	if (!is_ours(poll, target, listed))
		return 0;
	target->has_more = target->count == RUNS_MAX;
	if (target->has_more)
		return 0;
	if (run->id[0] == '\0')
		return -1;
	if (strcmp(listed->status, "completed") != 0)
		run->conclusion[0] = '\0';
	hide_peer(listed->status, sizeof(listed->status));
	hide_peer(run->url, sizeof(run->url));
	if (!runs_is_good(run))
		hide_peer(run->conclusion, sizeof(run->conclusion));
	target->list[target->count++] = *run;
	log_trace("run %s is %s %s", run->id, listed->status, run->conclusion);
	return 0;
}

/* Adds the runs of a response that belong to the event.
 *
 * Returns how many runs the response has, or -1 if it is not a list of runs. */
static int
take_runs(const struct poll *poll, const struct http_response *response,
    struct runs_target *target)
{
	struct listed_run listed;
	struct run *run = &listed.run;
	struct json_member members[] = {
	    JSON_NUMBER_AT("id", run->id),
	    JSON_STRING_AT("html_url", run->url),
	    JSON_STRING_AT("conclusion", run->conclusion),
	    JSON_STRING_AT("status", listed.status),
	    JSON_STRING_AT("name", listed.name),
	    JSON_STRING_AT("display_title", listed.title),
	    JSON_STRING_AT("created_at", listed.created),
	};
	struct json_items items;
	int count = 0, more;

	json_items_open(&items, span_of(response->body, response->body_length),
	    "workflow_runs");
	while ((more = json_items_next(&items, members, COUNT(members))) > 0) {
		if (take_run(poll, &listed, target) < 0)
			return -1;
		count++;
	}
	return more < 0 ? -1 : count;
}

/* Requests one page.
 *
 * Returns how many runs it has, or -1. */
static int
ask(struct poll *poll, struct runs_target *target, unsigned page,
    struct api_outcome *outcome, struct error *e)
{
	const struct dispatch_job *job = poll->job->dispatch;
	struct deadline d =
	    deadline_sooner(poll->last, deadline_after(job->timeout));
	struct dispatch_storage *s = poll->storage;
	char path[API_PATH_SIZE];
	const struct api_request request = {
	    .method = "GET", .path = path, .credential = &s->credential};
	const struct api_call call = {.target = target->result.target,
	    .deadline = d,
	    .outcome = outcome,
	    .error = e};

	write_path(target, page, path);
	if (dispatch_renew(job, s, &call) < 0)
		return -1;
	session_send(&s->session, &request, &call);
	if (outcome->next != RETRY_DONE)
		return -1;
	return take_runs(poll, &s->session.response, target);
}

static void
end(struct runs_target *target, enum error_kind kind, const char *why,
    const char *hint)
{
	const struct target *repository = target->result.target;

	target->is_done = true;
	error_clear(&target->result.error);
	(void)error_set(&target->result.error, kind, "%s/%s: %s",
	    repository->owner, repository->name, why);
	if (hint != NULL)
		(void)error_hint(&target->result.error, hint);
}

/* After a response without a list of runs: decides whether to poll again, or to
 * end the target. */
static void
fail(struct poll *poll, struct runs_target *target,
    const struct api_outcome *outcome, const struct error *e)
{
	uint32_t pause = outcome->wait > 0 ? outcome->wait : 60;

	if (outcome->next == RETRY_AFTER && pause > poll->pause)
		poll->pause = pause;
	log_trace("%s/%s: cannot look for runs: %s",
	    target->result.target->owner, target->result.target->name, e->line);
	if (outcome->status < 400 || outcome->status > 499 ||
	    outcome->next == RETRY_AFTER || outcome->next == RETRY_SETTLE)
		return;
	end(target, ERROR_RUN_MISSING,
	    "the event was sent, but its runs cannot be read",
	    "the token needs Actions: read on the repository");
	error_append(&target->result.error, ": %s", e->line);
}

static void
end_with_runs(struct runs_target *target)
{
	const struct run *r = runs_deciding(target);

	target->is_done = true;
	if (runs_is_good(r))
		return;
	end(target, ERROR_RUN_FAILED, "run ", NULL);
	error_append(&target->result.error, "%s ended with %s: %s", r->id,
	    r->conclusion, r->url);
}

static void
end_without_runs(struct runs_target *target)
{
	end(target, ERROR_RUN_MISSING, "no run of the event was found",
	    "GitHub responds with 204 even if no workflow on the default "
	    "branch listens for this event type; if the payload has a "
	    "dispatch_id, the run-name must show it");
}

static void
poll_target(struct poll *poll, struct runs_target *target)
{
	struct api_outcome o = {.next = RETRY_NEVER};
	struct error e;
	unsigned page = 1;
	int found = RUNS_PAGE;
	bool complete;
	size_t i;

	error_clear(&e);
	target->count = 0;
	target->has_more = false;
	for (; found == RUNS_PAGE && page <= RUNS_PAGES_MAX; page++)
		found = ask(poll, target, page, &o, &e);
	if (found < 0) {
		target->count = target->last_count;
		target->was_complete = false;
		fail(poll, target, &o, &e);
		return;
	}
	complete = target->count > 0;
	for (i = 0; i < target->count; i++)
		complete = complete && target->list[i].conclusion[0] != '\0';
	if (target->has_more || found == RUNS_PAGE) {
		end(target, ERROR_RUN_MISSING, "too many runs to follow",
		    poll->id[0] == '\0' ? "a dispatch_id in the payload says "
					  "which runs to follow"
					: NULL);
	} else if (complete && target->was_complete &&
		   target->count == target->last_count) {
		end_with_runs(target);
	} else if (target->count == 0 && target->last_count == 0 &&
		   clock_milliseconds() - poll->began >= RUNS_APPEAR) {
		end_without_runs(target);
	}
	target->was_complete = complete;
	target->last_count = target->count;
}

/* Ends a target whose runs are still open: the time is up, and the last poll
 * decides, or a signal came. */
static void
end_open(struct runs_target *target)
{
	bool time_is_up = process_wait(0);

	if (target->count == 0) {
		end_without_runs(target);
	} else if (target->was_complete && time_is_up) {
		end_with_runs(target);
	} else if (time_is_up) {
		end(target, ERROR_RUN_MISSING, "its runs have not ended", NULL);
		(void)error_advise(&target->result.error, ADVICE_LONGER_WAIT);
	} else {
		end(target, ERROR_RUN_MISSING, "its runs have not ended",
		    "a signal ended the wait; the runs continue on GitHub");
	}
}

/* Returns whether there is more to wait for. */
static bool
poll_all(struct poll *poll, struct runs_list *list)
{
	bool open = false;
	size_t i;

	for (i = 0; i < list->count; i++) {
		struct runs_target *t = &list->targets[i];

		if (!t->is_done)
			poll_target(poll, t);
		open = open || !t->is_done;
	}
	return open;
}

/* Waits until the next poll.
 *
 * Returns false if the time is up, or after a signal. */
static bool
wait_for_next(struct poll *poll)
{
	uint32_t wait = poll->job->interval;
	int left = deadline_left(poll->deadline);

	if (wait < (uint64_t)poll->pause * 1000)
		wait = poll->pause > 86400 ? 86400000 : poll->pause * 1000;
	poll->pause = 0;
	if (left == 0)
		return false;
	return process_wait(wait < (uint32_t)left ? wait : (uint32_t)left);
}

/* Reads the payload's dispatch_id: a string, or a number as it is written.
 *
 * Returns 0, with "" if it is absent, or -1 if it cannot be searched for. */
static int
read_id(const struct payload *payload, char id[ID_SIZE])
{
	static const char path[] = "client_payload.dispatch_id";
	char text[ID_SIZE], number[ID_SIZE];
	struct json_member members[] = {
	    JSON_STRING_AT(path, text),
	    JSON_NUMBER_AT(path, number),
	};
	const struct json_member *member = &members[0];

	id[0] = '\0';
	if (json_read_members(span_of(payload->body, payload->body_length),
		members, COUNT(members)) < 0 ||
	    member->found == JSON_END)
		return 0;
	if (member->found == JSON_NUMBER)
		member = &members[1];
	if (member->found != member->kind || member->is_cut ||
	    member->length == 0 || strlen(member->text) != member->length)
		return -1;
	memcpy(id, member->text, member->length + 1);
	return 0;
}

int
runs_check_id(const struct payload *payload, struct error *e)
{
	char id[ID_SIZE];

	if (read_id(payload, id) == 0)
		return 0;
	return error_set(e, ERROR_PAYLOAD,
	    "dispatch_id must be a number or a string of 1 to %d bytes to find "
	    "the event's runs",
	    ID_SIZE - 1);
}

void
runs_follow(const struct runs_job *job, struct dispatch_storage *storage,
    struct runs_list *list)
{
	struct poll k = {.job = job,
	    .storage = storage,
	    .deadline = deadline_after(job->timeout),
	    .last = deadline_after(job->timeout + job->dispatch->timeout),
	    .began = clock_milliseconds()};
	size_t i;

	(void)read_id(&storage->payload, k.id);
	for (i = 0; i < list->count; i++) {
		list->targets[i].is_done =
		    list->targets[i].result.error.kind != ERROR_NONE;
	}
	while (poll_all(&k, list) && wait_for_next(&k))
		;
	session_close(&storage->session);
	for (i = 0; i < list->count; i++) {
		if (!list->targets[i].is_done)
			end_open(&list->targets[i]);
	}
}
