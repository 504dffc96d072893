/* command.h - one run of the program, from its arguments to its end.
 *
 * Tested by tests/e2e/run.py. */
#ifndef COMMAND_H
#define COMMAND_H

#include "base/error.h"
#include "cli/options.h"
#include "event/dispatch.h"
#include "event/runs.h"

/* The large storage of the process, for its owner to place. */
struct command {
	struct options options;
	struct dispatch_storage dispatch;
	struct runs_list runs;
};

/* Reads the arguments and does what they ask for: a dispatch, a dry run, a
 * check of a JSON file, or a text. What can fail locally fails before anything
 * is sent.
 *
 * e gets the first failure. Its line is empty if it has been reported. */
void command_run(
    struct command *command, int argc, char **argv, struct error *e);

/* Reports the failure unless that is done, revokes an App's tokens, and wipes
 * every secret and what may hold one: keys, the payload, responses, the files
 * that were read, arguments and the environment. The error is the caller's, and
 * so is what functions left on the stack.
 *
 * Returns the exit status. */
int command_end(struct command *command, char **argv, const struct error *e);

#endif
