/* authentication.h - who sends the event: a GitHub App, a token, or a file with
 * one, whichever of the options counts. */
#ifndef AUTHENTICATION_H
#define AUTHENTICATION_H

#include "base/error.h"
#include "cli/arguments.h"
#include "event/dispatch.h"

/* Sets the credential of a job, whose api is set. No file is read.
 *
 * What is on the command line beats the variables: there, an App, a token and a
 * file with one exclude each other. An App beats a token of the environment,
 * which a workflow always has. The variable of the App's key may hold the key
 * itself. A token comes from its own option or variable, or else from the alias
 * for the server (server.h), which is added to arguments.
 *
 * Returns 0, or -1 with an ERROR_USAGE. */
int authentication_read(struct arguments *arguments, struct dispatch_job *job,
    struct error *e) __attribute__((warn_unused_result));

#endif
