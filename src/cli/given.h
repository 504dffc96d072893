/* given.h - the value that command line and environment give an option, read
 * by its kind: a text, a switch, a number. Ranges, defaults and names come from
 * the table of options. */
#ifndef GIVEN_H
#define GIVEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "cli/arguments.h"
#include "cli/option_table.h"

/* Returns what is given for an option, even if that is nothing. */
const struct argument *given_argument(
    const struct arguments *arguments, enum option option);

/* Returns the value as it stands in arguments or environment, or NULL. */
char *given_text(const struct arguments *arguments, enum option option);

/* Returns the value, or else the default, which may be NULL. */
const char *given_value(const struct arguments *arguments, enum option option);

/* Returns the name of the option or of the variable that gives the value, or
 * "" if nothing does. */
const char *given_origin(const struct arguments *arguments, enum option option);

/* Returns whether an option has a value. */
bool given_has(const struct arguments *arguments, enum option option);

/* Returns whether the value stands on the command line. */
bool given_on_command_line(
    const struct arguments *arguments, enum option option);

/* Reads every switch, so that a wrong word is always an error.
 *
 * In a variable 1, true and yes are on, and 0, false and no are off. What is
 * not a switch is off.
 *
 * Returns 0, or -1 with an ERROR_USAGE. */
int given_switches(const struct arguments *arguments, bool on[OPTION_COUNT],
    struct error *e) __attribute__((warn_unused_result));

/* Reads a number, given or by default, within its range.
 *
 * Returns 0, or -1 with an ERROR_USAGE. */
int given_number(const struct arguments *arguments, enum option option,
    uint32_t *number, struct error *e) __attribute__((warn_unused_result));

/* Reads a number of seconds in the same way, as milliseconds.
 *
 * Returns 0, or -1 with an ERROR_USAGE. */
int given_seconds(const struct arguments *arguments, enum option option,
    uint32_t *milliseconds, struct error *e)
    __attribute__((warn_unused_result));

/* Reports that two options are both given and exclude each other. Returns
 * -1. */
int given_refuse_both(enum option one, enum option other, struct error *e);

/* Reports that an option that takes a name is empty. Returns -1. */
int given_refuse_empty(enum option option, struct error *e);

#endif
