/* watch.h - a run that is known is asked for by its id, under the condition
 * that it has changed: a response of 304 costs nothing of the rate limit
 * (GitHub's REST docs, "Best practices for using the REST API"). With a new
 * token the first response is whole again (github/docs#34689).
 *
 * Tested by tests/unit/event/poll_test.c. */
#ifndef WATCH_H
#define WATCH_H

#include "event/poll.h"
#include "event/run.h"
#include "event/runs.h"

/* Takes what a response says of a run, and notifies the listener if its status
 * has changed. */
void watch_update(struct poll *poll, struct runs_target *target,
    struct run *run, const struct run *other);

/* Asks for a run that has not ended. If it cannot be read for long, the target
 * ends.
 *
 * Returns 0, or -1 if it could not be read. */
int watch_poll(struct poll *poll, struct runs_target *target, struct run *run);

/* Asks for the details of runs whose status has changed: the jobs and steps
 * that failed, and what a waiting run waits for ("List jobs for a workflow run"
 * and "Get pending deployments for a workflow run" in GitHub's REST docs). They
 * are for people: a failure is not repeated. */
void watch_details(struct poll *poll, struct runs_target *target);

#endif
