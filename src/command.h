/* command.h - what is asked for, done: a dispatch, a dry run, a look at a JSON
 * file, or a text. */
#ifndef COMMAND_H
#define COMMAND_H

#include "dispatch.h"
#include "error.h"
#include "options.h"

/* Returns the exit status of what was tried; e has what failed before or
 * after. */
enum error_kind command_run(
    struct options *o, struct dispatch_storage *s, struct error *e);

#endif
