/* trace.c - formats into a local line, makes it safe, writes it at once. */
#include "os/trace.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/format.h"
#include "base/text.h"
#include "os/deadline.h"

#define WRITE_MILLISECONDS 10000

static enum trace_level current_level = TRACE_NORMAL;

void
trace_set_level(enum trace_level level)
{
	current_level = level;
}

enum trace_level
trace_get_level(void)
{
	return current_level;
}

/* Some parents leave a pipe non-blocking, and one that nobody reads has an end.
 * What is told on the way, on standard error, may not hold up the event. */
static bool
has_room(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT, .revents = 0};
	int n;

	if (fd == STDERR_FILENO)
		return false;
	do {
		n = poll(&p, 1, WRITE_MILLISECONDS);
	} while (n < 0 && errno == EINTR);
	return n > 0;
}

int
trace_write(int fd, const char *text, size_t length)
{
	ssize_t n;

	while (length > 0) {
		n = write(fd, text, length);
		if (n < 0 &&
		    (errno == EINTR || (errno == EAGAIN && has_room(fd))))
			continue;
		if (n < 0)
			return -1;
		text += n;
		length -= (size_t)n;
	}
	return 0;
}

void
trace(const char *format, ...)
{
	char line[1024], shown[2048];
	va_list arguments;
	size_t length;

	if (current_level != TRACE_VERBOSE)
		return;
	va_start(arguments, format);
	(void)format_text(line, sizeof(line), format, arguments);
	va_end(arguments);
	shown[0] = '*';
	shown[1] = ' ';
	(void)text_show(shown + 2, sizeof(shown) - 3, line, strlen(line));
	length = strlen(shown);
	shown[length++] = '\n';
	/* Nobody can be told that standard error is closed. */
	(void)trace_write(STDERR_FILENO, shown, length);
}

int64_t
trace_phase(const char *phase, int64_t began)
{
	int64_t now = deadline_clock();

	trace("%s took %llu ms", phase, (unsigned long long)(now - began));
	return now;
}
