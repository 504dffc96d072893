/* message.c - a line is put together and written at once, so that lines of
 * several processes do not mix. */
#include "cli/message.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/escape.h"
#include "cli/hint.h"
#include "os/file.h"
#include "os/log.h"

/* The longest text is an annotation: a failure and its hint, where escaping
 * turns a byte into up to four. */
#define LINE_SIZE (4 * (ERROR_LINE_SIZE + HINT_SIZE) + 64)

void
message_line(const char *prefix, const char *text)
{
	char line[LINE_SIZE];
	struct buffer b;

	buffer_init(&b, line, sizeof(line));
	buffer_text(&b, prefix);
	/* One byte is for the end of the line. */
	(void)escape(
	    line + b.length, sizeof(line) - b.length - 1, text, strlen(text));
	b.length = strlen(line);
	buffer_byte(&b, '\n');
	(void)file_write(STDERR_FILENO, line, b.length);
}

void
message_warning(const char *format, ...)
{
	char text[ERROR_LINE_SIZE];
	va_list arguments;

	if (log_get_level() == LOG_QUIET)
		return;
	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	message_line("repository-dispatch: warning: ", text);
}
