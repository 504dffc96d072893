/* arguments.h - what the command line and the environment give, as text.
 * It decides which of them gives an option's value, and where the value comes
 * from; what the text means is for options.h. */
#ifndef ARGUMENTS_H
#define ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "cli/option_name.h"
#include "cli/option_table.h"

/* Values of repeatable options on the command line. */
#define ARGUMENTS_REPEATED_MAX 16384

struct argument {
	char *text; /* NULL: not given */
	bool on_command_line;
	bool is_trimmed; /* white space around it was dropped */
	char origin[OPTION_VARIABLE_SIZE]; /* "--token" or "GH_PAT" */
	/* A variable of white space only, which does not count; or "". */
	char blank[OPTION_VARIABLE_SIZE];
};

/* One of several values of a repeatable option. */
struct argument_repeated {
	enum option option;
	char *text;
};

struct arguments {
	bool has_token; /* on the command line, where no token belongs */
	size_t repeated_count;
	struct argument given[OPTION_COUNT]; /* of a repeated one, the last */
	/* In their order; only as much is touched as is filled. */
	struct argument_repeated repeated[ARGUMENTS_REPEATED_MAX];
};

/* Reads the command line, then the environment.
 *
 * An option on the command line beats its variable, and the variable beats the
 * aliases. An empty variable counts as unset, and one of white space only. If
 * two options give the same thing (a token, the payload, how much is printed),
 * the variables of one count only if the other one is not on the command line.
 *
 * An alias of a switch counts only if it turns the switch on: other programs
 * use these variables as well (DEBUG=*).
 *
 * White space around the value of a variable is dropped, except where it is
 * part of the value or separates the items of a list; quotes around a value are
 * an error. Line ends after a token are dropped as from a file, without
 * is_trimmed.
 *
 * The aliases of a secret are left: which of them counts depends on the server.
 *
 * What looks like a token or a private key is refused where no secret belongs,
 * before any message could show it.
 *
 * Texts stay where they are.
 *
 * Returns 0, or -1 with an ERROR_USAGE that names the option or variable; then
 * what was read until there stays. */
int arguments_read(struct arguments *arguments, int argc, char **argv,
    struct error *e) __attribute__((warn_unused_result));

/* Returns 1 if the word turns a switch on, 0 if it turns it off, or -1 if it is
 * another word. */
int arguments_switch(const char *word);

/* Drops white space around the text, which is changed. What is empty then is
 * "". */
void arguments_trim(struct argument *argument);

/* Returns a variable's value, or NULL if it is unset or empty. */
char *arguments_variable(const char *name);

/* Reads a variable that is not an option's, without white space around it.
 *
 * Returns 0, also if it is unset or empty, or -1 with an ERROR_USAGE if there
 * are quotes around its value. */
int arguments_read_variable(struct argument *argument, const char *name,
    struct error *e) __attribute__((warn_unused_result));

/* Reads a variable as the value of an option, in the way of arguments_read().
 *
 * Returns 0, also if the variable is unset or empty, or -1 with an
 * ERROR_USAGE. */
int arguments_read_alias(struct arguments *arguments, enum option option,
    const char *name, struct error *e) __attribute__((warn_unused_result));

#endif
