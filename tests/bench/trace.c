/*
 * trace.c - runs a command and prints how many system calls it and its children
 * made, from the execve on, and the peak memory in KiB of the largest of these
 * processes: its VmHWM when it ends. (The maximum that wait4() reports has
 * that of the process before execve in it, too.)
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#define OPTIONS                                                             \
	(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | \
	    PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEEXIT | \
	    PTRACE_O_EXITKILL)

static long calls, peak;

static void
count_call(pid_t pid)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) > 0 &&
	    info.op == PTRACE_SYSCALL_INFO_ENTRY)
		calls++;
}

static void
read_peak(pid_t pid)
{
	char text[256];
	long size;
	FILE *f;

	snprintf(text, sizeof(text), "/proc/%d/status", (int)pid);
	f = fopen(text, "r");
	if (f == NULL)
		return;
	while (fgets(text, sizeof(text), f) != NULL)
		if (sscanf(text, "VmHWM: %ld", &size) == 1 && size > peak)
			peak = size;
	fclose(f);
}

/* Returns the signal that the stopped process should get. */
static int
look_at(pid_t pid, int status)
{
	int number = WSTOPSIG(status), event = status >> 16;

	if (number == (SIGTRAP | 0x80))
		count_call(pid);
	else if (event == PTRACE_EVENT_EXIT)
		read_peak(pid);
	else if (event == 0 && number != SIGSTOP)
		return number;
	return 0;
}

static void
run(char **argv)
{
	int null = open("/dev/null", O_WRONLY);

	if (null >= 0)
		dup2(null, 1);
	ptrace(PTRACE_TRACEME, 0, 0, 0);
	kill(getpid(), SIGSTOP);
	execv(argv[0], argv);
	perror(argv[0]);
	_exit(127);
}

int
main(int argc, char **argv)
{
	int status, result = 1;
	pid_t child, pid;

	if (argc < 2)
		return 2;
	child = fork();
	if (child == 0)
		run(argv + 1);
	if (child < 0 || waitpid(child, &status, 0) != child ||
	    ptrace(PTRACE_SETOPTIONS, child, 0, OPTIONS) < 0 ||
	    ptrace(PTRACE_SYSCALL, child, 0, 0) < 0)
		return 1;
	for (;;) {
		pid = waitpid(-1, &status, __WALL);
		if (pid < 0)
			break;
		if (WIFSTOPPED(status))
			ptrace(PTRACE_SYSCALL, pid, 0, look_at(pid, status));
		else if (pid == child)
			result = status;
	}
	if (errno != ECHILD || result != 0)
		return 1;
	printf("%ld %ld\n", calls, peak);
	return 0;
}
