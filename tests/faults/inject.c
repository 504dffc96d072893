/* inject.c - runs a program, some of whose system calls fail, are cut short or
 * meet a signal.
 *
 * inject CALL FIRST LAST HOW NUMBER PROGRAM ARGUMENTS...
 * Calls number FIRST to LAST of those with this number:
 *     error   fail with this errno, without being made
 *     return  return this, without being made
 *     limit   transfer at most this many bytes: the count is lowered
 *     signal  begin with this signal; a SIGSTOP is followed by a SIGCONT
 * Ends as the program does.
 *
 * strace(1) has all of it but the limit, and takes twice as long. */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A program that tries again until its time is up gets this many faults at
 * once, and then one every few milliseconds: it would leave other runs nothing
 * of the processor. */
#define AT_ONCE 50
#define PAUSE 5000000 /* nanoseconds */

struct fault {
	unsigned long call, first, last;
	const char *how;
	long number;
	unsigned long seen;
};

/* What the kernel's struct user_regs_struct calls them. */
#if defined(__x86_64__)
#define CALL orig_rax
#define RESULT rax
#define COUNT_1 rsi
#define COUNT_2 rdx
#elif defined(__aarch64__)
#define CALL regs[8]
#define RESULT regs[0]
#define COUNT_1 regs[1]
#define COUNT_2 regs[2]
#else
#error "the registers of this processor are not known"
#endif

static void
fail(const char *what)
{
	perror(what);
	exit(125);
}

static void
move(int request, pid_t child, struct user_regs_struct *registers)
{
	struct iovec io = {registers, sizeof(*registers)};

	if (ptrace(request, child, NT_PRSTATUS, &io) < 0)
		fail("ptrace");
}

/* The number of a call that is not made. */
static void
skip(pid_t child)
{
#if defined(__aarch64__)
	int none = -1;
	struct iovec io = {&none, sizeof(none)};

	if (ptrace(PTRACE_SETREGSET, child, NT_ARM_SYSTEM_CALL, &io) < 0)
		fail("ptrace");
#else
	struct user_regs_struct registers;

	move(PTRACE_GETREGSET, child, &registers);
	registers.CALL = (unsigned long)-1;
	move(PTRACE_SETREGSET, child, &registers);
#endif
}

static void
limit(const struct fault *fault, pid_t child)
{
	struct user_regs_struct registers;

	move(PTRACE_GETREGSET, child, &registers);
	if (fault->call == SYS_getrandom) {
		if (registers.COUNT_1 > (unsigned long)fault->number)
			registers.COUNT_1 = (unsigned long)fault->number;
	} else if (registers.COUNT_2 > (unsigned long)fault->number) {
		registers.COUNT_2 = (unsigned long)fault->number;
	}
	move(PTRACE_SETREGSET, child, &registers);
}

/* A call begins. Returns whether it is not made. */
static int
begin(struct fault *fault, pid_t child)
{
	struct user_regs_struct registers;

	move(PTRACE_GETREGSET, child, &registers);
	if (registers.CALL != fault->call)
		return 0;
	fault->seen++;
	if (fault->seen < fault->first || fault->seen > fault->last)
		return 0;
	if (strcmp(fault->how, "limit") == 0) {
		limit(fault, child);
		return 0;
	}
	if (strcmp(fault->how, "signal") == 0) {
		kill(child, (int)fault->number);
		return 0;
	}
	if (fault->seen - fault->first >= AT_ONCE)
		nanosleep(&(const struct timespec){.tv_nsec = PAUSE}, NULL);
	skip(child);
	return 1;
}

static void
set_result(const struct fault *fault, pid_t child)
{
	struct user_regs_struct registers;
	long result =
	    strcmp(fault->how, "error") == 0 ? -fault->number : fault->number;

	move(PTRACE_GETREGSET, child, &registers);
	registers.RESULT = (unsigned long)result;
	move(PTRACE_SETREGSET, child, &registers);
}

/* A signal arrives. Returns the one to hand over. A process that is stopped by
 * one has no information about it (ptrace(2), "Group-stop"). */
static int
take_signal(pid_t child, int number)
{
	siginfo_t info;

	if (number == SIGTRAP)
		return 0;
	if (ptrace(PTRACE_GETSIGINFO, child, NULL, &info) == 0)
		return number;
	kill(child, SIGCONT);
	return 0;
}

static int
run(struct fault *fault, pid_t child)
{
	int status, inside = 0, skipped = 0, hand_over = 0;

	for (;;) {
		if (ptrace(PTRACE_SYSCALL, child, NULL, hand_over) < 0 ||
		    waitpid(child, &status, 0) != child)
			fail("ptrace");
		if (!WIFSTOPPED(status))
			return status;
		hand_over = 0;
		if (WSTOPSIG(status) != (SIGTRAP | 0x80)) {
			hand_over = take_signal(child, WSTOPSIG(status));
		} else if (!inside) {
			inside = 1;
			skipped = begin(fault, child);
		} else {
			inside = 0;
			if (skipped)
				set_result(fault, child);
		}
	}
}

int
main(int argc, char **argv)
{
	struct fault fault;
	int status;
	pid_t child;

	if (argc < 7)
		return 125;
	fault.call = strtoul(argv[1], NULL, 10);
	fault.first = strtoul(argv[2], NULL, 10);
	fault.last = strtoul(argv[3], NULL, 10);
	fault.how = argv[4];
	fault.number = strtol(argv[5], NULL, 10);
	fault.seen = 0;
	child = fork();
	if (child == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		execv(argv[6], argv + 6);
		fail(argv[6]);
	}
	if (child < 0 || waitpid(child, &status, 0) != child ||
	    !WIFSTOPPED(status))
		fail("waitpid");
	if (ptrace(PTRACE_SETOPTIONS, child, NULL,
		PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL) < 0)
		fail("ptrace");
	status = run(&fault, child);
	if (WIFSIGNALED(status)) {
		(void)signal(WTERMSIG(status), SIG_DFL);
		(void)raise(WTERMSIG(status));
	}
	return WEXITSTATUS(status);
}
