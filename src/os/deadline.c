/* deadline.c - arithmetic in 64-bit nanoseconds, which last 292 years. */
#include "os/deadline.h"

#include <limits.h>
#include <time.h>

#define NANOSECONDS_A_MILLISECOND 1000000

static struct timespec
read_clock(clockid_t clock)
{
	struct timespec t = {0, 0};

	/* Cannot fail for these clocks (POSIX.1-2008, clock_gettime). */
	(void)clock_gettime(clock, &t);
	return t;
}

static int64_t
clock_now(void)
{
	struct timespec t = read_clock(CLOCK_MONOTONIC);

	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

struct deadline
deadline_after(uint32_t milliseconds)
{
	struct deadline d;

	d.at = clock_now() + (int64_t)milliseconds * NANOSECONDS_A_MILLISECOND;
	return d;
}

struct deadline
deadline_sooner(struct deadline a, struct deadline b)
{
	return a.at < b.at ? a : b;
}

int
deadline_left(struct deadline d)
{
	int64_t left = d.at - clock_now();

	if (left <= 0)
		return 0;
	left =
	    (left + NANOSECONDS_A_MILLISECOND - 1) / NANOSECONDS_A_MILLISECOND;
	return left > INT_MAX ? INT_MAX : (int)left;
}

bool
deadline_passed(struct deadline d)
{
	return deadline_left(d) == 0;
}

int64_t
deadline_clock(void)
{
	return clock_now() / NANOSECONDS_A_MILLISECOND;
}

/* libc's time() asks in a way of its own, a kilobyte of code to find it. */
int64_t
deadline_date(void)
{
	return (int64_t)read_clock(CLOCK_REALTIME).tv_sec;
}
