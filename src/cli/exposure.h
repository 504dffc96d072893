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

/* Overwrite them where they are, used or not. Standard input may be awaited
 * for long, so each is called as soon as it can be: the first, for URLs, once
 * the options are read, which copies what is needed of them; the others, for
 * tokens and keys, once the credential is taken. */
void exposure_wipe_urls(struct arguments *arguments);
void exposure_wipe_tokens(struct arguments *arguments);
void exposure_wipe_environment(void);

#endif
