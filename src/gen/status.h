/* status.h - what each exit status means, once: README and manual have their
 * tables from here. */
#ifndef STATUS_H
#define STATUS_H

#include "base/error.h"

#define STATUS_COUNT (ERROR_RUN_MISSING + 1)

/* Markdown. */
struct status_row {
	const char *meaning;
	const char *delivered; /* was the event delivered? */
};

extern const struct status_row status_table[STATUS_COUNT];

#endif
