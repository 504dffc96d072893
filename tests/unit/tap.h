/* tap.h - the little a unit test needs to speak TAP, the Test Anything
 * Protocol: one "ok" or "not ok" line a check, and the plan at the end.
 *
 * A check asserts one thing, and its name says what. A check of a value is
 * tap_text(), tap_part(), tap_bytes() or tap_number(): they print what they got
 * and what they expected where the two differ. */
#ifndef TAP_H
#define TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static unsigned tap_count, tap_failures;

static bool tap_line(bool passed, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0), unused));

static bool
tap_line(bool passed, const char *format, va_list arguments)
{
	tap_count++;
	if (!passed)
		tap_failures++;
	printf("%sok %u - ", passed ? "" : "not ", tap_count);
	vprintf(format, arguments);
	putchar('\n');
	return passed;
}

static bool tap_ok(bool passed, const char *format, ...)
    __attribute__((format(printf, 2, 3), unused));

static bool
tap_ok(bool passed, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)tap_line(passed, format, arguments);
	va_end(arguments);
	return passed;
}

/* A line for whoever reads the failure. The bytes cannot end it. */
static void tap_show(const char *label, const void *bytes, size_t length)
    __attribute__((unused));

static void
tap_show(const char *label, const void *bytes, size_t length)
{
	const unsigned char *at = bytes;
	size_t i;

	printf("# %s \"", label);
	for (i = 0; i < length; i++)
		printf(at[i] >= 0x20 && at[i] < 0x7f ? "%c" : "\\x%02x", at[i]);
	puts("\"");
}

/* Whether the text is the one expected. A text that is NULL never is. */
static bool tap_text(const char *got, const char *expected, const char *format,
    ...) __attribute__((format(printf, 3, 4), unused));

static bool
tap_text(const char *got, const char *expected, const char *format, ...)
{
	bool same = got != NULL && strcmp(got, expected) == 0;
	va_list arguments;

	va_start(arguments, format);
	(void)tap_line(same, format, arguments);
	va_end(arguments);
	if (same)
		return true;
	if (got == NULL)
		puts("# got no text");
	else
		tap_show("got     ", got, strlen(got));
	tap_show("expected", expected, strlen(expected));
	return false;
}

/* Whether the text contains the part. Without a part (NULL) there is to be no
 * text: NULL or "". */
static bool tap_part(const char *got, const char *part, const char *format, ...)
    __attribute__((format(printf, 3, 4), unused));

static bool
tap_part(const char *got, const char *part, const char *format, ...)
{
	const char *text = got != NULL ? got : "";
	bool right = part == NULL ? *text == '\0' : strstr(text, part) != NULL;
	va_list arguments;

	va_start(arguments, format);
	(void)tap_line(right, format, arguments);
	va_end(arguments);
	if (right)
		return true;
	tap_show("got     ", text, strlen(text));
	if (part != NULL)
		tap_show("expected", part, strlen(part));
	return false;
}

/* Whether the bytes are those of the expected text, without its NUL. */
static bool tap_bytes(const void *got, size_t length, const char *expected,
    const char *format, ...) __attribute__((format(printf, 4, 5), unused));

static bool
tap_bytes(const void *got, size_t length, const char *expected,
    const char *format, ...)
{
	bool same = length == strlen(expected) &&
		    (length == 0 || memcmp(got, expected, length) == 0);
	va_list arguments;

	va_start(arguments, format);
	(void)tap_line(same, format, arguments);
	va_end(arguments);
	if (same)
		return true;
	tap_show("got     ", got, length);
	tap_show("expected", expected, strlen(expected));
	return false;
}

/* Whether the integer, of whatever type, is the one expected. */
#define tap_number(got, expected, ...) \
	tap_integer((intmax_t)(got), (intmax_t)(expected), __VA_ARGS__)

static bool tap_integer(intmax_t got, intmax_t expected, const char *format,
    ...) __attribute__((format(printf, 3, 4), unused));

static bool
tap_integer(intmax_t got, intmax_t expected, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)tap_line(got == expected, format, arguments);
	va_end(arguments);
	if (got != expected)
		printf("# got %jd, expected %jd\n", got, expected);
	return got == expected;
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
