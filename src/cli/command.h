/* command.h - what is asked for, done: a dispatch, a dry run, a look at a JSON
 * file, or a text. */
#ifndef COMMAND_H
#define COMMAND_H

#include "base/error.h"
#include "cli/options.h"
#include "event/dispatch.h"
#include "event/runs.h"

/* The big storage of the process, for its owner to place. */
struct command_storage {
	struct dispatch_storage dispatch;
	struct runs_list runs;
};

/* Returns the exit status of what was tried; e has what failed before or
 * after. */
enum error_kind command_run(
    struct options *o, struct command_storage *s, struct error *e);

#endif
