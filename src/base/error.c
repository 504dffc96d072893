/* error.c - a failure is filled in once: every setter first looks whether one
 * is there already, so code that cleans up after a failure need not care. */
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "base/buffer.h"
#include "base/format.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* In the words of POSIX.1-2008, errno.h. libc's strerror brings the texts of
 * 130 numbers, 2 KB; these are what files and sockets come to. */
void
error_reason(int errnum, char out[ERROR_REASON_SIZE])
{
	static const struct {
		int errnum;
		const char *text;
	} reasons[] = {
	    {EACCES, "Permission denied"},
	    {EADDRNOTAVAIL, "Address not available"},
	    {EAFNOSUPPORT, "Address family not supported"},
	    {ECONNREFUSED, "Connection refused"},
	    {ECONNRESET, "Connection reset by peer"},
	    {EDQUOT, "Disk quota exceeded"},
	    {EHOSTUNREACH, "Host is unreachable"},
	    {EIO, "Input/output error"},
	    {EISDIR, "Is a directory"},
	    {ELOOP, "Too many levels of symbolic links"},
	    {EMFILE, "Too many open files"},
	    {ENETUNREACH, "Network is unreachable"},
	    {ENOENT, "No such file or directory"},
	    {ENOSPC, "No space left on device"},
	    {ENOTDIR, "Not a directory"},
	    {EPERM, "Operation not permitted"},
	    {EPIPE, "Broken pipe"},
	    {EROFS, "Read-only file system"},
	    {ETIMEDOUT, "Connection timed out"},
	};
	struct buffer b;
	size_t i = 0;

	while (i < COUNT(reasons) && reasons[i].errnum != errnum)
		i++;
	buffer_init(&b, out, ERROR_REASON_SIZE - 1);
	buffer_text(&b, i < COUNT(reasons) ? reasons[i].text : "error number ");
	if (i == COUNT(reasons))
		buffer_decimal(&b, (uint64_t)errnum);
	out[b.length] = '\0';
}

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

int
error_set_errno(
    struct error *e, enum error_kind kind, int errnum, const char *format, ...)
{
	char reason[ERROR_REASON_SIZE];
	va_list arguments;

	if (e->kind != ERROR_NONE)
		return -1;
	e->kind = kind;
	e->errnum = errnum;
	va_start(arguments, format);
	(void)format_text(e->line, sizeof(e->line), format, arguments);
	va_end(arguments);
	error_reason(errnum, reason);
	error_append(e, ": %s", reason);
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
