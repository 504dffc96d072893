/* trace.h - what `-v` shows, on standard error, a line each.
 * Holds the one piece of global state there is: the log level. A line is
 * escaped as it is written; secrets must never be handed to it. */
#ifndef TRACE_H
#define TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum trace_level {
	TRACE_QUIET,  /* errors only */
	TRACE_NORMAL, /* and notices */
	TRACE_VERBOSE /* and the trace */
};

void trace_set_level(enum trace_level level);
enum trace_level trace_get_level(void);

/* "* connected to ..." if verbose; nothing otherwise. */
void trace(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* "* the look-up took 12 ms", for a phase that began at this time of
 * deadline_clock(). Returns the time now, where the next one begins. */
int64_t trace_phase(const char *phase, int64_t began);

/* Writes all of it to the descriptor; one that does not block gets ten seconds
 * for each piece, standard error none. Returns 0, or -1 with errno set. */
int trace_write(int fd, const char *text, size_t length);

#endif
