/* clock.h - the two clocks, and one absolute instant on the monotonic one.
 * A deadline is set once for a whole transaction and handed down. Nothing
 * restarts it, so a peer that sends a byte now and then cannot stretch it. */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/* Checks that the system provides both clocks. Call it once, before anything
 * else here: afterwards the clocks cannot fail.
 *
 * Returns 0, or -1 with an ERROR_LOCAL. */
int clock_check(struct error *e) __attribute__((warn_unused_result));

/* Milliseconds on the monotonic clock, for measuring how long something
 * takes. */
int64_t clock_milliseconds(void);

/* Seconds since 1970, as certificates and tokens count. */
int64_t clock_date(void);

struct deadline {
	int64_t at; /* nanoseconds on CLOCK_MONOTONIC */
	bool never_waits;
	bool stops; /* it has passed once a signal was remembered (stop.h) */
};

/* Now plus this many milliseconds. */
struct deadline deadline_after(uint32_t milliseconds);

/* The same, for taking what is there already: until then there is time to work,
 * but none to wait. */
struct deadline deadline_without_wait(uint32_t milliseconds);

/* The same instant, or when a signal is remembered. */
struct deadline deadline_or_stop(struct deadline d);

/* Returns the earlier of two deadlines, or when either of them stops. */
struct deadline deadline_sooner(struct deadline one, struct deadline other);

/* Milliseconds left to wait, rounded up, for poll(2); 0 once it has passed. */
int deadline_left(struct deadline d);

/* Milliseconds to wait at once: what is left, but not for long if a signal
 * could come just before the wait. */
int deadline_nap(struct deadline d);

bool deadline_passed(struct deadline d);

/* Reads the clock once for the last two.
 *
 * Returns -1 if the deadline has passed, or else how long to wait at once; 0
 * means that there is time to work, but none to wait. */
int deadline_step(struct deadline d);

#endif
