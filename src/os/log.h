/* log.h - the log level, and the trace that `-v` shows on standard error.
 * A line is escaped as it is written. Secrets must never be handed to it. */
#ifndef LOG_H
#define LOG_H

#include <stdint.h>

enum log_level {
	LOG_QUIET,  /* errors only */
	LOG_NORMAL, /* and notices */
	LOG_VERBOSE /* and the trace */
};

void log_set_level(enum log_level level);
enum log_level log_get_level(void);

/* Writes "* " and the line if the level is verbose, and nothing otherwise. */
void log_trace(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Traces "PHASE took N ms" for a phase that began at this time of
 * clock_milliseconds().
 *
 * Returns the time now, at which the next phase begins. */
int64_t log_phase(const char *phase, int64_t began);

#endif
