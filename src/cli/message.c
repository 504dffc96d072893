/* message.c - a line is put together and written at once, so that lines of
 * several processes do not mix. */
#include "cli/message.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/output.h"
#include "os/log.h"

void
message_line(const char *prefix, const char *text)
{
	struct output output = {.fd = STDERR_FILENO};

	output_frame(&output, prefix);
	output_shown_text(&output, text);
	output_frame(&output, "\n");
	output_flush(&output);
}

void
message_command(const char *command, const char *text)
{
	struct output output = {.fd = STDERR_FILENO};

	output_frame(&output, command);
	output_command(&output, text);
	output_frame(&output, "\n");
	output_flush(&output);
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
