/* help.c - a line for each row of the table of options. */
#include "cli/help.h"

#include <stddef.h>
#include <string.h>

#include "base/buffer.h"
#include "cli/option_table.h"

#define NAMES_WIDTH 30 /* columns before the texts */

/* What the columns say in addition to the text. */
static void
write_facts(struct buffer *b, const struct option_row *row)
{
	if (row->kind == OPTION_TEXT && row->maximum > 0) {
		buffer_format(b, ", %u to %u characters",
		    (unsigned)row->minimum, (unsigned)row->maximum);
	}
	if (row->is_repeatable)
		buffer_text(b, "; repeatable");
	if (row->is_required) {
		buffer_text(b, " (required)");
	} else if (row->default_text != NULL) {
		buffer_format(b, " (default: %s)", row->default_text);
	} else if (row->default_value != NULL) {
		buffer_format(b, " (default %s)", row->default_value);
	}
}

static void
write_row(struct buffer *b, const struct option_row *row)
{
	size_t start = b->length;

	if (row->letter != 0) {
		buffer_format(b, "  -%c, --%s ", row->letter, row->name);
	} else {
		buffer_format(b, "      --%s ", row->name);
	}
	if (row->argument != NULL)
		buffer_text(b, row->argument);
	while (b->length - start < NAMES_WIDTH)
		buffer_byte(b, ' ');
	buffer_format(b, "  %s", row->help);
	write_facts(b, row);
	buffer_byte(b, '\n');
}

void
help_write(struct buffer *b)
{
	size_t i;

	buffer_text(b,
	    "usage: repository-dispatch --event-type TYPE --repo OWNER/NAME "
	    "[OPTION...]\n\n"
	    "Sends GitHub's repository_dispatch event.\n\n");
	for (i = 0; i < OPTION_COUNT; i++)
		write_row(b, &option_table[i]);
	buffer_text(b,
	    "\nFILE may be -, which is standard input.\n"
	    "Every option but --help and --version has an environment "
	    "variable:\n"
	    "--event-type is DISPATCH_EVENT_TYPE.\n\n"
	    "Exit status: 0 sent, 1 local failure, 2 usage, 3 payload refused "
	    "locally,\n"
	    "4 not authorised, 5 not found, 6 refused, 7 rate limited, 8 no "
	    "connection,\n"
	    "9 TLS, 10 sent, but no valid response: it is unknown whether the "
	    "event was\n"
	    "delivered; with --wait: 11 a run failed, 12 no run found, or not "
	    "all ended in\n"
	    "time.\n");
}

void
help_write_version(struct buffer *b)
{
	buffer_text(b, "repository-dispatch " HELP_VERSION "\n");
}
