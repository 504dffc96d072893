/* option_name.h - options found by their names: the long one, the letter, and
 * the environment variable. */
#ifndef OPTION_NAME_H
#define OPTION_NAME_H

#include <stddef.h>

#include "base/buffer.h"
#include "cli/option_table.h"

#define OPTION_VARIABLE_SIZE 48 /* of the name of a variable */

/* Finds a long name, without its hyphens.
 *
 * Returns OPTION_COUNT if no option has it. */
enum option option_by_name(const char *name, size_t length);

/* Finds a letter.
 *
 * Returns OPTION_COUNT if no option has it. */
enum option option_by_letter(char letter);

/* Finds the option that a mistyped or an old name probably means.
 *
 * Returns OPTION_COUNT if none is near. */
enum option option_nearest(const char *name, size_t length);

/* Appends the variable of an option: DISPATCH_EVENT_TYPE for "event-type". */
void option_write_variable(struct buffer *b, enum option option);

/* Appends its strongest alias: GH_PAT for "token". The option must have one. */
void option_write_alias(struct buffer *b, enum option option);

#endif
