/* follow.h - follows the runs that events started, from the event to their
 * end.
 *
 * A run is searched for in the repository's lists (find.h) until it is known;
 * once known, it is asked for by its id (watch.h). The search for further runs
 * ends when a list that was read 15 seconds after the last new run shows no
 * other, or once each workflow that is named has its run.
 *
 * Intervals grow from two seconds to the job's, and as far as the rate limit
 * asks for (allowance.h).
 *
 * Tested by tests/unit/event/follow_test.c and tests/e2e/runs.py. */
#ifndef FOLLOW_H
#define FOLLOW_H

#include "event/dispatch.h"
#include "event/runs.h"

#define FOLLOW_FIRST 1000    /* milliseconds from an event to the first poll */
#define FOLLOW_SETTLES 15000 /* from a new run until no other is expected */

/* Follows the runs of all delivered events until they have ended, or are known
 * if the job ends then, or the time is up, or a signal was remembered. An event
 * of which it is not known whether it was delivered is one if a run shows its
 * id.
 *
 * A target whose runs did not all succeed gets an error: ERROR_RUN_FAILED, or
 * ERROR_RUN_MISSING if no run was found, if they are ambiguous, or if not all
 * have ended. An ERROR_UNKNOWN stays unless a run shows the id. */
void follow_runs(const struct runs_job *job, struct dispatch_storage *storage,
    struct runs_list *list);

#endif
