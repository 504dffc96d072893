/* options.c - a host tool: writes what tables say, such as that of the options,
 * into documents. It copies a document from standard input to standard output
 * and replaces the lines between "generated from src/FILE: BLOCK" and "end of
 * generated text". The names of the blocks are in the table below.
 *
 * `./build.sh format` runs it on every document that has such lines, and
 * tests/checks/docs.sh fails if that would change one. The manual and the
 * completions of shells are templates beside this file: the build fills them
 * and leaves them alone. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/buffer.h"
#include "cli/option_name.h"
#include "cli/option_table.h"
#include "gen/completion.h"
#include "gen/describe.h"
#include "gen/manual.h"
#include "gen/status.h"

/* A source file's name and ": " follow. */
#define BEGIN "generated from src/"
#define END "end of generated text"
#define LINE_WIDTH 78 /* of the text in action.yml */

/* The action's inputs that are not options. */
static const struct {
	const char *name, *default_text, *meaning;
	const char *deprecation; /* GitHub shows it where the input is used */
} other_inputs[] = {
    {"json-fields", "",
	"Refused: it is now called `fields`, and what was `fields` is now "
	"`raw-fields`.",
	"json-fields is now fields, and fields is now raw-fields: rename both"},
    {"binary", "the first that is found",
	"The path of a `repository-dispatch` to run. Without it the action "
	"takes the one on `PATH`, in the tool cache, or of the pinned "
	"release, or builds it from its own sources.",
	NULL},
};

static void
print_cell(const char *text)
{
	printf("| %s%s", text, text[0] != '\0' ? " " : "");
}

static void
write_names(struct buffer *b, const struct option_row *row)
{
	buffer_byte(b, '`');
	if (row->letter != 0)
		buffer_format(b, "-%c, ", row->letter);
	buffer_format(b, "--%s", row->name);
	if (row->argument != NULL)
		buffer_format(b, " %s", row->argument);
	buffer_byte(b, '`');
}

/* The README's table of options. */
static void
print_options(void)
{
	static void (*const columns[])(
	    struct buffer *, const struct option_row *) = {
	    write_names, describe_aliases, describe_default, describe_meaning};
	char text[1024];
	struct buffer b;
	size_t i, k;

	puts("| option | aliases | default | meaning |");
	puts("| --- | --- | --- | --- |");
	for (i = 0; i < OPTION_COUNT; i++) {
		for (k = 0; k < COUNT(columns); k++) {
			buffer_init(&b, text, sizeof(text));
			columns[k](&b, &option_table[i]);
			print_cell(text);
		}
		puts("|");
	}
}

/* A default that the runner can hand over as it is. With an alias there may be
 * another one on the way, and what is in words only is for the reader. */
static const char *
fixed_default(size_t option)
{
	const struct option_row *row = &option_table[option];

	if (row->aliases != NULL || option_manual[option].input_default != NULL)
		return NULL;
	return row->default_value;
}

static void
write_range(struct buffer *b, const struct option_row *row)
{
	if (row->maximum > 0) {
		buffer_format(b, " %u to %u%s.", (unsigned)row->minimum,
		    (unsigned)row->maximum,
		    row->kind == OPTION_TEXT ? " characters" : "");
	}
}

/* The guide's table of inputs. */
static void
print_guide(void)
{
	char text[1024];
	struct buffer b;
	size_t i;

	puts("| input | default | meaning |");
	puts("| --- | --- | --- |");
	for (i = 0; i < OPTION_COUNT; i++) {
		if (option_table[i].input == NULL)
			continue;
		printf("| `%s` ", option_table[i].input);
		buffer_init(&b, text, sizeof(text));
		if (option_manual[i].input_default != NULL)
			buffer_text(&b, option_manual[i].input_default);
		else if (fixed_default(i) != NULL)
			buffer_format(&b, "`%s`", fixed_default(i));
		print_cell(text);
		buffer_init(&b, text, sizeof(text));
		buffer_text(&b, option_manual[i].input_meaning);
		write_range(&b, &option_table[i]);
		print_cell(text);
		puts("|");
		if (option_manual[i].input_alias != NULL) {
			printf("| `%s` | | Another name of `%s`. |\n",
			    option_manual[i].input_alias,
			    option_table[i].input);
		}
	}
	for (i = 0; i < COUNT(other_inputs); i++) {
		printf("| `%s` ", other_inputs[i].name);
		print_cell(other_inputs[i].default_text);
		print_cell(other_inputs[i].meaning);
		puts("|");
	}
}

/* Breaks a text into lines between words, as YAML's folded scalars join them
 * again (YAML 1.2.2, 8.1.3). */
static void
print_folded(const char *text)
{
	static const char indent[] = "      ";
	size_t column = 0, length;

	while (*text != '\0') {
		length = strcspn(text, " ");
		if (column == 0 || column + 1 + length > LINE_WIDTH) {
			printf("%s%s%.*s", column > 0 ? "\n" : "", indent,
			    (int)length, text);
			column = strlen(indent) + length;
		} else {
			printf(" %.*s", (int)length, text);
			column += 1 + length;
		}
		text += length + strspn(text + length, " ");
	}
	puts("");
}

static void
print_input(const char *name, const char *text)
{
	printf("  %s:\n    description: >-\n", name);
	print_folded(text);
}

static void
print_default(const char *text)
{
	if (text != NULL)
		printf("    default: '%s'\n", text);
}

/* The input's other name, for workflows that come from another action. */
static void
print_alias(size_t option)
{
	char text[128];
	struct buffer b;

	if (option_manual[option].input_alias == NULL)
		return;
	buffer_init(&b, text, sizeof(text));
	buffer_format(&b, "Another name of `%s`.", option_table[option].input);
	print_input(option_manual[option].input_alias, text);
	print_default(option_manual[option].input_absent);
}

/* The inputs of action.yml. */
static void
print_inputs(void)
{
	const struct option_manual *manual;
	char text[1024];
	struct buffer b;
	size_t i;

	for (i = 0; i < OPTION_COUNT; i++) {
		manual = &option_manual[i];
		if (option_table[i].input == NULL)
			continue;
		buffer_init(&b, text, sizeof(text));
		buffer_text(&b, manual->input_meaning);
		write_range(&b, &option_table[i]);
		if (option_table[i].required != NULL)
			buffer_format(&b, " It is %s.", manual->input_default);
		else if (manual->input_default != NULL)
			buffer_format(
			    &b, " Default: %s.", manual->input_default);
		print_input(option_table[i].input, text);
		print_default(fixed_default(i));
		print_default(manual->input_absent);
		print_alias(i);
	}
	for (i = 0; i < COUNT(other_inputs); i++) {
		print_input(other_inputs[i].name, other_inputs[i].meaning);
		if (other_inputs[i].deprecation != NULL) {
			printf("    deprecationMessage: '%s'\n",
			    other_inputs[i].deprecation);
		}
	}
}

/* The variables by which action.yml passes its inputs on. */
static void
print_variables(void)
{
	char name[OPTION_VARIABLE_SIZE];
	struct buffer b;
	size_t i;

	for (i = 0; i < OPTION_COUNT; i++) {
		if (option_table[i].input == NULL)
			continue;
		buffer_init(&b, name, sizeof(name));
		if (option_manual[i].input_variable != NULL)
			buffer_text(&b, option_manual[i].input_variable);
		else
			option_write_variable(&b, (enum option)i);
		printf("        %s: ${{ inputs.%s }}\n", name,
		    option_table[i].input);
		if (option_manual[i].input_alias != NULL) {
			printf("        %s: ${{ inputs.%s }}\n",
			    option_manual[i].alias_variable,
			    option_manual[i].input_alias);
		}
	}
}

/* The README's table of exit statuses. */
static void
print_statuses(void)
{
	size_t i;

	puts("| code | meaning | was the event delivered? |");
	puts("| --- | --- | --- |");
	for (i = 0; i < STATUS_COUNT; i++) {
		printf("| %zu ", i);
		print_cell(status_table[i].meaning);
		print_cell(status_table[i].delivered);
		puts("|");
	}
}

static const struct {
	const char *name;
	void (*print)(void);
} blocks[] = {
    {"options", print_options},
    {"guide", print_guide},
    {"inputs", print_inputs},
    {"variables", print_variables},
    {"statuses", print_statuses},
    {"manual-options", manual_print_options},
    {"manual-aliases", manual_print_aliases},
    {"manual-statuses", manual_print_statuses},
    {"bash", completion_print_bash},
    {"zsh", completion_print_zsh},
    {"fish", completion_print_fish},
};

/* Prints a block.
 *
 * Returns 0, or -1 if no block has this name. */
static int
print_block(const char *name)
{
	size_t length = strcspn(name, " \n"), i;

	for (i = 0; i < COUNT(blocks); i++) {
		if (ascii_equal(blocks[i].name, name, length)) {
			blocks[i].print();
			return 0;
		}
	}
	fprintf(stderr, "options: no block is called %s", name);
	return -1;
}

/* Returns the name of the block that begins after this line, or NULL. */
static const char *
find_block(const char *line)
{
	const char *begin = strstr(line, BEGIN);
	const char *colon = begin != NULL ? strstr(begin, ": ") : NULL;

	return colon != NULL ? colon + 2 : NULL;
}

int
main(void)
{
	char line[65536];
	const char *begin;
	bool is_inside = false;

	while (fgets(line, sizeof(line), stdin) != NULL) {
		begin = find_block(line);
		if (strstr(line, END) != NULL)
			is_inside = false;
		if (!is_inside)
			fputs(line, stdout);
		if (begin != NULL) {
			is_inside = true;
			if (print_block(begin) < 0)
				return 1;
		}
	}
	if (is_inside)
		fprintf(stderr, "options: the last block has no end\n");
	return is_inside || ferror(stdin) || fflush(stdout) != 0;
}
