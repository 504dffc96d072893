/* process.c - time passes only in process_wait(). Random bytes are zeros, so
 * that a backoff is always its shortest; eight of them, an id, are a number. */
#include "fakes/process.h"

#include <string.h>

#include "fakes/clock.h"
#include "os/process.h"

static int64_t signal_at = FAKE_PROCESS_NO_SIGNAL;

void
fake_process_signal_at(int64_t milliseconds)
{
	signal_at = milliseconds;
}

bool
process_wait(uint32_t milliseconds)
{
	int64_t end = fake_clock_now() + milliseconds;

	if (end >= signal_at) {
		if (signal_at > fake_clock_now()) {
			fake_clock_advance(
			    (uint32_t)(signal_at - fake_clock_now()));
		}
		return false;
	}
	fake_clock_advance(milliseconds);
	return true;
}

int
process_entropy(void *bytes, size_t length, struct error *e)
{
	static unsigned char ids;

	(void)e;
	memset(bytes, 0, length);
	if (length == 8)
		((unsigned char *)bytes)[7] = ++ids;
	return 0;
}

void
process_remember_signals(void)
{
}

void
process_wipe_arguments(char **argv)
{
	(void)argv;
}
