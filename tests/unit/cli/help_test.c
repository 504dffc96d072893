/* help_test.c - the help says what the table says, in lines that fit. */
#include "cli/help.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "cli/option_table.h"
#include "tap.h"

static const char *const lines[] = {
    "\n  -e, --event-type TYPE         the event to send, 1 to 100 characters\n"
    "                                (required, or --workflow)\n",
    "\n      --no-limits               do not check GitHub's payload limits\n",
    "\n  -r, --repo NAME               the repository, OWNER/NAME, NAME or a "
    "URL;\n"
    "                                repeatable (default: from "
    "GITHUB_REPOSITORY)\n",
    "\n      --pace S                  seconds from one target to the next "
    "(default: 0;\n"
    "                                1 for more than 10 targets)\n",
};

/* Joins the lines that were broken: each run of white space becomes a blank. */
static void
unfold(const char *text, char *out)
{
	for (; *text != '\0'; text++) {
		if (strchr(" \n", *text) == NULL)
			*out++ = *text;
		else if (strchr(" \n", text[1]) == NULL)
			*out++ = ' ';
	}
	*out = '\0';
}

static void
test_options(const char *text)
{
	static char unfolded[8192];
	char part[256];
	size_t i;

	unfold(text, unfolded);
	for (i = 0; i < COUNT(lines); i++)
		tap_part(text, lines[i], "%.30s", lines[i] + 1);
	for (i = 0; i < OPTION_COUNT; i++) {
		snprintf(part, sizeof(part), " --%s ", option_table[i].name);
		tap_part(
		    text, part, "--%s is in the help", option_table[i].name);
		tap_part(unfolded, option_table[i].help, "--%s has its text",
		    option_table[i].name);
		if (option_table[i].default_value == NULL)
			continue;
		snprintf(part, sizeof(part), "%s (default %s)",
		    option_table[i].help, option_table[i].default_value);
		tap_part(unfolded, part, "--%s has its default",
		    option_table[i].name);
	}
}

/* Returns how many lines are examples. */
static size_t
test_lines(const char *what, const char *text)
{
	static const char example[] = "  repository-dispatch ";
	size_t number, length, examples = 0;

	for (number = 1; *text != '\0'; number++, text += length + 1) {
		length = strcspn(text, "\n");
		tap_ok(length <= HELP_WIDTH, "%s, line %zu: %zu columns", what,
		    number, length);
		tap_ok(length == 0 || text[length - 1] != ' ',
		    "%s, line %zu: no blank at its end", what, number);
		examples += strncmp(text, example, strlen(example)) == 0;
	}
	return examples;
}

int
main(void)
{
	static char text[8192];
	struct buffer b;

	buffer_init(&b, text, sizeof(text));
	help_write(&b);
	tap_ok(!b.overflowed, "the help fits");
	test_options(text);
	tap_number(test_lines("help", text), 3, "the help has three examples");
	buffer_init(&b, text, sizeof(text));
	help_write_usage(&b);
	tap_number(test_lines("usage", text), 0, "the usage has no example");
	tap_part(text, "--help", "the usage points to --help");
	return tap_done();
}
