/* budget_test.c - what can be paid for, and what ends the work. */
#include "x509/budget.h"

#include "tap.h"

int
main(void)
{
	struct budget b;
	size_t i;

	budget_init(&b, deadline_after(60000));
	tap_ok(budget_spend(&b, BUDGET_UNITS), "everything at once");
	tap_ok(budget_spend(&b, 0), "nothing is still possible");
	tap_ok(!budget_is_exceeded(&b), "it is not exceeded yet");
	tap_ok(!budget_spend(&b, 1), "but one unit is too much");
	tap_ok(budget_is_exceeded(&b), "it is exceeded");
	tap_ok(!budget_is_late(&b), "but not late");
	tap_ok(!budget_spend(&b, 0), "even nothing is refused then");

	budget_init(&b, deadline_after(60000));
	tap_ok(!budget_spend(&b, (size_t)BUDGET_UNITS + 1), "too much at once");
	tap_ok(!budget_spend(&b, 1), "after that, a smaller piece as well");
	budget_init(&b, deadline_after(60000));
	tap_ok(!budget_spend(&b, SIZE_MAX), "the largest size");

	budget_init(&b, deadline_after(0));
	tap_ok(!budget_spend(&b, 1), "a deadline that has passed");
	tap_ok(budget_is_late(&b), "it is late");
	tap_ok(budget_is_exceeded(&b), "and exceeded");

	budget_init(&b, deadline_after(60000));
	tap_ok(budget_spend(&b, 1), "in time");
	b.deadline = deadline_after(0);
	for (i = 0; i < BUDGET_UNITS && budget_spend(&b, 100); i += 100)
		continue;
	tap_ok(budget_is_late(&b), "a deadline that passes is seen");
	tap_ok(i < BUDGET_UNITS / 100, "it is seen soon, after %zu units", i);
	return tap_done();
}
