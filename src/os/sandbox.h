/* sandbox.h - gives up the system calls that the rest of the program does not
 * need, and with them all files: whoever takes it over by a fault in it cannot
 * start a program, open a file or debug a process.
 *
 * Sources: seccomp(2), landlock(7), and the kernel's Documentation/
 * userspace-api/seccomp_filter.rst and landlock.rst. */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <stddef.h>
#include <stdint.h>

/* Has the kernel filter the system calls (seccomp) and deny all files that are
 * not open (Landlock), from now on and for good. Call it once all that is local
 * is prepared, before the first packet.
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
void sandbox_enter(void);

/* An instruction of a filter: struct sock_filter of <linux/filter.h>. */
struct sandbox_step {
	uint16_t code;
	uint8_t if_true, if_false; /* how many steps a jump leaves out */
	uint32_t value;
};

#define SANDBOX_STEPS_MAX 192

/* Writes the filter, for tests.
 *
 * Returns the number of steps, at most SANDBOX_STEPS_MAX. */
size_t sandbox_write(struct sandbox_step *steps);

#endif
