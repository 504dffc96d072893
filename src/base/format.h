/* format.h - the part of printf(3) that messages need, in a tenth of the
 * space: libc's brings floating point, wide characters and a stream. */
#ifndef FORMAT_H
#define FORMAT_H

#include <stdarg.h>
#include <stddef.h>

/* Knows %s with a precision in digits or as *, %c, %d, %u, %zu, %llu and %%;
 * at anything else it stops. Writes at most size bytes with a NUL; returns
 * the length of the whole. Callers are checked by the compiler through
 * __attribute__((format(printf, ...))). */
size_t format_text(char *out, size_t size, const char *format, va_list v)
    __attribute__((format(printf, 3, 0)));

#endif
