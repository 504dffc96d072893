/* run_test.c - runs as GitHub's responses show them: what is read of one, lists
 * that are cut or damaged, and which of two reports is the newer one. */
#include "event/run.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "tap.h"

#define E_ACUTE "\xc3\xa9"
#define TEN(text) text text text text text text text text text text

static const struct {
	const char *name, *body;
	int result;
	const char *status, *conclusion, *workflow, *path;
	uint32_t attempt;
} rows[] = {
    {"a run",
	"{\"id\":7,\"name\":\"Deploy\",\"display_title\":\"deploy\","
	"\"path\":\".github/workflows/a.yml\",\"status\":\"completed\","
	"\"conclusion\":\"success\",\"run_attempt\":2}",
	0, "completed", "success", "Deploy", ".github/workflows/a.yml", 2},
    {"a conclusion before the end",
	"{\"id\":7,\"status\":\"in_progress\",\"conclusion\":\"success\"}", 0,
	"in_progress", "", "", "", 1},
    {"an end without a conclusion",
	"{\"id\":7,\"status\":\"completed\",\"conclusion\":null}", 0,
	"completed", "unknown", "", "", 1},
    {"no name", "{\"id\":7,\"path\":\".github/workflows/a.yml\"}", 0, "", "",
	"a.yml", ".github/workflows/a.yml", 1},
    {"the title as the name",
	"{\"id\":7,\"name\":\"deploy\",\"display_title\":\"deploy\","
	"\"path\":\".github/workflows/a.yml\"}",
	0, "", "", "a.yml", ".github/workflows/a.yml", 1},
    {"a path without a folder", "{\"id\":7,\"path\":\"a.yml\"}", 0, "", "", "",
	"a.yml", 1},
    {"a branch after the path",
	"{\"id\":7,\"name\":\"x\",\"path\":\"dir/a.yml@refs/heads/main\"}", 0,
	"", "", "x", "dir/a.yml", 1},
    {"an attempt that is no number", "{\"id\":7,\"run_attempt\":\"3\"}", 0, "",
	"", "", "", 1},
    {"an attempt that is too large", "{\"id\":7,\"run_attempt\":4294967296}", 0,
	"", "", "", "", 1},
    {"no id", "{\"status\":\"completed\"}", -1, "", "", "", "", 0},
    {"an id that is text", "{\"id\":\"7\"}", -1, "", "", "", "", 0},
    {"a fraction as the id", "{\"id\":7.5}", -1, "", "", "", "", 0},
    {"an array", "[{\"id\":7}]", -1, "", "", "", "", 0},
    {"a response that is cut", "{\"id\":7,\"status\":\"comp", -1, "", "", "",
	"", 0},
    {"nothing", "", -1, "", "", "", "", 0},
};

static void
test_read(void)
{
	static struct run_listed listed;
	const struct run *run = &listed.run;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		memset(&listed, 0, sizeof(listed));
		tap_number(run_read(span_text(rows[i].body), &listed),
		    rows[i].result, "%s: whether it is a run", rows[i].name);
		tap_text(run->status, rows[i].status, "%s: the status",
		    rows[i].name);
		tap_text(run->conclusion, rows[i].conclusion,
		    "%s: the conclusion", rows[i].name);
		tap_text(run->workflow, rows[i].workflow, "%s: the workflow",
		    rows[i].name);
		tap_text(run->path, rows[i].path, "%s: the path", rows[i].name);
		tap_number(run->attempt, rows[i].attempt, "%s: the attempt",
		    rows[i].name);
	}
}

/* A long title is cut between two characters: an odd number of bytes fits. */
static void
test_long_title(void)
{
	static const char *const shifts[] = {"", "x"};
	static struct run_listed listed;
	char body[1024];
	size_t i;

	for (i = 0; i < COUNT(shifts); i++) {
		(void)snprintf(body, sizeof(body),
		    "{\"id\":7,\"display_title\":\"%s" TEN(TEN(E_ACUTE)) "\"}",
		    shifts[i]);
		tap_number(run_read(span_text(body), &listed), 0,
		    "a long title: it is a run");
		tap_number(strlen(listed.run.title),
		    RUN_TEXT_SIZE - (i == 0 ? 2 : 1),
		    "a long title after \"%s\": no half character is kept",
		    shifts[i]);
	}
}

static void
count(void *context, const struct run_listed *listed)
{
	size_t *taken = context;

	*taken += listed->run.id[0] != '\0';
}

static void
test_lists(void)
{
	static const struct {
		const char *name, *body;
		int result;
	} lists[] = {
	    {"no run", "{\"workflow_runs\":[]}", 0},
	    {"two runs", "{\"workflow_runs\":[{\"id\":8},{\"id\":7}]}", 2},
	    {"a list that is cut",
		"{\"workflow_runs\":[{\"id\":8},{\"id\":", -1},
	    {"a fault after the list",
		"{\"workflow_runs\":[{\"id\":8}],\"x\":}", -1},
	    {"an item that is no run", "{\"workflow_runs\":[{\"id\":8},7]}",
		-1},
	    {"an item without an id",
		"{\"workflow_runs\":[{\"id\":8},{\"name\":\"x\"}]}", -1},
	    {"no list", "{\"total_count\":0}", -1},
	    {"a list that is an object", "{\"workflow_runs\":{}}", -1},
	};
	size_t i, taken;

	for (i = 0; i < COUNT(lists); i++) {
		taken = 0;
		tap_number(
		    run_read_list(span_text(lists[i].body), count, &taken),
		    lists[i].result, "%s: how many", lists[i].name);
		tap_number(taken, lists[i].result > 0 ? lists[i].result : 0,
		    "%s: as many are handed over", lists[i].name);
	}
}

static struct run
make(const char *conclusion, uint32_t attempt, int64_t updated, const char *url)
{
	struct run run = {.attempt = attempt, .updated = updated};

	(void)snprintf(run.status, sizeof(run.status), "%s",
	    conclusion[0] != '\0' ? "completed" : "in_progress");
	(void)snprintf(
	    run.conclusion, sizeof(run.conclusion), "%s", conclusion);
	(void)snprintf(run.url, sizeof(run.url), "%s", url);
	return run;
}

/* What is known is "failure" in attempt 2, at 100 seconds. */
static void
test_update(void)
{
	static const struct {
		const char *name, *conclusion;
		uint32_t attempt;
		int64_t updated;
		const char *left; /* the conclusion then */
	} updates[] = {
	    {"an older attempt", "success", 1, 200, "failure"},
	    {"an older state", "success", 2, 99, "failure"},
	    {"the same second, not ended", "", 2, 100, "failure"},
	    {"a later state, not ended", "", 2, 101, "failure"},
	    {"a later end", "success", 2, 101, "success"},
	    {"a newer attempt", "", 3, 100, ""},
	    {"a newer attempt by an older clock", "success", 3, 50, "success"},
	};
	struct run run, other;
	size_t i;

	for (i = 0; i < COUNT(updates); i++) {
		run = make("failure", 2, 100, "https://h/7");
		other = make(updates[i].conclusion, updates[i].attempt,
		    updates[i].updated, "");
		run_update(&run, &other);
		tap_text(run.conclusion, updates[i].left, "%s: the conclusion",
		    updates[i].name);
		tap_text(run.url, "https://h/7", "%s: the address stays",
		    updates[i].name);
	}
	other = make("success", 4, 200, "https://h/8");
	run_update(&run, &other);
	tap_text(run.url, "https://h/8", "a new address is taken");
}

int
main(void)
{
	test_read();
	test_long_title();
	test_lists();
	test_update();
	return tap_done();
}
