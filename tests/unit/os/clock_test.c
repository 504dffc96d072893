/* clock_test.c - deadlines. */
#include "os/clock.h"

#include "base/error.h"
#include "tap.h"

static void
test_deadline(void)
{
	struct deadline past = deadline_after(0), later = deadline_after(60000);

	tap_ok(deadline_passed(past), "a deadline of no time has passed");
	tap_number(deadline_left(past), 0, "nothing is left after a deadline");
	tap_ok(!deadline_passed(later), "a later deadline has not passed");
	tap_ok(deadline_left(later) > 50000, "nearly a minute is left");
	tap_ok(deadline_left(later) <= 60000, "no more than a minute is left");
	tap_number(deadline_sooner(past, later).at, past.at,
	    "the sooner one, which is the first");
	tap_number(deadline_sooner(later, past).at, past.at,
	    "the sooner one, which is the second");
	tap_number(deadline_left(deadline_without_wait(60000)), 0,
	    "there is no time to wait");
	tap_ok(!deadline_passed(deadline_without_wait(60000)),
	    "but the deadline has not passed");
	tap_ok(deadline_passed(deadline_without_wait(0)), "until it has");
	later = deadline_after(UINT32_MAX);
	tap_ok(deadline_left(later) > 0, "the largest does not wrap");
}

static void
test_clocks(void)
{
	int64_t began = clock_milliseconds();
	struct error e;

	error_clear(&e);
	tap_ok(clock_check(&e) == 0, "the system provides both clocks");
	tap_ok(clock_milliseconds() >= began, "the monotonic clock");
	tap_ok(clock_date() > 1790000000, "the date is after 2026-09");
}

int
main(void)
{
	test_deadline();
	test_clocks();
	return tap_done();
}
