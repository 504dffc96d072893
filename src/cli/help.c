/* help.c - a line for each row of the table of options, broken between words
 * where it would be too long. */
#include "cli/help.h"

#include <stddef.h>
#include <string.h>

#include "base/buffer.h"
#include "cli/option_table.h"

#define TEXT_COLUMN 32   /* where the texts begin */
#define ROW_TEXT_MAX 256 /* bytes of the longest */

static const char usage[] = "usage: repository-dispatch --event-type TYPE "
			    "--repo OWNER/NAME [OPTION...]\n"
			    "       repository-dispatch --workflow FILE --ref "
			    "REF --repo OWNER/NAME\n";

/* Appends spaces up to a column of the line that begins at start. */
static void
write_spaces(struct buffer *b, size_t start, size_t column)
{
	while (b->length - start < column)
		buffer_byte(b, ' ');
}

/* What the table says of an option in addition to its names. */
static void
write_text(struct buffer *b, const struct option_row *row)
{
	buffer_text(b, row->help);
	if (row->kind == OPTION_TEXT && row->maximum > 0) {
		buffer_format(b, ", %u to %u characters",
		    (unsigned)row->minimum, (unsigned)row->maximum);
	}
	if (row->is_repeatable)
		buffer_text(b, "; repeatable");
	if (row->required != NULL) {
		buffer_format(b, " (%s)", row->required);
	} else if (row->default_text != NULL) {
		buffer_format(b, " (default: %s)", row->default_text);
	} else if (row->default_value != NULL) {
		buffer_format(b, " (default %s)", row->default_value);
	}
}

/* Appends a text to the line that begins at start, and breaks it between words
 * into lines of HELP_WIDTH columns. */
static void
write_folded(struct buffer *b, size_t start, const char *text)
{
	size_t length;

	write_spaces(b, start, TEXT_COLUMN);
	while (*text != '\0') {
		length = strcspn(text, " ");
		if (b->length - start + 1 + length > HELP_WIDTH) {
			buffer_byte(b, '\n');
			start = b->length;
			write_spaces(b, start, TEXT_COLUMN);
		} else if (b->length - start > TEXT_COLUMN) {
			buffer_byte(b, ' ');
		}
		buffer_append(b, text, length);
		text += length + strspn(text + length, " ");
	}
	buffer_byte(b, '\n');
}

static void
write_row(struct buffer *b, const struct option_row *row)
{
	char text[ROW_TEXT_MAX];
	size_t start = b->length;
	struct buffer whole;

	if (row->letter != 0) {
		buffer_format(b, "  -%c, --%s ", row->letter, row->name);
	} else {
		buffer_format(b, "      --%s ", row->name);
	}
	if (row->argument != NULL)
		buffer_text(b, row->argument);
	buffer_init(&whole, text, sizeof(text));
	write_text(&whole, row);
	write_folded(b, start, text);
}

void
help_write(struct buffer *b)
{
	size_t i;

	buffer_text(b, usage);
	buffer_text(b,
	    "\nSends GitHub's repository_dispatch event, or starts a workflow "
	    "with\nworkflow_dispatch.\n\n");
	for (i = 0; i < OPTION_COUNT; i++)
		write_row(b, &option_table[i]);
	buffer_text(b,
	    "\nFILE may be -, which is standard input.\n"
	    "Every option but --help, --license and --version has an "
	    "environment\n"
	    "variable: --event-type is DISPATCH_EVENT_TYPE.\n\n"
	    "Exit status: 0 sent, 1 local failure, 2 usage, 3 payload refused "
	    "locally,\n"
	    "4 not authorised, 5 not found, 6 refused, 7 rate limited, 8 no "
	    "connection,\n"
	    "9 TLS, 10 sent, but no valid response: it is unknown whether the "
	    "event was\n"
	    "delivered; with --wait: 11 a run failed, 12 no run found, or not "
	    "all ended in\n"
	    "time.\n\n"
	    "Examples, with the token in the variable GH_PAT:\n"
	    "  repository-dispatch -r octo-org/octo-app -e deploy -f ref=main\n"
	    "  repository-dispatch -r octo-org/octo-app -e deploy "
	    "-p @payload.json --wait\n"
	    "  repository-dispatch -r octo-org/octo-app --workflow deploy.yml "
	    "--ref main\n");
}

void
help_write_usage(struct buffer *b)
{
	buffer_text(b, usage);
	buffer_text(b, "hint: repository-dispatch --help lists the options\n");
}
