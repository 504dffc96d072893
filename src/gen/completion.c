/* completion.c - the kind of a value decides what a shell offers for it: the
 * names of files, of variables, or nothing. */
#include "gen/completion.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "cli/option_table.h"

/* What may be offered for the value of an option. */
enum offer {
	OFFER_NO_VALUE,
	OFFER_NOTHING,        /* the value is free text, or a number */
	OFFER_FILE,           /* FILE */
	OFFER_AT_FILE,        /* @FILE */
	OFFER_FIELD_FILE,     /* KEY=@FILE */
	OFFER_FIELD_VARIABLE, /* KEY=VARIABLE */
	OFFER_COUNT
};

static enum offer
offer_of(size_t option)
{
	const struct option_row *row = &option_table[option];

	if (row->kind == OPTION_SWITCH)
		return OFFER_NO_VALUE;
	if (row->kind == OPTION_FILE)
		return OFFER_FILE;
	if (option == OPTION_FIELD)
		return OFFER_FIELD_FILE;
	if (option == OPTION_ENV_FIELD)
		return OFFER_FIELD_VARIABLE;
	if (row->standard_input != NULL && row->standard_input[0] == '@')
		return OFFER_AT_FILE;
	return OFFER_NOTHING;
}

/* Prints a text with each character of a set escaped, and a single quote in the
 * way of the shell. */
static void
print_escaped(const char *text, const char *escaped, const char *quote)
{
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			fputs(quote, stdout);
		else if (strchr(escaped, *text) != NULL)
			printf("\\%c", *text);
		else
			putchar(*text);
	}
}

/* A variable of bash with all options for whose values one of these is offered,
 * from first to last. */
static void
print_list(const char *name, enum offer first, enum offer last)
{
	const char *between = "";
	enum offer offer;
	size_t i;

	printf("_repository_dispatch_%s='", name);
	for (i = 0; i < OPTION_COUNT; i++) {
		offer = offer_of(i);
		if (offer < first || offer > last)
			continue;
		if (option_table[i].letter != 0) {
			printf("%s-%c", between, option_table[i].letter);
			between = "\n\t";
		}
		printf("%s--%s", between, option_table[i].name);
		between = "\n\t";
	}
	puts("'");
}

void
completion_print_bash(void)
{
	print_list("all", OFFER_NO_VALUE, OFFER_COUNT);
	print_list("valued", OFFER_NOTHING, OFFER_COUNT);
	print_list("files", OFFER_FILE, OFFER_FILE);
	print_list("at_files", OFFER_AT_FILE, OFFER_AT_FILE);
	print_list("field_files", OFFER_FIELD_FILE, OFFER_FIELD_FILE);
	print_list(
	    "field_variables", OFFER_FIELD_VARIABLE, OFFER_FIELD_VARIABLE);
}

/* A group of names: of an option that is not repeatable, both exclude each
 * other (zshcompsys(1), _arguments). */
static void
print_zsh_names(const struct option_row *row)
{
	const char *value = row->kind == OPTION_SWITCH ? "" : "=";
	const char *attached = row->kind == OPTION_SWITCH ? "" : "+";

	if (row->is_repeatable)
		fputs("'*'", stdout);
	else if (row->letter != 0)
		printf("'(-%c --%s)'", row->letter, row->name);
	if (row->letter != 0) {
		printf(
		    "{-%c%s,--%s%s}", row->letter, attached, row->name, value);
	} else {
		printf("--%s%s", row->name, value);
	}
}

static void
print_zsh_value(size_t option)
{
	static const char *const actions[OFFER_COUNT] = {
	    [OFFER_NOTHING] = " ",
	    [OFFER_FILE] = "_files",
	    [OFFER_AT_FILE] = "_repository_dispatch_at_file",
	    [OFFER_FIELD_FILE] = "_repository_dispatch_field_file",
	    [OFFER_FIELD_VARIABLE] = "_repository_dispatch_field_variable",
	};
	const struct option_row *row = &option_table[option];

	if (row->kind == OPTION_SWITCH)
		return;
	putchar(':');
	print_escaped(row->argument, ":", "");
	if (row->maximum > 0) {
		printf(" (%u to %u)", (unsigned)row->minimum,
		    (unsigned)row->maximum);
	}
	printf(":%s", actions[offer_of(option)]);
}

void
completion_print_zsh(void)
{
	size_t i;

	for (i = 0; i < OPTION_COUNT; i++) {
		putchar('\t');
		print_zsh_names(&option_table[i]);
		fputs("'[", stdout);
		print_escaped(option_table[i].help, "[]:\\", "'\\''");
		putchar(']');
		print_zsh_value(i);
		puts("'");
	}
}

void
completion_print_fish(void)
{
	static const char *const values[OFFER_COUNT] = {
	    [OFFER_NO_VALUE] = "",
	    [OFFER_NOTHING] = " -x",
	    [OFFER_FILE] = " -r -F",
	    [OFFER_AT_FILE] = " -x -a '(__repository_dispatch_at_file)'",
	    [OFFER_FIELD_FILE] = " -x -a '(__repository_dispatch_field_file)'",
	    [OFFER_FIELD_VARIABLE] =
		" -x -a '(__repository_dispatch_field_variable)'",
	};
	const struct option_row *row;
	size_t i;

	for (i = 0; i < OPTION_COUNT; i++) {
		row = &option_table[i];
		fputs("complete -c repository-dispatch", stdout);
		if (row->letter != 0)
			printf(" -s %c", row->letter);
		printf(" -l %s%s -d '", row->name, values[offer_of(i)]);
		print_escaped(row->help, "\\", "\\'");
		puts("'");
	}
}
