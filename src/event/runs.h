/* runs.h - the workflow runs that events started, followed to their end. A
 * dispatch is answered without a run's id, and one event starts any number of
 * runs (GitHub's REST docs, "Create a repository dispatch event" and "List
 * workflow runs for a repository"), so they are looked for: runs of a
 * repository_dispatch created since the event was sent and within five minutes,
 * by the server's clock. Where the payload has a string or a number
 * "dispatch_id", those whose name or title shows it count instead, which is the
 * one way to know them for sure.
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
#define RUNS_APPEAR 300000 /* milliseconds until the first has to be there */
#define RUNS_PAGE 20       /* runs of an answer, some 20 KB each */
#define RUNS_PAGES_MAX 25

struct run {
	char id[24];
	char url[256];
	char conclusion[24]; /* "" until it is completed */
};

/* A target, and what became of its event. */
struct runs_target {
	struct dispatch_result result; /* its error is the runs', too */
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
	uint32_t timeout;  /* milliseconds, for all; a last look follows */
	uint32_t interval; /* milliseconds between two looks */
};

/* Whether this end is no failure: success, skipped or neutral. */
bool runs_is_good(const struct run *r);

/* The one that decides: the first that failed, else the first; NULL for none.
 */
const struct run *runs_deciding(const struct runs_target *t);

/* Whether a dispatch_id that is there can be looked for: a number, or a string
 * of 1 to 255 bytes. Before anything is sent. Returns 0, or -1 with an
 * ERROR_PAYLOAD. */
int runs_check_id(const struct payload *p, struct error *e)
    __attribute__((warn_unused_result));

/* Follows what was delivered until it has ended, the time is up, or a signal
 * was remembered. A target whose runs did not all end well gets an error:
 * ERROR_RUN_FAILED, or ERROR_RUN_MISSING if none was found, or not all ended.
 * Returns the kind of the first failure in the targets' order. */
enum error_kind runs_follow(const struct runs_job *job,
    struct dispatch_storage *s, struct runs_list *l);

#endif
