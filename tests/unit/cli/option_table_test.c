/* option_table_test.c - the rows do not contradict each other or the manual. */
#include "cli/option_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "tap.h"

static bool
is_same(const char *one, const char *other)
{
	return strcmp(one, other) == 0;
}

static bool
is_unique(size_t index)
{
	const struct option_row *row = &option_table[index], *other;
	size_t k;

	for (k = 0; k < index; k++) {
		other = &option_table[k];
		if (is_same(row->name, other->name) ||
		    (row->letter != 0 && row->letter == other->letter) ||
		    (row->input != NULL && other->input != NULL &&
			is_same(row->input, other->input)))
			return false;
	}
	return true;
}

static bool
is_in_range(const struct option_row *row)
{
	unsigned long number;

	if (row->kind != OPTION_NUMBER && row->kind != OPTION_SECONDS)
		return true;
	if (row->maximum <= row->minimum)
		return false;
	if (row->default_value == NULL)
		return row->default_text != NULL;
	number = strtoul(row->default_value, NULL, 10);
	return number >= row->minimum && number <= row->maximum;
}

int
main(void)
{
	const struct option_manual *manual;
	const struct option_row *row;
	size_t i;

	for (i = 0; i < OPTION_COUNT; i++) {
		row = &option_table[i];
		manual = &option_manual[i];
		if (!tap_ok(row->name != NULL, "option %zu has a name", i))
			continue;
		tap_ok(row->help != NULL, "--%s: it has a help", row->name);
		tap_ok(is_unique(i),
		    "--%s: its name, letter and input are its own", row->name);
		tap_ok((row->kind == OPTION_SWITCH) == (row->argument == NULL),
		    "--%s: only a switch takes no value", row->name);
		tap_ok(is_in_range(row), "--%s: the default is in its range",
		    row->name);
		tap_ok(row->kind != OPTION_FILE || row->standard_input != NULL,
		    "--%s: a file may be standard input", row->name);
		tap_ok(manual->meaning != NULL, "--%s: the README explains it",
		    row->name);
		tap_ok((row->input == NULL) == (manual->input_meaning == NULL),
		    "--%s: an input has a description", row->name);
	}
	return tap_done();
}
