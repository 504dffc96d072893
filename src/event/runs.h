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
#include "event/dispatch.h"

#define RUNS_TARGETS_MAX 100
#define RUNS_MAX 32        /* of one event; more are a failure */
#define RUNS_APPEAR 300000 /* milliseconds until the first must exist */
#define RUNS_PAGE 20       /* runs in a response, some 20 KB each */
#define RUNS_PAGES_MAX 25

struct run {
	char id[24];
	char url[256];
	char conclusion[24]; /* "" until it is completed */
};

/* A target, and the runs of its event. */
struct runs_target {
	struct dispatch_result result; /* its error also reports the runs */
	size_t count;
	struct run list[RUNS_MAX]; /* newest first */
	/* Private from here on. */
	bool is_done, was_complete, has_more;
	size_t last_count;
};

struct runs_list {
	size_t count;
	struct runs_target targets[RUNS_TARGETS_MAX];
};

struct runs_job {
	const struct dispatch_job *dispatch;
	uint32_t timeout;  /* milliseconds, for all; a last poll follows */
	uint32_t interval; /* milliseconds between two polls */
};

/* Whether the run succeeded: success, skipped or neutral. */
bool runs_is_good(const struct run *run);

/* Returns the run that decides: the first that failed, else the first, or NULL
 * if the target has no run. */
const struct run *runs_deciding(const struct runs_target *target);

/* Checks whether the payload's dispatch_id, if it has one, can be searched for:
 * it must be a number, or a string of 1 to 255 bytes. Call it before anything
 * is sent.
 *
 * Returns 0, or -1 with an ERROR_PAYLOAD. */
int runs_check_id(const struct payload *payload, struct error *e)
    __attribute__((warn_unused_result));

/* Follows the runs of all delivered events until they have ended, the time is
 * up, or a signal was remembered.
 *
 * A target whose runs did not all succeed gets an error: ERROR_RUN_FAILED, or
 * ERROR_RUN_MISSING if no run was found or not all have ended. */
void runs_follow(const struct runs_job *job, struct dispatch_storage *storage,
    struct runs_list *list);

#endif
