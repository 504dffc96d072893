/* follow_test.c - how runs are followed in time, on a clock that costs none:
 * how many requests an hour of a hundred targets takes, when the search ends,
 * what the listener is notified of, and when. */
/* Fakes: os/clock os/process net/connection fakes/github. */
#include "event/follow.h"

#include <inttypes.h>
#include <string.h>

#include "base/array.h"
#include "base/error.h"
#include "base/span.h"
#include "event/dispatch.h"
#include "event/runs.h"
#include "fakes/clock.h"
#include "fakes/connection.h"
#include "fakes/github.h"
#include "fakes/key.h"
#include "fakes/process.h"
#include "os/clock.h"
#include "tap.h"

#define MINUTES(n) ((int64_t)(n)*60000)
#define HOURLY 5000 /* GitHub's limit of a user's token */

static struct dispatch_storage storage;
static struct target_list targets;
static struct field_list fields;
static struct runs_list list;
static const struct url api = {.host = "api.test", .port = 443};
static struct proxy no_proxy;

/* What the listener was notified of. */
static struct {
	size_t found, changed, still, notices, ended;
	int64_t first_found; /* since the event */
	int64_t first_ended; /* of all targets, by the clock */
	int64_t longest;     /* without a word */
	int64_t last;
} heard;

static void
note_time(void)
{
	int64_t now = fake_clock_now();

	if (now - heard.last > heard.longest)
		heard.longest = now - heard.last;
	heard.last = now;
}

static void
found(void *context, const struct runs_target *target, const struct run *run)
{
	(void)context;
	(void)target;
	(void)run;
	if (heard.found++ == 0) {
		heard.first_found =
		    fake_clock_now() - fake_github_counted().first_event;
	}
	note_time();
}

static void
changed(void *context, const struct runs_target *target, const struct run *run)
{
	(void)context;
	(void)target;
	(void)run;
	heard.changed++;
	note_time();
}

static void
still(void *context, const struct runs_target *target, const struct run *run)
{
	(void)context;
	(void)target;
	(void)run;
	heard.still++;
	note_time();
}

static void
notice(void *context, const struct runs_target *target, const char *why)
{
	(void)context;
	(void)target;
	(void)why;
	heard.notices++;
	note_time();
}

static void
ended(void *context, const struct runs_target *target)
{
	(void)context;
	if (target->is_done && heard.ended++ == 0)
		heard.first_ended = fake_clock_now();
}

static void
sent(void *context, const struct dispatch_result *result)
{
	(void)context;
	list.targets[list.count++].result = *result;
}

static void
waits(void *context, const struct target *target, uint32_t milliseconds,
    const struct error *why)
{
	(void)context;
	(void)target;
	(void)milliseconds;
	(void)why;
}

static void
set_targets(size_t count)
{
	char name[24];
	struct error e;
	size_t i;

	error_clear(&e);
	target_clear(&targets);
	for (i = 0; i < count; i++) {
		(void)snprintf(name, sizeof(name), "n%zu", i);
		if (target_set(&targets.list[i], span_text("o"),
			span_text(name), &e) == 0)
			targets.count++;
	}
}

/* How an event is sent and followed. */
struct way {
	const char *json;     /* the payload; NULL: {} */
	const char *workflow; /* --only-workflow, or NULL */
	size_t targets;       /* 0: one */
	uint32_t timeout, interval, find_timeout, pace;
	bool ends_when_found;
};

/* Sends and follows.
 *
 * Returns how many milliseconds passed since the last event was sent. */
static int64_t
follow(const struct way *way)
{
	static char token[] = "ghp_0123456789abcdefghij", copy[sizeof(token)];
	const struct dispatch_listener sending = {
	    .finished = sent, .waits = waits};
	const struct runs_listener listener = {.found = found,
	    .changed = changed,
	    .still = still,
	    .notice = notice,
	    .ended = ended};
	struct dispatch_job job = {
	    .api = &api,
	    .proxy = &no_proxy,
	    .targets = &targets,
	    .event_type = "deploy",
	    .parts = {.json = way->json != NULL ? way->json : "{}",
		.fields = &fields},
	    .token = copy,
	    .token_origin = "GH_PAT",
	    .connect_timeout = 10000,
	    .timeout = 60000,
	    .pace = way->pace,
	    .id_key = "dispatch_id",
	};
	struct runs_job runs = {
	    .dispatch = &job,
	    .listener = &listener,
	    .timeout = way->timeout > 0 ? way->timeout : 4000000,
	    .interval = way->interval > 0 ? way->interval : 10000,
	    .find_timeout = way->find_timeout > 0 ? way->find_timeout : 300000,
	    .ends_when_found = way->ends_when_found,
	};
	struct error e;
	int64_t began;

	if (way->workflow != NULL)
		runs.workflows[runs.workflow_count++] =
		    span_text(way->workflow);
	memcpy(copy, token, sizeof(copy));
	set_targets(way->targets > 0 ? way->targets : 1);
	memset(&heard, 0, sizeof(heard));
	memset(&list, 0, sizeof(list));
	error_clear(&e);
	if (dispatch_take_credential(&job, &storage, deadline_after(1000), &e) <
		0 ||
	    dispatch_prepare(&job, &storage, deadline_after(1000), &e) < 0) {
		tap_ok(false, "prepared: %s", e.line);
		return -1;
	}
	dispatch_send(&job, &storage, &sending);
	began = heard.last = fake_clock_now();
	follow_runs(&runs, &storage, &list);
	return fake_clock_now() - began;
}

static enum error_kind
kind_of(size_t target)
{
	return list.targets[target].result.error.kind;
}

static void
test_hour(void)
{
	static const struct fake_run hour = {.file = "a.yml",
	    .appears = 2000,
	    .ends = MINUTES(58),
	    .conclusion = "success"};
	struct fake_github_count c;
	size_t i, good = 0;
	int64_t took;

	fake_github_play(&hour, 1, HOURLY);
	took = follow(&(const struct way){.targets = RUNS_TARGETS_MAX});
	c = fake_github_counted();
	for (i = 0; i < list.count; i++)
		good += kind_of(i) == ERROR_NONE;
	printf("# 100 targets, runs of 58 minutes: %zu requests, %zu of which "
	       "the rate limit counts; %" PRId64 " s\n",
	    c.all, c.costly, took / 1000);
	tap_number((int64_t)good, RUNS_TARGETS_MAX,
	    "a hundred targets have succeeded after an hour");
	tap_ok(c.costly < HOURLY, "they share the limit of one token");
	tap_ok(took < MINUTES(61), "each end is seen soon");
	tap_number((int64_t)heard.found, RUNS_TARGETS_MAX,
	    "each run is reported as found");
	tap_ok(heard.longest <= MINUTES(4), "a line is due every few minutes");
}

static void
test_silence(void)
{
	static const struct fake_run run = {.file = "a.yml",
	    .appears = 1000,
	    .ends = MINUTES(30),
	    .conclusion = "success"};
	struct fake_github_count c;

	fake_github_play(&run, 1, HOURLY);
	(void)follow(&(const struct way){0});
	c = fake_github_counted();
	tap_number(kind_of(0), ERROR_NONE, "a run of half an hour succeeds");
	tap_ok(heard.still >= 9, "a line comes at least every 3 minutes");
	tap_ok(c.runs > 100, "it is polled often");
	tap_ok(
	    c.costly < 60, "polls of a run that does not change cost nothing");
}

static bool
is_between(int64_t took, int64_t least, int64_t most)
{
	return took >= least && took <= most;
}

/* Each target ends when its own runs have. */
static void
test_ends(void)
{
	static const struct fake_run run = {.file = "a.yml",
	    .appears = 1000,
	    .ends = MINUTES(2),
	    .conclusion = "success"};

	fake_github_play(&run, 1, HOURLY);
	(void)follow(&(const struct way){.targets = 2, .pace = MINUTES(1)});
	tap_number((int64_t)heard.ended, 2, "the end of each target is heard");
	tap_ok(fake_clock_now() - heard.first_ended > 40000,
	    "without the wait for the end of the others");
}

/* The search ends. */
static void
test_search(void)
{
	static const struct fake_run brief[] = {
	    {.file = "a.yml",
		.appears = 1000,
		.ends = 5000,
		.conclusion = "success"},
	    {.file = "b.yml",
		.appears = 9000,
		.ends = 12000,
		.conclusion = "failure"},
	};
	int64_t took;

	fake_github_play(brief, 1, HOURLY);
	took = follow(&(const struct way){0});
	tap_number(kind_of(0), ERROR_NONE, "a run of 5 s succeeds");
	tap_ok(is_between(took, 15000, 25000),
	    "it is reported after some twenty seconds: %" PRId64 " ms", took);

	fake_github_play(brief, 1, HOURLY);
	took = follow(&(const struct way){.workflow = "a.yml"});
	tap_number(kind_of(0), ERROR_NONE, "a run of --only-workflow succeeds");
	tap_ok(took < 12000, "it is reported at once: %" PRId64 " ms", took);

	fake_github_play(brief, 2, HOURLY);
	took = follow(&(const struct way){0});
	tap_number(kind_of(0), ERROR_RUN_FAILED, "a second, late run counts");
	tap_number((int64_t)list.targets[0].count, 2, "both are known");
	tap_ok(is_between(took, 24000, 36000),
	    "15 s after it the search ends: %" PRId64 " ms", took);

	fake_github_play(brief, 1, HOURLY);
	took = follow(&(const struct way){.ends_when_found = true});
	tap_number(kind_of(0), ERROR_NONE, "--find-run finds it");
	tap_ok(took < 5000, "and ends: %" PRId64 " ms", took);
}

/* How long a run may take to appear. */
static void
test_find_timeout(void)
{
	static const struct fake_run late = {.file = "a.yml",
	    .appears = 400000,
	    .ends = 410000,
	    .conclusion = "success"};
	static const struct fake_run untitled = {.file = "a.yml",
	    .hides_id = true,
	    .appears = 1000,
	    .ends = 2000,
	    .conclusion = "success"};
	int64_t took;

	fake_github_play(&late, 1, HOURLY);
	took = follow(&(const struct way){0});
	tap_number(kind_of(0), ERROR_RUN_MISSING, "no run appears");
	tap_ok(is_between(took, 295000, 330000),
	    "the search ends after 300 s: %" PRId64 " ms", took);

	fake_github_play(&late, 1, HOURLY);
	took = follow(&(const struct way){.find_timeout = 20000});
	tap_ok(is_between(took, 19000, 35000),
	    "--find-timeout ends it sooner: %" PRId64 " ms", took);

	fake_github_play(&late, 1, HOURLY);
	(void)follow(&(const struct way){.json = "{\"dispatch_id\":\"u-1\"}"});
	tap_number(kind_of(0), ERROR_NONE,
	    "a user's id is searched for during the whole wait");

	fake_github_play(&untitled, 1, HOURLY);
	took = follow(&(const struct way){.find_timeout = 30000});
	tap_number(kind_of(0), ERROR_NONE, "a run that shows no id counts");
	tap_ok(took >= 29000, "once --find-timeout has passed");
	tap_number((int64_t)list.targets[0].count, 1, "it is known");
	tap_ok(!list.targets[0].runs->is_certain, "it is uncertain");

	fake_github_play(&untitled, 1, HOURLY);
	(void)follow(&(const struct way){
	    .json = "{\"dispatch_id\":\"u-1\"}", .timeout = 100000});
	tap_number(kind_of(0), ERROR_RUN_MISSING,
	    "with a user's id no other run counts");
}

/* A machine whose clock was never set. */
static void
test_1970(void)
{
	static const struct fake_run run = {.file = "a.yml",
	    .hides_id = true,
	    .appears = 3000,
	    .ends = 9000,
	    .conclusion = "success"};
	static const int64_t dates[] = {
	    0, FAKE_CLOCK_DATE - 3600, FAKE_CLOCK_DATE + 3600, FAKE_CLOCK_DATE};
	size_t i;

	for (i = 0; i < COUNT(dates); i++) {
		fake_clock_set_date(dates[i]);
		fake_github_play(&run, 1, HOURLY);
		(void)follow(&(const struct way){.find_timeout = 20000});
		tap_number(kind_of(0), ERROR_NONE,
		    "a run is found by GitHub's clock, here it is %" PRId64,
		    dates[i]);
	}
	fake_clock_set_date(FAKE_CLOCK_DATE + fake_clock_now() / 1000);
}

/* Failures that do not end the wait. */
static void
test_troubles(void)
{
	static const struct fake_run run = {.file = "a.yml",
	    .appears = 1000,
	    .ends = MINUTES(10),
	    .conclusion = "success"};
	static const struct {
		int status;
		int64_t from, to; /* since the event */
	} troubles[] = {
	    {404, 60000, 62000},
	    {408, 60000, 62000},
	    {401, 60000, 62000},
	    {422, 60000, 62000},
	    {500, 60000, 62000},
	    {503, 60000, MINUTES(6)},
	    {429, 60000, MINUTES(3)},
	    {404, 1, 2500},
	    {503, 1, MINUTES(2)},
	};
	size_t i;

	for (i = 0; i < COUNT(troubles); i++) {
		fake_github_play(&run, 1, HOURLY);
		fake_github_fail(troubles[i].status,
		    fake_clock_now() + 300 + troubles[i].from,
		    fake_clock_now() + 300 + troubles[i].to);
		(void)follow(&(const struct way){0});
		tap_number(kind_of(0), ERROR_NONE,
		    "%d from %" PRId64 " to %" PRId64 " s does not end it",
		    troubles[i].status, troubles[i].from / 1000,
		    troubles[i].to / 1000);
	}
}

/* What is left of the limit lasts until the reset. */
static void
test_scarce(void)
{
	static const struct fake_run run = {.file = "a.yml",
	    .appears = 1000,
	    .ends = MINUTES(50),
	    .conclusion = "success"};
	struct fake_github_count c;

	fake_github_play(&run, 1, 1000);
	(void)follow(&(const struct way){.targets = 50});
	c = fake_github_counted();
	tap_number(
	    (int64_t)c.refused, 0, "50 targets keep to 1000 requests an hour");
	tap_number(kind_of(49), ERROR_NONE, "and each is followed to its end");
}

/* What is left is less than one request for each target. Two more hours have
 * requests for the list and the run of each. */
static void
test_used_up(void)
{
	static const struct fake_run run = {.file = "a.yml",
	    .appears = 1000,
	    .ends = MINUTES(1),
	    .conclusion = "success"};
	int64_t reset = MINUTES(60) - fake_clock_now() % MINUTES(60), took;

	fake_github_play(&run, 1, 45);
	took = follow(&(const struct way){.targets = 40, .timeout = 86400000});
	tap_number(kind_of(39), ERROR_NONE, "a limit that is used up is reset");
	tap_ok(took < reset + MINUTES(125),
	    "and polls go on then: %" PRId64 " s", took / 1000);
}

/* More runs than can be followed are other events', and one shows the id
 * shortly before the others would do. */
static void
test_crowd(void)
{
	static struct fake_run crowd[RUNS_MAX + 9];
	size_t i;

	for (i = 0; i < COUNT(crowd); i++) {
		crowd[i] = (struct fake_run){.file = "a.yml",
		    .hides_id = i > 0,
		    .appears = i > 0 ? 1000 : 295000,
		    .ends = 320000,
		    .conclusion = "success"};
	}
	fake_github_play(crowd, COUNT(crowd), HOURLY);
	(void)follow(&(const struct way){0});
	tap_number(kind_of(0), ERROR_NONE,
	    "a run that shows the id counts among many others");
	tap_number((int64_t)list.targets[0].count, 1, "and no other does");
}

/* It is not known whether the event was delivered. */
static void
test_unknown(void)
{
	static const struct fake_run run = {.file = "a.yml",
	    .appears = 1000,
	    .ends = 9000,
	    .conclusion = "success"};
	static const struct fake_run older = {.file = "a.yml",
	    .appears = -30000,
	    .ends = -20000,
	    .conclusion = "success"};
	static const char user[] = "{\"dispatch_id\":\"1\"}";
	int64_t took;

	fake_github_play(&run, 1, HOURLY);
	fake_github_lose();
	(void)follow(&(const struct way){0});
	tap_number(kind_of(0), ERROR_NONE, "a run that shows our id decides");

	fake_github_play(&run, 1, HOURLY);
	fake_github_lose();
	(void)follow(&(const struct way){.json = user});
	tap_number(kind_of(0), ERROR_NONE, "so does one with a user's id");

	fake_github_play(&older, 1, HOURLY);
	fake_github_lose();
	(void)follow(&(const struct way){.json = user});
	tap_number(kind_of(0), ERROR_UNKNOWN,
	    "one that is older than the event does not");

	fake_github_play(&run, 1, HOURLY);
	fake_github_lose();
	fake_github_fail(
	    403, fake_clock_now() + 200, fake_clock_now() + MINUTES(100));
	took = follow(&(const struct way){0});
	tap_number(kind_of(0), ERROR_UNKNOWN, "it stays so without rights");
	tap_ok(took < MINUTES(2), "and is not waited for: %" PRId64 " s",
	    took / 1000);
}

static void
test_signal(void)
{
	static const struct fake_run run = {.file = "a.yml",
	    .appears = 1000,
	    .ends = MINUTES(50),
	    .conclusion = "success"};
	int64_t at = fake_clock_now() + 100000;

	fake_github_play(&run, 1, HOURLY);
	fake_process_signal_at(at);
	(void)follow(&(const struct way){.interval = 60000});
	tap_number(kind_of(0), ERROR_RUN_MISSING, "a signal ends the wait");
	tap_ok(fake_clock_now() - at <= 1000, "within a second");
	tap_number((int64_t)list.targets[0].count, 1, "the run stays known");
	fake_process_signal_at(FAKE_PROCESS_NO_SIGNAL);
}

int
main(void)
{
	test_hour();
	test_silence();
	test_ends();
	test_search();
	test_find_timeout();
	test_1970();
	test_troubles();
	test_scarce();
	test_used_up();
	test_crowd();
	test_unknown();
	test_signal();
	return tap_done();
}
