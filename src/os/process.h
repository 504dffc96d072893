/* process.h - the process itself: entropy, protection against debuggers and
 * core dumps, and signals. */
#ifndef PROCESS_H
#define PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* Makes the process ready: SIGPIPE is ignored, no core file or debugger can
 * see the token, new privileges are refused, constant data is read-only.
 *
 * SIGINT and SIGTERM end the process at once, also as process 1 of a container,
 * unless they were ignored from the start. */
void process_harden(void);

/* Occupies those of descriptors 0 to 2 that are closed, so that no socket can
 * get their numbers and receive the text meant for standard output. Reading
 * from an occupied one returns the end of the file; writing to it fails.
 *
 * Returns 0, or -1 with an ERROR_LOCAL. */
int process_hold_standard_descriptors(struct error *e)
    __attribute__((warn_unused_result));

/* Fills bytes from getrandom(2), which needs no /dev. No weaker source is used
 * if that fails.
 *
 * Returns 0, or -1 with an ERROR_LOCAL. */
int process_entropy(void *bytes, size_t length, struct error *e)
    __attribute__((warn_unused_result));

/* From now on the first SIGINT or SIGTERM is only remembered, so that a run
 * with many targets can stop between two of them. The second one ends the
 * process. */
void process_remember_signals(void);

/* Waits for this time.
 *
 * Returns false if a signal was remembered, before or meanwhile. */
bool process_wait(uint32_t milliseconds);

/* Returns how many bytes the stack may still grow below the caller, SIZE_MAX if
 * that is not limited. Call it before the system calls are filtered. */
size_t process_stack_room(void);

/* Overwrites all arguments and the whole environment: a payload may be in them,
 * and what somebody put in the wrong place. Nothing may be read from them
 * afterwards. */
void process_wipe_arguments(char **argv);

#endif
