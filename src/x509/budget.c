/* budget.c - one counter. The clock is read once in a while only, since most
 * pieces of work take less time than that. */
#include "x509/budget.h"

#define INTERVAL 100000 /* units from one look at the clock to the next */

void
budget_init(struct budget *budget, struct deadline deadline)
{
	*budget = (struct budget){
	    .deadline = deadline, .left = BUDGET_UNITS, .unchecked = INTERVAL};
}

bool
budget_spend(struct budget *budget, size_t units)
{
	if (units > budget->left)
		budget->is_exceeded = true;
	if (budget->is_exceeded)
		return false;
	budget->left -= (uint32_t)units;
	budget->unchecked += (uint32_t)units;
	if (budget->unchecked < INTERVAL)
		return true;
	budget->unchecked = 0;
	budget->is_late = deadline_passed(budget->deadline);
	budget->is_exceeded = budget->is_late;
	return !budget->is_late;
}

bool
budget_is_exceeded(const struct budget *budget)
{
	return budget->is_exceeded;
}

bool
budget_is_late(const struct budget *budget)
{
	return budget->is_late;
}
