/* error.c - a failure is filled in once: every setter first checks whether one
 * is there already, so that code that cleans up after a failure need not
 * care. */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void
error_clear(struct error *e)
{
	e->kind = ERROR_NONE;
	e->line[0] = '\0';
	e->hint = NULL;
	e->advice = ADVICE_NONE;
	e->subject[0] = '\0';
	e->excerpt[0] = '\0';
	e->is_unheard = false;
	e->is_of_file = false;
}

static void append(struct error *e, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

static void
append(struct error *e, const char *format, va_list arguments)
{
	size_t length = strlen(e->line);

	/* A line that does not fit is cut. */
	(void)vsnprintf(
	    e->line + length, sizeof(e->line) - length, format, arguments);
}

int
error_set(struct error *e, enum error_kind kind, const char *format, ...)
{
	va_list arguments;

	if (e->kind != ERROR_NONE)
		return -1;
	e->kind = kind;
	va_start(arguments, format);
	append(e, format, arguments);
	va_end(arguments);
	return -1;
}

int
error_set_errno(
    struct error *e, enum error_kind kind, int errnum, const char *format, ...)
{
	va_list arguments;

	if (e->kind != ERROR_NONE)
		return -1;
	e->kind = kind;
	va_start(arguments, format);
	append(e, format, arguments);
	va_end(arguments);
	error_append(e, ": %s", strerror(errnum));
	return -1;
}

int
error_wrap(struct error *e, const struct error *cause, const char *context, ...)
{
	va_list arguments;

	if (e->kind != ERROR_NONE)
		return -1;
	e->kind = cause->kind;
	e->hint = cause->hint;
	e->advice = cause->advice;
	memcpy(e->subject, cause->subject, sizeof(e->subject));
	va_start(arguments, context);
	append(e, context, arguments);
	va_end(arguments);
	error_append(e, ": %s", cause->line);
	return -1;
}

int
error_reported(struct error *e, enum error_kind kind)
{
	if (e->kind == ERROR_NONE)
		e->kind = kind;
	return -1;
}

void
error_append(struct error *e, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	append(e, format, arguments);
	va_end(arguments);
}

int
error_of_file(struct error *e)
{
	e->is_of_file = true;
	return -1;
}

int
error_name_origin(struct error *e, const char *origin)
{
	char line[ERROR_LINE_SIZE];

	if (!e->is_of_file)
		return -1;
	e->is_unheard = false;
	e->is_of_file = false;
	memcpy(line, e->line, sizeof(line));
	e->line[0] = '\0';
	error_append(e, "%s: %s", origin, line);
	return -1;
}

int
error_hint(struct error *e, const char *hint)
{
	if (e->hint == NULL && e->advice == ADVICE_NONE)
		e->hint = hint;
	return -1;
}

int
error_advise(struct error *e, enum error_advice advice)
{
	if (e->hint == NULL && e->advice == ADVICE_NONE)
		e->advice = advice;
	return -1;
}

int
error_advise_about(
    struct error *e, enum error_advice advice, const char *subject)
{
	if (e->hint != NULL || e->advice != ADVICE_NONE)
		return -1;
	e->advice = advice;
	(void)snprintf(e->subject, sizeof(e->subject), "%s", subject);
	return -1;
}
