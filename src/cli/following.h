/* following.h - the options that say which runs are followed, by which id, and
 * for how long.
 *
 * Tested by tests/e2e/runs.py. */
#ifndef FOLLOWING_H
#define FOLLOWING_H

#include <stdbool.h>

#include "base/error.h"
#include "cli/arguments.h"
#include "cli/option_table.h"
#include "event/dispatch.h"
#include "event/runs.h"

/* Fills runs, and what a dispatch has to know of it. on has the switches. Texts
 * stay where they are.
 *
 * Returns 0, or -1 with an ERROR_USAGE. */
int following_read(const struct arguments *arguments,
    const bool on[OPTION_COUNT], struct dispatch_job *job,
    struct runs_job *runs, struct error *e) __attribute__((warn_unused_result));

#endif
