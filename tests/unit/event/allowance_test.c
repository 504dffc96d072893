/* allowance_test.c - what a request takes of the time until a rate limit is
 * reset. */
#include "event/allowance.h"

#include "base/array.h"
#include "tap.h"

static const struct row {
	const char *name;
	int64_t first, left; /* requests at the start, and now */
	int64_t seconds;     /* from the start, of 3600 */
	uint32_t gap;        /* milliseconds */
} rows[] = {
    {"nothing used", 5000, 5000, 0, 0},
    {"less than half at once", 5000, 2600, 1, 0},
    {"more than half at once", 5000, 2400, 0, 1500},
    {"an even use", 5000, 2500, 1800, 0},
    {"little left", 5000, 100, 1800, 18000},
    {"nothing left", 5000, 0, 1800, 1800000},
    {"after the reset", 5000, 0, 3601, 0},
};

/* What begins a new period, and what says nothing. */
static void
test_periods(void)
{
	static const struct {
		const char *name;
		int64_t left, seconds;
		int64_t start_left; /* then; 100 before */
	} notes[] = {
	    {"fewer are left", 90, 3000, 100},
	    {"more are left", 101, 3000, 101},
	    {"the reset moves", 90, 3120, 90},
	    {"the reset moves a little", 90, 3050, 100},
	    {"nothing is said", -1, 3000, 100},
	    {"no reset is said", 101, -1, 100},
	    {"a reset in more than a day", 101, 86401, 100},
	};
	struct allowance allowance;
	size_t i;

	for (i = 0; i < COUNT(notes); i++) {
		allowance = (struct allowance){.is_known = false};
		allowance_note(&allowance, 100, 3000, 0);
		allowance_note(
		    &allowance, notes[i].left, notes[i].seconds, 1000);
		tap_number(allowance.start_left, notes[i].start_left,
		    "%s: what was left at the start", notes[i].name);
	}
}

int
main(void)
{
	struct allowance allowance;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		allowance = (struct allowance){.is_known = false};
		tap_number(allowance_gap(&allowance, 0), 0,
		    "%s: not known: no gap", rows[i].name);
		allowance_note(&allowance, rows[i].first, 3600, 0);
		allowance_note(&allowance, rows[i].left, 3600 - rows[i].seconds,
		    rows[i].seconds * 1000);
		tap_number(allowance_gap(&allowance, rows[i].seconds * 1000),
		    rows[i].gap, "%s: the gap", rows[i].name);
	}
	test_periods();
	return tap_done();
}
