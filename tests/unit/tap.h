/* tap.h - the little a unit test needs to speak TAP, the Test Anything
 * Protocol: one "ok" or "not ok" line a check, and the plan at the end. */
#ifndef TAP_H
#define TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

static unsigned tap_count, tap_failures;

static bool tap_ok(bool passed, const char *format, ...)
    __attribute__((format(printf, 2, 3), unused));

static bool
tap_ok(bool passed, const char *format, ...)
{
	va_list arguments;

	tap_count++;
	if (!passed)
		tap_failures++;
	printf("%sok %u - ", passed ? "" : "not ", tap_count);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
	return passed;
}

/* Prints the plan. Returns main's exit status. */
static int tap_done(void) __attribute__((unused));

static int
tap_done(void)
{
	printf("1..%u\n", tap_count);
	return tap_failures > 0;
}

#endif
