/* sandbox.h - gives up the system calls that the rest of the program does not
 * need, and with them all files: whoever takes it over by a fault in it cannot
 * start a program, open a file or debug a process.
 *
 * Sources: seccomp(2), landlock(7), and the kernel's Documentation/
 * userspace-api/seccomp_filter.rst and landlock.rst. */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Has the kernel filter the system calls (seccomp) and deny all files that are
 * not open (Landlock), from now on and for good. Call it once all that is local
 * is prepared, before the first packet.
 *
 * Text may be written to standard output, to standard error and to these files,
 * which are open; a descriptor of -1 is left out. Sockets are opened later: no
 * call for a socket, and no close(2), may have a descriptor that is open now,
 * unless it is one of these files. Such a descriptor was left open by the
 * parent. Both fail with EBADF, as if it were closed. It stays open, since the
 * parent may hold a lock with it (flock(1) -F, setlock, chpst -l).
 *
 * A call that is not needed fails with ENOSYS. An attempt to start a program or
 * a process, to debug one, or to make memory executable ends the process by
 * SIGSYS.
 *
 * Landlock is left out where a filter is in force already: it may end the
 * process at that call.
 *
 * What the kernel does not have, or an emulator, is done without: the trace
 * says what is in force. process_harden() must have been called, since only a
 * process that refuses new privileges may do this. */
void sandbox_enter(const int *files, size_t count);

/* An instruction of a filter: struct sock_filter of <linux/filter.h>. */
struct sandbox_step {
	uint16_t code;
	uint8_t if_true, if_false; /* how many steps a jump leaves out */
	uint32_t value;
};

#define SANDBOX_STEPS_MAX 384
#define SANDBOX_WRITABLE_MAX 8
/* Descriptors below this are known. Sockets get the lowest that are free: with
 * others and the files of /etc there are fewer than 64 (locked_down.py). */
#define SANDBOX_DESCRIPTORS 64

/* What the filter knows of descriptors. */
struct sandbox_descriptors {
	int writable[SANDBOX_WRITABLE_MAX];
	size_t writable_count;
	int foreign[SANDBOX_DESCRIPTORS]; /* no sockets of ours */
	size_t foreign_count;
	bool all_are_known; /* no socket has SANDBOX_DESCRIPTORS or more */
};

/* Writes the filter, for tests.
 *
 * Returns the number of steps, at most SANDBOX_STEPS_MAX. */
size_t sandbox_write(
    struct sandbox_step *steps, const struct sandbox_descriptors *descriptors);

#endif
