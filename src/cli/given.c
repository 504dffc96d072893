/* given.c - the functions are short because arguments.c has decided already
 * which value counts. */
#include "cli/given.h"

#include <stddef.h>
#include <string.h>

#include "base/ascii.h"
#include "base/error.h"
#include "base/span.h"
#include "base/value.h"

const struct argument *
given_argument(const struct arguments *arguments, enum option option)
{
	return &arguments->given[option];
}

char *
given_text(const struct arguments *arguments, enum option option)
{
	return arguments->given[option].text;
}

const char *
given_value(const struct arguments *arguments, enum option option)
{
	return given_has(arguments, option)
		   ? given_text(arguments, option)
		   : option_table[option].default_value;
}

const char *
given_origin(const struct arguments *arguments, enum option option)
{
	return arguments->given[option].origin;
}

bool
given_has(const struct arguments *arguments, enum option option)
{
	return given_text(arguments, option) != NULL;
}

bool
given_on_command_line(const struct arguments *arguments, enum option option)
{
	return arguments->given[option].on_command_line;
}

int
given_refuse_both(enum option one, enum option other, struct error *e)
{
	return error_set(e, ERROR_USAGE, "--%s and --%s exclude each other",
	    option_table[one].name, option_table[other].name);
}

int
given_refuse_empty(enum option option, struct error *e)
{
	return error_set(
	    e, ERROR_USAGE, "--%s is empty", option_table[option].name);
}

static int
read_switch(const struct arguments *arguments, enum option option, bool *on,
    struct error *e)
{
	const struct argument *argument = given_argument(arguments, option);
	struct value shown;
	int word;

	*on = argument->on_command_line;
	if (argument->on_command_line || argument->text == NULL)
		return 0;
	word = arguments_switch(argument->text);
	*on = word > 0;
	if (word >= 0)
		return 0;
	return error_set(e, ERROR_USAGE,
	    "%s must be 1, true, yes, 0, false or no, not \"%s\"",
	    argument->origin, value_show(&shown, span_text(argument->text)));
}

int
given_switches(
    const struct arguments *arguments, bool on[OPTION_COUNT], struct error *e)
{
	enum option i;

	for (i = 0; i < OPTION_COUNT; i++) {
		on[i] = false;
		if (option_table[i].kind == OPTION_SWITCH &&
		    read_switch(arguments, i, &on[i], e) < 0)
			return -1;
	}
	return 0;
}

int
given_number(const struct arguments *arguments, enum option option,
    uint32_t *number, struct error *e)
{
	const struct option_row *row = &option_table[option];
	const char *text = given_value(arguments, option);
	struct value shown;
	uint64_t value = 0;

	if (ascii_decimal(text, strlen(text), row->maximum, &value) < 0 ||
	    value < row->minimum) {
		return error_set(e, ERROR_USAGE,
		    "%s must be a whole number%s from %u to %u, not \"%s\"",
		    given_origin(arguments, option),
		    row->kind == OPTION_SECONDS ? " of seconds" : "",
		    (unsigned)row->minimum, (unsigned)row->maximum,
		    value_show(&shown, span_text(text)));
	}
	*number = (uint32_t)value;
	return 0;
}

int
given_seconds(const struct arguments *arguments, enum option option,
    uint32_t *milliseconds, struct error *e)
{
	uint32_t seconds = 0;

	if (given_number(arguments, option, &seconds, e) < 0)
		return -1;
	*milliseconds = seconds * 1000;
	return 0;
}
