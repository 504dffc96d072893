/* foundation_test.c - error, buffer and deadline. */
#include <errno.h>
#include <string.h>

#include "base/buffer.h"
#include "base/error.h"
#include "os/deadline.h"
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
	tap_ok(e.kind == ERROR_TLS && strcmp(e.line, "first 1") == 0 &&
		   e.errnum == 0,
	    "the first error wins");
	(void)error_hint(&e, "one");
	(void)error_hint(&e, "two");
	tap_ok(strcmp(e.hint, "one") == 0, "so does the first hint");
	error_clear(&e);
	(void)error_set_errno(&e, ERROR_LOCAL, ENOENT, "cannot open %s", "x");
	tap_ok(
	    e.errnum == ENOENT &&
		strcmp(e.line, "cannot open x: No such file or directory") == 0,
	    "errno's text follows");
	memset(longer, 'a', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	error_clear(&e);
	(void)error_set_errno(&e, ERROR_LOCAL, ENOENT, "%s", longer);
	tap_ok(strlen(e.line) == ERROR_LINE_SIZE - 1, "a long line is cut");
}

static void
test_buffer(void)
{
	char storage[8];
	struct buffer b;
	size_t i;

	buffer_init(&b, storage, sizeof(storage));
	buffer_text(&b, "1234");
	buffer_append(&b, "56789", 5);
	tap_ok(b.overflowed && b.length == 4 && memcmp(storage, "1234", 4) == 0,
	    "what does not fit is left out whole");
	buffer_text(&b, "5");
	tap_ok(b.overflowed && b.length == 4, "and so is all after it");
	buffer_init(&b, storage, sizeof(storage));
	buffer_text(&b, "12345678");
	tap_ok(!b.overflowed && b.length == 8, "the last byte is used");
	buffer_wipe(&b);
	for (i = 0; i < sizeof(storage) && storage[i] == 0; i++)
		;
	tap_ok(i == sizeof(storage) && b.length == 0, "wiped");
	buffer_init(&b, NULL, 0);
	buffer_decimal(&b, UINT64_MAX);
	buffer_text(&b, "ab");
	tap_ok(!b.overflowed && b.length == 22, "no storage: it counts");
	buffer_init(&b, storage, sizeof(storage));
	buffer_decimal(&b, 0);
	buffer_decimal(&b, 1234567);
	tap_ok(
	    b.length == 8 && memcmp(storage, "01234567", 8) == 0, "decimals");
	buffer_init(&b, storage, 0);
	buffer_text(&b, "");
	tap_ok(!b.overflowed, "nothing fits into nothing");
	buffer_byte(&b, 'x');
	tap_ok(b.overflowed, "a byte does not");
}

static void
test_deadline(void)
{
	struct deadline past = deadline_after(0), later = deadline_after(60000);

	tap_ok(deadline_passed(past) && deadline_left(past) == 0, "past");
	tap_ok(!deadline_passed(later) && deadline_left(later) > 50000 &&
		   deadline_left(later) <= 60000,
	    "a minute is left");
	tap_ok(deadline_sooner(past, later).at == past.at &&
		   deadline_sooner(later, past).at == past.at,
	    "the sooner one");
	later = deadline_after(UINT32_MAX);
	tap_ok(deadline_left(later) > 0, "the largest does not wrap");
}

int
main(void)
{
	test_error();
	test_buffer();
	test_deadline();
	return tap_done();
}
