/* clock.c - src/os/clock.c itself, on a system whose time is a variable. */
#include "fakes/clock.h"

#include <time.h>

static int64_t now, date = FAKE_CLOCK_DATE;

int64_t
fake_clock_now(void)
{
	return now;
}

void
fake_clock_advance(uint32_t milliseconds)
{
	now += milliseconds;
}

void
fake_clock_set_date(int64_t seconds)
{
	date = seconds - now / 1000;
}

static int
fake_gettime(clockid_t clock, struct timespec *time)
{
	int64_t at = now;

	if (clock == CLOCK_REALTIME)
		at += date * 1000;
	time->tv_sec = (time_t)(at / 1000);
	time->tv_nsec = (long)(at % 1000) * 1000000;
	return 0;
}

#define clock_gettime fake_gettime
#include "os/clock.c"
