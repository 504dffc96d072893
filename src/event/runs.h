/* runs.h - follows the workflow runs that events started to their end.
 *
 * The response to a dispatch contains no run id, and one event starts any
 * number of runs (GitHub's REST docs, "Create a repository dispatch event" and
 * "List workflow runs for a repository"). So this searches for
 * repository_dispatch runs that were created within five minutes after the
 * event was sent, by the server's clock.
 *
 * If the payload has a "dispatch_id", a string or a number, the runs whose name
 * or title shows it count instead. Only that identifies them for certain.
 *
 * Tested by tests/e2e/runs.py. */
#ifndef RUNS_H
#define RUNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/span.h"
#include "event/dispatch.h"
#include "event/run.h"

#define RUNS_TARGETS_MAX 100
#define RUNS_MAX 32         /* of one event; more are a failure */
#define RUNS_POOL_MAX 512   /* of all events */
#define RUNS_JOBS_MAX 256   /* failed jobs of all runs */
#define RUNS_RUN_JOBS_MAX 8 /* of one run */
#define RUNS_WORKFLOWS_MAX 16
#define RUNS_PAGE 20 /* runs in a response, some 20 KB each */
#define RUNS_PAGES_MAX 5
#define RUNS_STILL 180000 /* milliseconds until a line is due */

/* A target, and the runs of its event. */
struct runs_target {
	struct dispatch_result result; /* its error also reports the runs */
	size_t count;
	struct run *runs; /* newest first, as run->next leads on */
	/* Private from here on. */
	bool is_done, was_complete, has_more;
	size_t last_count;
};

struct runs_list {
	size_t count;
	struct runs_target targets[RUNS_TARGETS_MAX];
	/* Private from here on. */
	size_t runs_used, jobs_used;
	struct run runs[RUNS_POOL_MAX];
	struct run_job jobs[RUNS_JOBS_MAX];
};

/* Who is notified while runs are followed. */
struct runs_listener {
	void *context;
	/* Once for each run, when it becomes known. */
	void (*found)(void *context, const struct runs_target *target,
	    const struct run *run);
	/* At each change of its status. */
	void (*changed)(void *context, const struct runs_target *target,
	    const struct run *run);
	/* At least every RUNS_STILL if nothing else was to be said; run is NULL
	 * while none is known. */
	void (*still)(void *context, const struct runs_target *target,
	    const struct run *run);
	/* Something that does not end the wait: an outage, a rate limit, a
	 * token that was renewed, runs that are uncertain or ambiguous. why is
	 * a phrase without the target. */
	void (*notice)(
	    void *context, const struct runs_target *target, const char *why);
};

struct runs_job {
	const struct dispatch_job *dispatch;
	const struct runs_listener *listener;
	uint32_t timeout;      /* milliseconds, for all; a last poll follows */
	uint32_t interval;     /* the longest between two polls */
	uint32_t find_timeout; /* until a run is known */
	bool ends_when_found;  /* do not wait for the end */
	bool follows_ambiguous;
	bool cancels; /* what is left at the end of the time, or at a signal */
	/* Files; none: every workflow counts. */
	size_t workflow_count;
	struct span workflows[RUNS_WORKFLOWS_MAX];
};

/* Returns the run that decides: the first that failed, else the first, or NULL
 * if the target has no run. */
const struct run *runs_deciding(const struct runs_target *target);

/* Follows the runs of all delivered events until they have ended, the time is
 * up, or a signal was remembered.
 *
 * A target whose runs did not all succeed gets an error: ERROR_RUN_FAILED, or
 * ERROR_RUN_MISSING if no run was found or not all have ended. */
void runs_follow(const struct runs_job *job, struct dispatch_storage *storage,
    struct runs_list *list);

#endif
