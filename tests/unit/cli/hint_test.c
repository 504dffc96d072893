/* hint_test.c - every advice has words, and they name options that exist. */
#include "cli/hint.h"

#include <string.h>

#include "cli/option_name.h"
#include "tap.h"

/* Every "--NAME" in the text is an option. */
static bool
names_options(const char *text)
{
	const char *name;

	for (name = strstr(text, "--"); name != NULL;
	     name = strstr(name, "--")) {
		name += 2;
		if (option_by_name(
			name, strspn(name, "abcdefghijklmnopqrstuvwxyz-")) ==
		    OPTION_COUNT)
			return false;
	}
	return true;
}

int
main(void)
{
	char text[HINT_SIZE];
	struct buffer b;
	struct error e;
	int advice;

	error_clear(&e);
	for (advice = ADVICE_NONE; advice < ADVICE_COUNT; advice++) {
		e.advice = (enum error_advice)advice;
		buffer_init(&b, text, sizeof(text));
		hint_write(&b, &e);
		tap_ok((b.length > 0) == (advice != ADVICE_NONE),
		    "advice %d: %s", advice, text);
		tap_ok(!b.overflowed, "advice %d fits", advice);
		tap_ok(names_options(text), "advice %d: its options exist",
		    advice);
	}
	error_clear(&e);
	(void)error_set(&e, ERROR_LOCAL, "x");
	(void)error_hint(&e, "a text of its own");
	(void)error_advise(&e, ADVICE_TRUST_CA);
	buffer_init(&b, text, sizeof(text));
	hint_write(&b, &e);
	tap_ok(strcmp(text, "a text of its own") == 0, "the first hint counts");
	return tap_done();
}
