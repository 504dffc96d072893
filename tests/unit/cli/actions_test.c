/* actions_test.c - the lines added to the files of a step. */
#include "cli/actions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tap.h"

static struct runs_list runs;
static struct dispatch_result result;

static struct actions actions;
static char summary_path[] = "/tmp/actions_testXXXXXX";
static char outputs_path[] = "/tmp/actions_testXXXXXX";

static const char *
read_all(const char *path)
{
	static char text[2 * 1024 * 1024];
	FILE *file = fopen(path, "r");
	size_t length = 0;

	if (file != NULL) {
		length = fread(text, 1, sizeof(text) - 1, file);
		fclose(file);
	}
	text[length] = '\0';
	return text;
}

static void
expect(const char *path, const char *wanted, const char *name)
{
	const char *got = read_all(path);

	if (!tap_ok(strcmp(got, wanted) == 0, "%s", name))
		printf("# got %s\n", got);
}

static void
make_result(void)
{
	static const struct target target = {.owner = "octo", .name = "app"};
	static const struct url api = {.host = "h", .port = 443};

	result.api = &api;
	result.target = &target;
	result.event_type = "a|b";
	result.outcome.delivered = API_YES;
	result.outcome.status = 204;
	strcpy(result.outcome.request_id, "8A7C");
	result.dispatch_id[0] = '\0';
	error_clear(&result.error);
}

#define PART                                                           \
	"{\"repository\":\"octo/app\",\"event_type\":\"a|b\",\"url\":" \
	"\"https://h/repos/octo/app/dispatches\",\"delivered\":true,"  \
	"\"status\":204,\"request_id\":\"8A7C\",\"dispatch_id\":null," \
	"\"error\":null,\"hint\":null}"
#define FIRST                                                \
	"dispatch-url=https://h/repos/octo/app/dispatches\n" \
	"response-status=204\n"
#define ROW "| octo/app | a&#124;b | yes | 8A7C | \n"

#define TABLE                                           \
	"| repository | event | delivered | result |\n" \
	"| --- | --- | --- | --- |\n"

static void
write_all(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	if (file != NULL) {
		fputs(text, file);
		fclose(file);
	}
}

/* Opens the files, with this in them. */
static void
begin(const char *outputs, const char *summary)
{
	write_all(outputs_path, outputs);
	write_all(summary_path, summary);
	actions_find(&actions);
	actions_open(&actions);
}

/* What other programs of the step wrote before, and what has to come between
 * them and us. */
static void
test_files(void)
{
	static const struct {
		const char *before, *outputs, *summary;
	} cases[] = {
	    {"", "", ""},
	    {"a=b\n", "", "\n"},
	    {"a=b", "\n", "\n\n"},
	    {"a=b\n\n", "", "\n"},
	};
	char wanted[4096];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin(cases[i].before, cases[i].before);
		actions_sent(&actions, &result);
		actions_sent(&actions, &result);
		actions_result(&actions, &result, NULL);
		actions_result(&actions, &result, NULL);
		actions_end(&actions, NULL);
		snprintf(wanted, sizeof(wanted),
		    "%s%s" FIRST "results=[" PART "," PART "]\n",
		    cases[i].before, cases[i].outputs);
		expect(outputs_path, wanted, "the outputs of two targets");
		snprintf(wanted, sizeof(wanted), "%s%s" TABLE ROW ROW,
		    cases[i].before, cases[i].summary);
		expect(summary_path, wanted, "a row of the summary for each");
	}
}

/* A step's file has a limit: what does not fit is counted. */
static void
test_limits(void)
{
	const size_t count = 40000;
	const char *text;
	size_t i;

	begin("", "");
	for (i = 0; i < count; i++)
		actions_result(&actions, &result, NULL);
	actions_end(&actions, NULL);
	text = read_all(summary_path);
	tap_ok(strlen(text) <= ACTIONS_SUMMARY_MAX, "the summary has a limit");
	tap_ok(strlen(text) > ACTIONS_SUMMARY_MAX - 512, "it is used");
	text = strstr(text, ROW "\nand ");
	if (tap_ok(text != NULL, "the last line is after the rows")) {
		tap_number(strtoul(text + strlen(ROW "\nand "), NULL, 10),
		    count - actions.rows,
		    "the last line counts the results without a row");
	}
	text = read_all(outputs_path);
	tap_ok(strlen(text) <= ACTIONS_RESULTS_MAX + strlen(FIRST),
	    "the output results has a limit");
	tap_ok(strlen(text) > ACTIONS_RESULTS_MAX - 512, "that is used, too");
	tap_ok(strcmp(text + strlen(text) - 3, "}]\n") == 0,
	    "it ends with its last whole result");
	tap_ok(actions.parts < count, "it lacks results");
}

/* A summary that others have filled. */
static void
test_full(void)
{
	static char before[ACTIONS_SUMMARY_MAX];

	memset(before, 'x', sizeof(before) - 1);
	begin("", before);
	actions_result(&actions, &result, NULL);
	actions_end(&actions, NULL);
	tap_ok(strlen(read_all(summary_path)) == sizeof(before) - 1,
	    "nothing is added to a full summary");
}

/* An event type of a server without limits may be longer than a row. */
static void
test_long_row(void)
{
	static char event_type[100001];
	const char *text;

	memset(event_type, 'x', sizeof(event_type) - 1);
	begin("", "before\n");
	result.event_type = event_type;
	actions_result(&actions, &result, NULL);
	actions_end(&actions, NULL);
	text = read_all(summary_path);
	tap_ok(strchr(text, 'x') == NULL || strstr(text, "x | ") != NULL,
	    "a row is whole or left out");
	tap_ok(strstr(text, "and 1 more, ") != NULL,
	    "a row that is too long is counted");
	make_result();
}

static void
test_failures(void)
{
	static const struct {
		const char *line, *cell;
	} cases[] = {
	    {"HTTP 403 (needs x; see https://h/a; request 8A7C)",
		"HTTP 403 &#40;needs x&#59; request 8A7C&#41; | \n"},
	    {"HTTP 404 (see https://h/a; request 8A7C)",
		"HTTP 404 &#40;request 8A7C&#41; | \n"},
	    {"see http", "| see http | \n"},
	    {"see https://", "|  | \n"},
	};
	size_t i;

	result.outcome.delivered = API_NO;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin("", "");
		error_clear(&result.error);
		error_set(&result.error, ERROR_REFUSED, "%s", cases[i].line);
		actions_result(&actions, &result, NULL);
		tap_ok(strstr(read_all(summary_path), cases[i].cell) != NULL,
		    "the row of \"%s\" has no link", cases[i].line);
	}
	make_result();
}

/* A run is in the outputs as soon as it is known. The last line counts: at the
 * end it is the first run that failed. */
static void
test_runs(void)
{
	static struct run_job job = {
	    .name = "a|b", .url = "https://h/job", .step = "Check"};
	struct runs_target *one = &runs.targets[0], *two = &runs.targets[1];
	struct run *first = &runs.runs[0], *second = &runs.runs[1];

	runs.count = 2;
	one->count = 1;
	one->runs = first;
	strcpy(first->id, "1");
	strcpy(first->url, "https://h/1");
	strcpy(first->status, "queued");
	first->is_certain = true;
	strcpy(result.dispatch_id, "00ff");
	begin("", "");
	actions_sent(&actions, &result);
	actions_found(&actions, &runs);
	expect(outputs_path,
	    FIRST "dispatch-id=00ff\nrun-id=1\nrun-url=https://h/1\n",
	    "a run is known to the outputs at once");
	two->count = 1;
	two->runs = second;
	strcpy(second->id, "2");
	strcpy(second->url, "https://h/2");
	strcpy(second->conclusion, "failure");
	strcpy(second->workflow, "Deploy");
	second->jobs = &job;
	second->more_jobs = 2;
	second->started = 10;
	second->updated = 45;
	actions_found(&actions, &runs);
	strcpy(first->conclusion, "success");
	tap_ok(
	    read_all(summary_path)[0] == '\0', "the summary waits for the end");
	actions_result(&actions, &result, one);
	actions_result(&actions, &result, two);
	actions_end(&actions, &runs);
	tap_part(read_all(outputs_path),
	    "dispatch-id=00ff\nrun-id=1\nrun-url=https://h/1\nrun-id=2\n"
	    "run-url=https://h/2\nconclusion=failure\nresults=[{",
	    "the run that decided comes last");
	expect(summary_path,
	    TABLE "| octo/app | a&#124;b | yes | [success](https&#58;//h/1) | "
		  "\n| octo/app | a&#124;b | yes | [failure](https&#58;//h/2) "
		  "Deploy, 35 s, uncertain<br>failed: [a&#124;b]"
		  "(https&#58;//h/job), Check<br>and 2 more failed jobs | \n",
	    "how each run ended, with links");
}

/* Several runs of one target, and a failure that is not a run's. */
static void
test_cells(void)
{
	struct runs_target *target = &runs.targets[0];
	struct run *first = &runs.runs[0], *second = &runs.runs[1];

	memset(&runs, 0, sizeof(runs));
	target->count = 2;
	target->runs = first;
	first->next = second;
	strcpy(first->url, "x");
	strcpy(first->conclusion, "success");
	first->is_certain = second->is_certain = true;
	strcpy(second->url, "y");
	strcpy(second->status, "queued");
	(void)error_set(&result.error, ERROR_RUN_MISSING, "not ended");
	begin("", "");
	actions_result(&actions, &result, target);
	tap_part(read_all(summary_path),
	    "| yes | [queued](y)<br>[success](x)<br>not ended | \n",
	    "runs that have not ended");
	make_result();
}

/* What takes the place of a file that is open gets nothing. */
static void
test_replaced(void)
{
	begin("", "");
	(void)unlink(outputs_path);
	write_all(outputs_path, "theirs\n");
	actions_sent(&actions, &result);
	actions_end(&actions, NULL);
	expect(outputs_path, "theirs\n", "a file that was replaced");
}

static void
test_no_file(void)
{
	setenv("GITHUB_STEP_SUMMARY", "/nowhere/summary", 1);
	unsetenv("GITHUB_OUTPUT");
	actions_find(&actions);
	actions_open(&actions);
	actions_sent(&actions, &result);
	actions_result(&actions, &result, NULL);
	tap_ok(actions.summary.path == NULL, "a file that fails is given up");
	actions_end(&actions, NULL);
	tap_ok(actions.written == 1, "without files nothing happens");
	tap_ok(!actions_notice(&actions, "x"), "no notice outside of a step");
}

/* A workflow in place of an event; GitHub may have said which run it is. */
static void
test_workflow(void)
{
	static struct workflow workflow = {.ref = "a|b"};

	if (workflow_set(&workflow, span_text("d.yml"), &result.error) < 0)
		return;
	result.event_type = NULL;
	result.workflow = &workflow;
	result.dispatch_id[0] = '\0';
	strcpy(result.run_id, "3041");
	strcpy(result.run_url, "https://h/3041");
	begin("", "");
	actions_sent(&actions, &result);
	actions_result(&actions, &result, NULL);
	actions_end(&actions, NULL);
	expect(summary_path,
	    TABLE "| octo/app | d.yml on a&#124;b | yes | 8A7C | \n",
	    "the row of a workflow");
	tap_part(read_all(outputs_path),
	    "dispatch-url=https://h/repos/octo/app/actions/workflows/d.yml/"
	    "dispatches\nresponse-status=204\nrun-id=3041\n"
	    "run-url=https://h/3041\nresults=[",
	    "the outputs of a workflow");
	result.event_type = "a|b";
	result.workflow = NULL;
	result.run_id[0] = '\0';
}

int
main(void)
{
	int first = mkstemp(summary_path), second = mkstemp(outputs_path);

	if (first < 0 || second < 0)
		return 1;
	unsetenv("GITHUB_ACTIONS");
	setenv("GITHUB_STEP_SUMMARY", summary_path, 1);
	setenv("GITHUB_OUTPUT", outputs_path, 1);
	make_result();
	test_files();
	test_limits();
	test_full();
	test_long_row();
	test_failures();
	test_runs();
	test_workflow();
	test_cells();
	test_replaced();
	test_no_file();
	close(first);
	close(second);
	unlink(summary_path);
	unlink(outputs_path);
	return tap_done();
}
