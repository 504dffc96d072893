/* run.c - statuses and conclusions are GitHub's words; one that is not known
 * here is neither an end nor a success. */
#include "event/run.h"

#include <string.h>

#include "base/array.h"

bool
run_has_ended(const struct run *run)
{
	return run->conclusion[0] != '\0';
}

bool
run_is_good(const struct run *run)
{
	static const char *const good[] = {"success", "skipped", "neutral"};
	size_t i;

	for (i = 0; i < COUNT(good); i++) {
		if (strcmp(run->conclusion, good[i]) == 0)
			return true;
	}
	return false;
}
