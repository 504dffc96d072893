/* runs_test.c - the runs of all targets in their common storage: their order,
 * and what happens where there is no room. */
#include "event/runs.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "github/target.h"
#include "tap.h"

static struct runs_list list;
static struct target repositories[3];

static void
begin(void)
{
	static const char *const names[][2] = {
	    {"octo", "app"}, {"Octo", "App"}, {"octo", "other"}};
	size_t i;

	memset(&list, 0, sizeof(list));
	memset(repositories, 0, sizeof(repositories));
	list.count = COUNT(names);
	for (i = 0; i < COUNT(names); i++) {
		strcpy(repositories[i].owner, names[i][0]);
		strcpy(repositories[i].name, names[i][1]);
		list.targets[i].result.target = &repositories[i];
	}
}

static struct run *
add(size_t target, const char *id)
{
	struct run run = {.attempt = 1};

	(void)snprintf(run.id, sizeof(run.id), "%s", id);
	return runs_add(&list, &list.targets[target], &run);
}

/* The ids of a target, newest first. */
static const char *
ids_of(size_t target)
{
	static char text[256];
	const struct run *run;

	text[0] = '\0';
	for (run = list.targets[target].runs; run != NULL; run = run->next) {
		strcat(text, run->id);
		strcat(text, " ");
	}
	return text;
}

static void
test_order(void)
{
	static const char *const ids[] = {"10", "9", "100", "11", "1"};
	size_t i;

	begin();
	for (i = 0; i < COUNT(ids); i++)
		(void)add(0, ids[i]);
	tap_text(ids_of(0), "100 11 10 9 1 ", "the order is that of numbers");
}

static void
test_remove(void)
{
	struct run *middle, *of_other, *added;

	begin();
	(void)add(0, "1");
	middle = add(0, "2");
	(void)add(0, "3");
	of_other = add(1, "4");
	runs_remove(&list.targets[0], of_other);
	tap_text(ids_of(0), "3 2 1 ", "another target's run is not removed");
	tap_text(ids_of(1), "4 ", "from neither");
	runs_remove(&list.targets[0], middle);
	tap_text(ids_of(0), "3 1 ", "a run is removed");
	tap_number(list.targets[0].count, 2, "it does not count any more");
	added = add(0, "5");
	tap_ok(added == middle, "its place is used again");
	tap_text(ids_of(0), "5 3 1 ", "by a run in its own order");
}

static void
test_find(void)
{
	static const struct {
		size_t target;
		const char *id;
		bool is_found;
	} rows[] = {
	    {0, "1", true},
	    {1, "1", true}, /* the same repository in other letters */
	    {2, "1", false},
	    {0, "2", false},
	};
	const struct runs_target *owner;
	size_t i;

	begin();
	(void)add(0, "1");
	for (i = 0; i < COUNT(rows); i++) {
		owner = NULL;
		tap_ok((runs_find(&list, &list.targets[rows[i].target],
			    rows[i].id, &owner) != NULL) == rows[i].is_found,
		    "row %zu: whether the run is known", i);
		tap_ok((owner == &list.targets[0]) == rows[i].is_found,
		    "row %zu: whose it is", i);
	}
}

static void
test_repositories(void)
{
	begin();
	tap_ok(runs_share_repository(&list.targets[0], &list.targets[1]),
	    "case does not matter");
	tap_ok(!runs_share_repository(&list.targets[0], &list.targets[2]),
	    "another name is another repository");
	strcpy(repositories[2].name, "app");
	strcpy(repositories[2].owner, "octo-org");
	tap_ok(!runs_share_repository(&list.targets[0], &list.targets[2]),
	    "so is another owner");
	tap_ok(!runs_share_repository(&list.targets[2], &list.targets[0]),
	    "and an owner that begins with it");
	strcpy(repositories[2].owner, "octo");
	strcpy(repositories[2].name, "application");
	tap_ok(!runs_share_repository(&list.targets[0], &list.targets[2]),
	    "and a longer name");
	tap_ok(!runs_share_repository(&list.targets[2], &list.targets[0]),
	    "and a shorter name");
}

static void
test_limits(void)
{
	char id[RUN_ID_SIZE];
	size_t i, added = 0;

	begin();
	for (i = 0; i <= RUNS_MAX; i++) {
		(void)snprintf(id, sizeof(id), "%zu", i + 1);
		added += add(0, id) != NULL;
	}
	tap_number(added, RUNS_MAX, "a target has room for so many runs");
	tap_ok(list.targets[0].is_full, "the target is full");
	list.count = RUNS_TARGETS_MAX;
	for (i = RUNS_MAX; i < RUNS_POOL_MAX + 1; i++) {
		(void)snprintf(id, sizeof(id), "%zu", i + 1);
		added += add(1 + i / RUNS_MAX, id) != NULL;
	}
	tap_number(added, RUNS_POOL_MAX, "all have room for so many");
	tap_ok(list.targets[1 + RUNS_POOL_MAX / RUNS_MAX].is_full,
	    "the last one is full without a run");
}

static void
test_jobs(void)
{
	static const struct run_job job = {.name = "build"};
	struct run runs[RUNS_JOBS_MAX / RUNS_RUN_JOBS_MAX + 1];
	const struct run_job *added;
	size_t i, n, kept = 0;

	begin();
	memset(runs, 0, sizeof(runs));
	for (i = 0; i < COUNT(runs); i++) {
		for (n = 0; n < RUNS_RUN_JOBS_MAX + 2; n++)
			runs_add_job(&list, &runs[i], &job);
		for (added = runs[i].jobs; added != NULL; added = added->next)
			kept++;
	}
	tap_number(runs[0].more_jobs, 2, "jobs of a run that have no room");
	tap_number(kept, RUNS_JOBS_MAX, "all runs have room for so many jobs");
	tap_number(runs[COUNT(runs) - 1].more_jobs, RUNS_RUN_JOBS_MAX + 2,
	    "those of the last run are counted");
}

static void
test_deciding(void)
{
	struct run *old, *new;

	begin();
	tap_ok(runs_deciding(&list.targets[0]) == NULL, "no run decides");
	old = add(0, "1");
	new = add(0, "2");
	strcpy(old->conclusion, "success");
	strcpy(new->conclusion, "neutral");
	tap_ok(runs_deciding(&list.targets[0]) == new, "the newest decides");
	strcpy(old->conclusion, "failure");
	tap_ok(runs_deciding(&list.targets[0]) == old, "or one that failed");
}

int
main(void)
{
	test_order();
	test_remove();
	test_find();
	test_repositories();
	test_limits();
	test_jobs();
	test_deciding();
	return tap_done();
}
