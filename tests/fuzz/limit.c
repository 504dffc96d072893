/* limit.c - ends the process if an input takes more than a second of CPU time.
 * libFuzzer's own limit is one of the clock, which a busy machine exceeds.
 * Linked with --wrap=LLVMFuzzerTestOneInput. */
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

#define LIMIT 1 /* seconds */

int __wrap_LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int __real_LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* libFuzzer keeps the input when the process aborts. */
static void
stop(int number)
{
	static const char text[] = "the input took more than a second\n";

	(void)number;
	(void)!write(STDERR_FILENO, text, sizeof(text) - 1);
	abort();
}

int
__wrap_LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct itimerval on = {.it_value = {.tv_sec = LIMIT}};
	const struct itimerval off = {.it_value = {.tv_sec = 0}};
	int result;

	(void)signal(SIGPROF, stop);
	(void)setitimer(ITIMER_PROF, &on, NULL);
	result = __real_LLVMFuzzerTestOneInput(data, size);
	(void)setitimer(ITIMER_PROF, &off, NULL);
	return result;
}
