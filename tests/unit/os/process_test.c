/* process_test.c - signals, descriptors and protection. Each test that changes
 * the process runs in a child, whose exit status is the result. */
#include "os/process.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "base/error.h"
#include "os/clock.h"
#include "tap.h"

/* Returns the child's exit status, or minus the signal that ended it. */
static int
run_child(int (*test)(void))
{
	int status = 0;
	pid_t child;

	(void)fflush(stdout);
	child = fork();
	if (child == 0)
		_exit(test());
	if (child < 0 || waitpid(child, &status, 0) != child)
		abort();
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static int
one_signal(void)
{
	process_remember_signals();
	(void)raise(SIGTERM);
	return process_wait(60000) ? 1 : 0;
}

static int
two_signals(void)
{
	process_remember_signals();
	(void)raise(SIGTERM);
	(void)raise(SIGINT);
	return 1;
}

static int
ignored_signal(void)
{
	(void)signal(SIGINT, SIG_IGN);
	process_remember_signals();
	(void)raise(SIGINT);
	return process_wait(1) ? 0 : 1;
}

static int
signal_during_wait(void)
{
	pid_t parent = getpid(), child;

	process_remember_signals();
	child = fork();
	if (child == 0) {
		(void)usleep(50000);
		_exit(kill(parent, SIGINT) < 0);
	}
	return process_wait(60000) ? 1 : 0;
}

static int
broken_pipe(void)
{
	int ends[2];

	process_harden();
	if (pipe(ends) < 0)
		return 1;
	(void)close(ends[0]);
	return write(ends[1], "a", 1) < 0 ? 0 : 1;
}

static int
not_dumpable(void)
{
	process_harden();
	return prctl(PR_GET_DUMPABLE, 0UL, 0UL, 0UL, 0UL);
}

static int
no_new_privileges(void)
{
	process_harden();
	return prctl(PR_GET_NO_NEW_PRIVS, 0UL, 0UL, 0UL, 0UL);
}

static int
signal_without_handler(void)
{
	process_harden();
	(void)raise(SIGTERM);
	return 0;
}

static void
test_children(void)
{
	static const struct {
		const char *name;
		int (*test)(void);
		int status;
	} rows[] = {
	    {"a remembered signal ends a wait", one_signal, 0},
	    {"a second signal ends the process", two_signals, 128 + SIGINT},
	    {"an ignored signal stays ignored", ignored_signal, 0},
	    {"a signal during a wait ends the wait", signal_during_wait, 0},
	    {"a broken pipe is an error, not a death", broken_pipe, 0},
	    {"the process is not dumpable", not_dumpable, 0},
	    {"the process gets no new privileges", no_new_privileges, 1},
	    {"a signal has its default action", signal_without_handler,
		-SIGTERM},
	};
	size_t i;
	int status;

	for (i = 0; i < COUNT(rows); i++) {
		status = run_child(rows[i].test);
		tap_ok(
		    status == rows[i].status, "%s: %d", rows[i].name, status);
	}
}

static void
test_wait(void)
{
	int64_t began = clock_milliseconds(), passed;
	bool result = process_wait(50);

	passed = clock_milliseconds() - began;
	tap_ok(result, "a wait without a signal");
	tap_ok(passed >= 49, "it takes its time");
	tap_ok(process_wait(0), "no time to wait");
}

static unsigned closed; /* a bit for each descriptor */

/* Closes the descriptors of the mask. Returns 0 if reading from each is then at
 * the end, writing to it fails, and a new descriptor does not get its
 * number. */
static int
hold_closed(void)
{
	struct error e;
	char byte;
	int fd;

	error_clear(&e);
	for (fd = 0; fd <= 2; fd++) {
		if (closed & 1U << fd)
			(void)close(fd);
	}
	if (process_hold_standard_descriptors(&e) < 0)
		return 1;
	for (fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) < 0)
			return 2;
		if ((closed & 1U << fd) && read(fd, &byte, 1) != 0)
			return 3;
		if ((closed & 1U << fd) && write(fd, "a", 1) != -1)
			return 4;
	}
	return dup(0) > 2 ? 0 : 5;
}

static void
test_descriptors(void)
{
	int status;

	for (closed = 0; closed < 8; closed++) {
		status = run_child(hold_closed);
		tap_ok(status == 0, "descriptors closed %u%u%u: %d", closed & 1,
		    closed >> 1 & 1, closed >> 2, status);
	}
}

static void
test_entropy(void)
{
	unsigned char bytes[2][300];
	struct error e;

	error_clear(&e);
	memset(bytes, 0, sizeof(bytes));
	tap_ok(process_entropy(bytes[0], sizeof(bytes[0]), &e) == 0,
	    "random bytes");
	tap_ok(process_entropy(bytes[1], sizeof(bytes[1]), &e) == 0,
	    "more random bytes");
	tap_ok(
	    memcmp(bytes[0], bytes[1], sizeof(bytes[0])) != 0, "they differ");
	/* All zero with a probability of 2^-256. */
	memset(bytes[1], 0, sizeof(bytes[1]));
	tap_ok(memcmp(bytes[0] + 268, bytes[1], 32) != 0,
	    "the last ones are filled, too");
	tap_ok(process_entropy(bytes[0], 0, &e) == 0, "no bytes");
}

int
main(void)
{
	/* A shell ignores SIGINT in its background jobs, and they inherit it.
	 */
	(void)signal(SIGINT, SIG_DFL);
	test_children();
	test_wait();
	test_descriptors();
	test_entropy();
	return tap_done();
}
