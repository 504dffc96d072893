/* allowance.h - how fast requests may follow each other so that what is left of
 * a rate limit lasts until it is reset.
 *
 * The first half of what was left at the start may be used at once. After that,
 * the rest is spread over the time. Facts: GitHub's REST docs, "Rate limits for
 * the REST API"; others may use the same limit. */
#ifndef ALLOWANCE_H
#define ALLOWANCE_H

#include <stdbool.h>
#include <stdint.h>

/* Begins as all zeros. Times are those of clock_milliseconds(). */
struct allowance {
	bool is_known;
	int64_t left, reset_at;
	int64_t start_left, start_at; /* of this period */
};

/* Takes what a response says: requests that are left, and seconds until the
 * reset; negative if it says nothing. */
void allowance_note(
    struct allowance *allowance, int64_t left, int64_t seconds, int64_t now);

/* Returns the milliseconds that one request takes of the time. */
uint32_t allowance_gap(const struct allowance *allowance, int64_t now);

#endif
