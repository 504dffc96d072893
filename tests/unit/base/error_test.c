/* error_test.c - the first failure is kept. */
#include "base/error.h"

#include <errno.h>
#include <string.h>

#include "tap.h"

static void
test_error(void)
{
	struct error e;
	char longer[2 * ERROR_LINE_SIZE];

	error_clear(&e);
	tap_ok(error_set(&e, ERROR_TLS, "first %d", 1) == -1 &&
		   strcmp(e.line, "first 1") == 0,
	    "setting returns -1");
	(void)error_set(&e, ERROR_CONNECT, "second");
	(void)error_set_errno(&e, ERROR_LOCAL, ENOENT, "third");
	tap_ok(e.kind == ERROR_TLS && strcmp(e.line, "first 1") == 0,
	    "the first error wins");
	(void)error_hint(&e, "one");
	(void)error_hint(&e, "two");
	tap_ok(strcmp(e.hint, "one") == 0, "so does the first hint");
	error_clear(&e);
	(void)error_set_errno(&e, ERROR_LOCAL, ENOENT, "cannot open %s", "x");
	tap_ok(strcmp(e.line, "cannot open x: No such file or directory") == 0,
	    "errno's text follows");
	memset(longer, 'a', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	error_clear(&e);
	(void)error_set_errno(&e, ERROR_LOCAL, ENOENT, "%s", longer);
	tap_ok(strlen(e.line) == ERROR_LINE_SIZE - 1, "a long line is cut");
}

int
main(void)
{
	test_error();
	return tap_done();
}
