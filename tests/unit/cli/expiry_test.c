/* expiry_test.c - when a line says that a token expires, and how. */
#include "cli/expiry.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "os/log.h"
#include "tap.h"

#define DAY 86400

static void
test_distance(void)
{
	static const struct {
		int64_t seconds;
		const char *text;
	} rows[] = {
	    {14 * DAY - 1, "in 13 days"},
	    {2 * DAY, "in 2 days"},
	    {2 * DAY - 1, "in 47 hours"},
	    {7200, "in 2 hours"},
	    {7199, "in 119 minutes"},
	    {120, "in 2 minutes"},
	    {119, "in less than two minutes"},
	    {1, "in less than two minutes"},
	};
	char text[48];
	struct buffer b;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		buffer_init(&b, text, sizeof(text));
		expiry_write_distance(&b, rows[i].seconds);
		tap_part(text, rows[i].text, "%s", rows[i].text);
	}
}

/* What is printed on standard error. */
static const char *
printed(const struct dispatch_expiry *expiry, const struct actions *actions)
{
	static char text[512];
	FILE *file = tmpfile();
	int kept = dup(STDERR_FILENO);
	size_t length;

	(void)dup2(fileno(file), STDERR_FILENO);
	expiry_warn(expiry, actions);
	(void)dup2(kept, STDERR_FILENO);
	(void)close(kept);
	rewind(file);
	length = fread(text, 1, sizeof(text) - 1, file);
	text[length] = '\0';
	(void)fclose(file);
	return text;
}

static void
test_line(void)
{
	static const struct {
		const char *name;
		int64_t seconds;
		bool is_personal, is_shown;
	} rows[] = {
	    {"in a year", 365 * DAY, true, false},
	    {"in 14 days", 14 * DAY, true, false},
	    {"a second before that", 14 * DAY - 1, true, true},
	    {"in a second", 1, true, true},
	    {"now", 0, true, false},
	    {"long ago", -365 * DAY, true, false},
	    {"that of a job, in an hour", 3600, false, false},
	    {"not known", 0, false, false},
	};
	static struct actions none, step = {.annotates = true};
	struct dispatch_expiry expiry = {.time = 1796126400};
	const char *text;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		expiry.seconds = rows[i].seconds;
		expiry.is_personal = rows[i].is_personal;
		text = printed(&expiry, &none);
		tap_number(strlen(text) > 0, rows[i].is_shown,
		    "a token that expires %s", rows[i].name);
	}
	expiry.seconds = 3 * DAY;
	expiry.is_personal = true;
	tap_part(printed(&expiry, &none),
	    "repository-dispatch: warning: the token expires in 3 days "
	    "(2026-12-01T12:00:00Z)\n",
	    "the line");
	tap_part(printed(&expiry, &step), "::notice::the token expires",
	    "in a step it is a notice");
	log_set_level(LOG_QUIET);
	tap_number(strlen(printed(&expiry, &none)), 0, "not with --quiet");
}

int
main(void)
{
	log_set_level(LOG_NORMAL);
	test_distance();
	test_line();
	return tap_done();
}
