/* deadline.h - the clocks, and one absolute instant on the monotonic one.
 * It is set once for a whole transaction and handed down; nothing restarts
 * it, so a peer that sends a byte now and then cannot stretch it. */
#ifndef DEADLINE_H
#define DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

struct deadline {
	int64_t at; /* nanoseconds on CLOCK_MONOTONIC */
};

/* Now plus this many milliseconds, at most about 24 days. */
struct deadline deadline_after(uint32_t milliseconds);

/* The one that comes first. */
struct deadline deadline_sooner(struct deadline a, struct deadline b);

/* Milliseconds left, rounded up, for poll(2); 0 once it has passed. */
int deadline_left(struct deadline d);

bool deadline_passed(struct deadline d);

/* Monotonic milliseconds, for measuring how long something took. */
int64_t deadline_clock(void);

/* Seconds since 1970, which certificates and tokens are dated by; 0, which no
 * certificate is valid at, where the system does not tell. */
int64_t deadline_date(void);

#endif
