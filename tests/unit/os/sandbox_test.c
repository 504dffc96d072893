/* sandbox_test.c - the filter is run here as the kernel runs it, on calls that
 * are allowed, unknown or the end. */
#include "os/sandbox.h"

#include <arpa/inet.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "base/array.h"
#include "tap.h"

/* <linux/seccomp.h> */
struct call {
	uint32_t number, processor;
	uint64_t instruction, arguments[6];
};

#define ALLOWED 0x7fff0000
#define UNKNOWN (0x00050000 | ENOSYS)
#define NOT_OPEN (0x00050000 | EBADF)
#define THE_END 0x80000000

static struct sandbox_step steps[SANDBOX_STEPS_MAX];
static size_t count;

static uint32_t
load(const struct call *call, uint32_t offset)
{
	uint32_t value;

	if (offset % 4 != 0 || offset > sizeof(*call) - 4)
		abort();
	memcpy(&value, (const char *)call + offset, 4);
	return value;
}

/* Returns what the filter returns for the call. It ends in any case, since no
 * jump goes back. */
static uint32_t
run(const struct call *call)
{
	const struct sandbox_step *step;
	uint32_t a = 0;
	size_t at = 0;

	while (at < count) {
		step = &steps[at++];
		switch (step->code) {
		case 0x20:
			a = load(call, step->value);
			break;
		case 0x54:
			a &= step->value;
			break;
		case 0x05:
			at += step->value;
			break;
		case 0x35:
			at += a >= step->value ? step->if_true : step->if_false;
			break;
		case 0x15:
			at += a == step->value ? step->if_true : step->if_false;
			break;
		case 0x06:
			return step->value;
		default:
			abort();
		}
	}
	abort();
}

/* The processor that the filter is for. */
static uint32_t
processor(void)
{
	return steps[1].value;
}

struct row {
	const char *name;
	uint32_t expected;
	uint32_t number;
	uint64_t arguments[6];
};

/* The call that mmap(2) makes. */
#ifdef SYS_mmap2
#define MAP_CALL SYS_mmap2
#else
#define MAP_CALL SYS_mmap
#endif

#define HIGH 0xdeadbeef00000000

/* What is open: two files of a step, and what the parent left. */
#define FILE_OPEN 4
#define FILE_FAR 70000
#define FOREIGN 9
#define SOCKET 3

static struct sandbox_descriptors descriptors = {
    .writable = {1, 2, FILE_OPEN, FILE_FAR},
    .writable_count = 4,
    .foreign = {0, 1, 2, FOREIGN},
    .foreign_count = 4,
    .all_are_known = true,
};

static const struct row rows[] = {
    {"a TCP socket over IPv4", ALLOWED, SYS_socket,
	{AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0}},
    {"a UDP socket over IPv6", ALLOWED, SYS_socket,
	{AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0}},
    {"a blocking socket", ALLOWED, SYS_socket, {AF_INET, SOCK_STREAM, 0}},
    {"a socket, with rubbish in the upper half", ALLOWED, SYS_socket,
	{HIGH | AF_INET, HIGH | SOCK_STREAM, HIGH}},
    {"a raw socket", UNKNOWN, SYS_socket, {AF_INET, SOCK_RAW, 0}},
    {"a socket of another protocol", UNKNOWN, SYS_socket,
	{AF_INET, SOCK_STREAM, 262}},
    {"a local socket", UNKNOWN, SYS_socket, {AF_UNIX, SOCK_STREAM, 0}},
    {"a netlink socket", UNKNOWN, SYS_socket, {AF_NETLINK, SOCK_DGRAM, 0}},
    {"a packet socket", UNKNOWN, SYS_socket, {AF_PACKET, SOCK_DGRAM, 0}},
    {"TCP_NODELAY", ALLOWED, SYS_setsockopt,
	{SOCKET, IPPROTO_TCP, TCP_NODELAY}},
    {"another option of TCP", UNKNOWN, SYS_setsockopt,
	{SOCKET, IPPROTO_TCP, TCP_NODELAY + 1}},
    {"an option of sockets", UNKNOWN, SYS_setsockopt,
	{SOCKET, SOL_SOCKET, TCP_NODELAY}},
    {"SO_ERROR", ALLOWED, SYS_getsockopt, {SOCKET, SOL_SOCKET, SO_ERROR}},
    {"another option to read", UNKNOWN, SYS_getsockopt,
	{SOCKET, SOL_SOCKET, SO_TYPE}},
    {"an executable mapping", THE_END, MAP_CALL,
	{0, 4096, PROT_READ | PROT_EXEC}},
    {"a mapping", UNKNOWN, MAP_CALL, {0, 4096, PROT_READ | PROT_WRITE}},
    {"making memory executable", THE_END, SYS_mprotect, {0, 4096, PROT_EXEC}},
    {"making memory executable, with a key", THE_END, SYS_pkey_mprotect,
	{0, 4096, PROT_EXEC | PROT_WRITE}},
    {"making memory writable", UNKNOWN, SYS_mprotect, {0, 4096, PROT_WRITE}},
    {"execve", THE_END, SYS_execve, {0}},
    {"execveat", THE_END, SYS_execveat, {0}},
    {"clone", THE_END, SYS_clone, {0}},
    {"ptrace", THE_END, SYS_ptrace, {0}},
#ifdef SYS_fork
    {"fork", THE_END, SYS_fork, {0}},
    {"vfork", THE_END, SYS_vfork, {0}},
#endif
    {"exit_group", ALLOWED, SYS_exit_group, {0}},
    {"restart_syscall", ALLOWED, SYS_restart_syscall, {0}},
    {"rt_sigreturn", ALLOWED, SYS_rt_sigreturn, {0}},
    {"write, to standard output", ALLOWED, SYS_write, {1}},
    {"write, to standard error", ALLOWED, SYS_write, {2}},
    {"write, to a file of a step", ALLOWED, SYS_write, {FILE_OPEN}},
    {"write, to a file with a large number", ALLOWED, SYS_write, {FILE_FAR}},
    {"write, with rubbish in the upper half", ALLOWED, SYS_write,
	{HIGH | FILE_OPEN}},
    {"write, to standard input", NOT_OPEN, SYS_write, {0}},
    {"write, to what the parent left open", NOT_OPEN, SYS_write, {FOREIGN}},
    {"write, to a socket", NOT_OPEN, SYS_write, {SOCKET}},
    {"write, to no descriptor", NOT_OPEN, SYS_write, {UINT64_MAX}},
    {"sendto, to a socket", ALLOWED, SYS_sendto, {SOCKET}},
    {"sendto, to the last socket", ALLOWED, SYS_sendto, {63}},
    {"sendto, to the number of a file that was closed", ALLOWED, SYS_sendto,
	{FILE_OPEN}},
    {"sendto, to what the parent left open", NOT_OPEN, SYS_sendto, {FOREIGN}},
    {"sendto, with rubbish in the upper half", NOT_OPEN, SYS_sendto,
	{HIGH | FOREIGN}},
    {"sendto, to standard input", NOT_OPEN, SYS_sendto, {0}},
    {"sendto, to standard output", NOT_OPEN, SYS_sendto, {1}},
    {"sendto, to a number that no socket gets", NOT_OPEN, SYS_sendto, {64}},
    {"sendto, to no descriptor", NOT_OPEN, SYS_sendto, {UINT64_MAX}},
    {"recvfrom, of a socket", ALLOWED, SYS_recvfrom, {SOCKET}},
    {"recvfrom, of what the parent left open", NOT_OPEN, SYS_recvfrom,
	{FOREIGN}},
    {"connect, of a socket", ALLOWED, SYS_connect, {SOCKET}},
    {"connect, of what the parent left open", NOT_OPEN, SYS_connect, {FOREIGN}},
    {"close, of a socket", ALLOWED, SYS_close, {SOCKET}},
    {"close, of what the parent left open", NOT_OPEN, SYS_close, {FOREIGN}},
    {"SO_ERROR, of what the parent left open", NOT_OPEN, SYS_getsockopt,
	{FOREIGN, SOL_SOCKET, SO_ERROR}},
    {"TCP_NODELAY, of what the parent left open", NOT_OPEN, SYS_setsockopt,
	{FOREIGN, IPPROTO_TCP, TCP_NODELAY}},
    {"openat", UNKNOWN, SYS_openat, {0}},
    {"read", UNKNOWN, SYS_read, {0}},
    {"statx", UNKNOWN, SYS_statx, {0}},
    {"bind", UNKNOWN, SYS_bind, {0}},
    {"listen", UNKNOWN, SYS_listen, {0}},
    {"sendmsg", UNKNOWN, SYS_sendmsg, {0}},
    {"kill", UNKNOWN, SYS_kill, {0}},
    {"prctl", UNKNOWN, SYS_prctl, {0}},
    {"io_uring_setup", UNKNOWN, 425, {0}},
    {"a call that nobody has yet", UNKNOWN, 4000, {0}},
    {"a call of the ABI x32", UNKNOWN, 0x40000000 | SYS_write, {0}},
    {"the number that a tracer sets", UNKNOWN, UINT32_MAX, {0}},
};

static void
test_calls(void)
{
	struct call call;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		call = (struct call){
		    .number = rows[i].number, .processor = processor()};
		memcpy(
		    call.arguments, rows[i].arguments, sizeof(call.arguments));
		tap_number(run(&call), rows[i].expected, "%s", rows[i].name);
	}
}

/* <linux/audit.h> */
#define AUDIT_64BIT 0x80000000
#define AUDIT_LE 0x40000000

static const struct {
	const char *name;
	uint32_t value;
} processors[] = {
    {"x86_64", EM_X86_64 | AUDIT_64BIT | AUDIT_LE},
    {"i386", EM_386 | AUDIT_LE},
    {"aarch64", EM_AARCH64 | AUDIT_64BIT | AUDIT_LE},
    {"arm", EM_ARM | AUDIT_LE},
    {"big-endian arm", EM_ARM},
    {"riscv64", EM_RISCV | AUDIT_64BIT | AUDIT_LE},
    {"riscv32", EM_RISCV | AUDIT_LE},
    {"ppc64le", EM_PPC64 | AUDIT_64BIT | AUDIT_LE},
    {"ppc64", EM_PPC64 | AUDIT_64BIT},
    {"ppc", EM_PPC},
    {"s390x", EM_S390 | AUDIT_64BIT},
    {"s390", EM_S390},
};

/* Machines that may run the calls of one another. */
static const uint32_t families[][2] = {{EM_X86_64, EM_386},
    {EM_AARCH64, EM_ARM}, {EM_RISCV, EM_RISCV}, {EM_PPC64, EM_PPC},
    {EM_S390, EM_S390}};

static bool
is_in(const uint32_t family[2], uint32_t value)
{
	return (value & 0xffff) == family[0] || (value & 0xffff) == family[1];
}

static bool
is_kin(uint32_t one, uint32_t other)
{
	bool found = false;
	size_t i;

	for (i = 0; i < COUNT(families); i++) {
		found = found ||
			(is_in(families[i], one) && is_in(families[i], other));
	}
	return found;
}

/* What becomes of execve, by its number here, when the kernel is that of each
 * processor. On another family the filter runs on an emulator's calls. */
static void
test_processors(void)
{
	struct call call = {.number = SYS_execve};
	size_t i, own = 0;

	for (i = 0; i < COUNT(processors); i++) {
		call.processor = processors[i].value;
		own += call.processor == processor();
		tap_number(run(&call),
		    is_kin(call.processor, processor()) ? THE_END : ALLOWED,
		    "execve, for a kernel of %s", processors[i].name);
	}
	tap_number(own, 1, "this processor is one of them");
}

/* The calls of kin, whatever their number. */
static void
test_kin(void)
{
	struct call call = {.number = SYS_exit_group};
	size_t i;

	for (i = 0; i < COUNT(processors); i++) {
		call.processor = processors[i].value;
		if (call.processor == processor() ||
		    !is_kin(call.processor, processor()))
			continue;
		tap_number(run(&call), THE_END, "exit_group, of %s",
		    processors[i].name);
	}
}

/* So many descriptors are open that a socket may get any number. */
static void
test_many(void)
{
	struct call call = {
	    .number = SYS_sendto,
	    .processor = processor(),
	    .arguments = {SANDBOX_DESCRIPTORS},
	};
	size_t i;

	for (i = 0; i < SANDBOX_DESCRIPTORS; i++)
		descriptors.foreign[i] = (int)i;
	descriptors.foreign_count = SANDBOX_DESCRIPTORS;
	for (i = 0; i < SANDBOX_WRITABLE_MAX; i++)
		descriptors.writable[i] = (int)i;
	descriptors.writable_count = SANDBOX_WRITABLE_MAX;
	descriptors.all_are_known = false;
	count = sandbox_write(steps, &descriptors);
	tap_ok(count <= SANDBOX_STEPS_MAX, "the longest filter has %zu steps",
	    count);
	tap_number(run(&call), ALLOWED, "many: sendto, to any other number");
	call.arguments[0] = SANDBOX_DESCRIPTORS - 1;
	tap_number(
	    run(&call), NOT_OPEN, "many: sendto, to the last that is known");
}

int
main(void)
{
	count = sandbox_write(steps, &descriptors);
	test_calls();
	test_processors();
	test_kin();
	test_many();
	return tap_done();
}
