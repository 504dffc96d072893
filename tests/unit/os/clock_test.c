/* clock_test.c - deadlines. */
#include "os/clock.h"

#include "base/error.h"
#include "os/stop.h"
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
test_step(void)
{
	struct deadline never = deadline_without_wait(60000);
	struct deadline stops = deadline_or_stop(deadline_after(60000));
	int step = deadline_step(deadline_after(60000));

	tap_number(
	    deadline_step(deadline_after(0)), -1, "a step after the deadline");
	tap_ok(step > 50000, "a step before it");
	tap_ok(step <= 60000, "is no longer than what is left");
	tap_number(deadline_step(never), 0, "a step without a wait");
	tap_number(
	    deadline_step(stops), 250, "a step that a signal may end is short");
	stop_request();
	tap_number(deadline_step(stops), -1, "a step after a signal");
	tap_number(deadline_nap(stops), 0, "a nap after a signal");
	tap_number(deadline_left(stops), 0, "what is left after a signal");
	tap_ok(deadline_passed(stops), "a signal ends a deadline");
	tap_number(deadline_step(never), 0, "but no other one");
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
	test_step();
	return tap_done();
}
