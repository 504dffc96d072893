/* expiry.h - says in time that a personal token expires: a job that runs once a
 * week should not be the one to find out. */
#ifndef EXPIRY_H
#define EXPIRY_H

#include <stdint.h>

#include "base/buffer.h"
#include "cli/actions.h"
#include "event/dispatch.h"

/* Two weeks: seconds before the end. */
#define EXPIRY_NOTICE INT64_C(1209600)

/* Appends "in 3 days", in the largest unit of which there are at least two, or
 * "in less than two minutes". */
void expiry_write_distance(struct buffer *b, int64_t seconds);

/* Prints a line on standard error if a personal token expires soon, in a step
 * of GitHub Actions as a notice. A token that has expired already is an error
 * of its own. */
void expiry_warn(
    const struct dispatch_expiry *expiry, const struct actions *actions);

#endif
