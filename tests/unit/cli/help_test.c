/* help_test.c - the help says what the table says. */
#include "cli/help.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "cli/option_table.h"
#include "tap.h"

static const char *const lines[] = {
    "\n  -e, --event-type TYPE         the event to send, 1 to 100 characters "
    "(required)\n",
    "\n      --no-limits               do not check GitHub's payload limits\n",
    "\n  -r, --repo NAME               the repository, OWNER/NAME, NAME or a "
    "URL; "
    "repeatable (default: from GITHUB_REPOSITORY)\n",
};

int
main(void)
{
	char text[8192], part[128];
	struct buffer b;
	size_t i;

	buffer_init(&b, text, sizeof(text));
	help_write(&b);
	tap_ok(!b.overflowed, "the help fits");
	for (i = 0; i < COUNT(lines); i++)
		tap_ok(strstr(text, lines[i]) != NULL, "%.30s", lines[i] + 1);
	for (i = 0; i < OPTION_COUNT; i++) {
		snprintf(part, sizeof(part), " --%s ", option_table[i].name);
		tap_ok(strstr(text, part) != NULL, "--%s is in the help",
		    option_table[i].name);
		if (option_table[i].default_value == NULL)
			continue;
		snprintf(part, sizeof(part), "%s (default %s)\n",
		    option_table[i].help, option_table[i].default_value);
		tap_ok(strstr(text, part) != NULL, "--%s has its default",
		    option_table[i].name);
	}
	buffer_init(&b, text, sizeof(text));
	help_write_version(&b);
	tap_ok(strcmp(text, "repository-dispatch " HELP_VERSION "\n") == 0,
	    "the version");
	return tap_done();
}
