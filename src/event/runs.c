/* runs.c - runs are linked in the order of their ids, which grow with time. */
#include "event/runs.h"

#include <string.h>

#include "base/ascii.h"
#include "event/run.h"
#include "github/target.h"

const struct run *
runs_deciding(const struct runs_target *target)
{
	const struct run *run;

	for (run = target->runs; run != NULL; run = run->next) {
		if (!run_is_good(run))
			return run;
	}
	return target->runs;
}

bool
runs_share_repository(
    const struct runs_target *one, const struct runs_target *other)
{
	const struct target *name = one->result.target;
	const struct target *other_name = other->result.target;

	return ascii_equal_nocase(
		   name->owner, other_name->owner, strlen(other_name->owner)) &&
	       ascii_equal_nocase(
		   name->name, other_name->name, strlen(other_name->name));
}

struct run *
runs_find(struct runs_list *list, const struct runs_target *target,
    const char *id, const struct runs_target **owner)
{
	struct run *run;
	size_t i;

	for (i = 0; i < list->count; i++) {
		if (!runs_share_repository(target, &list->targets[i]))
			continue;
		for (run = list->targets[i].runs; run != NULL;
		     run = run->next) {
			if (strcmp(run->id, id) != 0)
				continue;
			*owner = &list->targets[i];
			return run;
		}
	}
	return NULL;
}

/* Whether one id, a number, is greater than another. */
static bool
is_newer(const char *one, const char *other)
{
	size_t length = strlen(one), known = strlen(other);

	return length > known || (length == known && strcmp(one, other) > 0);
}

/* Returns a place that no run has, or NULL. */
static struct run *
free_place(struct runs_list *list)
{
	size_t i;

	for (i = 0; i < list->runs_used; i++) {
		if (list->runs[i].id[0] == '\0')
			return &list->runs[i];
	}
	return i < RUNS_POOL_MAX ? &list->runs[list->runs_used++] : NULL;
}

struct run *
runs_add(
    struct runs_list *list, struct runs_target *target, const struct run *run)
{
	struct run **place = &target->runs, *added = free_place(list);

	if (target->count == RUNS_MAX || added == NULL) {
		target->is_full = true;
		return NULL;
	}
	while (*place != NULL && is_newer((*place)->id, run->id))
		place = &(*place)->next;
	*added = *run;
	added->next = *place;
	*place = added;
	target->count++;
	return added;
}

void
runs_remove(struct runs_target *target, struct run *run)
{
	struct run **place = &target->runs;

	while (*place != NULL && *place != run)
		place = &(*place)->next;
	if (*place == NULL)
		return;
	*place = run->next;
	run->id[0] = '\0';
	target->count--;
}

void
runs_add_job(struct runs_list *list, struct run *run, const struct run_job *job)
{
	struct run_job **place = &run->jobs, *added;
	size_t count = 0;

	for (; *place != NULL; place = &(*place)->next)
		count++;
	if (count == RUNS_RUN_JOBS_MAX || list->jobs_used == RUNS_JOBS_MAX) {
		run->more_jobs++;
		return;
	}
	added = &list->jobs[list->jobs_used++];
	*added = *job;
	added->next = NULL;
	*place = added;
}
