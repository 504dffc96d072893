/* parts_test.c - parts are known while there is room, and the latest ones
 * always. */
#include "base/parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/span.h"
#include "tap.h"

static uint64_t
part_of(const char *text)
{
	uint64_t part = 0;
	size_t i;

	for (i = 0; i < PARTS_LENGTH; i++)
		part = parts_next(part, (unsigned char)text[i]);
	return part;
}

static bool
is_known(const char *text)
{
	return parts_are_known(part_of(text), false);
}

static void
test_parts(void)
{
	tap_ok(parts_are_none(), "nothing is known first");
	tap_ok(!is_known("abcdefgh"), "a part is not known");
	parts_add(span_text("public-1"), PARTS_PUBLIC);
	parts_add(span_text("aBcdefghi"), PARTS_LASTING);
	parts_add(span_text("public-12"), PARTS_RECENT);
	tap_ok(!parts_are_none(), "something is known");
	tap_ok(is_known("abcdefgh"), "the first part");
	tap_ok(is_known("bcDEFghi"), "the last part, in another case");
	tap_ok(!is_known("public-1"), "a public part");
	tap_ok(is_known("ublic+12"), "a part that begins within a public one");
	tap_ok(!is_known("ublic.12"), "a part with another character");
	/* printf aBcdefghi | base64, and after one byte and two. */
	tap_ok(is_known("YUJjZGVm"), "Base64");
	tap_ok(is_known("FCY2RlZm"), "Base64 after a byte");
	tap_ok(is_known("hQmNkZWZ"), "Base64 after two bytes");
	tap_ok(parts_next(0, '-') == parts_next(0, '+'), "- counts as +");
	tap_ok(parts_next(0, ' ') == parts_next(0, '+'), "so does a blank");
	tap_ok(parts_next(0, '_') == parts_next(0, '/'), "_ counts as /");
	tap_ok(parts_next(0, 'a') == parts_next(0, 'A'), "a counts as A");
	tap_ok(parts_next(0, '-') != parts_next(0, '_'), "but not - as _");
	parts_add(span_text("a\"b\\cdefg"), PARTS_LASTING);
	tap_ok(is_known("a\"b\\cdef"), "a part with a backslash");
	parts_add(span_text("k%41l\n2345"), PARTS_LASTING);
	tap_ok(is_known("kAl\\n234"), "a part without an escape");
	parts_add_form(span_text("formonly"), PARTS_LASTING);
	tap_ok(is_known("formonly"), "a form");
	tap_ok(!is_known("Zm9ybW9u"), "its Base64 is not added");
	parts_add(span_text("proxyuser"), PARTS_PROXY);
	tap_ok(!is_known("proxyuse"), "a proxy's, in a text of our own");
	tap_ok(parts_are_known(part_of("proxyuse"), true),
	    "a proxy's, in that of a peer");
	parts_add(span_of(NULL, 0), PARTS_LASTING);
	parts_wipe();
	tap_ok(parts_are_none(), "nothing is known any more");
	tap_ok(!parts_are_known(part_of("proxyuse"), true),
	    "a proxy's is forgotten");
	tap_ok(!is_known("abcdefgh"), "a part is forgotten");
}

static void
make(char *text, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++)
		text[i] = (char)('A' + rand() % 26);
}

/* Adds more than there is room for, and counts how many of the latest
 * characters have a part that is not known. */
static size_t
count_lost(enum parts_kind kind, size_t total, size_t latest)
{
	static char made[60000];
	size_t i, lost = 0;

	make(made, total);
	for (i = 0; i < total; i += 500)
		parts_add(span_of(made + i, 500), kind);
	for (i = total - latest; i < total; i++) {
		if (i % 500 <= 500 - PARTS_LENGTH)
			lost += !is_known(made + i);
	}
	return lost;
}

static void
test_room(void)
{
	srand(7);
	tap_number(count_lost(PARTS_LASTING, 19000, 19000), 0,
	    "19,000 lasting characters are known");
	tap_ok(!parts_are_all(), "there was room for them");
	tap_number(count_lost(PARTS_RECENT, 60000, 4900), 0,
	    "the latest 4,900 recent ones are known");
	tap_ok(!parts_are_all(), "there is always room for recent ones");
	tap_number(count_lost(PARTS_LASTING, 1000, 1000), 0,
	    "1,000 more lasting ones are known");
	tap_ok(parts_are_all(), "everything is known then");
	tap_ok(is_known("anything"), "what was never added, too");
	parts_wipe();
	tap_ok(!parts_are_all(), "and not any more once it is wiped");
	parts_give_up();
	tap_ok(!parts_are_none(), "after giving up, something is known");
	tap_ok(is_known("anything"), "and it is everything");
	parts_wipe();
}

int
main(void)
{
	test_parts();
	test_room();
	return tap_done();
}
