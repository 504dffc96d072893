/* watch.c - each kind of request is a function: the run, its jobs, what it
 * waits for, of which the last two are read object by object, as far as they
 * have room. */
#include "event/watch.h"

#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/secrets.h"
#include "base/span.h"
#include "os/clock.h"
#include "os/log.h"
#include "json/query.h"
#include "json/reader.h"

#define PART_SIZE 128

void
watch_update(struct poll *poll, struct runs_target *target, struct run *run,
    const struct run *other)
{
	const struct runs_listener *listener = poll->job->listener;
	char before[sizeof(run->status)];
	uint32_t attempt = run->attempt;

	memcpy(before, run->status, sizeof(before));
	run_update(run, other);
	if (strcmp(before, run->status) == 0 && attempt == run->attempt)
		return;
	run->wants_details = true;
	run->waits_for[0] = '\0';
	if (attempt != run->attempt) {
		run->jobs = NULL;
		run->more_jobs = 0;
	}
	/* What it waits for is shown with it. */
	if (!run->is_heard || strcmp(run->status, "waiting") == 0)
		return;
	target->said_at = clock_milliseconds();
	listener->changed(listener->context, target, run);
}

/* Writes "/actions/runs/ID" and the rest. */
static void
write_part(char part[PART_SIZE], const struct run *run, const char *rest)
{
	struct buffer b;

	buffer_init(&b, part, PART_SIZE);
	buffer_format(&b, "/actions/runs/%s%s", run->id, rest);
}

/* Keeps a state that can be sent back. */
static void
keep_etag(struct run *run, const char *etag)
{
	size_t i;

	for (i = 0; etag[i] > ' ' && etag[i] <= '~'; i++)
		;
	run->etag[0] = '\0';
	if (etag[i] == '\0')
		memcpy(run->etag, etag, i + 1);
}

/* Returns whether it has been gone for long. */
static bool
is_lost(struct run *run, const struct api_outcome *outcome)
{
	int64_t now = clock_milliseconds();

	if (outcome->status != 404 && outcome->status != 410) {
		run->failures = 0;
		return false;
	}
	if (run->failures++ == 0)
		run->failing_since = now;
	return run->failures >= POLL_FAILURES &&
	       now - run->failing_since >= POLL_LASTS;
}

int
watch_poll(struct poll *poll, struct runs_target *target, struct run *run)
{
	char part[PART_SIZE];
	const struct poll_request request = {
	    .method = "GET", .part = part, .etag = run->etag};
	struct api_outcome outcome;
	struct run_listed listed;
	struct error e;

	write_part(part, run, "");
	if (poll_send(poll, target, &request, &outcome, &e) < 0) {
		if (is_lost(run, &outcome)) {
			poll_end(target, ERROR_RUN_MISSING,
			    "run %s cannot be read any more, and may have been "
			    "deleted: %s",
			    run->id, e.line);
		} else {
			(void)poll_fail(poll, target, &outcome, &e);
		}
		return -1;
	}
	run->failures = 0;
	poll_succeed(target);
	if (outcome.status == 304)
		return 0;
	if (run_read(poll_body(poll), &listed) < 0 ||
	    strcmp(listed.run.id, run->id) != 0) {
		log_trace("the response is not run %s", run->id);
		return -1;
	}
	keep_etag(run, outcome.etag);
	watch_update(poll, target, run, &listed.run);
	return 0;
}

/* Puts a peer's text into an array of this size; it is cut if it is long. */
static void
keep_text(char *out, size_t size, const char *text)
{
	struct buffer b;

	buffer_init(&b, out, size);
	secrets_hide_peer(&b, span_text(text));
}

/* Finds the first step of a job that failed. */
static void
read_step(struct span job, struct run_job *failed)
{
	char name[RUN_TEXT_SIZE / 2] = "", conclusion[RUN_ID_SIZE] = "";
	struct json_member members[] = {
	    JSON_STRING_AT("name", name),
	    JSON_STRING_AT("conclusion", conclusion),
	};
	struct json_items steps;

	json_items_open(&steps, job, "steps");
	while (json_items_next(&steps, members, COUNT(members)) > 0) {
		if (strcmp(conclusion, "failure") == 0) {
			keep_text(failed->step, sizeof(failed->step), name);
			return;
		}
	}
}

/* Adds a job if it failed. */
static void
read_job(struct poll *poll, struct run *run, struct span job)
{
	char name[RUN_TEXT_SIZE / 2] = "", url[RUN_URL_SIZE] = "";
	char conclusion[RUN_ID_SIZE] = "";
	struct json_member members[] = {
	    JSON_STRING_AT("name", name),
	    JSON_STRING_AT("html_url", url),
	    JSON_STRING_AT("conclusion", conclusion),
	};
	struct run_job failed = {.next = NULL};

	if (json_read_members(job, members, COUNT(members)) < 0 ||
	    (strcmp(conclusion, "failure") != 0 &&
		strcmp(conclusion, "timed_out") != 0))
		return;
	keep_text(failed.name, sizeof(failed.name), name);
	keep_text(failed.url, sizeof(failed.url), url);
	read_step(job, &failed);
	runs_add_job(poll->list, run, &failed);
}

static void
ask_jobs(struct poll *poll, struct runs_target *target, struct run *run)
{
	char part[PART_SIZE];
	const struct poll_request request = {.method = "GET", .part = part};
	struct api_outcome outcome;
	struct json_items jobs;
	enum json_event event;
	struct error e;

	write_part(part, run, "/jobs?filter=latest&per_page=100");
	if (poll_send(poll, target, &request, &outcome, &e) < 0) {
		log_trace("the jobs of run %s: %s", run->id, e.line);
		return;
	}
	json_items_open(&jobs, poll_body(poll), "jobs");
	while (jobs.is_inside &&
	       (event = json_next(&jobs.reader)) == JSON_OBJECT_BEGIN &&
	       json_whole(&jobs.reader, event) != JSON_FAULT)
		read_job(poll, run, jobs.reader.token);
}

/* Appends "environment NAME (approval of WHO)". */
static void
read_pending(struct buffer *b, struct span pending)
{
	char environment[RUN_TEXT_SIZE / 4] = "";
	char user[RUN_ACTOR_SIZE / 2] = "", team[RUN_ACTOR_SIZE / 2] = "";
	struct json_member members[] = {
	    JSON_STRING_AT("environment.name", environment),
	    JSON_STRING_AT("reviewers[0].reviewer.login", user),
	    JSON_STRING_AT("reviewers[0].reviewer.name", team),
	};
	const char *who = user;

	if (json_read_members(pending, members, COUNT(members)) < 0)
		return;
	if (who[0] == '\0')
		who = team;
	buffer_text(b, b->length > 0 ? ", environment " : "environment ");
	secrets_hide_peer(b, span_text(environment));
	if (who[0] == '\0')
		return;
	buffer_text(b, " (approval of ");
	secrets_hide_peer(b, span_text(who));
	buffer_text(b, ")");
}

/* The response is an array. */
static void
ask_pending(struct poll *poll, struct runs_target *target, struct run *run)
{
	char part[PART_SIZE];
	const struct poll_request request = {.method = "GET", .part = part};
	struct api_outcome outcome;
	struct json_reader r;
	enum json_event event;
	struct buffer b;
	struct error e;

	write_part(part, run, "/pending_deployments");
	if (poll_send(poll, target, &request, &outcome, &e) < 0) {
		log_trace("what run %s waits for: %s", run->id, e.line);
		return;
	}
	buffer_init(&b, run->waits_for, sizeof(run->waits_for));
	json_open(&r, poll_body(poll));
	if (json_next(&r) != JSON_ARRAY_BEGIN)
		return;
	while ((event = json_next(&r)) == JSON_OBJECT_BEGIN &&
	       json_whole(&r, event) != JSON_FAULT)
		read_pending(&b, r.token);
}

void
watch_details(struct poll *poll, struct runs_target *target)
{
	const struct runs_listener *listener = poll->job->listener;
	struct run *run;

	for (run = target->runs; run != NULL; run = run->next) {
		if (!run->wants_details)
			continue;
		run->wants_details = false;
		if (run_has_ended(run)) {
			if (!run_is_good(run) && !poll->job->ends_when_found)
				ask_jobs(poll, target, run);
		} else if (strcmp(run->status, "waiting") == 0) {
			ask_pending(poll, target, run);
			target->said_at = clock_milliseconds();
			listener->changed(listener->context, target, run);
		}
	}
}
