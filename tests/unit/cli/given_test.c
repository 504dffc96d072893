/* given_test.c - values by their kind: what is read, and what is refused. */
#include "cli/given.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/error.h"
#include "tap.h"

/* As arguments_read() leaves an option: by its name, or by its variable. */
static const struct arguments *
give(enum option option, char *text, bool on_command_line)
{
	static struct arguments arguments;
	struct argument *argument = &arguments.given[option];

	memset(arguments.given, 0, sizeof(arguments.given));
	argument->text = text;
	argument->on_command_line = on_command_line;
	(void)snprintf(argument->origin, sizeof(argument->origin), "%s",
	    on_command_line ? "--name" : "VARIABLE");
	return &arguments;
}

static void
test_values(void)
{
	char text[] = "x";
	const struct arguments *arguments = give(OPTION_PAYLOAD, text, true);

	tap_ok(given_has(arguments, OPTION_PAYLOAD), "a value is given");
	tap_ok(!given_has(arguments, OPTION_TOKEN), "another is not");
	tap_ok(given_on_command_line(arguments, OPTION_PAYLOAD),
	    "it stands on the command line");
	tap_ok(given_text(arguments, OPTION_PAYLOAD) == text,
	    "it stays where it is");
	tap_ok(given_argument(arguments, OPTION_PAYLOAD)->text == text,
	    "its argument has it");
	tap_text(given_origin(arguments, OPTION_PAYLOAD), "--name",
	    "its origin is named");
	tap_text(given_value(arguments, OPTION_PAYLOAD), "x",
	    "a value beats the default");
	arguments = give(OPTION_PAYLOAD, NULL, false);
	tap_text(given_value(arguments, OPTION_PAYLOAD), "{}",
	    "the default stands in");
	tap_ok(!given_on_command_line(arguments, OPTION_PAYLOAD),
	    "a default is not on the command line");
}

static void
test_switches(void)
{
	static const struct {
		char word[8]; /* "": the option itself */
		bool is_on;
		const char *line;
	} rows[] = {
	    {"", true, ""},
	    {"1", true, ""},
	    {"true", true, ""},
	    {"yes", true, ""},
	    {"0", false, ""},
	    {"false", false, ""},
	    {"no", false, ""},
	    {"on", false,
		"VARIABLE must be 1, true, yes, 0, false or no, not "
		"\"on\""},
	    {"2", false,
		"VARIABLE must be 1, true, yes, 0, false or no, not "
		"\"2\""},
	};
	const struct arguments *arguments;
	bool on[OPTION_COUNT];
	struct error e;
	char word[8];
	size_t i;
	int result;

	for (i = 0; i < COUNT(rows); i++) {
		memcpy(word, rows[i].word, sizeof(word));
		arguments = give(OPTION_WAIT, word, word[0] == '\0');
		memset(on, true, sizeof(on));
		error_clear(&e);
		result = given_switches(arguments, on, &e);
		tap_text(e.line, rows[i].line, "\"%s\": the line", word);
		if (result < 0)
			continue;
		tap_ok(on[OPTION_WAIT] == rows[i].is_on, "\"%s\": the switch",
		    word);
		tap_ok(!on[OPTION_JSON], "\"%s\": another switch", word);
		tap_ok(!on[OPTION_TOKEN], "\"%s\": not a switch", word);
	}
}

static void
test_numbers(void)
{
	static const struct {
		enum option option;
		char text[8];
		uint32_t number;
		const char *line;
	} rows[] = {
	    {OPTION_RETRIES, "0", 0, ""},
	    {OPTION_RETRIES, "100", 100, ""},
	    {OPTION_RETRIES, "101", 0,
		"VARIABLE must be a whole number from 0 to 100, not \"101\""},
	    {OPTION_RETRIES, "-1", 0,
		"VARIABLE must be a whole number from 0 to 100, not \"-1\""},
	    {OPTION_RETRIES, "", 0,
		"VARIABLE must be a whole number from 0 to 100, not \"\""},
	    {OPTION_TIMEOUT, "86400", 86400, ""},
	    {OPTION_TIMEOUT, "0", 0,
		"VARIABLE must be a whole number of seconds from 1 to 86400, "
		"not \"0\""},
	    {OPTION_TIMEOUT, "1.5", 0,
		"VARIABLE must be a whole number of seconds from 1 to 86400, "
		"not \"1.5\""},
	};
	const struct arguments *arguments;
	struct error e;
	char text[8];
	uint32_t number;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		memcpy(text, rows[i].text, sizeof(text));
		arguments = give(rows[i].option, text, false);
		error_clear(&e);
		if (given_number(arguments, rows[i].option, &number, &e) == 0) {
			tap_number(
			    number, rows[i].number, "\"%s\": the number", text);
		}
		tap_text(e.line, rows[i].line, "\"%s\": the line", text);
	}
}

static void
test_seconds(void)
{
	const struct arguments *arguments = give(OPTION_TIMEOUT, NULL, false);
	char text[] = "86400";
	uint32_t milliseconds = 0;
	struct error e;

	error_clear(&e);
	tap_number(given_seconds(arguments, OPTION_TIMEOUT, &milliseconds, &e),
	    0, "the default is read");
	tap_number(milliseconds, 60000, "the default in milliseconds");
	arguments = give(OPTION_TIMEOUT, text, true);
	tap_number(given_seconds(arguments, OPTION_TIMEOUT, &milliseconds, &e),
	    0, "the maximum is read");
	tap_number(milliseconds, 86400000, "the maximum in milliseconds");
}

static void
test_refusals(void)
{
	struct error e;

	error_clear(&e);
	tap_number(given_refuse_both(OPTION_TOKEN, OPTION_APP_ID, &e), -1,
	    "two options are refused");
	tap_text(e.line, "--token and --app-id exclude each other",
	    "both are named");
	error_clear(&e);
	tap_number(given_refuse_empty(OPTION_OWNER, &e), -1,
	    "an empty name is refused");
	tap_text(e.line, "--owner is empty", "its option is named");
}

int
main(void)
{
	test_values();
	test_switches();
	test_numbers();
	test_seconds();
	test_refusals();
	return tap_done();
}
