/* exposure.h - secrets where other processes can see them: in arguments, which
 * any process may read, and in the environment, which a process of the same
 * user may read, and a core file or a stray read of memory may hold.
 *
 * Tested by tests/e2e/secrets.py. */
#ifndef EXPOSURE_H
#define EXPOSURE_H

#include <stdbool.h>

#include "cli/arguments.h"

/* Makes the tokens in arguments and environment, an App key in a variable, and
 * the credentials in variables of proxies known to the registry of secrets,
 * whether they will be used or not. Call it before anything that may fail. */
void exposure_learn(int argc, char **argv);

/* Returns whether the command line has a proxy's user and password. */
bool exposure_has_proxy(const struct arguments *arguments);

/* Overwrite them where they are, used or not. Call the first once the
 * credential is taken, and the second once the payload is made, which may name
 * any variable. */
void exposure_wipe_arguments(struct arguments *arguments);
void exposure_wipe_environment(void);

#endif
