/* run_text_test.c - what is said of a run, word by word. */
#include "cli/run_text.h"

#include <string.h>

#include "base/array.h"
#include "tap.h"

static struct run
make_run(const char *status, const char *conclusion)
{
	struct run run = {.attempt = 1, .is_certain = true};

	strcpy(run.id, "304");
	strcpy(run.url, "https://h/304");
	strcpy(run.workflow, "Deploy");
	strcpy(run.status, status);
	strcpy(run.conclusion, conclusion);
	return run;
}

static void
test_times(void)
{
	static const struct {
		int64_t seconds;
		const char *text;
	} cases[] = {
	    {-1, "0 s"},
	    {0, "0 s"},
	    {119, "119 s"},
	    {120, "2 min 0 s"},
	    {3599, "59 min 59 s"},
	    {3600, "1 h 0 min"},
	    {360000, "100 h 0 min"},
	};
	char text[64];
	struct buffer b;
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		buffer_init(&b, text, sizeof(text));
		run_text_time(&b, cases[i].seconds);
		tap_text(text, cases[i].text, "a time is read at a glance");
	}
}

/* Each change of a run, and what is said at each of its stages. */
static void
test_stages(void)
{
	static const struct {
		const char *status, *conclusion, *waits_for;
		const char *found, *changed, *still;
	} cases[] = {
	    {"queued", "", "",
		"run 304 queued: https://h/304 (Deploy, 12 s after the event)",
		"run 304 queued after 12 s", "run 304 still queued after 12 s"},
	    {"waiting", "", "production",
		"run 304 waiting: https://h/304 (Deploy, waits for production, "
		"12 s after the event)",
		"run 304 waiting after 12 s: it waits for production",
		"run 304 still waiting after 12 s"},
	    {"completed", "failure", "",
		"run 304 completed: https://h/304 (failure, Deploy, 12 s after "
		"the event)",
		"run 304 completed after 12 s: failure",
		"run 304 still completed after 12 s"},
	    {"", "", "",
		"run 304 known: https://h/304 (Deploy, 12 s after the event)",
		"run 304 known after 12 s", "run 304 still known after 12 s"},
	};
	char text[512];
	struct buffer b;
	struct run run;
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		run = make_run(cases[i].status, cases[i].conclusion);
		strcpy(run.waits_for, cases[i].waits_for);
		buffer_init(&b, text, sizeof(text));
		run_text_found(&b, &run, 12999);
		tap_text(text, cases[i].found, "a run that becomes known");
		buffer_init(&b, text, sizeof(text));
		run_text_changed(&b, &run, 12999);
		tap_text(text, cases[i].changed, "a run that changes");
		buffer_init(&b, text, sizeof(text));
		run_text_still(&b, &run, 12999);
		tap_text(text, cases[i].still, "a run that does not change");
	}
	buffer_init(&b, text, sizeof(text));
	run_text_still(&b, NULL, 180000);
	tap_text(text, "no run is known after 3 min 0 s", "no run");
}

static void
test_facts(void)
{
	char text[512];
	struct buffer b;
	struct run run = make_run("completed", "success");

	run.started = 100;
	run.updated = 135;
	run.attempt = 2;
	run.is_certain = false;
	buffer_init(&b, text, sizeof(text));
	run_text_facts(&b, &run);
	tap_text(text, "Deploy, 35 s, attempt 2, uncertain", "all facts");
	run = make_run("in_progress", "");
	run.workflow[0] = '\0';
	run.started = 100;
	run.updated = 135;
	buffer_init(&b, text, sizeof(text));
	run_text_facts(&b, &run);
	tap_text(text, "", "a run that goes on has no time that it took");
}

static void
test_jobs(void)
{
	char text[512];
	struct buffer b;
	struct run run = make_run("completed", "failure");
	struct run_job job = {.name = "build (arm)", .url = "https://h/job/1"};

	buffer_init(&b, text, sizeof(text));
	run_text_job(&b, &run, &job);
	tap_text(text, "run 304: job \"build (arm)\" failed: https://h/job/1",
	    "a job without steps");
	strcpy(job.step, "Compile");
	buffer_init(&b, text, sizeof(text));
	run_text_job(&b, &run, &job);
	tap_text(text,
	    "run 304: job \"build (arm)\" failed in step \"Compile\": "
	    "https://h/job/1",
	    "a job and its step");
}

int
main(void)
{
	test_times();
	test_stages();
	test_facts();
	test_jobs();
	return tap_done();
}
