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
	return tap_done();
}
