/* report_test.c - what standard output and standard error get. While a row
 * runs, both are files. */
/* Fakes: os/clock. */
#include "cli/report.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fakes/clock.h"
#include "os/clock.h"
#include "os/log.h"
#include "tap.h"

static struct actions actions; /* no step */
static struct runs_list runs;
static struct dispatch_result result;
static char out[8192], err[8192];

struct capture {
	int kept[2];
	FILE *files[2];
};

static void
capture_begin(struct capture *capture)
{
	int i;

	fflush(stdout);
	for (i = 0; i < 2; i++) {
		capture->kept[i] = dup(i + 1);
		capture->files[i] = tmpfile();
		dup2(fileno(capture->files[i]), i + 1);
	}
}

static void
read_back(FILE *file, char *text, size_t size)
{
	size_t length;

	rewind(file);
	length = fread(text, 1, size - 1, file);
	text[length] = '\0';
	fclose(file);
}

static void
capture_end(struct capture *capture)
{
	int i;

	for (i = 0; i < 2; i++) {
		dup2(capture->kept[i], i + 1);
		close(capture->kept[i]);
	}
	read_back(capture->files[0], out, sizeof(out));
	read_back(capture->files[1], err, sizeof(err));
}

static void
expect(const char *got, const char *wanted, const char *name)
{
	if (!tap_ok(strcmp(got, wanted) == 0, "%s", name))
		printf("# got %s\n", got);
}

static void
make_result(void)
{
	static const struct target target = {.owner = "octo", .name = "app"};
	static const struct url api = {.host = "h", .port = 443};

	memset(&result, 0, sizeof(result));
	result.api = &api;
	result.target = &target;
	result.event_type = "deploy";
	result.outcome.delivered = API_YES;
	result.outcome.status = 204;
	strcpy(result.outcome.request_id, "8A7C");
	error_clear(&result.error);
}

static void
make_workflow_result(void)
{
	static struct workflow workflow = {.ref = "refs/tags/v1"};
	struct error e;

	error_clear(&e);
	make_result();
	result.event_type = NULL;
	if (workflow_set(&workflow, span_text("deploy.yml"), &e) == 0)
		result.workflow = &workflow;
}

/* Reports the result as a whole run of one target. */
static void
report_one(struct report report, struct error *e)
{
	struct dispatch_listener listener = report_listener(&report);
	struct runs_listener ends = report_runs_listener(&report);
	struct capture capture;

	error_clear(e);
	capture_begin(&capture);
	report_begin(&report);
	listener.finished(listener.context, &result);
	if (report.runs != NULL)
		ends.ended(ends.context, &runs.targets[0]);
	report_end(&report, e);
	capture_end(&capture);
}

static void
test_lines(void)
{
	const struct report report = {.actions = &actions, .targets = 1};
	struct error e;

	make_result();
	report_one(report, &e);
	expect(out, "octo/app: event deploy sent, HTTP 204, request 8A7C\n",
	    "a line for an event that was sent");
	expect(err, "", "and nothing else");
	tap_ok(e.kind == ERROR_NONE, "which is not a failure");

	(void)error_set(&result.error, ERROR_NOT_FOUND, "octo/app: \x1b ::x");
	(void)error_hint(&result.error, "look again");
	report_one(report, &e);
	expect(out, "", "no line for a failure");
	expect(err,
	    "repository-dispatch: octo/app: \\x1b :\\x3ax\nhint: look again\n",
	    "but one on standard error, with its hint");
	tap_number(e.kind, ERROR_NOT_FOUND, "whose status travels");
	tap_text(e.line, "", "without a line");

	make_workflow_result();
	report_one(report, &e);
	expect(out,
	    "octo/app: workflow deploy.yml dispatched on refs/tags/v1, HTTP "
	    "204, request 8A7C\n",
	    "a line for a workflow");
	result.outcome.status = 200;
	strcpy(result.run_id, "3041");
	strcpy(result.run_url, "https://h/3041");
	report_one(report, &e);
	expect(out,
	    "octo/app: workflow deploy.yml dispatched on refs/tags/v1, HTTP "
	    "200, request 8A7C, run 3041, https://h/3041\n",
	    "a line for a workflow whose run is known");

	log_set_level(LOG_QUIET);
	make_result();
	report_one(report, &e);
	expect(out, "", "--quiet prints no result");
	log_set_level(LOG_NORMAL);
}

static void
test_json(void)
{
	const struct report report = {
	    .json = true, .actions = &actions, .targets = 1};
	struct capture capture;
	struct error e;

	make_result();
	report_one(report, &e);
	expect(out,
	    "{\"results\":[{\"repository\":\"octo/app\",\"event_type\":"
	    "\"deploy\",\"url\":\"https://h/repos/octo/app/dispatches\","
	    "\"delivered\":true,\"status\":204,\"request_id\":\"8A7C\","
	    "\"dispatch_id\":null,\"error\":null,\"hint\":null}],\"exit_"
	    "status\":0,\"error\":null,"
	    "\"hint\":null,\"token_expires\":null}\n",
	    "one document");
	error_clear(&e);
	(void)error_set(&e, ERROR_USAGE, "no token");
	(void)error_advise(&e, ADVICE_NAME_REPOSITORY);
	capture_begin(&capture);
	report_nothing_tried(false, &e);
	capture_end(&capture);
	expect(out,
	    "{\"results\":[],\"exit_status\":2,\"error\":\"no token\","
	    "\"hint\":\"use --repo OWNER/NAME\",\"token_expires\":null}\n",
	    "a document without results");
}

/* Two runs of the event, of which the older one decides. */
static void
make_runs(void)
{
	static struct run_job job = {
	    .name = "lint", .url = "https://h/job/1", .step = "Check"};
	struct run *run = runs.runs;

	memset(&runs, 0, sizeof(runs));
	runs.targets[0].count = 2;
	runs.targets[0].runs = run;
	run[0].next = &run[1];
	strcpy(run[0].id, "2");
	strcpy(run[0].url, "https://h/2");
	strcpy(run[0].status, "completed");
	strcpy(run[0].conclusion, "success");
	strcpy(run[0].workflow, "Deploy");
	run[0].started = 1000;
	run[0].updated = 1035;
	run[1] = run[0];
	run[1].next = NULL;
	strcpy(run[1].id, "1");
	strcpy(run[1].url, "https://h/1");
	strcpy(run[1].conclusion, "failure");
	strcpy(run[1].workflow, "Test");
	run[0].is_certain = true;
	run[1].jobs = &job;
	run[1].more_jobs = 3;
}

#define BEGUN                                                   \
	"octo/app: event deploy sent, HTTP 204, request 8A7C, " \
	"dispatch_id 00ff\n"

static void
test_runs(void)
{
	const struct report report = {
	    .actions = &actions, .targets = 1, .runs = &runs};
	struct error e;

	make_result();
	strcpy(result.dispatch_id, "00ff");
	result.id_is_ours = true;
	make_runs();
	report_one(report, &e);
	expect(out,
	    "octo/app: run 1 failure, https://h/1 (Test, 35 s, uncertain, 1 of "
	    "2); run 2 success, https://h/2 (Deploy, 35 s, 2 of 2)\n",
	    "one line of a target, with the deciding run first");
	expect(err, BEGUN, "an event that was sent is no result yet");
	tap_ok(e.kind == ERROR_NONE, "which is not a failure");

	make_runs();
	(void)error_set(&result.error, ERROR_RUN_FAILED, "octo/app: run 1");
	report_one(report, &e);
	tap_ok(e.kind == ERROR_RUN_FAILED, "a failed run decides the status");

	make_result();
	make_runs();
	runs.targets[0].count = 1;
	runs.targets[0].runs = &runs.runs[1];
	runs.runs[1].conclusion[0] = '\0';
	strcpy(runs.runs[1].status, "queued");
	runs.runs[1].workflow[0] = '\0';
	runs.runs[1].is_certain = true;
	report_one(report, &e);
	expect(out, "octo/app: run 1 queued, https://h/1\n",
	    "a run that goes on has a status");

	make_runs();
	runs.targets[0].count = 0;
	runs.targets[0].runs = NULL;
	report_one(report, &e);
	expect(out,
	    "octo/app: event deploy sent, HTTP 204, request 8A7C, no run is "
	    "known\n",
	    "an event without a run");

	log_set_level(LOG_QUIET);
	make_runs();
	report_one(report, &e);
	expect(out, "", "--quiet prints no runs");
	expect(err, "", "and no event");
	log_set_level(LOG_NORMAL);
}

/* What is not known when the event was sent is reported at the end only. */
static void
test_end(void)
{
	struct report report = {
	    .actions = &actions, .targets = 1, .runs = &runs};
	struct dispatch_listener listener = report_listener(&report);
	struct runs_listener runs_listener = report_runs_listener(&report);
	struct dispatch_result *end = &runs.targets[0].result;
	struct capture capture;
	struct error e;
	size_t i;

	/* With an id an unknown delivery is looked into. */
	for (i = 0; i < 2; i++) {
		make_result();
		make_runs();
		runs.targets[0].count = 0;
		runs.targets[0].runs = NULL;
		result.outcome.delivered = API_MAYBE;
		strcpy(result.dispatch_id, i == 0 ? "00ff" : "");
		(void)error_set(
		    &result.error, ERROR_UNKNOWN, "octo/app: HTTP 500");
		report_one(report, &e);
		expect(err,
		    i == 0 ? "octo/app: HTTP 500; looking for a run that shows "
			     "00ff\nrepository-dispatch: octo/app: HTTP 500\n"
			   : "repository-dispatch: octo/app: HTTP 500\n",
		    "an unknown delivery is reported once");
		expect(out, "", "and is no result");
	}

	make_result();
	make_runs();
	error_clear(&e);
	capture_begin(&capture);
	report_begin(&report);
	listener.finished(listener.context, &result);
	(void)error_set(&end->error, ERROR_RUN_FAILED, "octo/app: run 1 bad");
	runs_listener.ended(runs_listener.context, &runs.targets[0]);
	report_end(&report, &e);
	capture_end(&capture);
	expect(err,
	    "octo/app: event deploy sent, HTTP 204, request 8A7C\n"
	    "repository-dispatch: octo/app: run 1 bad\n"
	    "octo/app: run 1: job \"lint\" failed in step \"Check\": "
	    "https://h/job/1\n"
	    "octo/app: run 1: and 3 more failed jobs\n",
	    "a failed run has its failed jobs");
}

/* Each of these is one plain line, also under Actions. */
static void
test_following(void)
{
	static struct actions step;
	struct report report = {.actions = &step, .targets = 1, .runs = &runs};
	struct runs_listener listener = report_runs_listener(&report);
	struct runs_target *target = &runs.targets[0];
	struct capture capture;
	enum log_level level;

	make_result();
	make_runs();
	result.sent = clock_milliseconds();
	target->result = result;
	runs.runs[0].conclusion[0] = '\0';
	strcpy(runs.runs[0].status, "queued");
	step.annotates = true;
	for (level = LOG_QUIET; level <= LOG_NORMAL; level++) {
		log_set_level(level);
		capture_begin(&capture);
		listener.found(listener.context, target, &runs.runs[0]);
		fake_clock_advance(12000);
		strcpy(runs.runs[0].status, "::x");
		listener.changed(listener.context, target, &runs.runs[0]);
		listener.still(listener.context, target, NULL);
		listener.notice(listener.context, target, "HTTP 502");
		capture_end(&capture);
		strcpy(runs.runs[0].status, "queued");
		target->result.sent = clock_milliseconds();
		expect(err,
		    level == LOG_QUIET
			? ""
			: "octo/app: run 2 queued: https://h/2 (Deploy, 0 s "
			  "after the event)\n"
			  "octo/app: run 2 :\\x3ax after 12 s\n"
			  "octo/app: no run is known after 12 s\n"
			  "octo/app: HTTP 502\n",
		    level == LOG_QUIET ? "--quiet shows nothing of a wait"
				       : "what is seen during a wait");
		expect(out, "", "none of it is a result");
	}
}

static void
test_notices(void)
{
	struct report report = {.actions = &actions, .targets = 600};
	struct dispatch_listener listener = report_listener(&report);
	struct capture capture;

	make_result();
	(void)error_set(&result.error, ERROR_CONNECT, "octo/app: no route");
	capture_begin(&capture);
	listener.pauses(listener.context, 500, 2460001);
	listener.waits(listener.context, result.target, 1250, &result.error);
	listener.moved(listener.context, result.target, "/repositories/1");
	capture_end(&capture);
	expect(err,
	    "repository-dispatch: 500 of 600 targets are done; GitHub advises "
	    "at most 500 events an hour: the next one follows in 42 minutes\n"
	    "repository-dispatch: retrying in 1.2 seconds: octo/app: no "
	    "route\n"
	    "repository-dispatch: octo/app: the repository has moved to "
	    "/repositories/1\n",
	    "notices on standard error");
}

static void
test_preview(void)
{
	static const char request[] =
	    "POST / HTTP/1.1\r\nHost: h\r\n\r\n{\"a\":\"::\"}";
	struct report report = {
	    .is_dry_run = true, .actions = &actions, .targets = 1};
	struct capture capture;
	struct error e;

	make_result();
	error_clear(&e);
	capture_begin(&capture);
	report_begin(&report);
	report_preview(&report, &result, span_text(request));
	report_end(&report, &e);
	capture_end(&capture);
	expect(out, "POST / HTTP/1.1\nHost: h\n\n{\"a\":\":\\u003a\"}\n",
	    "the request of a dry run");
}

/* Standard output is full: the failure says what became of the events. */
static void
test_full(void)
{
	struct report report = {.actions = &actions, .targets = 2};
	struct dispatch_listener listener = report_listener(&report);
	struct capture capture;
	struct error e;
	int full = open("/dev/full", O_WRONLY);

	make_result();
	error_clear(&e);
	capture_begin(&capture);
	dup2(full, STDOUT_FILENO);
	report_begin(&report);
	listener.finished(listener.context, &result);
	result.outcome.delivered = API_MAYBE;
	(void)error_set(&result.error, ERROR_UNKNOWN, "octo/app: no response");
	listener.finished(listener.context, &result);
	report_end(&report, &e);
	capture_end(&capture);
	close(full);
	expect(e.line,
	    "cannot write to standard output: No space left on device; 1 "
	    "delivered, 1 unknown, of 2",
	    "a full output");
	tap_ok(e.kind == ERROR_UNKNOWN, "keeps the status of the events");
}

int
main(void)
{
	test_lines();
	test_json();
	test_runs();
	test_end();
	test_following();
	test_notices();
	test_preview();
	test_full();
	return tap_done();
}
