/* error.c - a failure is filled in once: every setter first looks whether one
 * is there already, so code that cleans up after a failure need not care. */
#include "error.h"

#include <stdarg.h>
#include <string.h>

#include "format.h"

void
error_clear(struct error *e)
{
	e->kind = ERROR_NONE;
	e->errnum = 0;
	e->line[0] = '\0';
	e->hint = NULL;
	e->excerpt[0] = '\0';
}

int
error_set(struct error *e, enum error_kind kind, const char *format, ...)
{
	va_list arguments;

	if (e->kind != ERROR_NONE)
		return -1;
	e->kind = kind;
	va_start(arguments, format);
	(void)format_text(e->line, sizeof(e->line), format, arguments);
	va_end(arguments);
	return -1;
}

/* Puts text at this place of the line, as much of it as fits. */
static void
append(struct error *e, size_t place, const char *text)
{
	while (*text != '\0' && place < sizeof(e->line) - 1)
		e->line[place++] = *text++;
	if (place < sizeof(e->line))
		e->line[place] = '\0';
}

int
error_set_errno(
    struct error *e, enum error_kind kind, int errnum, const char *format, ...)
{
	va_list arguments;
	size_t length;

	if (e->kind != ERROR_NONE)
		return -1;
	e->kind = kind;
	e->errnum = errnum;
	va_start(arguments, format);
	length = format_text(e->line, sizeof(e->line), format, arguments);
	va_end(arguments);
	append(e, length, ": ");
	append(e, length + 2, strerror(errnum));
	return -1;
}

void
error_append(struct error *e, const char *format, ...)
{
	size_t length = strlen(e->line);
	va_list arguments;

	va_start(arguments, format);
	(void)format_text(
	    e->line + length, sizeof(e->line) - length, format, arguments);
	va_end(arguments);
}

int
error_hint(struct error *e, const char *hint)
{
	if (e->hint == NULL)
		e->hint = hint;
	return -1;
}
