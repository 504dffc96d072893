/* actions_test.c - the lines added to the files of a step. */
#include "cli/actions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tap.h"

static struct runs_list runs;
static struct dispatch_result result;

static const char *
read_all(const char *path)
{
	static char text[8192];
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
	error_clear(&result.error);
}

#define PART                                                           \
	"{\"repository\":\"octo/app\",\"event_type\":\"a|b\",\"url\":" \
	"\"https://h/repos/octo/app/dispatches\",\"delivered\":true,"  \
	"\"status\":204,\"request_id\":\"8A7C\",\"error\":null,\"hint\":null}"
#define FIRST                                                  \
	"\ndispatch-url=https://h/repos/octo/app/dispatches\n" \
	"response-status=204\n"
#define ROW "| octo/app | a&#124;b | yes | 8A7C | \n"

static void
test_files(struct actions *actions)
{
	actions_begin(actions);
	actions_result(actions, &result, NULL);
	actions_result(actions, &result, NULL);
	actions_end(actions, NULL);
	expect(actions->outputs, FIRST "results=[" PART "," PART "]\n",
	    "the outputs of two targets");
	expect(actions->summary,
	    "\n| repository | event | delivered | result |\n"
	    "| --- | --- | --- | --- |\n" ROW ROW,
	    "a row of the summary for each");
}

/* The first run that failed decides. */
static void
test_runs(struct actions *actions)
{
	struct runs_target *one = &runs.targets[0], *two = &runs.targets[1];
	const char *text;

	runs.count = 2;
	one->count = two->count = 1;
	strcpy(one->list[0].id, "1");
	strcpy(one->list[0].conclusion, "success");
	strcpy(two->list[0].id, "2");
	strcpy(two->list[0].url, "https://h/2");
	strcpy(two->list[0].conclusion, "failure");
	actions_result(actions, &result, one);
	actions_result(actions, &result, two);
	actions_end(actions, &runs);
	text = read_all(actions->outputs);
	tap_ok(strstr(text, "]\nrun-id=2\nrun-url=https://h/2\n"
			    "conclusion=failure\n") != NULL,
	    "the run that decided");
	tap_ok(strstr(read_all(actions->summary),
		   "| [failure](https&#58;//h/2) | \n") != NULL,
	    "how a run ended, with a link");
}

static void
test_no_file(void)
{
	struct actions actions = {.summary = "/nowhere/summary"};

	actions_begin(&actions);
	tap_ok(actions.summary == NULL, "a file that fails is given up");
	actions_result(&actions, &result, NULL);
	actions_end(&actions, NULL);
	tap_ok(actions.written == 1, "without files nothing happens");
	tap_ok(!actions_notice(&actions, "x"), "no notice outside of a step");
}

int
main(void)
{
	char summary[] = "/tmp/actions_testXXXXXX";
	char outputs[] = "/tmp/actions_testXXXXXX";
	struct actions actions = {.summary = summary, .outputs = outputs};
	int first = mkstemp(summary), second = mkstemp(outputs);

	if (first < 0 || second < 0)
		return 1;
	make_result();
	test_files(&actions);
	actions.written = 0;
	test_runs(&actions);
	test_no_file();
	close(first);
	close(second);
	unlink(summary);
	unlink(outputs);
	return tap_done();
}
