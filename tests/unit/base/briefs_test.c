/* briefs_test.c - short secrets as a whole, in each form. */
#include "base/briefs.h"

#include <string.h>

#include "base/array.h"
#include "base/parts.h"
#include "base/span.h"
#include "tap.h"

/* With the user "bob1" and the password "pa:s". */
static const struct {
	const char *text;
	size_t length;
} texts[] = {
    {"", 0},
    {"pa:", 0},
    {"pa:s", 4},
    {"PA:Sx", 4},
    {"xpa:s", 0},
    {"p%61:s", 6},
    {"p\\u0061:s", 9},
    {"bob1:pa:s", 9},
    {"bob1", 4},
    /* A peer may cut them: eight characters. */
    {"bob1:pa:", 8},
    {"ob1:pa:s", 8},
    {"ob1%3apa:sx", 10},
    {"b1:pa:s", 0},
    {"pa:\\u00e9", 0},
    /* printf pa:s | base64, and after one byte. */
    {"cGE6cw==", 6},
    {"hOnM=", 0},
    {"YTpz", 0},
    {"BhOnM=", 4},
    {"70613a73", 8},
    {"70613A73", 8},
    {"626f62313a70613a73", 18},
};

int
main(void)
{
	char large[BRIEFS_TEXT_MAX + 1];
	size_t i;

	tap_number(briefs_at(span_text("pa:s")), 0, "nothing is known first");
	briefs_add(span_text("bob1:pa:s"), false);
	briefs_add(span_text("bob1"), false);
	briefs_add(span_text("pa:s"), false);
	briefs_add(span_text("pa:s"), true);
	briefs_add(span_text("abc"), true);
	for (i = 0; i < COUNT(texts); i++) {
		tap_number(briefs_at(span_text(texts[i].text)), texts[i].length,
		    "how much of %s it is", texts[i].text);
	}
	tap_ok(briefs_are_password(span_text("pa:s")), "a password");
	tap_ok(briefs_are_password(span_text("p%61:s")), "it is encoded");
	tap_ok(!briefs_are_password(span_text("pa:s.")), "more than that");
	tap_ok(!briefs_are_password(span_text("bob1")), "a user");
	tap_ok(!briefs_are_password(span_text("abc")), "three characters");
	tap_ok(!briefs_are_password(span_text("")), "nothing");
	memset(large, 'x', sizeof(large));
	large[20] = 'y';
	briefs_add(span_of(large, sizeof(large)), false);
	tap_number(briefs_at(span_of(large, sizeof(large))), 0,
	    "a text that is too long is not found as a whole");
	tap_ok(!parts_are_none(), "it has parts");
	for (i = 0; i < 20 && !parts_are_all(); i++) {
		large[i] = 'z';
		briefs_add(span_of(large, sizeof(large) - 1), true);
	}
	tap_ok(i > 2, "there is room for some");
	tap_ok(parts_are_all(), "without room everything is hidden");
	parts_wipe();
	briefs_wipe();
	tap_number(briefs_at(span_text("pa:s")), 0, "nothing is known after");
	return tap_done();
}
