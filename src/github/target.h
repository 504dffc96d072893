/* target.h - the repositories that an event goes to, from options and from a
 * file. Owner and name are checked, because both become part of a path. */
#ifndef TARGET_H
#define TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/span.h"
#include "os/clock.h"

/* GitHub's longest names have 39 and 100 characters; other servers may allow
 * more. */
#define TARGET_NAME_SIZE 128
#define TARGET_MAX 10000        /* targets of one run */
#define TARGET_SLOTS 16384      /* a power of two, well above TARGET_MAX */
#define TARGET_FILE_MAX 1048576 /* bytes of a file of targets */

struct target {
	char owner[TARGET_NAME_SIZE];
	char name[TARGET_NAME_SIZE];
	const char *event_type; /* NULL: that of the run */
	/* Private: the position of the owner's next repository in the list,
	 * from 1; of the last one, that of the first. */
	uint16_t next;
};

/* What targets are found by. */
enum target_key {
	TARGET_OWNER,
	TARGET_REPOSITORY, /* and the owner */
	TARGET_WHOLE,      /* and the event type */
	TARGET_KEYS
};

/* Empty if it is all zero. */
struct target_list {
	size_t count;
	const struct target *repeated; /* the first of an earlier one's
					  repository; NULL: none */
	size_t text_used;              /* the most that was in text[] */
	struct target list[TARGET_MAX];
	char text[TARGET_FILE_MAX]; /* of the file; holds the event types */
	/* Private: hash tables of positions in the list, from 1; 0: free. For
	 * an owner, the position is that of the last repository. They are empty
	 * until there are two targets. */
	uint16_t slots[TARGET_KEYS][TARGET_SLOTS];
};

/* Sets owner and name. Each must be 1 to 127 letters, digits, "-", "." and "_",
 * and neither "." nor "..".
 *
 * Returns 0, or -1 with an ERROR_USAGE. */
int target_set(struct target *target, struct span owner, struct span name,
    struct error *e) __attribute__((warn_unused_result));

#define TARGET_TEXT_SIZE ((size_t)2 * TARGET_NAME_SIZE)

/* Writes OWNER/NAME. Returns out. */
const char *target_text(
    const struct target *target, char out[TARGET_TEXT_SIZE]);

/* A repository as it is written, taken apart. What is not given is absent. */
struct target_parts {
	struct span host; /* without a port */
	struct span owner, name;
};

/* Empties a list. An empty one is not touched, since pages that are not touched
 * cost nothing. */
void target_clear(struct target_list *targets);

/* The repositories of an owner, each once, in the order of the list.
 *
 * of is a target of the list, and previous NULL or the last one returned.
 *
 * Returns the next one, or NULL. */
const struct target *target_next_of_owner(const struct target_list *targets,
    const struct target *of, const struct target *previous);

/* Takes apart NAME, OWNER/NAME, HOST/OWNER/NAME, an http, https, git or ssh
 * URL, and USER@HOST:OWNER/NAME, as gh does (cli/go-gh, pkg/repository, Parse;
 * cli/cli, git/url.go).
 *
 * ".git" after a name is dropped, and so are a user, a password, a port, a
 * query and a fragment. Names are not checked. api_host is that of the API:
 * without a dot, HOST in HOST/OWNER/NAME must be of that server.
 *
 * Returns 0, or -1 with an ERROR_USAGE if a URL is not that of a repository. */
int target_read(struct span text, const char *api_host,
    struct target_parts *parts, struct error *e)
    __attribute__((warn_unused_result));

/* What is known apart from the text of a target. */
struct target_rules {
	const char *api_host; /* of the API */
	struct span owner;    /* of a text without one; absent: none */
	bool replaces_owner;  /* also of a text with one */
};

/* Adds a repository, written in a form of target_read().
 *
 * One on another server than the API's is an error, and so is a target that is
 * in the list already, with the same event type.
 *
 * Returns 0, or -1 with an ERROR_USAGE. */
int target_add(struct target_list *targets, const struct target_rules *rules,
    struct span text, const char *event_type, struct error *e)
    __attribute__((warn_unused_result));

/* Adds the targets of a file, or of standard input for "-": one a line, each
 * with an optional event type after a space.
 *
 * Empty lines are skipped, and comments: "#" at the start of a line or after a
 * space, and what follows. Lines end in LF or CRLF. A byte order mark, UTF-16
 * and CR in a line are errors.
 *
 * Returns 0, or -1 with an error that names the line. */
int target_add_file(struct target_list *targets,
    const struct target_rules *rules, const char *path, struct deadline d,
    struct error *e) __attribute__((warn_unused_result));

/* Overwrites what was read of a file: the URL of a repository may have a token
 * in it. */
void target_wipe(struct target_list *targets);

#endif
