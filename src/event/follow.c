/* follow.c - a loop over the targets whose next poll is due, and a wait until
 * the next one is. After a poll a chain of rules says how the target goes on.
 * When the time is up, one last poll decides. */
#include "event/follow.h"

#include <string.h>

#include "base/array.h"
#include "base/error.h"
#include "event/allowance.h"
#include "event/cancel.h"
#include "event/find.h"
#include "event/poll.h"
#include "event/run.h"
#include "event/search.h"
#include "event/watch.h"
#include "os/clock.h"
#include "os/process.h"

#define AFTER_RESET 1000  /* milliseconds: the reset is in whole seconds */
#define HALF_MAX 43200000 /* milliseconds: no interval is longer than twice */

/* A run that GitHub named in its response. */
static void
add_given(struct poll *poll, struct runs_target *target)
{
	const struct runs_listener *listener = poll->job->listener;
	const struct dispatch_result *result = &target->result;
	struct run run = {.attempt = 1, .is_certain = true, .is_heard = true};
	struct run *added;

	memcpy(run.id, result->run_id, sizeof(run.id));
	memcpy(run.url, result->run_url, sizeof(run.url));
	memcpy(run.status, "queued", sizeof("queued"));
	added = runs_add(poll->list, target, &run);
	target->is_settled = added != NULL;
	if (added != NULL)
		listener->found(listener->context, target, added);
}

static void
begin_target(struct poll *poll, struct runs_target *target)
{
	const struct dispatch_result *result = &target->result;

	target->is_unknown = result->error.kind == ERROR_UNKNOWN &&
			     result->outcome.delivered == API_MAYBE &&
			     result->dispatch_id[0] != '\0';
	target->is_done =
	    result->error.kind != ERROR_NONE && !target->is_unknown;
	poll_begin(target);
	target->since = target->is_unknown ? 0 : result->outcome.time;
	target->find_until = result->sent + poll->job->find_timeout;
	target->next_at = result->sent + FOLLOW_FIRST;
	if (!target->is_done && result->run_id[0] != '\0')
		add_given(poll, target);
}

static bool
all_have_ended(const struct runs_target *target)
{
	const struct run *run;

	for (run = target->runs; run != NULL; run = run->next) {
		if (!run_has_ended(run))
			return false;
	}
	return true;
}

static void
end_with_runs(struct runs_target *target)
{
	const struct run *run = runs_deciding(target);

	target->is_done = true;
	if (!run_is_good(run)) {
		poll_end(target, ERROR_RUN_FAILED, "run %s ended with %s: %s%s",
		    run->id, run->conclusion, run->url,
		    run->is_certain ? "" : " (uncertain)");
	}
}

/* Whether it was not possible to look for its runs. */
static bool
is_unread(const struct runs_target *target)
{
	return target->is_troubled || !target->was_polled;
}

/* The hint that an unknown delivery has stays. */
static void
end_without_runs(struct runs_target *target)
{
	static const char listens[] =
	    "GitHub responds with 204 even if no workflow on the default "
	    "branch listens for this event type";
	struct error *error = &target->result.error;
	const struct dispatch_result *result = &target->result;

	if (target->is_unknown) {
		target->is_done = true;
		if (is_unread(target)) {
			error_append(error, "; its runs could not be read");
			return;
		}
		error_append(
		    error, "; no run shows its id %s", result->dispatch_id);
	} else if (result->workflow != NULL) {
		poll_end(target, ERROR_RUN_MISSING,
		    "no run of the workflow was found");
		(void)error_hint(error,
		    "GitHub accepted the request: check the runs of the "
		    "workflow before you send it again");
	} else if (result->dispatch_id[0] != '\0' && !result->id_is_ours) {
		poll_end(target, ERROR_RUN_MISSING,
		    "no run of the event was found: no title shows its id %s",
		    result->dispatch_id);
		(void)error_hint(error,
		    "a workflow on the default branch must listen for this "
		    "event type, and its run-name must show the id");
	} else {
		poll_end(
		    target, ERROR_RUN_MISSING, "no run of the event was found");
		(void)error_hint(error, listens);
	}
}

/* Which of them is the event's cannot be known. */
static void
end_ambiguous(struct runs_target *target)
{
	struct error *error = &target->result.error;
	const char *before = ":";
	const struct run *run;

	poll_end(target, ERROR_RUN_MISSING,
	    "ambiguous: several runs of one workflow may be the event's");
	for (run = target->runs; run != NULL; run = run->next) {
		if (run->is_ambiguous) {
			error_append(
			    error, "%s run %s: %s", before, run->id, run->url);
			before = ",";
		}
	}
	(void)error_advise(error, ADVICE_AMBIGUOUS);
}

/* A run shows the id of an event that may not have been delivered. */
static void
deliver(const struct poll *poll, struct runs_target *target)
{
	target->is_unknown = false;
	target->result.outcome.delivered = API_YES;
	error_clear(&target->result.error);
	poll_notice(poll, target,
	    "the event was delivered: run %s shows its id %s", target->runs->id,
	    target->result.dispatch_id);
}

/* Whether every run that can be meant is known. */
static bool
has_named(const struct poll *poll, const struct runs_target *target)
{
	return target->result.run_id[0] != '\0' ||
	       search_has_all(poll->job->workflows, poll->job->workflow_count,
		   target->runs);
}

/* Ends a target whose runs are not those of one event, or too many. */
static void
check_found(const struct poll *poll, struct runs_target *target)
{
	if (target->is_unknown && target->count > 0)
		deliver(poll, target);
	if (target->is_full) {
		poll_end(target, ERROR_RUN_MISSING, "too many runs to follow");
		return;
	}
	if (!find_is_ambiguous(target))
		return;
	if (!poll->job->follows_ambiguous) {
		end_ambiguous(target);
	} else if (!target->is_warned) {
		target->is_warned = true;
		poll_notice(poll, target,
		    "ambiguous: several runs of one workflow may be the "
		    "event's, and all of them are followed");
	}
}

/* Whether a run of the event must have appeared by now. An id that the user
 * gave decides, however late it is shown. */
static bool
is_overdue(const struct runs_target *target, int64_t asked)
{
	const struct dispatch_result *result = &target->result;

	return asked >= target->find_until &&
	       (target->is_unknown || result->id_is_ours ||
		   result->dispatch_id[0] == '\0');
}

/* After a poll: whether the target goes on. looked: the lists were read at that
 * time. */
static void
decide(const struct poll *poll, struct runs_target *target, bool looked,
    int64_t asked)
{
	bool names_all = has_named(poll, target);

	if (target->is_done)
		return;
	check_found(poll, target);
	if (target->is_done)
		return;
	if (target->count == 0) {
		if (looked && is_overdue(target, asked))
			end_without_runs(target);
		return;
	}
	/* Another run of the same workflow would make a likely one ambiguous.
	 */
	if ((names_all && target->runs->is_certain) ||
	    (looked && asked >= target->new_at + FOLLOW_SETTLES))
		target->is_settled = true;
	if (poll->job->ends_when_found) {
		target->is_done = names_all || poll->job->workflow_count == 0;
	} else if (target->is_settled && all_have_ended(target)) {
		end_with_runs(target);
	}
}

static void
poll_target(struct poll *poll, struct runs_target *target, bool is_last)
{
	int64_t asked = clock_milliseconds();
	bool looked = false;
	struct run *run;

	target->paid = 0;
	if (!target->is_settled)
		looked = find_read(poll, target, is_last) == 0;
	for (run = target->runs;
	     run != NULL && !target->is_done && !poll->job->ends_when_found;
	     run = run->next) {
		if (!run_has_ended(run))
			(void)watch_poll(poll, target, run);
	}
	if (!target->is_done)
		watch_details(poll, target);
	decide(poll, target, looked, asked);
	target->polls++;
}

/* Milliseconds from poll number n, from 1, to the next. */
static uint32_t
interval_after(const struct poll *poll, unsigned n)
{
	static const uint32_t first[] = {2000, 2000, 3000, 4000, 6000, 8000};
	uint32_t interval = first[COUNT(first) - 1];

	if (n <= COUNT(first))
		interval = first[n - 1];
	for (; n > COUNT(first) && interval < HALF_MAX; n--)
		interval += interval / 2;
	return interval < poll->job->interval ? interval : poll->job->interval;
}

static size_t
count_open(const struct runs_list *list)
{
	size_t count = 0, i;

	for (i = 0; i < list->count; i++)
		count += !list->targets[i].is_done;
	return count;
}

/* Sets the time of the next poll: as the interval and the rate limit say, but
 * sooner where something is decided then. */
static void
plan(const struct poll *poll, struct runs_target *target)
{
	int64_t now = clock_milliseconds(), due;
	int64_t interval = interval_after(poll, target->polls);
	int64_t share = (int64_t)allowance_gap(&poll->allowance, now) *
			(int64_t)count_open(poll->list) * target->paid;
	int64_t reset = poll->allowance.reset_at + AFTER_RESET - now;

	/* Then there is a new limit. */
	if (share > reset && reset > 0)
		share = reset;
	target->next_at = now + (share > interval ? share : interval);
	if (target->is_settled || share > interval)
		return;
	due = target->count > 0 ? target->new_at + FOLLOW_SETTLES
				: target->find_until;
	if (due > now && due < target->next_at &&
	    (target->count == 0 || all_have_ended(target)))
		target->next_at = due;
}

/* Polls those that are due, until a signal. */
static void
poll_due(struct poll *poll)
{
	struct runs_target *target;
	size_t i;

	for (i = 0; i < poll->list->count; i++) {
		target = &poll->list->targets[i];
		if (target->is_done || clock_milliseconds() < target->next_at ||
		    clock_milliseconds() < poll->paused_until)
			continue;
		if (!process_wait(0))
			return;
		poll_target(poll, target, false);
		plan(poll, target);
	}
}

/* CI systems end jobs that are silent for long. */
static void
say_still(const struct poll *poll, int64_t now)
{
	const struct runs_listener *listener = poll->job->listener;
	struct runs_target *target;
	const struct run *run;
	size_t i;

	for (i = 0; i < poll->list->count; i++) {
		target = &poll->list->targets[i];
		if (target->is_done || now < target->said_at + RUNS_STILL)
			continue;
		for (run = target->runs; run != NULL; run = run->next) {
			if (!run_has_ended(run))
				break;
		}
		if (run == NULL)
			run = target->runs;
		target->said_at = now;
		listener->still(listener->context, target, run);
	}
}

/* When there is something to do next. */
static int64_t
next_time(const struct poll *poll)
{
	const struct runs_target *target;
	int64_t next = INT64_MAX, at;
	size_t i;

	for (i = 0; i < poll->list->count; i++) {
		target = &poll->list->targets[i];
		if (target->is_done)
			continue;
		at = target->next_at > poll->paused_until ? target->next_at
							  : poll->paused_until;
		if (target->said_at + RUNS_STILL < at)
			at = target->said_at + RUNS_STILL;
		if (at < next)
			next = at;
	}
	return next;
}

/* Notifies the listener of the targets that have ended. */
static void
say_ended(const struct poll *poll)
{
	const struct runs_listener *listener = poll->job->listener;
	struct runs_target *target;
	size_t i;

	for (i = 0; i < poll->list->count; i++) {
		target = &poll->list->targets[i];
		if (!target->is_done || target->is_reported)
			continue;
		target->is_reported = true;
		listener->ended(listener->context, target);
	}
}

/* Polls until no target is open, the time is up, or a signal came. Returns
 * false after a signal. */
static bool
poll_all(struct poll *poll, struct deadline end)
{
	int64_t now, wait;
	int left;

	while (count_open(poll->list) > 0) {
		poll_due(poll);
		say_ended(poll);
		now = clock_milliseconds();
		say_still(poll, now);
		left = deadline_left(end);
		if (count_open(poll->list) == 0 || left == 0)
			break;
		wait = next_time(poll) - now;
		if (wait > left)
			wait = left;
		if (!process_wait(wait > 0 ? (uint32_t)wait : 0))
			return false;
	}
	return process_wait(0);
}

static bool
has_waiting(const struct runs_target *target)
{
	const struct run *run;

	for (run = target->runs; run != NULL; run = run->next) {
		if (!run_has_ended(run) && run->waits_for[0] != '\0')
			return true;
	}
	return false;
}

/* Ends a target when the time is up. */
static void
end_open(struct runs_target *target)
{
	if (target->count == 0 && !target->is_unknown && is_unread(target)) {
		poll_end(target, ERROR_RUN_MISSING,
		    "the event was sent, but its runs could not be read");
	} else if (target->count == 0) {
		end_without_runs(target);
	} else if (all_have_ended(target)) {
		end_with_runs(target);
		return;
	} else {
		poll_end(target, ERROR_RUN_MISSING, "its runs have not ended");
	}
	if (has_waiting(target)) {
		(void)error_hint(&target->result.error,
		    "a run waits for an approval, or for another rule of its "
		    "environment: its page says which");
	} else if (target->count > 0) {
		(void)error_advise(&target->result.error, ADVICE_LONGER_WAIT);
	}
}

/* What is true after a signal. Runs that are cancelled do not continue. */
static const char *
hint_of_signal(const struct poll *poll, const struct runs_target *target)
{
	if (target->count == 0) {
		return "a signal ended the wait; GitHub may still start runs "
		       "of "
		       "the event";
	}
	return poll->job->cancels
		   ? "a signal ended the wait"
		   : "a signal ended the wait; the runs continue on GitHub";
}

/* Ends a target after a signal. */
static void
stop(const struct poll *poll, struct runs_target *target)
{
	if (target->is_unknown) {
		end_without_runs(target);
		return;
	}
	poll_end(target, ERROR_RUN_MISSING, "%s",
	    target->count > 0 ? "its runs have not ended"
			      : "no run of the event is known yet");
	(void)error_hint(&target->result.error, hint_of_signal(poll, target));
}

static void
end_all(struct poll *poll, bool was_stopped)
{
	struct runs_target *target;
	size_t i;

	if (!was_stopped) {
		for (i = 0; i < poll->list->count && process_wait(0); i++) {
			target = &poll->list->targets[i];
			if (!target->is_done)
				poll_target(poll, target, true);
		}
		was_stopped = !process_wait(0);
	}
	poll->deadline = deadline_after(CANCEL_TIME);
	for (i = 0; i < poll->list->count; i++) {
		target = &poll->list->targets[i];
		if (target->is_done)
			continue;
		if (was_stopped) {
			stop(poll, target);
		} else {
			end_open(target);
		}
		if (poll->job->cancels)
			cancel_runs(poll, target);
	}
	say_ended(poll);
}

void
follow_runs(const struct runs_job *job, struct dispatch_storage *storage,
    struct runs_list *list)
{
	struct poll poll = {
	    .job = job,
	    .storage = storage,
	    .list = list,
	    .deadline = deadline_or_stop(
		deadline_after(job->timeout + job->dispatch->timeout)),
	};
	struct deadline end = deadline_after(job->timeout);
	bool goes_on;
	size_t i;

	for (i = 0; i < list->count; i++)
		begin_target(&poll, &list->targets[i]);
	goes_on = poll_all(&poll, end);
	end_all(&poll, !goes_on);
}
