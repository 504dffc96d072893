/* hint.h - what a person can do about a failure, in the words of the command
 * line. */
#ifndef HINT_H
#define HINT_H

#include "base/error.h"

/* Returns the hint of a failure: its own text, or the words for its advice.
 * NULL if it has neither. */
const char *hint_of(const struct error *e);

#endif
