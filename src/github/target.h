/* target.h - the repositories an event goes to, from options and from a file,
 * each a checked owner and name, since both become part of a path. */
#ifndef TARGET_H
#define TARGET_H

#include <stddef.h>

#include "base/error.h"
#include "os/clock.h"

/* GitHub's longest names are 39 and 100 characters; a server of one's own may
 * be more generous. */
#define TARGET_NAME_SIZE 128
#define TARGET_MAX 10000        /* targets of one run */
#define TARGET_FILE_MAX 1048576 /* bytes of a file of targets */

struct target {
	char owner[TARGET_NAME_SIZE];
	char name[TARGET_NAME_SIZE];
	const char *event_type; /* NULL: the run's */
};

struct target_list {
	size_t count;
	struct target list[TARGET_MAX];
	char text[TARGET_FILE_MAX]; /* of the file, for event types */
};

/* Letters, digits and -._ only; "." and ".." are refused. Returns 0, or -1
 * with an ERROR_USAGE. */
int target_set(struct target *t, const char *owner, size_t owner_length,
    const char *name, size_t name_length, struct error *e)
    __attribute__((warn_unused_result));

/* Adds OWNER/NAME, or NAME of the given owner, which may be NULL. A target
 * that is there already with the same event is an error. Returns 0 or -1. */
int target_add(struct target_list *l, const char *owner, const char *text,
    size_t length, const char *event_type, struct error *e)
    __attribute__((warn_unused_result));

/* Adds a file's targets, "-" for standard input: one a line, with an event
 * type of its own behind a space if it likes. Empty lines and what follows a
 * "#" at a line's beginning or behind a space are passed over. Returns 0, or
 * -1 with an ERROR_USAGE that names the line. */
int target_add_file(struct target_list *l, const char *owner, const char *path,
    struct deadline d, struct error *e) __attribute__((warn_unused_result));

#endif
