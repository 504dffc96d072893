/* environment.h - the variables as a whole: whether any asks for something, and
 * which look like an option's and are not. A misspelt one would be ignored, and
 * DISPATCH_DRYRUN=1 would send. */
#ifndef ENVIRONMENT_H
#define ENVIRONMENT_H

#include <stdbool.h>

#include "base/error.h"

/* Returns whether a variable whose name begins with DISPATCH_ has a value.
 * Otherwise nobody has asked for anything, unless there are arguments. */
bool environment_asks(void);

/* Refuses a variable whose name is nearly that of an option's variable.
 *
 * Names begin with "DISPATCH" and one of "_", "-" and ".". A name in capitals
 * is near if option_nearest() finds an option, or if it is the name of an input
 * of the action or of an alias. Another name is near only if it has the letters
 * of an option, since shell variables are written in lower case as well. Empty
 * variables do not count, and neither do those that Kubernetes makes for a
 * Service called "dispatch".
 *
 * Returns 0, or -1 with an ERROR_USAGE that names the option. Values are not
 * shown. */
int environment_check(struct error *e) __attribute__((warn_unused_result));

/* Warns of the other variables in capitals that no option has. */
void environment_warn(void);

/* Looks a variable up for a field of the payload.
 *
 * A variable of a token or of a key is refused, and so is one whose value looks
 * like one or has a secret that is known to secrets.h: everyone who may see the
 * runs could read it.
 *
 * Returns its value, which may be "", or NULL with *why set to a phrase such as
 * "is not set". */
const char *environment_look_up(const char *variable, const char **why);

#endif
