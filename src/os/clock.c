/* clock.c - arithmetic in 64-bit nanoseconds, which last 292 years. */
#include "os/clock.h"

#include <errno.h>
#include <limits.h>
#include <time.h>

#include "base/array.h"
#include "base/error.h"
#include "os/stop.h"

#define NANOSECONDS_PER_SECOND 1000000000
#define NANOSECONDS_PER_MILLISECOND 1000000
#define NAP 250 /* milliseconds */

int
clock_check(struct error *e)
{
	static const clockid_t clocks[] = {CLOCK_MONOTONIC, CLOCK_REALTIME};
	struct timespec t;
	size_t i;

	for (i = 0; i < COUNT(clocks); i++) {
		if (clock_gettime(clocks[i], &t) < 0) {
			return error_set_errno(e, ERROR_LOCAL, errno,
			    "the system provides no clock");
		}
	}
	return 0;
}

static struct timespec
read_clock(clockid_t clock)
{
	struct timespec t = {0, 0};

	/* It cannot fail: clock_check() succeeded. */
	(void)clock_gettime(clock, &t);
	return t;
}

static int64_t
nanoseconds(void)
{
	struct timespec t = read_clock(CLOCK_MONOTONIC);

	return (int64_t)t.tv_sec * NANOSECONDS_PER_SECOND + t.tv_nsec;
}

int64_t
clock_milliseconds(void)
{
	return nanoseconds() / NANOSECONDS_PER_MILLISECOND;
}

int64_t
clock_date(void)
{
	return (int64_t)read_clock(CLOCK_REALTIME).tv_sec;
}

struct deadline
deadline_after(uint32_t milliseconds)
{
	struct deadline d = {.at = nanoseconds()};

	d.at += (int64_t)milliseconds * NANOSECONDS_PER_MILLISECOND;
	return d;
}

struct deadline
deadline_without_wait(uint32_t milliseconds)
{
	struct deadline d = deadline_after(milliseconds);

	d.never_waits = true;
	return d;
}

struct deadline
deadline_or_stop(struct deadline d)
{
	d.stops = true;
	return d;
}

struct deadline
deadline_sooner(struct deadline one, struct deadline other)
{
	struct deadline sooner = one.at < other.at ? one : other;

	sooner.stops = one.stops || other.stops;
	return sooner;
}

/* Returns -1 once the deadline has passed. */
static int
time_left(struct deadline d)
{
	int64_t left = d.at - nanoseconds();

	if (left <= 0 || (d.stops && stop_is_requested()))
		return -1;
	if (d.never_waits)
		return 0;
	left = (left + NANOSECONDS_PER_MILLISECOND - 1) /
	       NANOSECONDS_PER_MILLISECOND;
	return left > INT_MAX ? INT_MAX : (int)left;
}

int
deadline_left(struct deadline d)
{
	int left = time_left(d);

	return left < 0 ? 0 : left;
}

int
deadline_step(struct deadline d)
{
	int left = time_left(d);

	return d.stops && left > NAP ? NAP : left;
}

int
deadline_nap(struct deadline d)
{
	int nap = deadline_step(d);

	return nap < 0 ? 0 : nap;
}

bool
deadline_passed(struct deadline d)
{
	return time_left(d) < 0;
}
