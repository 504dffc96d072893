/* find.c - each run of a list is judged by search.h. Once all pages were read,
 * those that cannot be meant are taken out again, and the listener is notified
 * of the others. */
#include "event/find.h"

#include <string.h>

#include "base/buffer.h"
#include "base/date.h"
#include "base/error.h"
#include "event/search.h"
#include "event/watch.h"
#include "os/clock.h"

#define HINT_AFTER 15000 /* milliseconds */

/* One reading of the lists. */
struct reading {
	struct poll *poll;
	struct runs_target *target;
	struct search search;
	bool adopts;      /* likely runs are added */
	bool adopts_weak; /* whatever their titles are */
	bool is_past;     /* a run is older than all that are meant */
	size_t likely;    /* runs of the list that is read */
};

static bool
is_ours(const struct runs_target *target)
{
	return target->result.id_is_ours ||
	       target->result.dispatch_id[0] == '\0';
}

static void
begin(struct reading *reading, struct poll *poll, struct runs_target *target,
    bool is_last)
{
	const struct runs_job *job = poll->job;
	bool has_id = target->result.dispatch_id[0] != '\0';
	int64_t now = clock_milliseconds();
	bool is_late = is_last || now >= target->find_until;

	*reading = (struct reading){
	    .poll = poll,
	    .target = target,
	    .search =
		{
		    .event = target->result.workflow != NULL
				 ? "workflow_dispatch"
				 : "repository_dispatch",
		    .type = target->result.workflow != NULL
				? NULL
				: target->result.event_type,
		    .id = target->result.dispatch_id,
		    .ref = target->result.workflow != NULL
			       ? target->result.workflow->ref
			       : NULL,
		    .actor = "",
		    .workflows = job->workflows,
		    .workflow_count = job->workflow_count,
		},
	};
	reading->adopts =
	    !target->is_unknown && is_ours(target) && (is_late || !has_id);
	/* A better title may come a little later. */
	reading->adopts_weak =
	    reading->adopts &&
	    (is_late || now >= target->result.sent + HINT_AFTER);
	if (reading->adopts) {
		poll_find_actor(poll, target);
		reading->search.actor = poll->actor;
	}
}

/* Once the time of the event is known. An id that a user gave may be one that
 * other events have as well, of which one may be a minute older: it does not
 * prove that this event was delivered. */
static void
set_times(struct reading *reading)
{
	const struct runs_target *target = reading->target;

	reading->search.since = target->since;
	if (target->is_unknown && !target->result.id_is_ours)
		reading->search.since += SEARCH_SLACK;
	reading->search.until = reading->target->since +
				reading->poll->job->find_timeout / 1000 +
				SEARCH_SLACK;
}

static bool
has_run(const struct runs_target *target, bool (*is)(const struct run *run))
{
	const struct run *run;

	for (run = target->runs; run != NULL; run = run->next) {
		if (is(run))
			return true;
	}
	return false;
}

static bool
is_certain(const struct run *run)
{
	return run->is_certain;
}

static bool
is_uncertain(const struct run *run)
{
	return !run->is_certain;
}

static bool
has_type(const struct run *run)
{
	return !run->has_other_title;
}

static bool
is_weak(const struct run *run)
{
	return run->has_other_title;
}

static bool
is_ambiguous(const struct run *run)
{
	return run->is_ambiguous;
}

static void
remove_all(struct runs_target *target, bool (*is)(const struct run *run))
{
	struct run *run, *next;

	for (run = target->runs; run != NULL; run = next) {
		next = run->next;
		if (is(run))
			runs_remove(target, run);
	}
}

static void
add(struct reading *reading, const struct run_listed *listed,
    enum search_fit fit)
{
	struct runs_target *target = reading->target;
	struct run *run = runs_add(reading->poll->list, target, &listed->run);

	/* Those that it makes needless may have taken its place. */
	if (run == NULL && fit != SEARCH_WEAK) {
		remove_all(
		    target, fit == SEARCH_SHOWS ? is_uncertain : is_weak);
		target->is_full = false;
		run = runs_add(reading->poll->list, target, &listed->run);
	}
	if (run == NULL)
		return;
	run->is_certain = fit == SEARCH_SHOWS;
	run->has_other_title = fit == SEARCH_WEAK;
	run->wants_details = true;
}

/* Whether a run that is only likely is to be added. It is not if there is a
 * better one. */
static bool
adopts(const struct reading *reading, enum search_fit fit)
{
	if (has_run(reading->target, is_certain))
		return false;
	if (fit == SEARCH_WEAK) {
		return reading->adopts_weak &&
		       !has_run(reading->target, has_type);
	}
	return reading->adopts;
}

/* Whether a run shows the id of another event in the same repository. */
static bool
is_anothers(const struct reading *reading, const struct run_listed *listed)
{
	const struct runs_list *list = reading->poll->list;
	const struct runs_target *other;
	size_t i;

	for (i = 0; i < list->count; i++) {
		other = &list->targets[i];
		if (other != reading->target &&
		    runs_share_repository(reading->target, other) &&
		    search_shows(other->result.dispatch_id, listed))
			return true;
	}
	return false;
}

static void
take(void *context, const struct run_listed *listed)
{
	struct reading *reading = context;
	const struct runs_target *owner = NULL;
	struct run *known = runs_find(
	    reading->poll->list, reading->target, listed->run.id, &owner);
	enum search_fit fit;

	set_times(reading);
	if (listed->run.created < reading->search.since - SEARCH_SLACK)
		reading->is_past = true;
	if (known != NULL) {
		if (owner == reading->target) {
			watch_update(reading->poll, reading->target, known,
			    &listed->run);
		}
		return;
	}
	fit = search_judge(&reading->search, listed);
	if (fit == SEARCH_SHOWS) {
		add(reading, listed, fit);
	} else if (fit != SEARCH_NOT && !is_anothers(reading, listed)) {
		reading->likely++;
		if (adopts(reading, fit))
			add(reading, listed, fit);
	}
}

static void
write_part(const struct reading *reading, bool is_filtered, unsigned page,
    char part[API_PATH_SIZE])
{
	char since[DATE_SIZE];
	struct buffer b;

	buffer_init(&b, part, API_PATH_SIZE);
	buffer_text(&b, "/actions/runs?");
	if (is_filtered) {
		date_write(since, reading->target->since - SEARCH_SLACK);
		buffer_format(&b, "event=%s&created=%%3E%%3D%s&",
		    reading->search.event, since);
	}
	buffer_format(&b, "exclude_pull_requests=true&per_page=%d&page=%u",
	    RUNS_PAGE, page);
}

/* Reads one of the lists. */
static int
read_list(struct reading *reading, bool is_filtered,
    struct api_outcome *outcome, struct error *e)
{
	char part[API_PATH_SIZE];
	const struct poll_request request = {.method = "GET", .part = part};
	int count = RUNS_PAGE;
	unsigned page;

	reading->is_past = false;
	for (page = 1;
	     page <= RUNS_PAGES_MAX && count == RUNS_PAGE && !reading->is_past;
	     page++) {
		write_part(reading, is_filtered, page, part);
		if (poll_send(reading->poll, reading->target, &request, outcome,
			e) < 0)
			return -1;
		count = run_read_list(poll_body(reading->poll), take, reading);
		if (count < 0) {
			return error_set(e, ERROR_REFUSED,
			    "the response is not a list of runs");
		}
	}
	return 0;
}

/* How many runs of one workflow a target has. The oldest is *last. */
static size_t
count_runs(
    const struct runs_target *target, const char *workflow, struct run **last)
{
	struct run *run;
	size_t count = 0;

	for (run = target->runs; run != NULL; run = run->next) {
		if (strcmp(run->workflow_id, workflow) != 0)
			continue;
		count++;
		*last = run;
	}
	return count;
}

/* Whether two targets are the same repository and got the same event. */
static bool
is_sibling(const struct runs_target *one, const struct runs_target *other)
{
	const char *type = one->result.event_type;

	if (one == other || !runs_share_repository(one, other))
		return false;
	return type == NULL || strcmp(type, other->result.event_type) == 0;
}

/* How many events of a repository have no run of a workflow, this one
 * included. */
static size_t
count_events(const struct runs_list *list, const struct runs_target *target,
    const char *workflow)
{
	struct run *ignored = NULL;
	size_t count = 1, i;

	for (i = 0; i < list->count; i++) {
		count += !list->targets[i].is_done &&
			 is_sibling(target, &list->targets[i]) &&
			 count_runs(&list->targets[i], workflow, &ignored) == 0;
	}
	return count;
}

/* An event starts a workflow once. No run is certain. */
static void
part_runs(const struct poll *poll, struct runs_target *target)
{
	struct run *run, *next, *first = NULL;
	size_t count;

	for (run = target->runs; run != NULL; run = next) {
		next = run->next;
		count = count_runs(target, run->workflow_id, &first);
		if (count < 2 || run->is_heard)
			continue;
		if (count >
		    count_events(poll->list, target, run->workflow_id)) {
			run->is_ambiguous = true;
			first->is_ambiguous = true;
		} else if (run != first) {
			runs_remove(target, run);
		}
	}
}

bool
find_is_ambiguous(const struct runs_target *target)
{
	return has_run(target, is_ambiguous);
}

/* Why a likely run is not certain. */
static void
notice_uncertain(
    const struct poll *poll, struct runs_target *target, const struct run *run)
{
	const char *id = target->result.dispatch_id;

	if (target->result.workflow != NULL) {
		poll_notice(poll, target,
		    "uncertain: run %s fits the workflow by its time only",
		    run->id);
	} else if (id[0] == '\0') {
		poll_notice(poll, target,
		    "uncertain: the payload has no room for an id, and run %s "
		    "fits the event by its type and time only",
		    run->id);
	} else {
		poll_notice(poll, target,
		    "uncertain: no title shows the id %s, and run %s fits the "
		    "event by its type and time only",
		    id, run->id);
	}
}

/* Notifies the listener of the runs that are new. Returns how many there
 * are. */
static size_t
hear_new(const struct poll *poll, struct runs_target *target)
{
	const struct runs_listener *listener = poll->job->listener;
	struct run *run;
	size_t count = 0;

	for (run = target->runs; run != NULL; run = run->next) {
		if (run->is_heard)
			continue;
		run->is_heard = true;
		count++;
		target->said_at = clock_milliseconds();
		listener->found(listener->context, target, run);
		if (!run->is_certain)
			notice_uncertain(poll, target, run);
	}
	return count;
}

/* Takes out what cannot be meant. */
static void
sort_out(const struct reading *reading)
{
	struct runs_target *target = reading->target;

	if (has_run(target, is_certain)) {
		remove_all(target, is_uncertain);
		return;
	}
	if (has_run(target, has_type))
		remove_all(target, is_weak);
	part_runs(reading->poll, target);
}

static void
hint(const struct reading *reading)
{
	struct runs_target *target = reading->target;
	int64_t now = clock_milliseconds();
	char until[80];
	struct buffer b;

	if (reading->likely == 0 || reading->adopts || target->count > 0 ||
	    target->is_hinted || now < target->result.sent + HINT_AFTER)
		return;
	target->is_hinted = true;
	buffer_init(&b, until, sizeof(until));
	if (is_ours(target)) {
		buffer_format(&b,
		    "waiting for one that does until %u s after the event",
		    (unsigned)(reading->poll->job->find_timeout / 1000));
	} else {
		buffer_text(&b, "no other counts");
	}
	poll_notice(reading->poll, target,
	    "%zu run%s may be the event's, but no title shows its id %s: %s "
	    "(the run-name of the workflow must show it)",
	    reading->likely, reading->likely == 1 ? "" : "s",
	    target->result.dispatch_id, until);
}

/* A likely run may have been in the lists for long, so its own date of creation
 * counts. */
static void
set_new(const struct reading *reading)
{
	struct runs_target *target = reading->target;
	const struct run *run;
	int64_t age;

	target->new_at = clock_milliseconds();
	if (!has_run(target, is_certain) && target->runs != NULL) {
		run = target->runs;
		age = run->created - target->since;
		target->new_at =
		    target->result.sent + (age > 0 ? age * 1000 : 0);
	}
}

int
find_read(struct poll *poll, struct runs_target *target, bool is_last)
{
	struct reading reading;
	struct api_outcome outcome;
	struct error e;
	size_t likely;
	int result, other = -1;

	error_clear(&e);
	begin(&reading, poll, target, is_last);
	result = read_list(&reading, false, &outcome, &e);
	likely = reading.likely;
	reading.likely = 0;
	/* Every second time, and where the first source is of no use. */
	if (target->since != 0 &&
	    (result < 0 || is_last || target->polls % 2 == 1) &&
	    outcome.next != RETRY_AFTER && !deadline_passed(poll->deadline)) {
		struct api_outcome ignored;
		struct error ignored_error;

		error_clear(&ignored_error);
		other = read_list(&reading, true, &ignored, &ignored_error);
	}
	/* Most runs are in both lists. */
	if (reading.likely < likely)
		reading.likely = likely;
	sort_out(&reading);
	if (hear_new(poll, target) > 0)
		set_new(&reading);
	if (result < 0 && other < 0) {
		(void)poll_fail(poll, target, &outcome, &e);
		return -1;
	}
	poll_succeed(target);
	hint(&reading);
	return 0;
}
