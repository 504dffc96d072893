/* runs.h - the runs of the events that were sent, for whoever follows them
 * (follow.h) and for whoever shows them. Runs and failed jobs of all targets
 * share one storage each. */
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
	/* Private to follow.c and what it calls, from here on. Times are those
	 * of clock_milliseconds(), but for since, the server's time when the
	 * event was sent. */
	size_t base_length; /* of the repository's path, in result.path */
	int64_t since;      /* 0: not known */
	int64_t find_until; /* when a run must be known */
	int64_t new_at;     /* when the latest run was found, or created */
	int64_t next_at;    /* the next poll */
	int64_t said_at;    /* the listener was last notified */
	int64_t failing_since;
	unsigned failures; /* of polls in a row */
	unsigned polls;
	unsigned paid; /* requests of the last poll that count */
	bool is_done;
	bool is_reported; /* the listener knows that it has ended */
	bool is_unknown;  /* so is whether the event was delivered */
	bool is_settled;  /* no further runs are searched for */
	bool is_full;     /* there are more runs than can be followed */
	bool was_polled;  /* once at least */
	bool is_troubled; /* the listener knows that polls fail */
	bool is_hinted;   /* and that runs do not show the id */
	bool is_warned;   /* and that runs are ambiguous */
};

struct runs_list {
	size_t count;
	struct runs_target targets[RUNS_TARGETS_MAX];
	/* Private. */
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
	/* Once for each target, when it has ended: nothing of it changes any
	 * more. */
	void (*ended)(void *context, const struct runs_target *target);
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

/* Returns the run that decides: the first that failed, else the newest, or NULL
 * if the target has no run. */
const struct run *runs_deciding(const struct runs_target *target);

/* Whether two targets are the same repository. */
bool runs_share_repository(
    const struct runs_target *one, const struct runs_target *other);

/* Returns the run with this id that is followed for the target, or for another
 * one in its repository, or NULL. *owner is set to that target. */
struct run *runs_find(struct runs_list *list, const struct runs_target *target,
    const char *id, const struct runs_target **owner);

/* Adds a run to a target, in its place.
 *
 * Returns it, or NULL, with target->is_full set, if there is no room. */
struct run *runs_add(
    struct runs_list *list, struct runs_target *target, const struct run *run);

/* Takes a run from a target, and frees its place. */
void runs_remove(struct runs_target *target, struct run *run);

/* Adds a failed job to a run, in its place, or counts it if there is no
 * room. */
void runs_add_job(
    struct runs_list *list, struct run *run, const struct run_job *job);

#endif
