/* file.c - one loop of poll and read serves files, pipes and terminals. A file
 * is opened without blocking, so that a FIFO that nobody writes to waits for
 * the deadline and not for ever. */
#include "os/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/secrets.h"
#include "base/span.h"
#include "base/value.h"
#include "os/clock.h"

#define WRITE_MILLISECONDS 10000
#define NAME_RUN 20 /* characters in a row that may be the end of a key */

static bool
is_standard_input(const char *path)
{
	return strcmp(path, "-") == 0;
}

const char *
file_name(struct value *value, const char *path)
{
	size_t length = strlen(path);
	struct buffer b;

	if (is_standard_input(path))
		path = "standard input";
	value_show(value, span_text(path));
	if (length <= VALUE_MAX || strlen(value->text) < VALUE_MAX ||
	    value_longest_run(span_text(path)) >= NAME_RUN)
		return value->text;
	buffer_init(&b, value->text, sizeof(value->text));
	buffer_text(&b, "...");
	buffer_text(&b, path + length - VALUE_MAX);
	return value->text;
}

bool
file_exists(const char *path)
{
	return access(path, R_OK) == 0;
}

/* Whoever called us knows which option named the file. */
static int
refuse(const char *path, const char *what, enum error_kind kind, int errnum,
    struct error *e)
{
	struct value name;

	if (e->kind != ERROR_NONE)
		return -1;
	if (path[0] == '\0') {
		error_set(e, kind, "the file name is empty");
	} else if (strchr("\r\n", path[strlen(path) - 1]) != NULL) {
		/* Files of variables and pipes leave it there. */
		error_set(e, kind,
		    "cannot %s a file whose name (not shown) ends in a line "
		    "end",
		    what);
	} else {
		error_set_errno(e, kind, errnum, "cannot %s %s", what,
		    file_name(&name, path));
	}
	return error_of_file(e);
}

int
file_open(const char *path, enum error_kind kind, struct error *e)
{
	int fd;

	if (is_standard_input(path))
		return STDIN_FILENO;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	return fd < 0 ? refuse(path, "open", kind, errno, e) : fd;
}

void
file_close(int fd)
{
	if (fd != STDIN_FILENO)
		(void)close(fd);
}

static int
wait_until_readable(int fd, struct deadline d)
{
	struct pollfd p = {.fd = fd, .events = POLLIN, .revents = 0};
	int ready;

	do {
		ready = poll(&p, 1, deadline_left(d));
	} while (ready < 0 && errno == EINTR && !deadline_passed(d));
	if (ready == 0)
		errno = ETIMEDOUT;
	return ready > 0 ? 0 : -1;
}

ssize_t
file_read_some(int fd, void *bytes, size_t size, struct deadline d)
{
	ssize_t n;

	do {
		if (wait_until_readable(fd, d) < 0)
			return -1;
		n = read(fd, bytes, size);
	} while (n < 0 && (errno == EINTR || errno == EAGAIN) &&
		 !deadline_passed(d));
	return n;
}

/* Reads into the storage itself, because a file may hold a secret. Once
 * the storage is full, one more byte shows that the file is too long.
 *
 * Returns 0, or -1 with errno set. */
static int
read_all(int fd, struct buffer *b, struct deadline d)
{
	ssize_t n = 1;
	char extra;

	while (n > 0 && b->length < b->capacity) {
		n = file_read_some(
		    fd, b->bytes + b->length, b->capacity - b->length, d);
		if (n > 0)
			b->length += (size_t)n;
	}
	if (n > 0) {
		n = file_read_some(fd, &extra, 1, d);
		b->overflowed = n > 0;
	}
	return n < 0 ? -1 : 0;
}

int
file_read(const char *path, struct buffer *b, struct deadline d,
    enum error_kind kind, struct error *e)
{
	int fd = file_open(path, kind, e), result, reason;

	if (fd < 0)
		return -1;
	result = read_all(fd, b, d);
	reason = errno;
	b->bytes[b->length] = '\0';
	file_close(fd);
	return result < 0 ? refuse(path, "read", kind, reason, e) : 0;
}

int
file_too_large(const char *path, const struct buffer *b, enum error_kind kind,
    struct error *e)
{
	struct value name;

	error_set(e, kind, "%s is larger than %zu bytes",
	    file_name(&name, path), b->capacity);
	return error_of_file(e);
}

struct line {
	void (*take)(void *context, char *line);
	void *context;
	size_t length;
	char text[FILE_LINE_SIZE];
};

static void
end_line(struct line *line)
{
	line->text[line->length] = '\0';
	if (line->length > 0)
		line->take(line->context, line->text);
	line->length = 0;
}

int
file_lines(
    const char *path, void (*take)(void *context, char *line), void *context)
{
	struct line line = {.take = take, .context = context};
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char bytes[1024];
	size_t taken = 0;
	ssize_t n = 0, i;

	if (fd < 0)
		return -1;
	while (taken < FILE_LINES_MAX &&
	       (n = read(fd, bytes, sizeof(bytes))) > 0) {
		taken += (size_t)n;
		for (i = 0; i < n; i++) {
			if (bytes[i] == '\n') {
				end_line(&line);
			} else if (line.length < sizeof(line.text) - 1) {
				line.text[line.length++] = bytes[i];
			}
		}
	}
	end_line(&line);
	(void)close(fd);
	return n >= 0 ? 0 : -1;
}

/* Whether a write that failed may be tried again. Some parents leave a pipe
 * non-blocking, so a full one is waited for. But diagnostics, on standard
 * error, must never delay the event. */
static bool
may_write_again(int fd, struct deadline d)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT, .revents = 0};
	int reason = errno, ready;

	if (reason == EINTR)
		return !deadline_passed(d);
	if (reason != EAGAIN || fd == STDERR_FILENO)
		return false;
	do {
		ready = poll(&p, 1, deadline_left(d));
	} while (ready < 0 && errno == EINTR && !deadline_passed(d));
	errno = reason;
	return ready > 0 && !deadline_passed(d);
}

/* The clock is read once a write has failed. */
static int
write_all(int fd, struct span text)
{
	struct deadline d = {.at = 0};
	ssize_t n;

	while (text.length > 0) {
		n = write(fd, text.bytes, text.length);
		if (n > 0) {
			text.bytes += n;
			text.length -= (size_t)n;
			continue;
		}
		/* write(2) leaves open what 0 means. */
		if (n == 0)
			errno = EIO;
		if (d.at == 0)
			d = deadline_after(WRITE_MILLISECONDS);
		if (!may_write_again(fd, d))
			return -1;
	}
	return 0;
}

int
file_write_hidden(int fd, const char *text, size_t length)
{
	return write_all(fd, span_of(text, length));
}

/* What is shown of a line. Its end is ours, also where a secret has one. */
static void
hide_line(struct buffer *b, struct span text, size_t *at)
{
	const unsigned char *line = text.bytes + *at;
	const unsigned char *end = memchr(line, '\n', text.length - *at);
	size_t length = end != NULL ? (size_t)(end - line) : text.length - *at;

	secrets_hide(b, span_of(line, length));
	*at += length;
	if (end != NULL) {
		buffer_byte(b, '\n');
		(*at)++;
	}
}

/* The lines are put together first, as far as they fit, so that they are
 * written at once. A line that does not fit is left out. */
int
file_write(int fd, const char *text, size_t length)
{
	struct span all = span_of(text, length);
	char shown[FILE_WRITE_SIZE];
	size_t at = 0;
	struct buffer b;

	buffer_init(&b, shown, sizeof(shown));
	while (at < length)
		hide_line(&b, all, &at);
	return write_all(fd, span_of(b.bytes, b.length));
}
