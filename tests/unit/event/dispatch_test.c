/* dispatch_test.c - tries, waits and pace, on a clock that costs no time:
 * which requests are sent again and when, which are not, and what ends it. */
/* Fakes: os/clock os/process net/connection. */
#include "event/dispatch.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/error.h"
#include "base/span.h"
#include "fakes/clock.h"
#include "fakes/connection.h"
#include "fakes/key.h"
#include "fakes/process.h"
#include "tap.h"

#define ID "X-GitHub-Request-Id: A:1\r\n"
#define EMPTY "Content-Length: 0\r\n\r\n"
#define STATUS(number, fields) "HTTP/1.1 " number " X\r\n" ID fields EMPTY
#define MOVED STATUS("307", "Location: /repositories/1/dispatches\r\n")
#define MOVED_WORKFLOW                                                        \
	RESPONDS(STATUS("307", "Location: /repositories/1/actions/workflows/" \
			       "a%20b.yml/dispatches\r\n"))
#define LIMITED STATUS("429", "Retry-After: 7\r\n")

static struct dispatch_storage storage;
static struct target_list targets;
static struct field_list fields;
static const struct url api = {.host = "api.test", .port = 443};
static struct proxy no_proxy;

/* What the listener was notified of. */
static struct {
	size_t finished, failed, waits, pauses, moves, widened;
	enum error_kind first; /* of the failures */
	struct dispatch_result last;
	uint32_t waited; /* milliseconds */
} heard;

static void
finished(void *context, const struct dispatch_result *result)
{
	(void)context;
	heard.finished++;
	heard.failed += result->error.kind != ERROR_NONE;
	if (heard.first == ERROR_NONE)
		heard.first = result->error.kind;
	heard.last = *result;
}

static void
waits(void *context, const struct target *target, uint32_t milliseconds,
    const struct error *why)
{
	(void)context;
	(void)target;
	(void)why;
	heard.waits++;
	heard.waited += milliseconds;
}

static void
pauses(void *context, size_t done, uint32_t milliseconds)
{
	(void)context;
	(void)done;
	heard.pauses++;
	heard.waited += milliseconds;
}

static void
moved(void *context, const struct target *target, const char *path)
{
	(void)context;
	(void)target;
	(void)path;
	heard.moves++;
}

static void
widened(void *context, const struct target *target)
{
	(void)context;
	(void)target;
	heard.widened++;
}

static const struct dispatch_listener listener = {
    .finished = finished,
    .waits = waits,
    .pauses = pauses,
    .moved = moved,
    .widened = widened,
};

static struct dispatch_job
make_job(size_t count)
{
	static const struct target_rules rules = {.api_host = "api.test"};
	char name[24];
	struct error e;
	size_t i;

	error_clear(&e);
	target_clear(&targets);
	for (i = 0; i < count; i++) {
		(void)snprintf(name, sizeof(name), "o/n%zu", i);
		if (target_add(&targets, &rules, span_text(name), NULL, &e) < 0)
			abort();
	}
	return (struct dispatch_job){
	    .api = &api,
	    .proxy = &no_proxy,
	    .targets = &targets,
	    .event_type = "deploy",
	    .parts = {.json = "{}", .fields = &fields},
	    .connect_timeout = 10000,
	    .timeout = 60000,
	    .retries = 3,
	    .pace = DISPATCH_PACE_DEFAULT,
	};
}

/* Sends to all targets while the connection plays its steps. */
static enum error_kind
run(const struct dispatch_job *job, const struct fake_step *steps, size_t count)
{
	static char token[] = "ghp_0123456789abcdefghij", copy[sizeof(token)];
	struct dispatch_job with_token = *job;
	struct error e;

	memcpy(copy, token, sizeof(copy));
	with_token.token = copy;
	with_token.token_origin = "GH_PAT";
	memset(&heard, 0, sizeof(heard));
	fake_connection_play(steps, count);
	error_clear(&e);
	if (dispatch_take_credential(
		&with_token, &storage, deadline_after(1000), &e) < 0 ||
	    dispatch_prepare(&with_token, &storage, deadline_after(1000), &e) <
		0) {
		tap_ok(false, "prepared: %s", e.line);
		return e.kind;
	}
	dispatch_send(&with_token, &storage, &listener);
	dispatch_end(&storage);
	dispatch_wipe(&storage);
	return heard.first;
}

#define FAILS(why)                         \
	{                                  \
		.result = CONNECTION_##why \
	}
#define SPEAKS_FIRST                 \
	{                            \
		.speaks_first = true \
	}
#define BREAKS                      \
	{                           \
		.write_fails = true \
	}
#define RESPONDS(bytes)           \
	{                         \
		.response = bytes \
	}
#define DELIVERS                 \
	{                        \
		.response = NULL \
	}
#define STEPS(...)                               \
	(const struct fake_step[]){__VA_ARGS__}, \
	    COUNT(((const struct fake_step[]){__VA_ARGS__}))

/* One target, and how its tries go. */
static const struct row {
	const char *name;
	const struct fake_step *steps;
	size_t count;
	size_t requests; /* completely written */
	size_t waits;
	uint32_t waited; /* milliseconds; a backoff is its shortest */
	enum error_kind kind;
	enum api_delivered delivered;
} rows[] = {
    {"204", STEPS(DELIVERS), 1, 0, 0, ERROR_NONE, API_YES},
    {"no connection, ever", STEPS(FAILS(UNREACHABLE)), 0, 3, 500 + 1000 + 2000,
	ERROR_CONNECT, API_NO},
    {"no connection twice",
	STEPS(FAILS(UNREACHABLE), FAILS(UNREACHABLE), DELIVERS), 1, 2,
	500 + 1000, ERROR_NONE, API_YES},
    {"a proxy that refuses", STEPS(FAILS(PROXY_REFUSED)), 0, 0, 0,
	ERROR_CONNECT, API_NO},
    {"a handshake that ends, once", STEPS(FAILS(HANDSHAKE_ENDED), DELIVERS), 1,
	1, 500, ERROR_NONE, API_YES},
    {"a certificate that is not valid", STEPS(FAILS(NOT_TRUSTED)), 0, 0, 0,
	ERROR_TLS, API_NO},
    {"no entropy", STEPS(FAILS(LOCAL)), 0, 0, 0, ERROR_LOCAL, API_NO},
    {"a request that is partly written", STEPS(BREAKS, DELIVERS), 1, 1, 500,
	ERROR_NONE, API_YES},
    {"a server that speaks first, once", STEPS(SPEAKS_FIRST, DELIVERS), 1, 1,
	500, ERROR_NONE, API_YES},
    {"a server that always speaks first", STEPS(SPEAKS_FIRST), 0, 3, 3500,
	ERROR_CONNECT, API_NO},
    {"no response", STEPS(RESPONDS("")), 1, 0, 0, ERROR_UNKNOWN, API_MAYBE},
    {"half a response", STEPS(RESPONDS("HTTP/1.1 2")), 1, 0, 0, ERROR_UNKNOWN,
	API_MAYBE},
    {"500", STEPS(RESPONDS(STATUS("500", ""))), 1, 0, 0, ERROR_UNKNOWN,
	API_MAYBE},
    {"503 with Retry-After",
	STEPS(RESPONDS(STATUS("503", "Retry-After: 1\r\n"))), 1, 0, 0,
	ERROR_UNKNOWN, API_MAYBE},
    {"a 2xx of somebody else", STEPS(RESPONDS("HTTP/1.1 200 X\r\n" EMPTY)), 1,
	0, 0, ERROR_UNKNOWN, API_MAYBE},
    {"404", STEPS(RESPONDS(STATUS("404", ""))), 1, 0, 0, ERROR_NOT_FOUND,
	API_NO},
    {"429 with Retry-After", STEPS(RESPONDS(LIMITED), DELIVERS), 2, 1, 7000,
	ERROR_NONE, API_YES},
    {"429 with Retry-After twice",
	STEPS(RESPONDS(LIMITED), RESPONDS(LIMITED), DELIVERS), 3, 2, 14000,
	ERROR_NONE, API_YES},
    {"429 forever", STEPS(RESPONDS(LIMITED)), 4, 3, 21000, ERROR_RATE_LIMITED,
	API_NO},
    {"429 with a Retry-After beyond the deadline",
	STEPS(RESPONDS(STATUS("429", "Retry-After: 60\r\n"))), 1, 0, 0,
	ERROR_RATE_LIMITED, API_NO},
    {"429 that does not say how long: a minute",
	STEPS(RESPONDS(STATUS("429", ""))), 1, 0, 0, ERROR_RATE_LIMITED,
	API_NO},
    {"403 with nothing remaining until the reset",
	STEPS(RESPONDS(STATUS("403", "X-RateLimit-Remaining: 0\r\n"
				     "Date: Fri, 15 Jan 2027 08:00:00 GMT\r\n"
				     "X-RateLimit-Reset: 1800000009\r\n")),
	    DELIVERS),
	2, 1, 9000, ERROR_NONE, API_YES},
    {"a slow try leaves no time for a wait",
	STEPS({.response = LIMITED, .milliseconds = 55000}, DELIVERS), 1, 0, 0,
	ERROR_RATE_LIMITED, API_NO},
    {"a redirect", STEPS(RESPONDS(MOVED), DELIVERS), 2, 0, 0, ERROR_NONE,
	API_YES},
    {"redirects forever", STEPS(RESPONDS(MOVED)), 6, 0, 0, ERROR_REFUSED,
	API_NO},
    {"a redirect elsewhere",
	STEPS(RESPONDS(STATUS("307", "Location: https://x.test/\r\n"))), 1, 0,
	0, ERROR_REFUSED, API_NO},
};

static void
test_tries(void)
{
	const struct dispatch_job job = make_job(1);
	const struct row *row;
	enum error_kind kind;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		row = &rows[i];
		kind = run(&job, row->steps, row->count);
		tap_ok(kind == ERROR_NONE ||
			   strncmp(heard.last.error.line, "o/n0: ", 6) == 0,
		    "%s: a failure begins with its target", row->name);
		tap_number(kind, row->kind, "%s: the kind", row->name);
		tap_number(heard.last.error.kind, row->kind,
		    "%s: the kind that is reported", row->name);
		tap_number(fake_connection_requests(), row->requests,
		    "%s: the requests", row->name);
		tap_number(heard.waits, row->waits, "%s: the waits", row->name);
		tap_number(heard.waited, row->waited, "%s: milliseconds waited",
		    row->name);
		tap_number(heard.last.outcome.delivered, row->delivered,
		    "%s: delivered", row->name);
	}
}

/* The moments at which the targets' requests were written. */
static void
test_pace(void)
{
	static const struct fake_step steps[] = {DELIVERS};
	static const struct {
		size_t targets;
		uint32_t pace;
		size_t index;  /* of a request */
		int64_t after; /* milliseconds since the first */
		size_t pauses;
	} pace_rows[] = {
	    {10, DISPATCH_PACE_DEFAULT, 9, 0, 0},
	    {11, DISPATCH_PACE_DEFAULT, 10, 10000, 0},
	    {3, 30000, 2, 60000, 0},
	    {11, 0, 10, 0, 0},
	    {500, DISPATCH_PACE_DEFAULT, 499, 499000, 0},
	    {501, DISPATCH_PACE_DEFAULT, 500, 3600000, 1},
	    {502, DISPATCH_PACE_DEFAULT, 501, 3601000, 1},
	    {501, 1000, 500, 500000, 0},
	};
	struct dispatch_job job;
	size_t i, count;

	for (i = 0; i < COUNT(pace_rows); i++) {
		job = make_job(pace_rows[i].targets);
		job.pace = pace_rows[i].pace;
		count = pace_rows[i].targets;
		tap_number(run(&job, steps, COUNT(steps)), ERROR_NONE,
		    "%zu targets, row %zu: no failure", count, i);
		tap_number(heard.finished, count,
		    "%zu targets, row %zu: all are finished", count, i);
		tap_number(fake_connection_time(pace_rows[i].index) -
			       fake_connection_time(0),
		    pace_rows[i].after,
		    "%zu targets, row %zu: milliseconds before number %zu",
		    count, i, pace_rows[i].index);
		tap_number(fake_connection_opened(), 1,
		    "%zu targets, row %zu: one connection", count, i);
		tap_number(heard.pauses, pace_rows[i].pauses,
		    "%zu targets, row %zu: pauses that are reported", count, i);
	}
}

static void
test_failures(void)
{
	static const struct fake_step steps[] = {DELIVERS,
	    RESPONDS(STATUS("404", "")), RESPONDS(STATUS("422", "")), DELIVERS};
	struct dispatch_job job = make_job(4);

	tap_number(run(&job, steps, COUNT(steps)), ERROR_NOT_FOUND,
	    "the first failure counts");
	tap_number(heard.finished, 4, "a failure stops no other target");
	tap_number(heard.failed, 2, "both failures are reported");
	job = make_job(1);
	job.retries = 0;
	tap_number(run(&job, (const struct fake_step[]){FAILS(UNREACHABLE)}, 1),
	    ERROR_CONNECT, "without retries: the failure");
	tap_number(heard.waits, 0, "without retries: no wait");
}

/* What would have helped against a rate limit. */
static void
test_advice(void)
{
	static const struct fake_step limited[] = {
	    RESPONDS(LIMITED), RESPONDS(LIMITED)};
	struct dispatch_job job = make_job(1);

	job.retries = 1;
	job.timeout = 600000;
	tap_number(
	    run(&job, limited, 2), ERROR_RATE_LIMITED, "a rate limit, twice");
	tap_number(heard.last.error.advice, ADVICE_MORE_RETRIES,
	    "retries that are used up: the advice");
	job.retries = 3;
	job.timeout = 1000;
	tap_number(run(&job, limited, 1), ERROR_RATE_LIMITED,
	    "a rate limit that is too long");
	tap_number(heard.last.error.advice, ADVICE_LONGER_TIMEOUT,
	    "a wait that does not fit: the advice");
}

static void
test_signals(void)
{
	static const struct fake_step steps[] = {DELIVERS};
	struct dispatch_job job = make_job(3);

	job.pace = 30000;
	fake_process_signal_at(fake_clock_now() + 40000);
	tap_number(run(&job, steps, COUNT(steps)), ERROR_LOCAL,
	    "a signal between targets");
	tap_number(fake_connection_requests(), 2,
	    "a signal between targets: the requests");
	tap_number(
	    heard.finished, 3, "a signal between targets: all are reported");
	tap_number(heard.failed, 1,
	    "a signal between targets: the rest is reported as not sent");
	tap_ok(strstr(heard.last.error.line, "stopped by a signal") != NULL,
	    "a signal between targets: %s", heard.last.error.line);
	job = make_job(1);
	fake_process_signal_at(fake_clock_now() + 100);
	tap_number(run(&job, (const struct fake_step[]){RESPONDS(LIMITED)}, 1),
	    ERROR_RATE_LIMITED, "a signal during a wait");
	tap_number(fake_connection_requests(), 1,
	    "a signal during a wait: no further request");
	fake_process_signal_at(FAKE_PROCESS_NO_SIGNAL);
}

#define JSON(status, body) \
	"HTTP/1.1 " status " X\r\n" ID "Connection: close\r\n\r\n" body
#define TOKEN(text) RESPONDS(JSON("201", "{\"token\":\"" text "\"}"))

#define REFUSED RESPONDS(STATUS("401", ""))
#define FORBIDDEN RESPONDS(STATUS("403", ""))
#define FORBIDDEN_FOR_LONG RESPONDS(STATUS("403", "Retry-After: 7\r\n"))

/* GitHub may not know a token at once. What the retries allow does not count
 * for that. */
static const struct fresh_row {
	const char *name;
	const struct fake_step *steps;
	size_t count;
	size_t requests;
	size_t waits;
	uint32_t waited; /* milliseconds */
	enum error_kind kind;
} fresh_rows[] = {
    {"401 once", STEPS(TOKEN("ghs_a"), REFUSED, DELIVERS), 3, 1, 1000,
	ERROR_NONE},
    {"403 once", STEPS(TOKEN("ghs_a"), FORBIDDEN, DELIVERS), 3, 1, 1000,
	ERROR_NONE},
    {"401 and 403, five in all",
	STEPS(TOKEN("ghs_a"), REFUSED, FORBIDDEN, REFUSED, FORBIDDEN, REFUSED,
	    DELIVERS),
	7, 5, 30000, ERROR_NONE},
    {"401 for ever", STEPS(TOKEN("ghs_a"), REFUSED), 7, 5, 30000,
	ERROR_UNAUTHORIZED},
    {"401 when the token is almost a minute old",
	STEPS(TOKEN("ghs_a"),
	    {.response = STATUS("401", ""), .milliseconds = 58000}, DELIVERS),
	3, 1, 1000, ERROR_NONE},
    {"401 when the token is a minute old",
	STEPS(TOKEN("ghs_a"),
	    {.response = STATUS("401", ""), .milliseconds = 60000}, DELIVERS),
	2, 0, 0, ERROR_UNAUTHORIZED},
    {"401 when there is no time to wait",
	STEPS(TOKEN("ghs_a"), REFUSED, REFUSED,
	    {.response = STATUS("401", ""), .milliseconds = 54000}, DELIVERS),
	4, 2, 3000, ERROR_UNAUTHORIZED},
    {"a rate limit keeps its rule", STEPS(TOKEN("ghs_a"), FORBIDDEN_FOR_LONG),
	2, 0, 0, ERROR_RATE_LIMITED},
    {"404", STEPS(TOKEN("ghs_a"), RESPONDS(STATUS("404", ""))), 2, 0, 0,
	ERROR_NOT_FOUND},
    {"500", STEPS(TOKEN("ghs_a"), RESPONDS(STATUS("500", ""))), 2, 0, 0,
	ERROR_UNKNOWN},
    {"401 to the App itself", STEPS(REFUSED), 1, 0, 0, ERROR_UNAUTHORIZED},
};

static void
test_fresh_token(const struct dispatch_job *app)
{
	struct dispatch_job job = *app;
	const struct fresh_row *row;
	size_t i;

	job.retries = 0;
	for (i = 0; i < COUNT(fresh_rows); i++) {
		row = &fresh_rows[i];
		tap_number(run(&job, row->steps, row->count), row->kind,
		    "a fresh token, %s: the kind", row->name);
		tap_number(fake_connection_requests(), row->requests,
		    "%s: the requests", row->name);
		tap_number(heard.waits, row->waits, "%s: the waits", row->name);
		tap_number(heard.waited, row->waited, "%s: how long they are",
		    row->name);
	}
}

static void
test_app(void)
{
	static const struct fake_step renewed[] = {
	    TOKEN("ghs_first"), DELIVERS, TOKEN("ghs_second"), DELIVERS};
	static const struct fake_step widened[] = {
	    RESPONDS(STATUS("422", "")), TOKEN("ghs_all"), DELIVERS};
	static const struct fake_step unavailable[] = {
	    RESPONDS(STATUS("500", "")), TOKEN("ghs_first"), DELIVERS};
	char path[] = "/tmp/dispatch_test_XXXXXX";
	struct dispatch_job job = make_job(2);

	if (!tap_ok(make_key(path, "genrsa 2048"), "a key"))
		return;
	job.app = (struct installation_app){.id = "1",
	    .key_file = path,
	    .installation = "42",
	    .keeps_tokens = true};
	/* A token is kept for 50 minutes. */
	job.pace = 3000001;
	tap_number(run(&job, renewed, COUNT(renewed)), ERROR_NONE,
	    "events on both sides of a token's end");
	tap_number(fake_connection_requests(), 4,
	    "a token is renewed before it expires");
	tap_ok(
	    strstr(fake_connection_request(1), "Bearer ghs_first\r\n") != NULL,
	    "the first token is used");
	tap_ok(
	    strstr(fake_connection_request(3), "Bearer ghs_second\r\n") != NULL,
	    "the second token is used");
	job.pace = 2999999;
	tap_number(
	    run(&job, renewed, 2), ERROR_NONE, "events before a token's end");
	tap_number(
	    fake_connection_requests(), 3, "a token is not renewed too early");
	job.app.keeps_tokens = false;
	tap_number(
	    run(&job, renewed, 2), ERROR_NONE, "events, and then the end");
	tap_number(fake_connection_requests(), 4,
	    "the token is revoked once, at the end");
	tap_ok(strncmp(fake_connection_request(3), "DELETE ", 7) == 0,
	    "after the events");
	job.app.keeps_tokens = true;
	tap_number(run(&job, widened, COUNT(widened)), ERROR_NONE,
	    "events with a token for all repositories");
	tap_number(heard.widened, 1, "that is reported once");
	targets.count = 1;
	tap_number(run(&job, unavailable, COUNT(unavailable)), ERROR_NONE,
	    "a 500 for a token, then a token");
	tap_number(heard.waits, 1, "a 500 for a token: one wait");
	tap_number(fake_connection_requests(), 3,
	    "a 500 for a token is not in doubt: it is asked for again");
	test_fresh_token(&job);
	(void)unlink(path);
}

/* A workflow_dispatch to each of two targets. */
#define DETAILS                                                       \
	RESPONDS("HTTP/1.1 200 X\r\n" ID "Content-Length: 71\r\n\r\n" \
		 "{\"workflow_run_id\":3041,\"run_url\":\"x\","       \
		 "\"html_url\":\"https://h.test/3041\"}")
#define WITH_BODY(status, length, body)                                   \
	RESPONDS("HTTP/1.1 " status " X\r\n" ID "Content-Length: " length \
		 "\r\n\r\n" body)
#define NOT_PERMITTED                          \
	WITH_BODY("422", "68",                 \
	    "{\"message\":\"Invalid request. " \
	    "return_run_details is not permitted\"}  ")

static const struct workflow_row {
	const char *name;
	const struct fake_step *steps;
	size_t count;
	size_t requests; /* written for both */
	size_t details;  /* of them with return_run_details */
	size_t waits;
	enum error_kind kind;         /* of the first failure */
	enum api_delivered delivered; /* the second one */
	const char *run_id;           /* of the second one */
} workflow_rows[] = {
    {"a run for each", STEPS(DETAILS), 2, 2, 0, ERROR_NONE, API_YES, "3041"},
    {"204", STEPS(DELIVERS), 2, 2, 0, ERROR_NONE, API_YES, ""},
    {"a run, then 204", STEPS(DETAILS, DELIVERS), 2, 2, 0, ERROR_NONE, API_YES,
	""},
    {"a server that refuses return_run_details", STEPS(NOT_PERMITTED, DELIVERS),
	3, 1, 0, ERROR_NONE, API_YES, ""},
    {"a server that responds 400 to it",
	STEPS(RESPONDS(STATUS("400", "")), DELIVERS), 3, 1, 0, ERROR_NONE,
	API_YES, ""},
    {"400 for another reason",
	STEPS(
	    RESPONDS(STATUS("400", "")), RESPONDS(STATUS("400", "")), DETAILS),
	3, 2, 0, ERROR_REFUSED, API_YES, "3041"},
    {"a server that refuses it for ever", STEPS(NOT_PERMITTED), 3, 1, 0,
	ERROR_REFUSED, API_NO, ""},
    {"422 for another reason",
	STEPS(WITH_BODY("422", "34", "{\"message\":\"No ref found for: x\"} ")),
	2, 2, 0, ERROR_REFUSED, API_NO, ""},
    {"404", STEPS(RESPONDS(STATUS("404", ""))), 2, 2, 0, ERROR_NOT_FOUND,
	API_NO, ""},
    {"500", STEPS(RESPONDS(STATUS("500", ""))), 2, 2, 0, ERROR_UNKNOWN,
	API_MAYBE, ""},
    {"no response", STEPS(RESPONDS("")), 2, 2, 0, ERROR_UNKNOWN, API_MAYBE, ""},
    {"429, then a run for each", STEPS(RESPONDS(LIMITED), DETAILS, DETAILS), 3,
	3, 1, ERROR_NONE, API_YES, "3041"},
    {"refused, then a 500", STEPS(NOT_PERMITTED, RESPONDS(STATUS("500", ""))),
	3, 1, 0, ERROR_UNKNOWN, API_MAYBE, ""},
    {"a redirect", STEPS(MOVED_WORKFLOW, DETAILS, MOVED_WORKFLOW, DETAILS), 4,
	4, 0, ERROR_NONE, API_YES, "3041"},
    {"a run without a number",
	STEPS(WITH_BODY("200", "25", "{\"workflow_run_id\":\"1\"}  ")), 2, 2, 0,
	ERROR_NONE, API_YES, ""},
    {"a run with an odd number",
	STEPS(WITH_BODY("200", "25", "{\"workflow_run_id\":-1.5} ")), 2, 2, 0,
	ERROR_NONE, API_YES, ""},
    {"a 200 that is no JSON", STEPS(WITH_BODY("200", "2", "{{")), 2, 2, 0,
	ERROR_NONE, API_YES, ""},
};

static void
test_workflow(void)
{
	static const char path[] =
	    "POST /repos/o/n0/actions/workflows/a%20b.yml/dispatches ";
	struct workflow workflow = {.ref = "main"};
	struct dispatch_job job = make_job(2);
	const struct workflow_row *row;
	struct error e;
	size_t i, k, details;

	error_clear(&e);
	if (workflow_set(&workflow, span_text("a b.yml"), &e) < 0)
		return;
	job.event_type = NULL;
	job.workflow = &workflow;
	job.parts.is_inputs = true;
	for (i = 0; i < COUNT(workflow_rows); i++) {
		row = &workflow_rows[i];
		tap_number(run(&job, row->steps, row->count), row->kind,
		    "a workflow, %s: the kind", row->name);
		tap_number(fake_connection_requests(), row->requests,
		    "%s: the requests", row->name);
		for (details = k = 0; k < fake_connection_requests(); k++) {
			details += strstr(fake_connection_request(k),
				       "\"return_run_details\":true") != NULL;
		}
		tap_number(details, row->details,
		    "%s: those with return_run_details", row->name);
		tap_number(heard.waits, row->waits, "%s: the waits", row->name);
		tap_number(heard.last.outcome.delivered, row->delivered,
		    "%s: the delivery", row->name);
		tap_text(
		    heard.last.run_id, row->run_id, "%s: the run", row->name);
		tap_ok(strncmp(fake_connection_request(0), path,
			   sizeof(path) - 1) == 0,
		    "%s: the path", row->name);
		tap_ok(heard.last.event_type == NULL,
		    "%s: there is no event type", row->name);
	}
	(void)run(&job, workflow_rows[0].steps, 1);
	tap_text(
	    heard.last.run_url, "https://h.test/3041", "the page of the run");
}

/* One repository gets two events, or two get one each. */
static void
test_shared_id(void)
{
	static const struct {
		const char *name, *json, *key, *second;
		enum error_kind kind;
	} cases[] = {
	    {"the same repository", "{\"id\":7}", "id", "O/N0", ERROR_PAYLOAD},
	    {"another one", "{\"id\":7}", "id", "O/n1", ERROR_NONE},
	    {"an id of ours", "{}", "id", "O/n0", ERROR_NONE},
	    {"nobody waits", "{\"id\":7}", NULL, "O/n0", ERROR_NONE},
	};
	static const struct target_rules rules = {.api_host = "api.test"};
	struct dispatch_job job;
	struct error e;
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		char token[] = "ghp_0123456789abcdefghij";

		job = make_job(1);
		error_clear(&e);
		if (target_add(&targets, &rules, span_text(cases[i].second),
			"second", &e) < 0)
			continue;
		job.parts.json = cases[i].json;
		job.id_key = cases[i].key;
		job.token = token;
		job.token_origin = "GH_PAT";
		if (dispatch_take_credential(
			&job, &storage, deadline_after(1000), &e) < 0 ||
		    dispatch_prepare(&job, &storage, deadline_after(1000), &e) <
			0)
			printf("# %s\n", e.line);
		tap_number(
		    e.kind, cases[i].kind, "two events: %s", cases[i].name);
		dispatch_wipe(&storage);
	}
}

/* What a dry run shows: the id that a run would have, but no token. */
static void
test_preview(void)
{
	static const struct {
		const char *name, *key, *part;
	} cases[] = {
	    {"nobody waits", NULL, "\"client_payload\":{}}"},
	    {"an id of ours", "id", "\"client_payload\":{\"id\":\"0"},
	};
	struct dispatch_job job;
	struct error e;
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		char token[] = "ghp_0123456789abcdefghij";

		job = make_job(1);
		job.id_key = cases[i].key;
		job.token = token;
		job.token_origin = "GH_PAT";
		error_clear(&e);
		if (dispatch_take_credential(
			&job, &storage, deadline_after(1000), &e) < 0 ||
		    dispatch_prepare(&job, &storage, deadline_after(1000), &e) <
			0)
			continue;
		tap_ok(
		    dispatch_preview(&job, &storage, &targets.list[0], &e) > 0,
		    "a preview, %s: it is written", cases[i].name);
		tap_part(storage.session.request, cases[i].part,
		    "a preview, %s: the payload", cases[i].name);
		tap_part(storage.session.request, "Bearer [hidden]",
		    "a preview, %s: the token", cases[i].name);
	}
}

int
main(void)
{
	test_tries();
	test_pace();
	test_failures();
	test_advice();
	test_signals();
	test_app();
	test_workflow();
	test_shared_id();
	test_preview();
	return tap_done();
}
