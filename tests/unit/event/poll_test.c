/* poll_test.c - single requests about runs, and what each response does to a
 * target: its path, its runs, and whether the wait goes on. The server is a
 * list of responses. */
/* Fakes: os/clock os/process net/connection. */
#include "event/poll.h"

#include <string.h>

#include "base/array.h"
#include "base/error.h"
#include "base/span.h"
#include "event/cancel.h"
#include "event/watch.h"
#include "fakes/clock.h"
#include "fakes/connection.h"
#include "fakes/process.h"
#include "tap.h"

#define HEAD "X-GitHub-Request-Id: A:1\r\n"
/* The end of the connection ends the body. */
#define OK(body) "HTTP/1.1 200 OK\r\n" HEAD "\r\n" body
#define STATUS(number) \
	"HTTP/1.1 " number " X\r\n" HEAD "Content-Length: 0\r\n\r\n"
#define MOVED(to)                                                 \
	"HTTP/1.1 307 X\r\n" HEAD "Location: https://api.test" to \
	"\r\nContent-Length: 0\r\n\r\n"

static struct dispatch_storage storage;
static struct runs_list list;
static struct target_list targets;
static struct field_list fields;
static const struct url api = {.host = "api.test", .port = 443};
static struct proxy no_proxy;
static struct dispatch_job dispatch;
static struct runs_job job;
static struct poll poll;
static struct runs_target *const target = &list.targets[0];

static size_t changes, notices;
static char notice[1024];

static void
hear_changed(void *context, const struct runs_target *of, const struct run *run)
{
	(void)context;
	(void)of;
	(void)run;
	changes++;
}

static void
hear_notice(void *context, const struct runs_target *of, const char *why)
{
	(void)context;
	(void)of;
	notices++;
	(void)snprintf(notice, sizeof(notice), "%s", why);
}

static const struct runs_listener listener = {
    .changed = hear_changed, .notice = hear_notice};

/* Prepares a target to which an event was sent just now with this token. */
static void
begin(const char *given)
{
	static char token[64];
	struct error e;

	error_clear(&e);
	strcpy(token, given);
	dispatch = (struct dispatch_job){.api = &api,
	    .proxy = &no_proxy,
	    .targets = &targets,
	    .event_type = "deploy",
	    .parts = {.json = "{}", .fields = &fields},
	    .token = token,
	    .token_origin = "GH_PAT",
	    .connect_timeout = 10000,
	    .timeout = 60000};
	job = (struct runs_job){.dispatch = &dispatch, .listener = &listener};
	poll = (struct poll){.job = &job,
	    .storage = &storage,
	    .list = &list,
	    .deadline = deadline_after(600000)};
	target_clear(&targets);
	if (target_set(&targets.list[0], span_text("o"), span_text("n"), &e) ==
	    0)
		targets.count = 1;
	if (dispatch_take_credential(
		&dispatch, &storage, deadline_after(1000), &e) < 0 ||
	    dispatch_prepare(&dispatch, &storage, deadline_after(1000), &e) < 0)
		tap_ok(false, "prepared: %s", e.line);
	session_close(&storage.session);
	storage.session.token_expires = 0;
	memset(&list, 0, sizeof(list));
	list.count = 1;
	target->result.target = &targets.list[0];
	strcpy(target->result.path, "/repos/o/n/dispatches");
	poll_begin(target);
	changes = notices = 0;
	notice[0] = '\0';
}

/* A server that responds so, the last response again and again. */
static void
play(const char *const *responses, size_t count)
{
	static struct fake_step steps[8];
	size_t i;

	for (i = 0; i < count; i++)
		steps[i] = (struct fake_step){.response = responses[i]};
	session_close(&storage.session);
	fake_connection_play(steps, count);
}

static struct run *
add_run(const char *status)
{
	struct run run = {.id = "7", .attempt = 1, .is_heard = true};

	strcpy(run.status, status);
	return runs_add(&list, target, &run);
}

static const struct send_row {
	const char *name;
	const char *const *responses;
	size_t count;
	int result;
	size_t requests;
	const char *path; /* of the repository then */
	const char *line; /* a part of the error, or NULL */
} send_rows[] = {
#define RESPONSES(...)                      \
	(const char *const[]){__VA_ARGS__}, \
	    COUNT(((const char *const[]){__VA_ARGS__}))
    {"a response", RESPONSES(OK("{}")), 0, 1, "/repos/o/n", NULL},
    {"a repository that has moved",
	RESPONSES(MOVED("/repositories/5/actions/runs?x"), OK("{}")), 0, 2,
	"/repositories/5", NULL},
    {"one called actions",
	RESPONSES(MOVED("/repos/actions/runs/actions/runs?x"), OK("{}")), 0, 2,
	"/repos/actions/runs", NULL},
    {"a redirect to something else", RESPONSES(MOVED("/x"), OK("{}")), 0, 2,
	"/repos/o/n", NULL},
    {"redirects for ever", RESPONSES(MOVED("/repositories/5/actions/runs?x")),
	-1, 6, "/repositories/5", "more than 5 redirects"},
    {"a failure", RESPONSES(STATUS("404")), -1, 1, "/repos/o/n", "404"},
};

static void
test_send(void)
{
	static const struct poll_request request = {
	    .method = "GET", .part = "/actions/runs?x"};
	const struct send_row *row;
	struct api_outcome outcome;
	struct error e;
	size_t i;

	for (i = 0; i < COUNT(send_rows); i++) {
		row = &send_rows[i];
		begin("ghp_0123456789abcdefghij");
		play(row->responses, row->count);
		tap_number(poll_send(&poll, target, &request, &outcome, &e),
		    row->result, "%s: whether it succeeds", row->name);
		tap_number(fake_connection_requests(), row->requests,
		    "%s: the requests", row->name);
		tap_bytes(target->result.path, target->base_length, row->path,
		    "%s: the repository's path", row->name);
		tap_part(e.line, row->line, "%s: the line", row->name);
	}
}

static void
test_long_path(void)
{
	char part[API_PATH_SIZE];
	const struct poll_request request = {.method = "GET", .part = part};
	struct api_outcome outcome;
	struct error e;

	begin("ghp_0123456789abcdefghij");
	memset(part, 'x', sizeof(part) - 1);
	part[sizeof(part) - 1] = '\0';
	play(send_rows[0].responses, send_rows[0].count);
	tap_number(poll_send(&poll, target, &request, &outcome, &e), -1,
	    "a path that is too long fails");
	tap_part(e.line, "too long", "its line");
	tap_number(fake_connection_requests(), 0, "nothing is sent");
}

static void
test_begin(void)
{
	static const struct workflow workflow;

	begin("ghp_0123456789abcdefghij");
	strcpy(target->result.path, "/repos/dispatches/n/dispatches");
	poll_begin(target);
	tap_number(target->base_length, strlen("/repos/dispatches/n"),
	    "an owner called dispatches");
	strcpy(target->result.path,
	    "/repos/o/n/actions/workflows/a.yml/dispatches");
	target->result.workflow = &workflow;
	poll_begin(target);
	tap_number(
	    target->base_length, strlen("/repos/o/n"), "a workflow's path");
	strcpy(target->result.path, "/elsewhere");
	poll_begin(target);
	tap_number(
	    target->base_length, strlen("/elsewhere"), "a path without both");
}

/* Fails as often, with so many seconds in between. Returns what the last time
 * returned. */
static bool
fail(const struct api_outcome *outcome, unsigned times, unsigned seconds)
{
	struct error e;
	bool is_lasting = false;

	error_clear(&e);
	(void)error_set(&e, ERROR_REFUSED, "no luck");
	while (times-- > 0) {
		is_lasting = poll_fail(&poll, target, outcome, &e);
		fake_clock_advance(seconds * 1000);
	}
	return is_lasting;
}

static void
test_fail(void)
{
	static const struct {
		const char *name;
		int status;
		unsigned times, seconds;
		bool was_polled, is_lasting;
		const char *line;
	} rows[] = {
	    {"one 404", 404, 1, 0, false, false, NULL},
	    {"four in a minute", 404, 4, 15, false, false, NULL},
	    {"five in a minute", 404, 5, 15, false, true, "cannot be read"},
	    {"six in six seconds", 404, 6, 1, false, false, NULL},
	    {"a 403 to the first", 403, 1, 0, false, true, "cannot be read"},
	    {"a 403 to a later one", 403, 1, 0, true, false, NULL},
	    {"five of 401", 401, 5, 15, true, true, "was revoked"},
	    {"five of 200 with no list", 200, 5, 15, false, true,
		"cannot be read"},
	    {"many of 408", 408, 9, 15, true, false, NULL},
	    {"many of 500", 500, 9, 15, true, false, NULL},
	    {"no connection", 0, 9, 15, true, false, NULL},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		const struct api_outcome outcome = {.status = rows[i].status};

		begin("ghp_0123456789abcdefghij");
		target->was_polled = rows[i].was_polled;
		tap_ok(fail(&outcome, rows[i].times, rows[i].seconds) ==
			   rows[i].is_lasting,
		    "%s: whether it lasts", rows[i].name);
		tap_part(target->result.error.line, rows[i].line,
		    "%s: the line", rows[i].name);
		tap_number(notices,
		    rows[i].status == 403 && rows[i].is_lasting ? 0 : 1,
		    "%s: it is reported once", rows[i].name);
	}
}

static void
test_fail_in_between(void)
{
	static const struct api_outcome missing = {.status = 404};
	static const struct api_outcome broken = {.status = 502};

	begin("ghp_0123456789abcdefghij");
	(void)fail(&missing, 4, 15);
	(void)fail(&broken, 1, 15);
	tap_ok(!fail(&missing, 4, 15), "an outage in between starts over");
	poll_succeed(target);
	tap_ok(!fail(&missing, 4, 15), "and so does a success");
	tap_number(notices, 2, "after a success it is reported again");
	poll.deadline = deadline_after(0);
	poll_succeed(target);
	(void)fail(&missing, 1, 0);
	tap_number(notices, 2, "once the time is up it is not");
}

static void
test_unknown_delivery(void)
{
	static const struct api_outcome forbidden = {.status = 403};

	begin("ghp_0123456789abcdefghij");
	(void)error_set(&target->result.error, ERROR_UNKNOWN, "o/n: lost");
	target->is_unknown = true;
	tap_ok(fail(&forbidden, 1, 0), "an unknown delivery: a 403 lasts");
	tap_text(target->result.error.line,
	    "o/n: lost; its runs cannot be read: no luck",
	    "an unknown delivery: its error stays");
}

static void
test_pause(void)
{
	static const struct {
		uint32_t wait;
		int64_t seconds;
	} rows[] = {{0, 60}, {5, 5}, {3600, 3600}, {100000, 86400}};
	struct api_outcome outcome = {.status = 429, .next = RETRY_AFTER};
	int64_t until;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		begin("ghp_0123456789abcdefghij");
		outcome.wait = rows[i].wait;
		(void)fail(&outcome, 1, 0);
		tap_number(poll.paused_until - fake_clock_now(),
		    rows[i].seconds * 1000, "Retry-After: %u: the pause",
		    (unsigned)rows[i].wait);
	}
	until = poll.paused_until;
	outcome.wait = 5;
	(void)fail(&outcome, 1, 0);
	tap_ok(poll.paused_until == until,
	    "a shorter pause changes no longer one");
}

static void
test_expiry(void)
{
	static const struct {
		const char *name;
		int64_t left; /* seconds, by the token's date */
		bool is_app, is_unknown, is_lasting;
		const char *notice;
	} rows[] = {
	    {"a token that has expired", -1, false, false, true, NULL},
	    {"one that expires now", 3, false, false, true, NULL},
	    {"one that has time left", 4, false, false, false, "trying again"},
	    {"one without a date", 0, false, false, false, "trying again"},
	    {"an App's that has expired", -1, true, false, false, "is renewed"},
	    {"an unknown delivery", -1, false, true, false, "trying again"},
	};
	const struct api_outcome outcome = {
	    .status = 401, .time = FAKE_CLOCK_DATE};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		begin("ghp_0123456789abcdefghij");
		if (rows[i].left != 0)
			storage.session.token_expires =
			    FAKE_CLOCK_DATE + rows[i].left;
		if (rows[i].is_app)
			dispatch.app.id = "1";
		target->is_unknown = rows[i].is_unknown;
		tap_ok(fail(&outcome, 1, 0) == rows[i].is_lasting,
		    "%s: whether it ends", rows[i].name);
		tap_part(target->result.error.line,
		    rows[i].is_lasting ? "the token expired at 2027-01-15T"
				       : NULL,
		    "%s: the line", rows[i].name);
		tap_part(
		    notice, rows[i].notice, "%s: the notice", rows[i].name);
	}
}

static void
test_actor(void)
{
	static const struct {
		const char *name, *token, *response, *actor;
		size_t requests;
	} rows[] = {
	    {"a user", "ghp_0123456789abcdefghij", OK("{\"login\":\"mona\"}"),
		"mona", 1},
	    {"nobody", "ghp_0123456789abcdefghij", OK("{\"id\":1}"), "", 1},
	    {"no JSON", "ghp_0123456789abcdefghij", OK("{\"login\":\"mona\""),
		"", 1},
	    {"a name that is too long", "ghp_0123456789abcdefghij",
		OK("{\"login\":"
		   "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		   "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}"),
		"", 1},
	    {"a failure", "ghp_0123456789abcdefghij", STATUS("403"), "", 1},
	    {"a workflow's token", "ghs_0123456789abcdefghij",
		OK("{\"login\":\"mona\"}"), "", 0},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		begin(rows[i].token);
		play(&rows[i].response, 1);
		poll_find_actor(&poll, target);
		tap_text(
		    poll.actor, rows[i].actor, "%s: the actor", rows[i].name);
		poll_find_actor(&poll, target);
		tap_number(fake_connection_requests(), rows[i].requests,
		    "%s: it is asked once at most", rows[i].name);
	}
	begin("ghp_0123456789abcdefghij");
	dispatch.app.id = "1";
	poll_find_actor(&poll, target);
	tap_text(poll.actor, "", "an App that was not looked up: the actor");
}

static void
test_watch(void)
{
	static const struct {
		const char *name, *response;
		int result;
		const char *status, *etag;
		size_t changes;
	} rows[] = {
	    {"the run",
		"HTTP/1.1 200 OK\r\n" HEAD "ETag: W/\"a\"\r\n\r\n"
		"{\"id\":7,\"status\":\"in_progress\"}",
		0, "in_progress", "W/\"a\"", 1},
	    {"an ETag with a blank",
		"HTTP/1.1 200 OK\r\n" HEAD "ETag: \"a b\"\r\n\r\n"
		"{\"id\":7,\"status\":\"in_progress\"}",
		0, "in_progress", "", 1},
	    {"an ETag beyond ASCII",
		"HTTP/1.1 200 OK\r\n" HEAD "ETag: \"\xc3\xa9\"\r\n\r\n"
		"{\"id\":7,\"status\":\"in_progress\"}",
		0, "in_progress", "", 1},
	    {"the same status", OK("{\"id\":7,\"status\":\"queued\"}"), 0,
		"queued", "", 0},
	    {"another run", OK("{\"id\":8,\"status\":\"in_progress\"}"), -1,
		"queued", "\"old\"", 0},
	    {"no run", OK("[]"), -1, "queued", "\"old\"", 0},
	    {"no change", "HTTP/1.1 304 X\r\n" HEAD "ETag: \"old\"\r\n\r\n", 0,
		"queued", "\"old\"", 0},
	    {"a failure", STATUS("500"), -1, "queued", "\"old\"", 0},
	};
	struct run *run;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		begin("ghp_0123456789abcdefghij");
		run = add_run("queued");
		strcpy(run->etag, "\"old\"");
		play(&rows[i].response, 1);
		tap_number(watch_poll(&poll, target, run), rows[i].result,
		    "%s: whether it is read", rows[i].name);
		tap_text(run->status, rows[i].status, "%s: the status",
		    rows[i].name);
		tap_text(
		    run->etag, rows[i].etag, "%s: the state", rows[i].name);
		tap_number(changes, rows[i].changes,
		    "%s: whether the listener hears of it", rows[i].name);
		tap_part(fake_connection_request(0), "If-None-Match: \"old\"",
		    "%s: the condition", rows[i].name);
	}
}

/* A run that was deleted. Others of the target may still be read. */
static void
test_lost(void)
{
	static const char *const gone[] = {
	    STATUS("404"), STATUS("410"), STATUS("500")};
	struct run *run;
	size_t i, n;

	for (i = 0; i < COUNT(gone); i++) {
		begin("ghp_0123456789abcdefghij");
		run = add_run("queued");
		play(&gone[i], 1);
		for (n = 0; n < 5; n++) {
			tap_ok(!target->is_done, "row %zu: it goes on", i);
			(void)!watch_poll(&poll, target, run);
			poll_succeed(target);
			fake_clock_advance(10000);
		}
		tap_part(target->result.error.line,
		    i < 2 ? "run 7 cannot be read any more" : NULL,
		    "row %zu: whether it ends", i);
	}
}

static void
test_update(void)
{
	struct run *run,
	    other = {
		.status = "completed", .conclusion = "failure", .attempt = 1};
	struct run_job failed = {.name = "build"};

	begin("ghp_0123456789abcdefghij");
	run = add_run("queued");
	run->is_heard = false;
	watch_update(&poll, target, run, &other);
	tap_number(changes, 0, "a run that is not reported yet");
	tap_ok(run->wants_details, "its details are wanted");
	run->is_heard = true;
	runs_add_job(&list, run, &failed);
	watch_update(&poll, target, run, &other);
	tap_number(changes, 0, "no change");
	tap_ok(run->jobs != NULL, "its jobs stay");
	other.attempt = 2;
	watch_update(&poll, target, run, &other);
	tap_number(changes, 1, "another attempt with the same status");
	tap_ok(run->jobs == NULL, "its jobs are those of the new attempt");
	strcpy(other.status, "waiting");
	other.conclusion[0] = '\0';
	other.attempt = 3;
	watch_update(&poll, target, run, &other);
	tap_number(changes, 1, "what it waits for is asked for first");
}

static void
test_waiting(void)
{
	static const struct {
		const char *name, *response, *waits_for;
	} rows[] = {
	    {"a user",
		OK("[{\"environment\":{\"name\":\"production\"},"
		   "\"reviewers\":[{\"reviewer\":{\"login\":\"mona\"}}]}]"),
		"environment production (approval of mona)"},
	    {"a team",
		OK("[{\"environment\":{\"name\":\"production\"},"
		   "\"reviewers\":[{\"reviewer\":{\"name\":\"ops\"}}]}]"),
		"environment production (approval of ops)"},
	    {"two environments, without reviewers",
		OK("[{\"environment\":{\"name\":\"a\"}},"
		   "{\"environment\":{\"name\":\"b\"}}]"),
		"environment a, environment b"},
	    {"an object", OK("{\"environment\":1}"), ""},
	    {"an item that is no object", OK("[7]"), ""},
	    {"an item that is cut", OK("[{\"environment\":"), ""},
	    {"nothing", OK("[]"), ""},
	    {"a failure", STATUS("403"), ""},
	};
	struct run *run;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		begin("ghp_0123456789abcdefghij");
		run = add_run("waiting");
		run->wants_details = true;
		play(&rows[i].response, 1);
		watch_details(&poll, target);
		tap_text(run->waits_for, rows[i].waits_for,
		    "%s: what it waits for", rows[i].name);
		tap_number(
		    changes, 1, "%s: the listener hears of it", rows[i].name);
		watch_details(&poll, target);
		tap_number(fake_connection_requests(), 1,
		    "%s: it is asked for once", rows[i].name);
	}
}

static void
test_jobs(void)
{
	static const struct {
		const char *name, *response, *job, *step;
	} rows[] = {
	    {"a failed job",
		OK("{\"jobs\":[{\"name\":\"lint\",\"conclusion\":\"success\"},"
		   "{\"name\":\"build\",\"conclusion\":\"failure\",\"steps\":["
		   "{\"name\":\"get\",\"conclusion\":\"success\"},"
		   "{\"name\":\"make\",\"conclusion\":\"failure\"}]}]}"),
		"build", "make"},
	    {"a job that took too long",
		OK("{\"jobs\":[{\"name\":\"build\",\"conclusion\":"
		   "\"timed_out\"}]}"),
		"build", ""},
	    {"a job that is cut", OK("{\"jobs\":[{\"name\":\"build\",\"concl"),
		NULL, NULL},
	    {"no jobs", OK("{\"total_count\":0}"), NULL, NULL},
	    {"a failure", STATUS("500"), NULL, NULL},
	};
	struct run *run;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		begin("ghp_0123456789abcdefghij");
		run = add_run("completed");
		strcpy(run->conclusion, "failure");
		run->wants_details = true;
		play(&rows[i].response, 1);
		watch_details(&poll, target);
		tap_part(run->jobs != NULL ? run->jobs->name : NULL,
		    rows[i].job, "%s: the job", rows[i].name);
		tap_part(run->jobs != NULL && run->jobs->step[0] != '\0'
			     ? run->jobs->step
			     : NULL,
		    rows[i].step != NULL && rows[i].step[0] != '\0'
			? rows[i].step
			: NULL,
		    "%s: the step", rows[i].name);
	}
	begin("ghp_0123456789abcdefghij");
	run = add_run("completed");
	strcpy(run->conclusion, "failure");
	run->wants_details = true;
	job.ends_when_found = true;
	play(&rows[0].response, 1);
	watch_details(&poll, target);
	tap_number(fake_connection_requests(), 0,
	    "nobody waits for its end: its jobs are not asked for");
}

static void
test_cancel(void)
{
	static const struct {
		const char *name, *response, *line;
		bool is_ambiguous, is_late, has_ended;
		size_t requests;
	} rows[] = {
	    {"a run", STATUS("202"), "; cancelled run 7", false, false, false,
		1},
	    {"one that cannot be", STATUS("409"),
		"; run 7 was not cancelled: ", false, false, false, 1},
	    {"an ambiguous one", STATUS("202"),
		"was not cancelled: it may not be the event's", true, false,
		false, 0},
	    {"no time", STATUS("202"), "was not cancelled: no time was left",
		false, true, false, 0},
	    {"one that has ended", STATUS("202"), NULL, false, false, true, 0},
	};
	struct run *run;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		begin("ghp_0123456789abcdefghij");
		run = add_run("queued");
		run->is_ambiguous = rows[i].is_ambiguous;
		if (rows[i].has_ended)
			strcpy(run->conclusion, "success");
		if (rows[i].is_late)
			poll.deadline = deadline_after(0);
		play(&rows[i].response, 1);
		cancel_runs(&poll, target);
		tap_part(target->result.error.line, rows[i].line,
		    "%s: the line", rows[i].name);
		tap_number(fake_connection_requests(), rows[i].requests,
		    "%s: the requests", rows[i].name);
		tap_ok(run->is_cancelled == (i == 0),
		    "%s: whether it is cancelled", rows[i].name);
	}
}

int
main(void)
{
	test_send();
	test_long_path();
	test_begin();
	test_fail();
	test_fail_in_between();
	test_unknown_delivery();
	test_pause();
	test_expiry();
	test_actor();
	test_watch();
	test_lost();
	test_update();
	test_waiting();
	test_jobs();
	test_cancel();
	return tap_done();
}
