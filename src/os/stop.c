/* stop.c - global, because a signal handler has no other way to pass on a
 * signal. */
#include "os/stop.h"

#include <signal.h>

static volatile sig_atomic_t requested;

void
stop_request(void)
{
	requested = 1;
}

bool
stop_is_requested(void)
{
	return requested != 0;
}
