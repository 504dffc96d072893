/* file_test.c - files, pipes and FIFOs in a temporary folder. */
#include "os/file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/secrets.h"
#include "base/span.h"
#include "os/clock.h"
#include "tap.h"

static char storage[16]; /* for 15 bytes and the NUL */

static void
write_file(const char *path, const char *text, size_t length)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, text, length) != (ssize_t)length)
		abort();
	(void)close(fd);
}

static int
read_into(
    struct buffer *b, const char *path, uint32_t milliseconds, struct error *e)
{
	error_clear(e);
	buffer_init(b, storage, sizeof(storage));
	return file_read(
	    path, b, deadline_after(milliseconds), ERROR_PAYLOAD, e);
}

static void
test_read(void)
{
	static const struct {
		const char *text;
		size_t length;
		bool overflows;
	} rows[] = {
	    {"", 0, false},
	    {"abc", 3, false},
	    {"a\0b\n", 4, false},
	    {"123456789012345", 15, false},
	    {"1234567890123456", 16, true},
	    {"12345678901234567890", 20, true},
	};
	struct buffer b;
	struct error e;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		write_file("file", rows[i].text, rows[i].length);
		tap_ok(read_into(&b, "file", 1000, &e) == 0,
		    "a file of %zu bytes is read", rows[i].length);
		tap_ok(b.overflowed == rows[i].overflows,
		    "a file of %zu bytes: overflowed is %d", rows[i].length,
		    rows[i].overflows);
		if (rows[i].overflows)
			continue;
		tap_ok(b.length == rows[i].length,
		    "a file of %zu bytes: its length", rows[i].length);
		tap_ok(memcmp(storage, rows[i].text, b.length) == 0,
		    "a file of %zu bytes: its bytes", rows[i].length);
		tap_ok(storage[b.length] == '\0',
		    "a file of %zu bytes: a NUL after them", rows[i].length);
	}
}

static void
test_append(void)
{
	struct buffer b;
	struct error e;

	error_clear(&e);
	write_file("file", "def", 3);
	buffer_init(&b, storage, sizeof(storage));
	buffer_text(&b, "abc");
	tap_ok(
	    file_read("file", &b, deadline_after(1000), ERROR_LOCAL, &e) == 0,
	    "a file is read into a buffer with text");
	tap_ok(strcmp(storage, "abcdef") == 0, "it is appended");
}

static void
test_failures(void)
{
	/* The libc words the reason. */
	static const struct {
		const char *path, *line;
		int reason;
	} rows[] = {
	    {"", "the file name is empty", 0},
	    {"missing", "cannot open missing: ", ENOENT},
	    {"folder", "cannot read folder: ", EISDIR},
	    /* Nobody writes to it. */
	    {"fifo", "cannot read fifo: ", ETIMEDOUT},
	};
	char line[80];
	struct buffer b;
	struct error e;
	size_t i;

	if (mkdir("folder", 0700) < 0 || mkfifo("fifo", 0600) < 0)
		abort();
	for (i = 0; i < COUNT(rows); i++) {
		tap_ok(read_into(&b, rows[i].path, 50, &e) < 0, "%s: fails",
		    rows[i].path);
		tap_ok(e.kind == ERROR_PAYLOAD, "%s: the kind is the caller's",
		    rows[i].path);
		(void)snprintf(line, sizeof(line), "%s%s", rows[i].line,
		    rows[i].reason == 0 ? "" : strerror(rows[i].reason));
		tap_text(e.line, line, "%s: the message", rows[i].path);
	}
}

/* Makes a pipe standard input. Returns its other end. */
static int
replace_standard_input(void)
{
	int ends[2];

	if (pipe(ends) < 0 || dup2(ends[0], STDIN_FILENO) < 0)
		abort();
	(void)close(ends[0]);
	return ends[1];
}

static void
test_standard_input(void)
{
	struct buffer b;
	struct error e;
	int end = replace_standard_input();

	if (write(end, "abc", 3) != 3)
		abort();
	tap_ok(read_into(&b, "-", 50, &e) < 0,
	    "standard input without an end: fails");
	tap_part(e.line, "cannot read standard input: ",
	    "standard input without an end: the message");
	tap_part(e.line, strerror(ETIMEDOUT),
	    "standard input without an end: the reason");
	if (write(end, "def", 3) != 3)
		abort();
	(void)close(end);
	tap_ok(read_into(&b, "-", 1000, &e) == 0, "standard input is read");
	tap_ok(strcmp(storage, "def") == 0, "standard input: its bytes");
	tap_ok(fcntl(STDIN_FILENO, F_GETFD) >= 0, "standard input stays open");
}

#define FIFTY "0123456789-12345678.01234567890_2345678901-3456789"

static void
test_names(void)
{
	struct value name;
	struct buffer b;
	struct error e;

	tap_text(file_name(&name, "-"), "standard input",
	    "the name of - is standard input");
	tap_text(
	    file_name(&name, "a"), "a", "the name of another file is its path");
	tap_text(file_name(&name, "/a/" FIFTY "/" FIFTY),
	    "...78901-3456789/" FIFTY, "a long path is shown by its end");
	tap_text(file_name(&name, "ghp_" FIFTY FIFTY), "[hidden]",
	    "a path with the mark of a secret is not shown");
	tap_text(file_name(&name, FIFTY FIFTY "wWb2zRt9KvLm3nYh5Jc8"),
	    FIFTY "0123456789-123...", "nor is the end of a key");
	error_clear(&e);
	tap_ok(file_open("/none\r", ERROR_LOCAL, &e) < 0,
	    "no file has a name with a line end");
	tap_text(e.line,
	    "cannot open a file whose name (not shown) ends in a line end",
	    "a name with a line end: the line");
	error_clear(&e);
	buffer_init(&b, storage, sizeof(storage));
	tap_ok(file_too_large("-", &b, ERROR_USAGE, &e) < 0,
	    "file_too_large returns -1");
	tap_ok(e.kind == ERROR_USAGE, "file_too_large: the kind");
	tap_ok(strcmp(e.line, "standard input is larger than 15 bytes") == 0,
	    "file_too_large: %s", e.line);
}

struct lines {
	size_t count, longest;
	char text[64]; /* the lines, each with a '|' */
};

static void
take_line(void *context, char *line)
{
	struct lines *lines = context;
	size_t length = strlen(line);

	lines->count++;
	if (length > lines->longest)
		lines->longest = length;
	if (strlen(lines->text) + length + 2 <= sizeof(lines->text)) {
		strcat(lines->text, line);
		strcat(lines->text, "|");
	}
}

static void
test_lines(void)
{
	static const struct {
		const char *name, *text, *lines;
	} rows[] = {
	    {"an empty file", "", ""},
	    {"only line ends", "\n\n\n", ""},
	    {"two lines", "a\nb\n", "a|b|"},
	    {"no final line end", "a\nb", "a|b|"},
	    {"empty lines between", "a\n\n\nb\n", "a|b|"},
	    {"a CR", "a\r\nb\n", "a\r|b|"},
	};
	struct lines lines;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		write_file("lines", rows[i].text, strlen(rows[i].text));
		memset(&lines, 0, sizeof(lines));
		tap_ok(file_lines("lines", take_line, &lines) == 0,
		    "lines of %s: read", rows[i].name);
		tap_ok(strcmp(lines.text, rows[i].lines) == 0,
		    "lines of %s: taken", rows[i].name);
	}
	memset(&lines, 0, sizeof(lines));
	tap_ok(file_lines("/dev/zero", take_line, &lines) == 0,
	    "lines: a device without an end");
	memset(&lines, 0, sizeof(lines));
	tap_ok(file_lines("missing", take_line, &lines) < 0,
	    "lines of a missing file");
	tap_ok(file_lines("folder", take_line, &lines) < 0,
	    "lines of a directory");
	tap_ok(lines.count == 0, "no line is taken of those");
}

static void
test_long_lines(void)
{
	static const size_t lengths[] = {FILE_LINE_SIZE - 2, FILE_LINE_SIZE - 1,
	    FILE_LINE_SIZE, 3 * FILE_LINE_SIZE};
	char text[3 * FILE_LINE_SIZE + 3];
	struct lines lines;
	size_t i, length;

	for (i = 0; i < COUNT(lengths); i++) {
		length = lengths[i];
		memset(text, 'x', length);
		memcpy(text + length, "\ny", 2);
		write_file("lines", text, length + 2);
		memset(&lines, 0, sizeof(lines));
		tap_ok(file_lines("lines", take_line, &lines) == 0,
		    "a line of %zu bytes: read", length);
		tap_ok(lines.count == 2, "a line of %zu bytes: and the next",
		    length);
		tap_ok(
		    lines.longest ==
			(length < FILE_LINE_SIZE ? length : FILE_LINE_SIZE - 1),
		    "a line of %zu bytes: is cut if it is too long", length);
	}
}

/* A pipe that does not block and is full. Returns how much it holds. */
static size_t
fill_pipe(int ends[2])
{
	static const char bytes[4096];
	size_t held = 0;
	ssize_t n;

	if (pipe(ends) < 0 || fcntl(ends[1], F_SETFL, O_NONBLOCK) < 0)
		abort();
	while ((n = write(ends[1], bytes, sizeof(bytes))) > 0)
		held += (size_t)n;
	return held;
}

/* In a child: reads until the end, after a while. Its status says how many
 * bytes came after the first ones. */
static pid_t
start_reader(int ends[2], size_t held)
{
	char bytes[4096];
	size_t count = 0;
	ssize_t n;
	pid_t child = fork();

	if (child != 0)
		return child;
	(void)close(ends[1]);
	(void)usleep(100000);
	while ((n = read(ends[0], bytes, sizeof(bytes))) > 0)
		count += (size_t)n;
	_exit((int)(count - held));
}

static void
test_write(void)
{
	int ends[2], status = 0, kept;
	size_t held = fill_pipe(ends);
	pid_t child = start_reader(ends, held);

	tap_ok(
	    file_write(ends[1], "abcde", 5) == 0, "a full pipe is waited for");
	(void)close(ends[0]);
	(void)close(ends[1]);
	tap_ok(waitpid(child, &status, 0) == child, "the reader ends");
	tap_ok(WEXITSTATUS(status) == 5, "all bytes arrive");
	kept = dup(STDERR_FILENO);
	(void)fill_pipe(ends);
	(void)dup2(ends[1], STDERR_FILENO);
	status = file_write(STDERR_FILENO, "abcde", 5);
	if (dup2(kept, STDERR_FILENO) < 0)
		abort();
	tap_number(status, -1, "standard error that is full is not waited for");
	errno = 0;
	tap_ok(file_write(-1, "a", 1) < 0, "a descriptor that is not open");
	tap_ok(errno == EBADF, "errno says so");
	tap_ok(file_write(-1, "", 0) == 0, "nothing to write");
}

static void
ignore(int number)
{
	(void)number;
}

/* A signal comes during each wait, 20 ms after it begins. */
static void
interrupt_soon(void)
{
	const struct sigaction action = {.sa_handler = ignore};
	const struct itimerval soon = {.it_value = {.tv_usec = 20000}};

	if (sigaction(SIGALRM, &action, NULL) < 0 ||
	    setitimer(ITIMER_REAL, &soon, NULL) < 0)
		abort();
}

static void
test_interrupted(void)
{
	int ends[2], status = 0, end;
	size_t held = fill_pipe(ends);
	pid_t child = start_reader(ends, held);
	struct buffer b;
	struct error e;

	interrupt_soon();
	tap_number(file_write(ends[1], "abcde", 5), 0,
	    "a signal during the wait of a write");
	(void)close(ends[0]);
	(void)close(ends[1]);
	(void)waitpid(child, &status, 0);
	tap_number(WEXITSTATUS(status), 5, "all bytes arrive");
	end = replace_standard_input();
	child = fork();
	if (child == 0) {
		(void)usleep(100000);
		_exit(write(end, "abc", 3) != 3);
	}
	(void)close(end);
	interrupt_soon();
	tap_number(read_into(&b, "-", 5000, &e), 0,
	    "a signal during the wait of a read: %s", e.line);
	tap_bytes(b.bytes, b.length, "abc", "all bytes are read");
	(void)waitpid(child, &status, 0);
}

static const struct {
	const char *text, *written;
} lines[] = {
    {"a\n\nb", "a\n\nb"},
    {"* of ghp_Wq7Zr2Lx9Vb4Kd\n", "* of [hidden]\n"},
    {"ghp_Wq7Zr2Lx9Vb4Kd\nx\n9Vb4Kd1Tm\n", "[hidden]\nx\n[hidden]\n"},
    {"= secret\n* x\n", "= secret\n* x\n"},
};

/* Whoever writes the lines put their ends there, not the secrets. */
static void
test_hidden(void)
{
	char got[64];
	FILE *file;
	size_t i;

	secrets_add(span_text("ghp_Wq7Zr2Lx9Vb4Kd1Tm8Ny"), SECRETS_LASTING);
	secrets_add(span_text("secret\n* x\n"), SECRETS_LASTING);
	for (i = 0; i < COUNT(lines); i++) {
		file = tmpfile();
		(void)file_write(
		    fileno(file), lines[i].text, strlen(lines[i].text));
		rewind(file);
		got[fread(got, 1, sizeof(got) - 1, file)] = '\0';
		tap_text(got, lines[i].written, "written: %s", lines[i].text);
		fclose(file);
	}
	secrets_wipe();
}

int
main(void)
{
	char folder[] = "/tmp/file_test.XXXXXX", command[64];

	if (mkdtemp(folder) == NULL || chdir(folder) < 0)
		abort();
	test_read();
	test_append();
	test_failures();
	test_standard_input();
	test_names();
	test_lines();
	test_long_lines();
	test_write();
	test_interrupted();
	test_hidden();
	test_hidden();
	(void)snprintf(command, sizeof(command), "rm -r %s", folder);
	tap_ok(system(command) == 0, "the folder is removed");
	return tap_done();
}
