/* target.h - the repositories that an event goes to, from options and from a
 * file. Owner and name are checked, because both become part of a path. */
#ifndef TARGET_H
#define TARGET_H

#include <stddef.h>

#include "base/error.h"
#include "base/span.h"
#include "os/clock.h"

/* GitHub's longest names have 39 and 100 characters; other servers may allow
 * more. */
#define TARGET_NAME_SIZE 128
#define TARGET_MAX 10000        /* targets of one run */
#define TARGET_FILE_MAX 1048576 /* bytes of a file of targets */

struct target {
	char owner[TARGET_NAME_SIZE];
	char name[TARGET_NAME_SIZE];
	const char *event_type; /* NULL: that of the run */
};

struct target_list {
	size_t count;
	struct target list[TARGET_MAX];
	char text[TARGET_FILE_MAX]; /* of the file; holds the event types */
};

/* Sets owner and name. Each must be 1 to 127 letters, digits, "-", "." and "_",
 * and neither "." nor "..".
 *
 * Returns 0, or -1 with an ERROR_USAGE. */
int target_set(struct target *target, struct span owner, struct span name,
    struct error *e) __attribute__((warn_unused_result));

/* Adds OWNER/NAME, or NAME with this owner, which may be NULL. Of an owner
 * given as OWNER/NAME, NAME is ignored.
 *
 * A target that is in the list already, with the same event type, is an error.
 *
 * Returns 0, or -1 with an ERROR_USAGE. */
int target_add(struct target_list *targets, const char *owner, struct span text,
    const char *event_type, struct error *e)
    __attribute__((warn_unused_result));

/* Adds the targets of a file, or of standard input for "-": one a line, each
 * with an optional event type after a space.
 *
 * Empty lines are skipped, and comments: "#" at the start of a line or after a
 * space, and what follows.
 *
 * Returns 0, or -1 with an error that names the line. */
int target_add_file(struct target_list *targets, const char *owner,
    const char *path, struct deadline d, struct error *e)
    __attribute__((warn_unused_result));

#endif
