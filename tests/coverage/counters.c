/* counters.c - keeps the counters of an instrumented program in a file, while
 * it runs.
 *
 * LLVM's own runtime writes them when a program returns from main. Ours may end
 * by _exit in a signal handler, or by a signal, may be in an empty root where
 * no file can be made, and gives up most system calls once it has started. So
 * the counters are mapped before main begins: an increment is a write to memory
 * that the kernel keeps, and all processes of a program count in the same file.
 * Increments of two processes at the same time may be lost, but none becomes
 * zero again, and only zero matters.
 *
 * COUNTERS is the file. Without it the name is made of argv[0], in
 * COUNTERS_DIR. Where the file is not there, counting goes nowhere.
 *
 * With COVERAGE_PROFILE in its environment the program reads that file, writes
 * it to COVERAGE_PROFILE in the form that llvm-profdata reads, and ends. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of LLVM's runtime (compiler-rt, InstrProfiling.h). That the first is defined
 * here leaves out what would write a file at the end. */
int __llvm_profile_runtime;
extern intptr_t __llvm_profile_counter_bias;
char *__llvm_profile_begin_counters(void);
char *__llvm_profile_end_counters(void);
void __llvm_profile_set_filename(const char *name);
int __llvm_profile_write_file(void);

static const char *
file_name(const char *program)
{
#ifdef COUNTERS
	(void)program;
	return COUNTERS;
#else
	static char name[4096];
	char *at;

	(void)snprintf(name, sizeof(name), "%s/%s", COUNTERS_DIR, program);
	for (at = name + sizeof(COUNTERS_DIR); *at != '\0'; at++) {
		if (*at == '/')
			*at = '-';
	}
	return name;
#endif
}

/* Ends the process. */
static void
write_profile(int fd, size_t size, const char *profile)
{
	if (read(fd, __llvm_profile_begin_counters(), size) != (ssize_t)size)
		_exit(1);
	__llvm_profile_set_filename(profile);
	_exit(__llvm_profile_write_file() != 0);
}

static void
map(int fd, size_t size)
{
	struct stat status;
	char *mapped;

	/* Only the first run of a program has to write: a later one may not be
	 * allowed to. */
	if (fstat(fd, &status) < 0 ||
	    (status.st_size != (off_t)size && ftruncate(fd, (off_t)size) < 0))
		return;
	mapped = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (mapped != MAP_FAILED)
		__llvm_profile_counter_bias =
		    mapped - __llvm_profile_begin_counters();
}

/* Constructors of glibc are given the arguments of main. */
__attribute__((constructor)) static void
start(int argc, char **argv)
{
	const char *profile = getenv("COVERAGE_PROFILE");
	int flags = O_RDWR | O_CLOEXEC | (argc > 0 ? O_CREAT : 0);
	int fd = open(file_name(argc > 0 ? argv[0] : ""), flags, 0666);
	size_t size = (size_t)(__llvm_profile_end_counters() -
			       __llvm_profile_begin_counters());

	if (fd < 0)
		return;
	if (profile != NULL)
		write_profile(fd, size, profile);
	map(fd, size);
	(void)close(fd);
}
