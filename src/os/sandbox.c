/* sandbox.c - the filter is a program that the kernel runs before each system
 * call. It is written from tables of the numbers of calls; a rule also has what
 * the arguments must be, and which descriptors are open by then decides for the
 * calls that have one. No call is left that opens a file: Landlock is a second
 * wall. The kernel's own headers are not used, since musl brings none:
 * names here that begin with SECCOMP_ or BPF_ are theirs. */
#define _GNU_SOURCE /* NOLINT: the name that syscall(2) asks for */

#include "os/sandbox.h"

#include <elf.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/array.h"
#include "os/log.h"

/* What the kernel calls the processor: AUDIT_ARCH_ of <linux/audit.h>. A
 * process may also make the calls of the kin, whose numbers mean something
 * else. */
#define BITS_64 0x80000000
#define LITTLE_ENDIAN_FIRST 0x40000000
#define MACHINE 0x0000ffff /* the part that is an EM_ of <elf.h> */
#if defined(__x86_64__)
#define PROCESSOR (EM_X86_64 | BITS_64 | LITTLE_ENDIAN_FIRST)
#define KIN EM_386
#elif defined(__i386__)
#define PROCESSOR (EM_386 | LITTLE_ENDIAN_FIRST)
#define KIN EM_X86_64
#elif defined(__aarch64__)
#define PROCESSOR (EM_AARCH64 | BITS_64 | LITTLE_ENDIAN_FIRST)
#define KIN EM_ARM
#elif defined(__arm__)
#define PROCESSOR (EM_ARM | LITTLE_ENDIAN_FIRST)
#define KIN EM_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define PROCESSOR (EM_RISCV | BITS_64 | LITTLE_ENDIAN_FIRST)
#define KIN EM_RISCV
#elif defined(__powerpc64__)
#define PROCESSOR (EM_PPC64 | BITS_64 | LITTLE_ENDIAN_FIRST)
#define KIN EM_PPC
#elif defined(__s390x__)
#define PROCESSOR (EM_S390 | BITS_64)
#define KIN EM_S390
#else
#error "what is the AUDIT_ARCH of this processor?"
#endif

/* The codes of steps: <linux/bpf_common.h>. */
#define BPF_LOAD 0x20       /* BPF_LD | BPF_W | BPF_ABS */
#define BPF_AND 0x54        /* BPF_ALU | BPF_AND | BPF_K */
#define BPF_JUMP 0x05       /* BPF_JMP | BPF_JA */
#define BPF_JUMP_EQUAL 0x15 /* BPF_JMP | BPF_JEQ | BPF_K */
#define BPF_JUMP_FROM 0x35  /* BPF_JMP | BPF_JGE | BPF_K */
#define BPF_RETURN 0x06     /* BPF_RET | BPF_K */

/* What a filter returns, and reads, struct seccomp_data: <linux/seccomp.h>. */
#define SECCOMP_ALLOW 0x7fff0000
#define SECCOMP_ERRNO 0x00050000
#define SECCOMP_KILL_PROCESS 0x80000000
#define SECCOMP_NUMBER 0
#define SECCOMP_PROCESSOR 4
#define SECCOMP_ARGUMENTS 16
#define SECCOMP_MODE_FILTER 2

#define UNKNOWN (SECCOMP_ERRNO | ENOSYS)
#define NOT_OPEN (SECCOMP_ERRNO | EBADF)

/* Sockets that may be open at a time: one for each address of a host that is
 * being connected to (ADDRESSES_MAX), and a few for name servers. */
#define SOCKETS_MAX 24

/* Whether an argument, as far as the mask goes, is one of two values. */
struct check {
	uint8_t argument; /* from 1; 0 for no check */
	uint32_t mask;
	uint32_t values[2];
};

#define WHOLE 0xffffffff

/* Which calls a processor has, musl knows: an #ifdef in the tables follows one
 * of its own, where it has more than one call for a function. */

static const uint16_t allowed[] = {
    /* The network. */
    SYS_connect,
    SYS_sendto,
    SYS_recvfrom,
    SYS_close,
#ifdef SYS_poll
    SYS_poll,
#else
    SYS_ppoll,
#endif
/* Time. Most kernels need no call for that. Some of 32 bits have only the
 * one that counts in 32 bits. */
#ifdef SYS_clock_gettime64
    SYS_clock_gettime64,
#endif
#ifdef SYS_clock_gettime32
    SYS_clock_gettime32,
#endif
#ifdef SYS_clock_gettime
    SYS_clock_gettime,
#endif
    SYS_getrandom,
/* Signals. The kernel makes a process that was stopped restart the call that
 * it waits in. */
#ifdef SYS_sigreturn
    SYS_sigreturn,
#endif
    SYS_rt_sigreturn,
    SYS_restart_syscall,
    SYS_exit_group,
    SYS_exit,
};

/* Of these, those with a foreign descriptor are refused first. */
static const uint16_t of_sockets[] = {
    SYS_connect,
    SYS_sendto,
    SYS_recvfrom,
    SYS_close,
    SYS_getsockopt,
    SYS_setsockopt,
};

/* Whoever makes one of these is not the program. */
static const uint16_t fatal[] = {
    SYS_execve,
    SYS_execveat,
#ifdef SYS_fork
    SYS_fork,
#endif
#ifdef SYS_vfork
    SYS_vfork,
#endif
    SYS_clone,
    SYS_clone3,
    SYS_ptrace,
};

#define CHECKS_MAX 3

/* A call that has this result if all checks succeed, and is unknown if not. */
struct rule {
	uint16_t number;
	uint32_t result;
	struct check checks[CHECKS_MAX];
};

#define EXECUTABLE                           \
	{                                    \
		3, PROT_EXEC,                \
		{                            \
			PROT_EXEC, PROT_EXEC \
		}                            \
	}

static const struct rule rules[] = {
    {SYS_socket, SECCOMP_ALLOW,
	{{1, WHOLE, {AF_INET, AF_INET6}},
	    {2, ~(uint32_t)(SOCK_CLOEXEC | SOCK_NONBLOCK),
		{SOCK_STREAM, SOCK_DGRAM}},
	    {3, WHOLE, {0, 0}}}},
    {SYS_getsockopt, SECCOMP_ALLOW,
	{{2, WHOLE, {SOL_SOCKET, SOL_SOCKET}},
	    {3, WHOLE, {SO_ERROR, SO_ERROR}}}},
    {SYS_setsockopt, SECCOMP_ALLOW,
	{{2, WHOLE, {IPPROTO_TCP, IPPROTO_TCP}},
	    {3, WHOLE, {TCP_NODELAY, TCP_NODELAY}}}},
#ifdef SYS_mmap2
    {SYS_mmap2, SECCOMP_KILL_PROCESS, {EXECUTABLE}},
#else
    {SYS_mmap, SECCOMP_KILL_PROCESS, {EXECUTABLE}},
#endif
    {SYS_mprotect, SECCOMP_KILL_PROCESS, {EXECUTABLE}},
    {SYS_pkey_mprotect, SECCOMP_KILL_PROCESS, {EXECUTABLE}},
};

struct program {
	size_t count;
	struct sandbox_step *steps;
};

static void
add(struct program *program, uint16_t code, uint32_t value)
{
	program->steps[program->count++] =
	    (struct sandbox_step){.code = code, .value = value};
}

/* Adds a jump that leaves out so many of the steps after it. */
static void
add_jump(struct program *program, uint16_t code, uint32_t value,
    uint8_t if_true, uint8_t if_false)
{
	program->steps[program->count++] = (struct sandbox_step){
	    .code = code,
	    .if_true = if_true,
	    .if_false = if_false,
	    .value = value,
	};
}

/* Ends the process if the call is one of the kin.
 *
 * A processor that is neither is one that an emulator runs on: the calls are
 * the emulator's own, and it has handed the filter on to its kernel. They are
 * left alone. */
static void
add_processor(struct program *program)
{
	add(program, BPF_LOAD, SECCOMP_PROCESSOR);
	add_jump(program, BPF_JUMP_EQUAL, PROCESSOR, 5, 0);
	add(program, BPF_AND, MACHINE);
	add_jump(program, BPF_JUMP_EQUAL, KIN, 1, 0);
	add_jump(program, BPF_JUMP_EQUAL, PROCESSOR & MACHINE, 0, 1);
	add(program, BPF_RETURN, SECCOMP_KILL_PROCESS);
	add(program, BPF_RETURN, SECCOMP_ALLOW);
}

/* The half of an argument that an int is in. An unsigned long that is checked
 * has its flags there. */
static uint32_t
argument_offset(uint8_t argument)
{
	const uint32_t one = 1;
	uint8_t first_byte;

	memcpy(&first_byte, &one, 1);
	return SECCOMP_ARGUMENTS + 8 * (uint32_t)(argument - 1) +
	       (first_byte == 1 ? 0 : 4);
}

static void
add_check(struct program *program, const struct check *check)
{
	add(program, BPF_LOAD, argument_offset(check->argument));
	if (check->mask != WHOLE)
		add(program, BPF_AND, check->mask);
	add_jump(program, BPF_JUMP_EQUAL, check->values[0], 2, 0);
	add_jump(program, BPF_JUMP_EQUAL, check->values[1], 1, 0);
	add(program, BPF_RETURN, UNKNOWN);
}

/* The number of the call is loaded, for each of these. */
static void
add_calls(struct program *program, const uint16_t *numbers, size_t count,
    uint32_t result)
{
	size_t i;

	for (i = 0; i < count; i++) {
		add_jump(program, BPF_JUMP_EQUAL, numbers[i], 0, 1);
		add(program, BPF_RETURN, result);
	}
}

static void
add_rule(struct program *program, const struct rule *rule)
{
	size_t i, jump = program->count;

	add_jump(program, BPF_JUMP_EQUAL, rule->number, 0, 0);
	for (i = 0; i < CHECKS_MAX && rule->checks[i].argument != 0; i++)
		add_check(program, &rule->checks[i]);
	add(program, BPF_RETURN, rule->result);
	program->steps[jump].if_false = (uint8_t)(program->count - jump - 1);
}

/* The descriptor of the call is loaded, for each of these. */
static void
add_descriptors(struct program *program, const int *descriptors, size_t count,
    uint32_t result)
{
	size_t i;

	for (i = 0; i < count; i++) {
		add_jump(
		    program, BPF_JUMP_EQUAL, (uint32_t)descriptors[i], 0, 1);
		add(program, BPF_RETURN, result);
	}
}

/* Leaves the number of the call loaded. */
static void
add_sockets(
    struct program *program, const struct sandbox_descriptors *descriptors)
{
	size_t i, jump;

	for (i = 0; i < COUNT(of_sockets); i++) {
		add_jump(program, BPF_JUMP_EQUAL, of_sockets[i],
		    (uint8_t)(COUNT(of_sockets) - i), 0);
	}
	jump = program->count;
	add(program, BPF_JUMP, 0);
	add(program, BPF_LOAD, argument_offset(1));
	if (descriptors->all_are_known) {
		add_jump(program, BPF_JUMP_FROM, SANDBOX_DESCRIPTORS, 0, 1);
		add(program, BPF_RETURN, NOT_OPEN);
	}
	add_descriptors(program, descriptors->foreign,
	    descriptors->foreign_count, NOT_OPEN);
	add(program, BPF_LOAD, SECCOMP_NUMBER);
	program->steps[jump].value = (uint32_t)(program->count - jump - 1);
}

static void
add_write(
    struct program *program, const struct sandbox_descriptors *descriptors)
{
	size_t jump = program->count;

	add_jump(program, BPF_JUMP_EQUAL, SYS_write, 0, 0);
	add(program, BPF_LOAD, argument_offset(1));
	add_descriptors(program, descriptors->writable,
	    descriptors->writable_count, SECCOMP_ALLOW);
	add(program, BPF_RETURN, NOT_OPEN);
	program->steps[jump].if_false = (uint8_t)(program->count - jump - 1);
}

size_t
sandbox_write(
    struct sandbox_step *steps, const struct sandbox_descriptors *descriptors)
{
	struct program program = {.steps = steps};
	size_t i;

	add_processor(&program);
	add(&program, BPF_LOAD, SECCOMP_NUMBER);
	add_sockets(&program, descriptors);
	add_write(&program, descriptors);
	add_calls(&program, allowed, COUNT(allowed), SECCOMP_ALLOW);
	add_calls(&program, fatal, COUNT(fatal), SECCOMP_KILL_PROCESS);
	for (i = 0; i < COUNT(rules); i++)
		add_rule(&program, &rules[i]);
	/* Those of the ABI x32 too, which have a bit of their own. */
	add(&program, BPF_RETURN, UNKNOWN);
	return program.count;
}

static void
note_writable(struct sandbox_descriptors *descriptors, int fd)
{
	if (fd >= 0 && descriptors->writable_count < SANDBOX_WRITABLE_MAX)
		descriptors->writable[descriptors->writable_count++] = fd;
}

static bool
is_writable(const struct sandbox_descriptors *descriptors, int fd)
{
	size_t i;

	for (i = 0; i < descriptors->writable_count; i++) {
		if (descriptors->writable[i] == fd)
			return true;
	}
	return false;
}

/* A file of a step is closed in the end, or if it cannot be written, and a
 * socket may get its number. The first three are always open. */
static bool
is_foreign(const struct sandbox_descriptors *descriptors,
    const struct pollfd *state, bool is_known)
{
	if (state->fd <= STDERR_FILENO)
		return true;
	return is_known && (state->revents & POLLNVAL) == 0 &&
	       !is_writable(descriptors, state->fd);
}

/* poll(2) is asked for nothing, and says which are not open. It fails where
 * the limit of descriptors is lower. */
static void
find_descriptors(
    struct sandbox_descriptors *descriptors, const int *files, size_t count)
{
	struct pollfd states[SANDBOX_DESCRIPTORS] = {{.fd = 0}};
	bool is_known;
	size_t i;

	*descriptors = (struct sandbox_descriptors){.writable_count = 0};
	note_writable(descriptors, STDOUT_FILENO);
	note_writable(descriptors, STDERR_FILENO);
	for (i = 0; i < count; i++)
		note_writable(descriptors, files[i]);
	for (i = 0; i < COUNT(states); i++)
		states[i].fd = (int)i;
	is_known = poll(states, COUNT(states), 0) >= 0;
	for (i = 0; i < COUNT(states); i++) {
		if (is_foreign(descriptors, &states[i], is_known)) {
			descriptors->foreign[descriptors->foreign_count++] =
			    (int)i;
		}
	}
	descriptors->all_are_known =
	    is_known && descriptors->foreign_count +
				descriptors->writable_count + SOCKETS_MAX <=
			    SANDBOX_DESCRIPTORS;
}

/* What a version of Landlock can deny: struct landlock_ruleset_attr and
 * LANDLOCK_ACCESS_ of <linux/landlock.h>. Older kernels take a struct that is
 * longer than theirs if the rest of it is 0. */
struct ruleset {
	uint64_t files, ports, scopes;
};

#define BIND_TCP 1

/* The newest first. Everything is denied, since no rule allows anything; only
 * connections to ports are left out. */
static const struct ruleset rulesets[] = {
    {0xffff, BIND_TCP, 3}, /* Linux 6.12: signals, abstract sockets */
    {0xffff, BIND_TCP, 0}, /* 6.10: ioctl on devices */
    {0x7fff, BIND_TCP, 0}, /* 6.7: TCP */
    {0x7fff, 0, 0},        /* 6.2: truncate */
    {0x3fff, 0, 0},        /* 5.19: rename and link */
    {0x1fff, 0, 0},        /* 5.13 */
};

/* Returns a descriptor, or -1 with errno set. */
static int
create_ruleset(void)
{
	long fd = -1;
	size_t i;

	errno = EINVAL;
	for (i = 0; i < COUNT(rulesets) && (errno == EINVAL || errno == E2BIG);
	     i++) {
		fd = syscall(SYS_landlock_create_ruleset, &rulesets[i],
		    sizeof(rulesets[i]), 0UL);
		if (fd >= 0)
			break;
	}
	return (int)fd;
}

/* Returns 0, or -1 with errno set. */
static int
deny_files(void)
{
	int fd = create_ruleset(), result, reason;

	if (fd < 0)
		return -1;
	result = (int)syscall(SYS_landlock_restrict_self, fd, 0UL);
	reason = errno;
	(void)close(fd);
	errno = reason;
	return result;
}

/* Whether musl makes a socket by socket(2), and not by socketcall(2), the
 * arguments of which no filter can see. 32-bit x86 and s390x have had both
 * since Linux 4.3. */
static bool
has_socket_call(void)
{
#ifdef SYS_socketcall
	return syscall(SYS_socket, -1, 0, 0) >= 0 || errno != ENOSYS;
#else
	return true;
#endif
}

/* Returns 0, or -1 with errno set. */
static int
install_filter(const struct sandbox_descriptors *descriptors)
{
	struct sandbox_step steps[SANDBOX_STEPS_MAX];
	/* struct sock_fprog of <linux/filter.h> */
	struct {
		unsigned short count;
		struct sandbox_step *steps;
	} program = {.steps = steps};

	program.count = (unsigned short)sandbox_write(steps, descriptors);
	if (!has_socket_call() ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0UL, 0UL) < 0)
		return -1;
	/* A call that the filter does not know. */
	if (syscall(SYS_getppid) < 0)
		return 0;
	errno = ENOEXEC;
	return -1;
}

/* Whether somebody set a filter before, as systemd and containers do. It may
 * end the process at a call that it does not know, as those of Landlock are to
 * systemd 252: it has none of them in @system-service. */
static bool
has_filter(void)
{
	return prctl(PR_GET_SECCOMP, 0UL, 0UL, 0UL, 0UL) > 0;
}

/* Landlock first: the filter does not allow its calls. */
void
sandbox_enter(const int *files, size_t count)
{
	struct sandbox_descriptors descriptors;

	if (has_filter()) {
		log_trace("Landlock: not tried, since another filter of system "
			  "calls is in force, which may not allow it");
	} else if (deny_files() == 0) {
		log_trace("Landlock: files are denied");
	} else {
		log_trace(
		    "Landlock: files are not denied: %s", strerror(errno));
	}
	find_descriptors(&descriptors, files, count);
	if (install_filter(&descriptors) == 0) {
		log_trace("seccomp: system calls are filtered%s",
		    descriptors.all_are_known
			? ""
			: ", but not for sockets of the parent");
	} else {
		log_trace("seccomp: system calls are not filtered: %s",
		    strerror(errno));
	}
}
