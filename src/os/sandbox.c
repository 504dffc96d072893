/* sandbox.c - the filter is a program that the kernel runs before each system
 * call. It is written from a table: a rule has the number of a call, what
 * becomes of the call, and what its arguments must be for that. The kernel's
 * own headers are not used, since musl brings none: names here that begin with
 * SECCOMP_ or BPF_ are theirs. */
#define _GNU_SOURCE /* NOLINT: the name that syscall(2) asks for */

#include "os/sandbox.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/array.h"
#include "os/log.h"

/* What the kernel calls the processor: AUDIT_ARCH_ of <linux/audit.h>. */
#define BITS_64 0x80000000
#define LITTLE_ENDIAN_ 0x40000000
#if defined(__x86_64__)
#define PROCESSOR (EM_X86_64 | BITS_64 | LITTLE_ENDIAN_)
#elif defined(__aarch64__)
#define PROCESSOR (EM_AARCH64 | BITS_64 | LITTLE_ENDIAN_)
#elif defined(__arm__)
#define PROCESSOR (EM_ARM | LITTLE_ENDIAN_)
#elif defined(__i386__)
#define PROCESSOR (EM_386 | LITTLE_ENDIAN_)
#elif defined(__riscv) && __riscv_xlen == 64
#define PROCESSOR (EM_RISCV | BITS_64 | LITTLE_ENDIAN_)
#elif defined(__powerpc64__)
#define PROCESSOR (EM_PPC64 | BITS_64 | LITTLE_ENDIAN_)
#elif defined(__s390x__)
#define PROCESSOR (EM_S390 | BITS_64)
#else
#error "what is the AUDIT_ARCH of this processor?"
#endif

/* The codes of steps: <linux/bpf_common.h>. */
#define BPF_LOAD 0x20          /* BPF_LD | BPF_W | BPF_ABS */
#define BPF_AND 0x54           /* BPF_ALU | BPF_AND | BPF_K */
#define BPF_JUMP_EQUAL 0x15    /* BPF_JMP | BPF_JEQ | BPF_K */
#define BPF_JUMP_AT_LEAST 0x35 /* BPF_JMP | BPF_JGE | BPF_K */
#define BPF_RETURN 0x06        /* BPF_RET | BPF_K */

/* What a filter returns, and reads, struct seccomp_data: <linux/seccomp.h>. */
#define SECCOMP_ALLOW 0x7fff0000
#define SECCOMP_ERRNO 0x00050000
#define SECCOMP_KILL_PROCESS 0x80000000
#define SECCOMP_NUMBER 0
#define SECCOMP_PROCESSOR 4
#define SECCOMP_ARGUMENTS 16
#define SECCOMP_MODE_FILTER 2

#define UNKNOWN (SECCOMP_ERRNO | ENOSYS)

/* Whether an argument, as far as the mask goes, is one of two values. */
struct check {
	uint8_t argument; /* from 1; 0 for no check */
	uint32_t mask;
	uint32_t values[2];
};

#define WHOLE 0xffffffff
#define CHECKS_MAX 3

/* A call for which a check fails is an unknown one. */
struct rule {
	uint32_t number;
	uint32_t result;
	struct check checks[CHECKS_MAX];
};

#define ALLOW(name)                                           \
	{                                                     \
		.number = SYS_##name, .result = SECCOMP_ALLOW \
	}
#define KILL(name)                                                   \
	{                                                            \
		.number = SYS_##name, .result = SECCOMP_KILL_PROCESS \
	}
#define ALLOW_IF(name, ...)                                                \
	{                                                                  \
		.number = SYS_##name, .result = SECCOMP_ALLOW, .checks = { \
			__VA_ARGS__                                        \
		}                                                          \
	}
#define KILL_IF_EXECUTABLE(name)                                      \
	{                                                             \
		.number = SYS_##name, .result = SECCOMP_KILL_PROCESS, \
		.checks = {                                           \
			{3, PROT_EXEC, {PROT_EXEC, PROT_EXEC}}        \
		}                                                     \
	}

/* Which calls a processor has, musl knows: an #ifdef here follows one of its
 * own, where it has more than one call for a function. */
static const struct rule rules[] = {
    /* The network. */
    ALLOW_IF(socket, {1, WHOLE, {AF_INET, AF_INET6}},
	{2, ~(uint32_t)(SOCK_CLOEXEC | SOCK_NONBLOCK),
	    {SOCK_STREAM, SOCK_DGRAM}},
	{3, WHOLE, {0, 0}}),
    ALLOW(connect),
    ALLOW(sendto),
    ALLOW(recvfrom),
#ifdef SYS_poll
    ALLOW(poll),
#else
    ALLOW(ppoll),
#endif
    ALLOW_IF(getsockopt, {2, WHOLE, {SOL_SOCKET, SOL_SOCKET}},
	{3, WHOLE, {SO_ERROR, SO_ERROR}}),
    ALLOW_IF(setsockopt, {2, WHOLE, {IPPROTO_TCP, IPPROTO_TCP}},
	{3, WHOLE, {TCP_NODELAY, TCP_NODELAY}}),
    ALLOW(close),
/* Time. Most kernels need no call for that. Some 32-bit ones have only that
 * which counts in 32 bits. */
#ifdef SYS_clock_gettime64
    ALLOW(clock_gettime64),
#endif
#ifdef SYS_clock_gettime32
    ALLOW(clock_gettime32),
#endif
#ifdef SYS_clock_gettime
    ALLOW(clock_gettime),
#endif
    ALLOW(getrandom),
    /* Descriptors that are open. */
    ALLOW(read),
    ALLOW(write),
/* Files, and a terminal. */
#ifdef SYS_open
    ALLOW(open),
#endif
    ALLOW(openat),
#ifdef SYS_pread64
    ALLOW(pread64),
#endif
#ifdef SYS_stat
    ALLOW(stat),
#endif
#ifdef SYS_newfstatat
    ALLOW(newfstatat),
#endif
#ifdef SYS_fstatat64
    ALLOW(fstatat64),
#endif
#ifdef SYS_stat64
    ALLOW(stat64),
#endif
    ALLOW(statx),
#ifdef SYS_fcntl64
    ALLOW_IF(fcntl64, {2, WHOLE, {F_SETFD, F_SETFD}}),
#endif
    ALLOW_IF(fcntl, {2, WHOLE, {F_SETFD, F_SETFD}}),
    ALLOW_IF(ioctl, {2, WHOLE, {TIOCGWINSZ, SIOCGIFINDEX}}),
/* Signals. The kernel itself makes a stopped process that goes on restart
 * the call that it waited in. */
#ifdef SYS_sigreturn
    ALLOW(sigreturn),
#endif
    ALLOW(rt_sigreturn),
    ALLOW(restart_syscall),
    /* The end. */
    ALLOW(exit_group),
    ALLOW(exit),
    /* Nothing in the program calls these. */
    KILL(execve),
    KILL(execveat),
#ifdef SYS_fork
    KILL(fork),
#endif
#ifdef SYS_vfork
    KILL(vfork),
#endif
    KILL(clone),
#ifdef SYS_clone3
    KILL(clone3),
#endif
    KILL(ptrace),
#ifdef SYS_mmap
    KILL_IF_EXECUTABLE(mmap),
#endif
#ifdef SYS_mmap2
    KILL_IF_EXECUTABLE(mmap2),
#endif
    KILL_IF_EXECUTABLE(mprotect),
    KILL_IF_EXECUTABLE(pkey_mprotect),
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

/* Ends in a process of another processor's calls, whose numbers mean something
 * else: x86_64 kernels also take those of i686. */
static void
add_processor(struct program *program)
{
	add(program, BPF_LOAD, SECCOMP_PROCESSOR);
	add_jump(program, BPF_JUMP_EQUAL, PROCESSOR, 1, 0);
	add(program, BPF_RETURN, SECCOMP_KILL_PROCESS);
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

/* The number is loaded. */
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

size_t
sandbox_write(struct sandbox_step *steps)
{
	struct program program = {.steps = steps};
	size_t i;

	add_processor(&program);
	add(&program, BPF_LOAD, SECCOMP_NUMBER);
	for (i = 0; i < COUNT(rules); i++)
		add_rule(&program, &rules[i]);
	/* Those of the ABI x32 too, which have a bit of their own. */
	add(&program, BPF_RETURN, UNKNOWN);
	return program.count;
}

/* Returns 0, or -1 with errno set. */
static int
install(struct sandbox_step *steps, size_t count)
{
	/* struct sock_fprog of <linux/filter.h> */
	const struct {
		unsigned short count;
		struct sandbox_step *steps;
	} program = {(unsigned short)count, steps};

	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0UL, 0UL);
}

/* Installs a filter that only changes the result of one call, and makes that
 * call.
 *
 * An emulator may hand a filter on to a kernel of another processor, for which
 * the emulator's own calls would be the end. That kernel leaves the result as
 * it is.
 *
 * Returns 0, or -1 with errno set. */
static int
check_kernel(void)
{
	struct sandbox_step steps[] = {
	    {.code = BPF_LOAD, .value = SECCOMP_PROCESSOR},
	    {.code = BPF_JUMP_EQUAL, .if_false = 3, .value = PROCESSOR},
	    {.code = BPF_LOAD, .value = SECCOMP_NUMBER},
	    {.code = BPF_JUMP_EQUAL, .if_false = 1, .value = SYS_getppid},
	    {.code = BPF_RETURN, .value = SECCOMP_ERRNO | ENOSYS},
	    {.code = BPF_RETURN, .value = SECCOMP_ALLOW},
	};

	if (install(steps, COUNT(steps)) < 0)
		return -1;
	if (syscall(SYS_getppid) < 0)
		return 0;
	errno = ENOEXEC;
	return -1;
}

void
sandbox_enter(void)
{
	struct sandbox_step steps[SANDBOX_STEPS_MAX];

	if (check_kernel() < 0 || install(steps, sandbox_write(steps)) < 0) {
		log_trace("system calls are not filtered: %s", strerror(errno));
	} else
		log_trace("system calls are filtered");
}
