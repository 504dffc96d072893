/* describe.c - the columns of a row, joined. */
#include "gen/describe.h"

#include <stddef.h>
#include <string.h>

void
describe_aliases(struct buffer *b, const struct option_row *row)
{
	const char *aliases = row->aliases != NULL ? row->aliases : "";
	size_t length;

	for (; *aliases != '\0';
	     aliases += length + strspn(aliases + length, " ")) {
		length = strcspn(aliases, " ");
		buffer_format(b, "%s`%.*s`", b->length > 0 ? ", " : "",
		    (int)length, aliases);
	}
}

void
describe_default(struct buffer *b, const struct option_row *row)
{
	if (row->required != NULL)
		buffer_text(b, row->required);
	else if (row->default_text != NULL)
		buffer_text(b, row->default_text);
	else if (row->default_value != NULL)
		buffer_format(b, "`%s`", row->default_value);
}

void
describe_meaning(struct buffer *b, const struct option_row *row)
{
	static const char *const units[] = {
	    [OPTION_TEXT] = " characters",
	    [OPTION_NUMBER] = "",
	    [OPTION_SECONDS] = " seconds",
	};

	buffer_text(b, option_manual[row - option_table].meaning);
	if (row->maximum > 0) {
		buffer_format(b, "; %u to %u%s", (unsigned)row->minimum,
		    (unsigned)row->maximum, units[row->kind]);
	}
	if (row->is_repeatable)
		buffer_text(b, "; repeatable");
	if (row->standard_input != NULL) {
		buffer_format(
		    b, "; `%s` reads standard input", row->standard_input);
	}
}
