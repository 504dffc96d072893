/* process.c - the results of the hardening calls are ignored on purpose:
 * locked-down runners (seccomp, gVisor) refuse some of them, and a dispatch
 * without the extra protection is better than none. Entropy and descriptors
 * are different: without them it would not be safe to go on. */
#define _GNU_SOURCE /* NOLINT: the name that dl_iterate_phdr(3) asks for */

#include "os/process.h"

#include <errno.h>
#include <link.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/array.h"
#include "base/buffer.h"
#include "base/error.h"
#include "os/clock.h"
#include "os/stop.h"

/* Of the stack below the caller of process_stack_room(): whoever uses the room
 * has a frame of its own, and calls others. */
#define FRAMES_SIZE 1024

int
process_entropy(void *bytes, size_t length, struct error *e)
{
	unsigned char *p = bytes;
	ssize_t n;

	while (length > 0) {
		n = getrandom(p, length, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			return error_set_errno(e, ERROR_LOCAL,
			    n < 0 ? errno : EIO,
			    "the kernel provides no random bytes");
		}
		p += n;
		length -= (size_t)n;
	}
	return 0;
}

/* pipe() takes the lowest free numbers, the read end first, and all numbers
 * below fd are taken: the read end is fd. Writing to it fails. Once the other
 * end is closed, reading returns the end of the file. */
static int
hold_descriptor(int fd)
{
	int ends[2];

	if (pipe(ends) < 0)
		return -1;
	(void)close(ends[1]);
	if (ends[0] == fd)
		return 0;
	(void)close(ends[0]);
	errno = EBADF;
	return -1;
}

int
process_hold_standard_descriptors(struct error *e)
{
	struct pollfd held[] = {
	    {.fd = STDIN_FILENO}, {.fd = STDOUT_FILENO}, {.fd = STDERR_FILENO}};
	size_t i;

	if (poll(held, COUNT(held), 0) < 0)
		return 0;
	for (i = 0; i < COUNT(held); i++) {
		if ((held[i].revents & POLLNVAL) != 0 &&
		    hold_descriptor(held[i].fd) < 0) {
			return error_set_errno(e, ERROR_LOCAL, errno,
			    "cannot replace the closed descriptor %d",
			    held[i].fd);
		}
	}
	return 0;
}

static void
end_at_once(int signal_number)
{
	_exit(128 + signal_number);
}

/* A signal that was ignored from the start stays ignored: nohup and shells rely
 * on that. */
static void
set_handler(int signal_number, void (*handler)(int))
{
	struct sigaction action;

	if (sigaction(signal_number, NULL, &action) < 0 ||
	    action.sa_handler == SIG_IGN)
		return;
	action.sa_flags = 0;
	(void)sigemptyset(&action.sa_mask);
	action.sa_handler = handler;
	(void)sigaction(signal_number, &action, NULL);
}

/* Called by dl_iterate_phdr(3) for the program, and returns 1 so that it is not
 * called for the libraries of a dynamic test program. */
static int
protect_relocated(struct dl_phdr_info *program, size_t size, void *unused)
{
	uintptr_t page = (uintptr_t)getauxval(AT_PAGESZ);
	uintptr_t start, end;
	size_t i;

	(void)size;
	(void)unused;
	for (i = 0; i < program->dlpi_phnum; i++) {
		if (program->dlpi_phdr[i].p_type != PT_GNU_RELRO)
			continue;
		start = program->dlpi_addr + program->dlpi_phdr[i].p_vaddr;
		end = (start + program->dlpi_phdr[i].p_memsz) & ~(page - 1);
		start &= ~(page - 1);
		(void)mprotect((void *)start, end - start, PROT_READ);
	}
	return 1;
}

void
process_harden(void)
{
	/* Constant tables that hold pointers were writable until the start code
	 * had relocated them. A dynamic loader makes them read-only then, but
	 * nothing in static musl does. */
	(void)dl_iterate_phdr(protect_relocated, NULL);
	/* Writing to a closed pipe, or to a file that may not grow
	 * (setrlimit(2)), is an error to report: the signal must not end the
	 * process. */
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);
	/* The kernel drops a signal with the default action when it is sent to
	 * process 1 of a pid namespace (pid_namespaces(7)). */
	if (getpid() == 1) {
		set_handler(SIGINT, end_at_once);
		set_handler(SIGTERM, end_at_once);
	}
	/* No core file, not even through a program that core_pattern names
	 * and that would ignore a limit (core(5)). */
	(void)prctl(PR_SET_DUMPABLE, 0UL, 0UL, 0UL, 0UL);
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL);
}

static void
remember(int signal_number)
{
	if (stop_is_requested())
		_exit(128 + signal_number);
	stop_request();
}

void
process_remember_signals(void)
{
	set_handler(SIGINT, remember);
	set_handler(SIGTERM, remember);
}

bool
process_wait(uint32_t milliseconds)
{
	struct deadline d = deadline_after(milliseconds);
	int left;

	while (!stop_is_requested() && (left = deadline_step(d)) >= 0)
		(void)poll(NULL, 0, left);
	return !stop_is_requested();
}

/* The stack grows until its size, up to the page after the program's name and a
 * pointer, exceeds the limit (acct_stack_growth() and bprm_mm_init() in
 * Linux). */
size_t
process_stack_room(void)
{
	uintptr_t page = (uintptr_t)getauxval(AT_PAGESZ);
	uintptr_t here = (uintptr_t)__builtin_frame_address(0), top, end;
	const char *name = (const char *)getauxval(AT_EXECFN);
	struct rlimit limit;

	if (name == NULL || getrlimit(RLIMIT_STACK, &limit) < 0)
		return SIZE_MAX;
	top = (uintptr_t)name + strlen(name) + 1 + sizeof(void *);
	top = (top + page - 1) & ~(page - 1);
	if (here > top || limit.rlim_cur >= top)
		return SIZE_MAX;
	end = top - ((uintptr_t)limit.rlim_cur & ~(page - 1));
	return here > end + FRAMES_SIZE ? here - end - FRAMES_SIZE : 0;
}

static void
wipe_texts(char **texts)
{
	for (; *texts != NULL; texts++)
		wipe(*texts, strlen(*texts));
}

/* Returns where the last of the texts begins, if that is after this place. */
static char *
last_of(char **texts, char *last)
{
	for (; *texts != NULL; texts++) {
		if (*texts > last)
			last = *texts;
	}
	return last;
}

/* The kernel puts all of them one after the other, and after them the name of
 * the program (create_elf_tables() and do_execveat_common() in Linux). By now a
 * text may end before its end, so that the second way finds only the rest.
 *
 * No text is longer than 32 pages (MAX_ARG_STRLEN, execve(2)): where more than
 * that lies between the last one and the name, something else than Linux has
 * put them elsewhere. */
void
process_wipe_arguments(char **argv)
{
	size_t longest = 32 * (size_t)getauxval(AT_PAGESZ);
	char *begin = argv[0], *end = (char *)getauxval(AT_EXECFN), *last;

	last = last_of(environ, last_of(argv, begin));
	if (begin != NULL && end > last && (size_t)(end - last) <= longest)
		wipe(begin, (size_t)(end - begin));
	wipe_texts(argv);
	wipe_texts(environ);
}
