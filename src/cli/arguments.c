/* arguments.c - the command line first, then the environment for what it left
 * open: the option's own variable, then its aliases. */
#include "cli/arguments.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/span.h"
#include "base/text.h"
#include "base/value.h"
#include "github/credential.h"
#include "github/key_text.h"

/* Pairs of options that give the same thing. */
static const enum option rivals[][2] = {
    {OPTION_PAYLOAD, OPTION_CLIENT_PAYLOAD},
    {OPTION_TOKEN, OPTION_TOKEN_FILE},
    {OPTION_QUIET, OPTION_VERBOSE},
};

static void
set_origin(struct argument *argument, const char *prefix, const char *name)
{
	struct buffer b;

	buffer_init(&b, argument->origin, sizeof(argument->origin));
	buffer_text(&b, prefix);
	buffer_text(&b, name);
}

/* Whether a secret belongs there: a token, or in a variable the App's key. */
static bool
takes_secret(const struct argument *argument, enum option option)
{
	return option_table[option].is_secret ||
	       (option_table[option].is_key && !argument->on_command_line &&
		   key_text_is_key(argument->text));
}

/* A value is shown in parts as well, of which not each has the mark of a
 * secret. What is sent as it is, a dry run must show. */
static bool
learn(const char *text, const struct option_row *row)
{
	/* What is a token is known already (exposure.h). */
	return row->white != OPTION_KEPT && !row->is_secret &&
	       value_learn(span_text(text));
}

static int
refuse_secret(
    const struct argument *argument, enum option option, struct error *e)
{
	const struct option_row *row = &option_table[option];
	const char *takes = row->kind == OPTION_FILE ? "takes a file name"
						     : "does not take a secret";
	const char *like =
	    argument->text != NULL &&
		    ascii_contains(argument->text, "-----BEGIN CERTIFICATE")
		? "a certificate"
		: "a token or a private key";

	if (argument->text == NULL || takes_secret(argument, option) ||
	    !(credential_is_secret(argument->text) ||
		/* A name server would be asked for its host. */
		(option == OPTION_API_URL &&
		    value_has_secret(span_text(argument->text)))))
		return 0;
	if (row->is_key && !argument->on_command_line) {
		takes = "takes a private key or the name of a file with one";
		like = ascii_contains(argument->text, "-----BEGIN")
			   ? "a key that is cut"
			   : "a token";
	}
	return error_set(e, ERROR_USAGE, "%s %s; this looks like %s",
	    argument->origin, takes, like);
}

static int
take(struct arguments *arguments, enum option option, char *text,
    struct error *e)
{
	struct argument *argument = &arguments->given[option];

	/* The last one counts. What was given before may be a secret. */
	if (argument->text != NULL &&
	    (option_table[option].is_secret ||
		option_table[option].kind == OPTION_URL))
		wipe(argument->text, strlen(argument->text));
	argument->text = text;
	argument->on_command_line = true;
	set_origin(argument, "--", option_table[option].name);
	arguments->has_token |= learn(text, &option_table[option]);
	if (refuse_secret(argument, option, e) < 0)
		return -1;
	if (!option_table[option].is_repeatable)
		return 0;
	if (arguments->repeated_count == ARGUMENTS_REPEATED_MAX) {
		return error_set(e, ERROR_USAGE,
		    "more than %d values of repeatable options",
		    ARGUMENTS_REPEATED_MAX);
	}
	arguments->repeated[arguments->repeated_count++] =
	    (struct argument_repeated){.option = option, .text = text};
	return 0;
}

/* The text begins after two hyphens, with which a key in PEM begins as well. */
static int
refuse_unknown(const char *name, size_t length, struct error *e)
{
	enum option nearest = option_nearest(name, length);
	struct value shown;

	if (value_may_have_secret(span_text(name - 2)))
		length = 0;
	value_show(&shown, span_of(name, length));
	if (nearest == OPTION_COUNT) {
		return error_set(
		    e, ERROR_USAGE, "unknown option --%s", shown.text);
	}
	return error_set(e, ERROR_USAGE,
	    "unknown option --%s; did you mean --%s?", shown.text,
	    option_table[nearest].name);
}

/* Reads --NAME, --NAME=VALUE, or --NAME and the next argument, which is NULL at
 * the end.
 *
 * Returns how many arguments were used, or -1. */
static int
read_long(struct arguments *arguments, char *text, char *next, struct error *e)
{
	char *name = text + 2, *value = NULL;
	size_t length = strcspn(name, "=");
	enum option option = option_by_name(name, length);
	const struct option_row *row;
	int used = 1;

	if (option == OPTION_COUNT)
		return refuse_unknown(name, length, e);
	row = &option_table[option];
	if (name[length] == '=')
		value = name + length + 1;
	if (row->kind == OPTION_SWITCH && value != NULL) {
		return error_set(
		    e, ERROR_USAGE, "--%s takes no value", row->name);
	}
	if (row->kind == OPTION_SWITCH) {
		value = text;
	} else if (value == NULL) {
		value = next;
		used = 2;
	}
	if (value == NULL) {
		return error_set(e, ERROR_USAGE, "--%s needs a value: --%s %s",
		    row->name, row->name, row->argument);
	}
	return take(arguments, option, value, e) < 0 ? -1 : used;
}

/* Reads a group such as -qn, or -eTYPE, or -e and the next argument, which is
 * NULL at the end.
 *
 * Returns how many arguments were used, or -1. */
static int
read_short(struct arguments *arguments, char *text, char *next, struct error *e)
{
	enum option option = OPTION_COUNT;
	char *letter;

	for (letter = text + 1; *letter != '\0'; letter++) {
		option = option_by_letter(*letter);
		if (option == OPTION_COUNT) {
			return error_set(
			    e, ERROR_USAGE, "unknown option -%c", *letter);
		}
		if (option_table[option].kind != OPTION_SWITCH)
			break;
		if (take(arguments, option, text, e) < 0)
			return -1;
	}
	if (*letter == '\0')
		return 1;
	if (letter[1] != '\0')
		return take(arguments, option, letter + 1, e) < 0 ? -1 : 1;
	if (next == NULL) {
		return error_set(e, ERROR_USAGE, "-%c needs a value: -%c %s",
		    *letter, *letter, option_table[option].argument);
	}
	return take(arguments, option, next, e) < 0 ? -1 : 2;
}

static int
refuse_stray(const char *text, struct error *e)
{
	struct value shown;

	return error_set(e, ERROR_USAGE, "unexpected argument \"%s\"",
	    value_show(&shown, span_text(text)));
}

static int
read_command_line(
    struct arguments *arguments, int argc, char **argv, struct error *e)
{
	int i = 1, used;

	while (i < argc) {
		if (strcmp(argv[i], "--") == 0)
			return i + 1 == argc ? 0 : refuse_stray(argv[i + 1], e);
		if (argv[i][0] != '-' || argv[i][1] == '\0')
			return refuse_stray(argv[i], e);
		/* argv[argc] is NULL (C11, 5.1.2.2.1). */
		if (argv[i][1] == '-') {
			used = read_long(arguments, argv[i], argv[i + 1], e);
		} else {
			used = read_short(arguments, argv[i], argv[i + 1], e);
		}
		if (used < 0)
			return -1;
		i += used;
	}
	return 0;
}

char *
arguments_variable(const char *name)
{
	char *value = getenv(name);

	return value != NULL && value[0] != '\0' ? value : NULL;
}

void
arguments_trim(struct argument *argument)
{
	struct span text = text_trim(span_text(argument->text));

	argument->is_trimmed = text.length < strlen(argument->text);
	argument->text += span_chars(text) - argument->text;
	argument->text[text.length] = '\0';
}

/* Whether what surrounds a value is a part of it. The name of a file with a key
 * is not a key. */
static bool
is_kept(const struct argument *argument, const struct option_row *row)
{
	return row->white == OPTION_KEPT &&
	       (!row->is_key || argument->text == NULL ||
		   key_text_is_key(argument->text));
}

/* Drops what surrounds a value, and a value that nothing is left of. */
static void
clean(struct argument *argument, const struct option_row *row)
{
	size_t length = strlen(argument->text);
	struct argument empty;

	while (row->is_secret && length > 0 &&
	       strchr("\r\n", argument->text[length - 1]) != NULL)
		argument->text[--length] = '\0';
	if (row->white != OPTION_SEPARATES && !is_kept(argument, row))
		arguments_trim(argument);
	if (argument->text[0] == '\0') {
		empty = (struct argument){.text = NULL};
		memcpy(empty.blank, argument->origin, sizeof(empty.blank));
		*argument = empty;
	}
}

/* row is the option's whose value the variable is. */
static void
read_variable(
    struct argument *argument, const char *name, const struct option_row *row)
{
	argument->text = arguments_variable(name);
	if (argument->text == NULL)
		return;
	set_origin(argument, "", name);
	(void)learn(argument->text, row);
	clean(argument, row);
}

static int
refuse_quotes(const struct argument *argument, struct error *e)
{
	if (argument->text == NULL ||
	    !text_is_quoted(span_text(argument->text)))
		return 0;
	return error_set(e, ERROR_USAGE,
	    "%s has quotes around its value, which would be part of it: remove "
	    "them",
	    argument->origin);
}

int
arguments_read_variable(
    struct argument *argument, const char *name, struct error *e)
{
	static const struct option_row any = {.white = OPTION_DROPPED};

	*argument = (struct argument){.text = NULL};
	read_variable(argument, name, &any);
	return refuse_quotes(argument, e);
}

int
arguments_switch(const char *word)
{
	static const struct {
		const char *word;
		int on;
	} words[] = {{"1", 1}, {"true", 1}, {"yes", 1}, {"0", 0}, {"false", 0},
	    {"no", 0}};
	size_t i, length = strlen(word);

	for (i = 0; i < COUNT(words); i++) {
		if (ascii_equal_nocase(words[i].word, word, length))
			return words[i].on;
	}
	return -1;
}

static void
read_aliases(struct argument *argument, const struct option_row *row)
{
	const char *aliases = row->aliases != NULL ? row->aliases : "";
	char name[OPTION_VARIABLE_SIZE];
	struct buffer b;
	size_t length;

	while (argument->text == NULL && *aliases != '\0') {
		length = strcspn(aliases, " ");
		buffer_init(&b, name, sizeof(name));
		buffer_append(&b, aliases, length);
		read_variable(argument, name, row);
		if (row->kind == OPTION_SWITCH && argument->text != NULL &&
		    arguments_switch(argument->text) <= 0)
			argument->text = NULL;
		aliases += length + strspn(aliases + length, " ");
	}
}

/* The event type is checked later, wherever it comes from, and the words of a
 * switch as well: its aliases may belong to other programs. */
static int
check_quotes(
    const struct argument *argument, enum option option, struct error *e)
{
	const struct option_row *row = &option_table[option];

	if (option == OPTION_EVENT_TYPE || row->kind == OPTION_SWITCH ||
	    is_kept(argument, row))
		return 0;
	return refuse_quotes(argument, e);
}

static bool
rival_on_command_line(const struct arguments *arguments, enum option option)
{
	size_t i, k;

	for (i = 0; i < COUNT(rivals); i++) {
		for (k = 0; k < 2; k++) {
			if (rivals[i][k] == option &&
			    arguments->given[rivals[i][1 - k]].on_command_line)
				return true;
		}
	}
	return false;
}

static int
read_environment(struct arguments *arguments, struct error *e)
{
	char name[OPTION_VARIABLE_SIZE];
	struct argument *argument;
	struct buffer b;
	enum option i;

	for (i = 0; i < OPTION_COUNT; i++) {
		argument = &arguments->given[i];
		if (argument->on_command_line ||
		    option_table[i].has_no_variable ||
		    rival_on_command_line(arguments, i))
			continue;
		buffer_init(&b, name, sizeof(name));
		option_write_variable(&b, i);
		read_variable(argument, name, &option_table[i]);
		if (!option_table[i].is_secret)
			read_aliases(argument, &option_table[i]);
		if (refuse_secret(argument, i, e) < 0 ||
		    check_quotes(argument, i, e) < 0)
			return -1;
	}
	return 0;
}

int
arguments_read_alias(struct arguments *arguments, enum option option,
    const char *name, struct error *e)
{
	struct argument *argument = &arguments->given[option];

	read_variable(argument, name, &option_table[option]);
	return check_quotes(argument, option, e);
}

int
arguments_read(
    struct arguments *arguments, int argc, char **argv, struct error *e)
{
	memset(arguments->given, 0, sizeof(arguments->given));
	arguments->repeated_count = 0;
	arguments->has_token = false;
	if (read_command_line(arguments, argc, argv, e) < 0)
		return -1;
	return read_environment(arguments, e);
}
