/* stop.h - whether a signal asked this process to stop, for whoever waits.
 *
 * Tested by tests/unit/os/process_test.c. */
#ifndef STOP_H
#define STOP_H

#include <stdbool.h>

/* Remembers it. A signal handler may call this. */
void stop_request(void);

bool stop_is_requested(void);

#endif
