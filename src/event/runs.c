/* runs.c - all targets are polled, one after the other; then comes a wait, then
 * the next poll. A target is done when two polls in a row find the same number
 * of runs, all of them completed: a second workflow may start after the first
 * one has ended. When the time is up, one last poll is enough. Only the status
 * "completed" is an end. A poll that fails is repeated until the time is up. */
#include "event/runs.h"

#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "base/date.h"
#include "base/error.h"
#include "base/secrets.h"
#include "base/span.h"
#include "event/dispatch_id.h"
#include "event/run.h"
#include "github/session.h"
#include "os/clock.h"
#include "os/log.h"
#include "os/process.h"
#include "json/query.h"

#define APPEAR 300000 /* milliseconds until the first must exist */

/* What a poll needs. */
struct poll {
	const struct runs_job *job;
	struct dispatch_storage *storage;
	struct runs_list *list;
	struct deadline deadline; /* of all waits */
	struct deadline last;     /* of the poll after them */
	int64_t began;            /* clock_milliseconds() */
	uint32_t pause;           /* seconds that a server asked us to wait */
};

const struct run *
runs_deciding(const struct runs_target *target)
{
	const struct run *run;

	for (run = target->runs; run != NULL; run = run->next) {
		if (!run_is_good(run))
			return run;
	}
	return target->runs;
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

/* A run of a response. */
struct listed_run {
	struct run run;
	char name[RUN_TITLE_SIZE], title[RUN_TITLE_SIZE];
	char created[DATE_SIZE];
};

/* Whether a run belongs to the event: the run that shows its id or, without an
 * id, any run created since the event and before the first one had to appear,
 * whatever the server makes of our query. Dates of one form compare as text. */
static bool
is_ours(const struct runs_target *target, const struct listed_run *listed)
{
	char since[DATE_SIZE], until[DATE_SIZE];

	const char *id = target->result.dispatch_id;

	if (id[0] != '\0') {
		return dispatch_id_is_shown(listed->name, id) ||
		       dispatch_id_is_shown(listed->title, id);
	}
	date_write(since, target->result.outcome.time);
	date_write(until, target->result.outcome.time + APPEAR / 1000);
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

/* Returns the place of a run in its event's list: the newest is first, and has
 * the greatest id. */
static struct run **
place_of(struct runs_target *target, const char *id)
{
	struct run **place = &target->runs;
	size_t length = strlen(id), known;

	for (; *place != NULL; place = &(*place)->next) {
		known = strlen((*place)->id);
		if (known < length ||
		    (known == length && strcmp((*place)->id, id) <= 0))
			break;
	}
	return place;
}

/* Adds a run of a response if it belongs to the event. */
static void
take_run(const struct poll *poll, struct listed_run *listed,
    struct runs_target *target)
{
	const struct runs_listener *listener = poll->job->listener;
	struct run *run = &listed->run;
	struct runs_list *list = poll->list;
	struct run **place;

	if (!is_ours(target, listed))
		return;
	if (strcmp(run->status, "completed") != 0)
		run->conclusion[0] = '\0';
	hide_peer(run->status, sizeof(run->status));
	hide_peer(run->url, sizeof(run->url));
	hide_peer(run->workflow, sizeof(run->workflow));
	if (!run_is_good(run))
		hide_peer(run->conclusion, sizeof(run->conclusion));
	place = place_of(target, run->id);
	run->next = *place;
	if (*place != NULL && strcmp((*place)->id, run->id) == 0) {
		bool changed = strcmp((*place)->status, run->status) != 0;

		run->next = (*place)->next;
		**place = *run;
		if (changed)
			listener->changed(listener->context, target, *place);
		return;
	}
	target->has_more =
	    target->count == RUNS_MAX || list->runs_used == RUNS_POOL_MAX;
	if (target->has_more)
		return;
	list->runs[list->runs_used] = *run;
	*place = &list->runs[list->runs_used++];
	target->count++;
	listener->found(listener->context, target, *place);
}

/* Reads the runs of a response, and adds those that belong to the event if
 * takes.
 *
 * Returns how many runs the response has, or -1 if it is not a list of runs. */
static int
read_runs(const struct poll *poll, const struct http_response *response,
    bool takes, struct runs_target *target)
{
	struct listed_run listed = {.run = {.etag = ""}};
	struct run *run = &listed.run;
	struct json_member members[] = {
	    JSON_NUMBER_AT("id", run->id),
	    JSON_STRING_AT("html_url", run->url),
	    JSON_STRING_AT("conclusion", run->conclusion),
	    JSON_STRING_AT("status", run->status),
	    JSON_STRING_AT("name", listed.name),
	    JSON_STRING_AT("name", run->workflow),
	    JSON_STRING_AT("display_title", listed.title),
	    JSON_STRING_AT("created_at", listed.created),
	};
	struct json_items items;
	int count = 0, more;

	json_items_open(&items, span_of(response->body, response->body_length),
	    "workflow_runs");
	while ((more = json_items_next(&items, members, COUNT(members))) > 0) {
		if (is_ours(target, &listed) && run->id[0] == '\0')
			return -1;
		if (takes)
			take_run(poll, &listed, target);
		count++;
	}
	return more < 0 ? -1 : count;
}

/* A fault may come after runs that are valid. */
static int
take_runs(const struct poll *poll, const struct http_response *response,
    struct runs_target *target)
{
	if (read_runs(poll, response, false, target) < 0)
		return -1;
	return read_runs(poll, response, true, target);
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
	if (run_is_good(r))
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
	const struct run *run;
	bool complete;

	error_clear(&e);
	target->has_more = false;
	for (; found == RUNS_PAGE && page <= RUNS_PAGES_MAX; page++)
		found = ask(poll, target, page, &o, &e);
	if (found < 0) {
		target->was_complete = false;
		fail(poll, target, &o, &e);
		return;
	}
	complete = target->count > 0;
	for (run = target->runs; run != NULL; run = run->next)
		complete = complete && run_has_ended(run);
	if (target->has_more || found == RUNS_PAGE) {
		end(target, ERROR_RUN_MISSING, "too many runs to follow",
		    target->result.dispatch_id[0] == '\0'
			? "a dispatch_id in the payload says "
			  "which runs to follow"
			: NULL);
	} else if (complete && target->was_complete &&
		   target->count == target->last_count) {
		end_with_runs(target);
	} else if (target->count == 0 && target->last_count == 0 &&
		   clock_milliseconds() - poll->began >= APPEAR) {
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

void
runs_follow(const struct runs_job *job, struct dispatch_storage *storage,
    struct runs_list *list)
{
	struct poll k = {.job = job,
	    .storage = storage,
	    .list = list,
	    .deadline = deadline_after(job->timeout),
	    .last = deadline_after(job->timeout + job->dispatch->timeout),
	    .began = clock_milliseconds()};
	size_t i;

	for (i = 0; i < list->count; i++) {
		list->targets[i].is_done =
		    list->targets[i].result.error.kind != ERROR_NONE;
	}
	while (poll_all(&k, list) && wait_for_next(&k))
		;
	for (i = 0; i < list->count; i++) {
		if (!list->targets[i].is_done)
			end_open(&list->targets[i]);
	}
}
