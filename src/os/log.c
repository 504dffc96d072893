/* log.c - a line is formatted and escaped in local storage and written at
 * once, with one write(2). The level is global state: it is set once, by
 * whoever read the options. */
#include "os/log.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/escape.h"
#include "os/clock.h"
#include "os/file.h"

static enum log_level current_level = LOG_NORMAL;

void
log_set_level(enum log_level level)
{
	current_level = level;
}

enum log_level
log_get_level(void)
{
	return current_level;
}

void
log_trace(const char *format, ...)
{
	char line[1024], shown[2048] = "* ";
	va_list arguments;
	size_t length;

	if (current_level != LOG_VERBOSE)
		return;
	va_start(arguments, format);
	(void)vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	(void)escape(shown + 2, sizeof(shown) - 3, line, strlen(line));
	length = strlen(shown);
	shown[length++] = '\n';
	/* If standard error is closed, nobody can be informed. */
	(void)file_write(STDERR_FILENO, shown, length);
}

int64_t
log_phase(const char *phase, int64_t began)
{
	int64_t now = clock_milliseconds();

	log_trace("%s took %" PRId64 " ms", phase, now - began);
	return now;
}
