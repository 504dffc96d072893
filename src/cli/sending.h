/* sending.h - what is sent, as options and variables say: an event of a type,
 * or a workflow_dispatch of a workflow on a ref.
 *
 * Tested by tests/unit/cli/options_test.c. */
#ifndef SENDING_H
#define SENDING_H

#include "base/error.h"
#include "cli/arguments.h"
#include "event/dispatch.h"
#include "github/workflow.h"

/* Sets the event type of the job, or its workflow, which then points to
 * workflow. Its payload and the permissions of an App's token depend on that.
 *
 * --event-type and --workflow exclude each other, and one is required. --ref
 * goes with --workflow and with nothing else.
 *
 * Returns 0, or -1 with an ERROR_USAGE that names the option or variable. */
int sending_read(struct arguments *arguments, struct workflow *workflow,
    struct dispatch_job *job, struct error *e)
    __attribute__((warn_unused_result));

/* Checks that no target has an event type if a workflow is sent, once the
 * targets are complete.
 *
 * Returns 0, or -1 with an ERROR_USAGE. */
int sending_check_targets(const struct arguments *arguments,
    const struct dispatch_job *job, struct error *e)
    __attribute__((warn_unused_result));

#endif
