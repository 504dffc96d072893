/* error_test.c - the first failure is kept, with the text added to it. */
#include "base/error.h"

#include <errno.h>
#include <string.h>

#include "base/array.h"
#include "tap.h"

static void
test_first(void)
{
	struct error e;

	error_clear(&e);
	tap_ok(error_set(&e, ERROR_TLS, "first %d", 1) == -1,
	    "error_set returns -1");
	tap_ok(strcmp(e.line, "first 1") == 0, "the line is formatted");
	tap_ok(error_set(&e, ERROR_CONNECT, "second") == -1,
	    "error_set returns -1 for a second failure");
	tap_ok(error_set_errno(&e, ERROR_LOCAL, ENOENT, "third") == -1,
	    "error_set_errno returns -1 for a third failure");
	tap_ok(e.kind == ERROR_TLS, "the first kind is kept");
	tap_ok(strcmp(e.line, "first 1") == 0, "the first line is kept");
	error_append(&e, " and %s", "more");
	tap_ok(strcmp(e.line, "first 1 and more") == 0,
	    "error_append adds to the line");
	error_clear(&e);
	tap_ok(e.kind == ERROR_NONE, "a cleared error has no kind");
	tap_ok(e.line[0] == '\0', "a cleared error has no line");
}

static void
test_origin(void)
{
	struct error e;

	error_clear(&e);
	(void)error_set(&e, ERROR_LOCAL, "x");
	(void)error_name_origin(&e, "--a");
	tap_text(e.line, "x", "a failure of no file gets no origin");
	e.is_of_file = true;
	tap_ok(
	    error_name_origin(&e, "--a") == -1, "error_name_origin returns -1");
	tap_text(e.line, "--a: x", "a failure of a file gets an origin");
	(void)error_name_origin(&e, "--b");
	tap_text(e.line, "--a: x", "it gets one origin");
}

static void
test_errno(void)
{
	struct error e;

	error_clear(&e);
	tap_ok(error_set_errno(
		   &e, ERROR_LOCAL, ENOENT, "cannot open %s", "x") == -1,
	    "error_set_errno returns -1");
	tap_ok(strcmp(e.line, "cannot open x: No such file or directory") == 0,
	    "the system's text follows the line");
	tap_ok(e.kind == ERROR_LOCAL, "the kind is the caller's");
}

static void
test_long_line(void)
{
	struct error e, cause;
	char longer[2 * ERROR_LINE_SIZE];

	memset(longer, 'a', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	error_clear(&e);
	(void)error_set_errno(&e, ERROR_LOCAL, ENOENT, "%s", longer);
	tap_ok(strlen(e.line) == ERROR_LINE_SIZE - 1, "a long line is cut");
	error_append(&e, "more");
	tap_ok(strlen(e.line) == ERROR_LINE_SIZE - 1,
	    "nothing is added to a full line");
	error_clear(&cause);
	(void)error_set(&cause, ERROR_TLS, "%s", longer);
	error_clear(&e);
	(void)error_wrap(&e, &cause, "context");
	tap_ok(strlen(e.line) == ERROR_LINE_SIZE - 1,
	    "a long line is cut when it is wrapped");
}

/* What stands in a failure counts: whichever was added first. */
static void
test_advice(void)
{
	static const struct {
		const char *name, *hint;
		enum error_advice advice;
		bool advice_first, hint_kept, advice_kept;
	} rows[] = {
	    {"neither", NULL, ADVICE_NONE, false, false, false},
	    {"a hint", "a", ADVICE_NONE, false, true, false},
	    {"an advice", NULL, ADVICE_TRUST_CA, true, false, true},
	    {"a hint, then an advice", "a", ADVICE_TRUST_CA, false, true,
		false},
	    {"an advice, then a hint", "a", ADVICE_TRUST_CA, true, false, true},
	};
	struct error e;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		error_clear(&e);
		if (rows[i].advice_first)
			(void)error_advise(&e, rows[i].advice);
		if (rows[i].hint != NULL)
			(void)error_hint(&e, rows[i].hint);
		if (!rows[i].advice_first)
			(void)error_advise(&e, rows[i].advice);
		tap_ok((e.hint != NULL) == rows[i].hint_kept,
		    "%s: whether there is a hint", rows[i].name);
		tap_ok((e.advice != ADVICE_NONE) == rows[i].advice_kept,
		    "%s: whether there is an advice", rows[i].name);
	}
	error_clear(&e);
	tap_ok(error_hint(&e, "one") == -1, "error_hint returns -1");
	tap_ok(error_hint(&e, "two") == -1,
	    "error_hint returns -1 for a second hint");
	tap_ok(strcmp(e.hint, "one") == 0, "the first hint is kept");
	error_clear(&e);
	tap_ok(error_advise(&e, ADVICE_CHECK_URL) == -1,
	    "error_advise returns -1");
	(void)error_advise(&e, ADVICE_TRUST_CA);
	tap_ok(e.advice == ADVICE_CHECK_URL, "the first advice is kept");
}

static void
test_wrap(void)
{
	struct error e, cause;

	error_clear(&cause);
	(void)error_set(&cause, ERROR_TLS, "the end");
	(void)error_hint(&cause, "a hint");
	error_clear(&e);
	tap_ok(error_wrap(&e, &cause, "target %d", 7) == -1,
	    "error_wrap returns -1");
	tap_ok(strcmp(e.line, "target 7: the end") == 0,
	    "the context is before the cause");
	tap_ok(e.kind == ERROR_TLS, "the kind is the cause's");
	tap_ok(e.hint == cause.hint, "the hint is the cause's");
	(void)error_wrap(&e, &cause, "again");
	tap_ok(strcmp(e.line, "target 7: the end") == 0,
	    "a failure that is recorded is not wrapped");
	error_clear(&cause);
	(void)error_set(&cause, ERROR_CONNECT, "no route");
	(void)error_advise(&cause, ADVICE_LONGER_WAIT);
	error_clear(&e);
	(void)error_wrap(&e, &cause, "x");
	tap_ok(e.advice == ADVICE_LONGER_WAIT, "the advice is the cause's");
	tap_ok(e.hint == NULL, "a cause without a hint gives none");
}

int
main(void)
{
	test_first();
	test_origin();
	test_errno();
	test_long_line();
	test_advice();
	test_wrap();
	return tap_done();
}
