/* sandbox.h - what the process asks of Linux itself: entropy, and to be
 * harder to look into. The only module with calls that are not POSIX. */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "os/deadline.h"

/* Fills all of it from getrandom(2), which needs no /dev. Returns 0, or -1
 * (ERROR_LOCAL): there is no weaker source to fall back to. */
int sandbox_entropy(void *bytes, size_t length, struct error *e)
    __attribute__((warn_unused_result));

/* Occupies those of descriptors 0 to 2 that are closed, so that no socket can
 * get their numbers and receive what is meant for standard output. Reading
 * from an occupied one is at its end; writing to it fails. Returns 0 or -1
 * (ERROR_LOCAL). */
int sandbox_hold_standard_descriptors(struct error *e)
    __attribute__((warn_unused_result));

/* No SIGPIPE, no core file or debugger that would see the token, no new
 * privileges. SIGINT and SIGTERM end the process at once, also as process 1
 * of a container, unless they were ignored from the start. */
void sandbox_start(void);

/* From now on the first SIGINT or SIGTERM is only remembered, so that a run
 * with many targets can stop between two of them; the second ends it. */
void sandbox_remember_signals(void);

/* Waits. Returns false if a signal was remembered, before or meanwhile. */
bool sandbox_wait(uint32_t milliseconds);

#endif
