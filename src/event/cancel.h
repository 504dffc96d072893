/* cancel.h - cancels runs that are followed, when nobody waits for them any
 * more. Facts: GitHub's REST docs, "Cancel a workflow run": 202 means that it
 * will be cancelled, 409 that it cannot be.
 *
 * Tested by tests/unit/event/poll_test.c and tests/e2e/follow.py. */
#ifndef CANCEL_H
#define CANCEL_H

#include "event/poll.h"
#include "event/run.h"
#include "event/runs.h"

#define CANCEL_TIME 5000 /* milliseconds for the runs of all targets */

/* Cancels the runs of a target that have not ended, before the poll's deadline.
 * Ambiguous ones are left alone: they may be somebody else's.
 *
 * Appends to the target's error, which is there, what became of each. */
void cancel_runs(struct poll *poll, struct runs_target *target);

#endif
