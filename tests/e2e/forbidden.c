/* forbidden.c - enters the sandbox, then makes the system call that it is
 * named, and prints what came of it: "done", or the name of errno. A call that
 * is not allowed may end it. sandbox.py builds it with src/os/sandbox.c.
 *
 * The calls are made by number, so that no library changes them. */
#define _GNU_SOURCE

#include <arpa/inet.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/array.h"
#include "os/sandbox.h"

/* The call that mmap(2) makes. */
#ifdef SYS_mmap2
#define MAP_CALL SYS_mmap2
#else
#define MAP_CALL SYS_mmap
#endif

static char page[2 * 65536];
static char byte[8];

/* The files that the sandbox is entered with, and a socket that is not one of
 * them. */
static int files[] = {-1, -1};
static int parents;

static uintptr_t
aligned_page(void)
{
	return ((uintptr_t)page + 65535) & ~(uintptr_t)65535;
}

/* What a call is made with that its row cannot name. */
#define PATH ((long)(uintptr_t) "/dev/null")
#define MEMORY ((long)aligned_page())
#define FLAGS (MAP_PRIVATE | MAP_ANONYMOUS)
#define BYTES ((long)(uintptr_t)byte)

/* Returns 0, or -1. */
static int
open_descriptors(void)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
		return -1;
	parents = ends[0];
	files[1] = open("/dev/null", O_WRONLY);
	return files[1] < 0 ? -1 : 0;
}

static long
make_call(const char *name)
{
	const struct {
		const char *name;
		long number, arguments[6];
	} rows[] = {
	    {"execve", SYS_execve, {PATH, 0, 0}},
	    {"execveat", SYS_execveat, {AT_FDCWD, PATH, 0, 0, 0}},
#ifdef SYS_fork
	    {"fork", SYS_fork, {0}},
	    {"vfork", SYS_vfork, {0}},
#endif
	    {"clone", SYS_clone, {SIGCHLD, 0, 0, 0, 0}},
	    {"clone3", SYS_clone3, {0, 0}},
	    {"ptrace", SYS_ptrace, {PTRACE_TRACEME, 0, 0, 0}},
	    {"mmap, executable", MAP_CALL,
		{0, 65536, PROT_READ | PROT_EXEC, FLAGS, -1, 0}},
	    {"mmap", MAP_CALL,
		{0, 65536, PROT_READ | PROT_WRITE, FLAGS, -1, 0}},
	    {"mprotect, executable", SYS_mprotect,
		{MEMORY, 65536, PROT_READ | PROT_EXEC}},
	    {"pkey_mprotect, executable", SYS_pkey_mprotect,
		{MEMORY, 65536, PROT_READ | PROT_EXEC, -1}},
	    {"mprotect", SYS_mprotect, {MEMORY, 65536, PROT_READ}},
	    {"process_vm_readv", SYS_process_vm_readv,
		{getppid(), 0, 0, 0, 0, 0}},
	    {"kill", SYS_kill, {getppid(), 0}},
	    {"tgkill", SYS_tgkill, {getpid(), getpid(), 0}},
	    {"prctl", SYS_prctl, {PR_GET_DUMPABLE, 0, 0, 0, 0}},
	    {"unlinkat", SYS_unlinkat, {AT_FDCWD, PATH, AT_REMOVEDIR}},
	    {"openat", SYS_openat, {AT_FDCWD, PATH, O_RDONLY}},
	    {"read", SYS_read, {0, BYTES, 0}},
	    {"memfd_create", SYS_memfd_create, {PATH, 0}},
	    {"io_uring_setup", 425, {1, 0}},
	    {"dup", SYS_dup, {1}},
	    {"bind", SYS_bind, {-1, 0, 0}},
	    {"listen", SYS_listen, {-1, 1}},
	    {"sendmsg", SYS_sendmsg, {-1, 0, 0}},
	    {"socket, local", SYS_socket, {AF_UNIX, SOCK_STREAM, 0}},
	    {"socket, netlink", SYS_socket, {AF_NETLINK, SOCK_DGRAM, 0}},
	    {"socket, raw", SYS_socket, {AF_INET, SOCK_RAW, IPPROTO_ICMP}},
	    {"socket, a protocol", SYS_socket,
		{AF_INET, SOCK_STREAM, IPPROTO_TCP}},
	    {"socket, TCP", SYS_socket,
		{AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0}},
	    {"socket, UDP", SYS_socket,
		{AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0}},
	    {"getpeername", SYS_getpeername, {-1, 0, 0}},
	    {"ioctl", SYS_ioctl, {1, TIOCSTI, BYTES}},
	    {"fcntl", SYS_fcntl, {1, F_GETFD}},
	    {"getrandom", SYS_getrandom, {BYTES, 1, 0}},
	    {"write, standard error", SYS_write, {2, BYTES, 0}},
	    {"write, a file", SYS_write, {files[1], BYTES, 0}},
	    {"write, a parent's", SYS_write, {parents, BYTES, 0}},
	    {"write, standard input", SYS_write, {0, BYTES, 0}},
	    {"sendto, a parent's", SYS_sendto, {parents, BYTES, 0}},
	    {"sendto, standard error", SYS_sendto, {2, BYTES, 0}},
	    {"recvfrom, a parent's", SYS_recvfrom,
		{parents, BYTES, 1, MSG_DONTWAIT}},
	    {"connect, a parent's", SYS_connect, {parents, BYTES, 0}},
	    {"getsockopt, a parent's", SYS_getsockopt,
		{parents, SOL_SOCKET, SO_ERROR, BYTES, BYTES}},
	    {"close, a parent's", SYS_close, {parents}},
	    {"close, standard error", SYS_close, {2}},
	    {"close, a file", SYS_close, {files[1]}},
#ifdef __x86_64__
	    {"x32", 0x40000000 | SYS_write, {2, BYTES, 0}},
#endif
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		const long *a = rows[i].arguments;

		if (strcmp(rows[i].name, name) == 0) {
			sandbox_enter(files, COUNT(files));
			return syscall(
			    rows[i].number, a[0], a[1], a[2], a[3], a[4], a[5]);
		}
	}
	_exit(2);
}

#ifdef __x86_64__
/* write(2) by its number on i386. */
static long
make_call_of_i386(void)
{
	long result;

	sandbox_enter(files, COUNT(files));
	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(4L), "b"(2L), "c"(0L), "d"(0L)
			 : "memory");
	return result;
}
#endif

int
main(int argc, char **argv)
{
	const char *text = "done";
	long result;

	if (argc != 2 || open_descriptors() < 0)
		return 2;
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL);
#ifdef __x86_64__
	if (strcmp(argv[1], "i386") == 0)
		result = make_call_of_i386();
	else
#endif
		result = make_call(argv[1]);
	if (result < 0)
		text = strerrorname_np(errno);
	(void)!write(STDOUT_FILENO, text, strlen(text));
	_exit(0);
}
