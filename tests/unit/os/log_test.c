/* log_test.c - the level, and the lines that reach standard error. */
#include "os/log.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "os/clock.h"
#include "tap.h"

static int ends[2], kept;
static char shown[4096];

/* Standard error is a pipe from here on, until read_shown(). */
static void
catch_shown(void)
{
	kept = dup(STDERR_FILENO);
	if (pipe(ends) < 0 || dup2(ends[1], STDERR_FILENO) < 0)
		abort();
	(void)close(ends[1]);
}

static void
read_shown(void)
{
	ssize_t n;

	if (dup2(kept, STDERR_FILENO) < 0)
		abort();
	(void)close(kept);
	n = read(ends[0], shown, sizeof(shown) - 1);
	shown[n > 0 ? n : 0] = '\0';
	(void)close(ends[0]);
}

static void
test_levels(void)
{
	static const struct {
		enum log_level level;
		const char *name, *shown;
	} rows[] = {
	    {LOG_QUIET, "quiet", ""},
	    {LOG_NORMAL, "normal", ""},
	    {LOG_VERBOSE, "verbose", "* a 7\n"},
	};
	size_t i;

	tap_ok(log_get_level() == LOG_NORMAL, "the level is normal at first");
	for (i = 0; i < COUNT(rows); i++) {
		log_set_level(rows[i].level);
		tap_ok(log_get_level() == rows[i].level, "%s: the level",
		    rows[i].name);
		catch_shown();
		log_trace("a %d", 7);
		read_shown();
		tap_ok(strcmp(shown, rows[i].shown) == 0, "%s: the trace",
		    rows[i].name);
	}
}

/* The level is verbose from test_levels() on. */
static void
test_escaping(void)
{
	catch_shown();
	log_trace("%s", "a\n::error::b\x1b[31m");
	read_shown();
	tap_ok(strchr(shown, '\n') == shown + strlen(shown) - 1,
	    "a line stays one line");
	tap_ok(strchr(shown, '\x1b') == NULL, "control characters are escaped");
	tap_ok(strstr(shown, "::error::") == NULL, "commands are broken up");
}

static void
test_long_line(void)
{
	static char text[3000];
	size_t length;

	memset(text, 'x', sizeof(text) - 1);
	catch_shown();
	log_trace("%s", text);
	read_shown();
	length = strlen(shown);
	tap_ok(length < 2048, "a long line is cut");
	tap_ok(length > 1000, "much of a long line is shown");
	tap_ok(shown[length - 1] == '\n', "a long line has its end");
}

static void
test_phase(void)
{
	int64_t before = clock_milliseconds(), now;

	catch_shown();
	now = log_phase("the look-up", before - 5000);
	read_shown();
	tap_ok(now >= before, "a phase: the time now is returned");
	tap_ok(strncmp(shown, "* the look-up took 5", 20) == 0,
	    "a phase: its name and its time");
	tap_ok(strstr(shown, " ms\n") != NULL, "a phase: the unit");
}

int
main(void)
{
	test_levels();
	test_escaping();
	test_long_line();
	test_phase();
	return tap_done();
}
