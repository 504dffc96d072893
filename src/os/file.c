/* file.c - one loop of poll and read serves files, pipes and terminals; the
 * file is opened without blocking, so that a FIFO nobody writes to waits for
 * the deadline and not for ever. */
#include "os/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

static int
wait_readable(int fd, struct deadline d)
{
	struct pollfd p = {.fd = fd, .events = POLLIN, .revents = 0};
	int n;

	do {
		n = poll(&p, 1, deadline_left(d));
	} while (n < 0 && errno == EINTR);
	if (n == 0)
		errno = ETIMEDOUT;
	return n > 0 ? 0 : -1;
}

/* A byte more than capacity is asked for, to tell "full" from "too long". */
static ssize_t
read_all(int fd, char *storage, size_t capacity, struct deadline d)
{
	size_t length = 0;
	ssize_t n;
	char extra;

	for (;;) {
		if (wait_readable(fd, d) == -1)
			return -1;
		n = length < capacity
			? read(fd, storage + length, capacity - length)
			: read(fd, &extra, 1);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0)
			return n < 0 ? -1 : (ssize_t)length;
		if (length == capacity) {
			errno = EFBIG;
			return -1;
		}
		length += (size_t)n;
	}
}

ssize_t
file_read(const char *path, char *storage, size_t capacity, struct deadline d,
    struct error *e)
{
	int is_stdin = strcmp(path, "-") == 0;
	const char *name = is_stdin ? "standard input" : path;
	int fd = is_stdin ? STDIN_FILENO
			  : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t length;
	int reason;

	if (fd < 0)
		return error_set_errno(
		    e, ERROR_LOCAL, errno, "cannot open %s", name);
	length = read_all(fd, storage, capacity, d);
	reason = errno;
	if (!is_stdin)
		(void)close(fd);
	if (length >= 0)
		return length;
	if (reason == EFBIG)
		return error_set(e, ERROR_LOCAL, "%s is larger than %zu bytes",
		    name, capacity);
	return error_set_errno(e, ERROR_LOCAL, reason, "cannot read %s", name);
}

struct line {
	void (*take)(void *context, char *line);
	void *context;
	size_t length;
	char text[FILE_LINE_MAX];
};

static void
end_line(struct line *l)
{
	l->text[l->length] = '\0';
	if (l->length > 0)
		l->take(l->context, l->text);
	l->length = 0;
}

int
file_lines(
    const char *path, void (*take)(void *context, char *line), void *context)
{
	struct line line = {.take = take, .context = context};
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char bytes[1024];
	ssize_t n, i;

	if (fd < 0)
		return -1;
	while ((n = read(fd, bytes, sizeof(bytes))) > 0) {
		for (i = 0; i < n; i++) {
			if (bytes[i] == '\n')
				end_line(&line);
			else if (line.length < sizeof(line.text) - 1)
				line.text[line.length++] = bytes[i];
		}
	}
	end_line(&line);
	(void)close(fd);
	return n == 0 ? 0 : -1;
}
