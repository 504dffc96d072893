/* repositories.h - the repositories that an event goes to, as options,
 * variables and a file name them. GITHUB_REPOSITORY gives what is missing.
 *
 * Tested by tests/unit/cli/options_test.c. */
#ifndef REPOSITORIES_H
#define REPOSITORIES_H

#include "base/error.h"
#include "cli/arguments.h"
#include "github/target.h"
#include "os/clock.h"

struct repositories {
	const struct arguments *arguments; /* names them */
	struct target_list *targets;       /* what was found */
	struct argument current;           /* GITHUB_REPOSITORY */
	const char *file; /* of more targets, not yet read; or NULL */
	struct target_rules rules;
};

/* Reads the repositories of options and variables into an empty list. arguments
 * and targets must stay as long as the struct. api_host is that of the API.
 *
 * --target-repo replaces the others, and --target-owner every owner. A name
 * without an owner is of --owner or else of the current repository's. Without a
 * name, and without --targets, the target is the current repository.
 *
 * Returns 0, or -1 with an ERROR_USAGE. */
int repositories_read(struct repositories *repositories,
    const struct arguments *arguments, const char *api_host,
    struct target_list *targets, struct error *e)
    __attribute__((warn_unused_result));

/* Adds the targets of the file of --targets, if it is given.
 *
 * Returns 0, or -1 also if the list is still empty. */
int repositories_read_file(struct repositories *repositories, struct deadline d,
    struct error *e) __attribute__((warn_unused_result));

#endif
