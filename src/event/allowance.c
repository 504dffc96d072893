/* allowance.c - a new period begins when the reset moves or more is left. */
#include "event/allowance.h"

#define SLACK 60000 /* milliseconds that the reset of a period may vary */

void
allowance_note(
    struct allowance *allowance, int64_t left, int64_t seconds, int64_t now)
{
	int64_t reset_at = now + seconds * 1000;

	if (left < 0 || seconds < 0 || seconds > 86400)
		return;
	if (!allowance->is_known || reset_at > allowance->reset_at + SLACK ||
	    left > allowance->left) {
		allowance->is_known = true;
		allowance->start_left = left;
		allowance->start_at = now;
	}
	allowance->left = left;
	allowance->reset_at = reset_at;
}

uint32_t
allowance_gap(const struct allowance *allowance, int64_t now)
{
	int64_t time = allowance->reset_at - now;
	int64_t whole = allowance->reset_at - allowance->start_at;

	if (!allowance->is_known || time <= 0)
		return 0;
	if (allowance->left == 0)
		return (uint32_t)time;
	/* Half of what would be left of an even use. */
	if (allowance->left * 2 * whole > allowance->start_left * time)
		return 0;
	return (uint32_t)(time / allowance->left);
}
