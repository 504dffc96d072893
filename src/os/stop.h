/* stop.h - whether a signal asked this process to stop, for whoever waits. */
#ifndef STOP_H
#define STOP_H

#include <stdbool.h>

/* Remembers it. A signal handler may call this. */
void stop_request(void);

bool stop_is_requested(void);

#endif
