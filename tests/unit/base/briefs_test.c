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
	size_t length; /* of the secret at its end */
} texts[] = {
    {"", 0},
    {"pa:", 0},
    {"pa:s", 4},
    {"PA:S", 4},
    {"pa:sx", 0},
    {"xpa:s", 4},
    {"bob1", 4},
    {"ob1", 0},
    /* printf pa:s | base64, and after one byte and two. */
    {"cGE6cw", 6},
    {"cGE6c", 5},
    {"BhOn", 4},
    {"YTpz", 0},
};

/* Forms of eight and more characters. */
static const struct {
	const char *text;
	bool is_known;
} parts[] = {
    {"bob1:pa:", true},
    {"ob1:pa:s", true},
    {"70613a73", true},
    {"626f6231", true},
    {"70613a74", false},
    {"Ym9iMTpw", true},
};

static uint64_t
part_of(const char *text)
{
	uint64_t part = 0;

	for (; *text != '\0'; text++)
		part = parts_next(part, (unsigned char)*text);
	return part;
}

int
main(void)
{
	char large[BRIEFS_TEXT_MAX + 1], made[8] = "aaaaaa";
	size_t i;

	tap_number(
	    briefs_at_end(part_of("pa:s"), 4), 0, "nothing is known first");
	briefs_add(span_text("bob1:pa:s"), false);
	briefs_add(span_text("bob1"), false);
	briefs_add(span_text("pa:s"), false);
	briefs_add(span_text("pa:s"), true);
	briefs_add(span_text("a\nb\"c"), true);
	briefs_add(span_text("abc"), true);
	for (i = 0; i < COUNT(texts); i++) {
		tap_number(briefs_at_end(
			       part_of(texts[i].text), strlen(texts[i].text)),
		    texts[i].length, "how much of \"%s\" it is", texts[i].text);
	}
	for (i = 0; i < COUNT(parts); i++) {
		tap_ok(parts_are_known(part_of(parts[i].text), true) ==
			   parts[i].is_known,
		    "the part %s", parts[i].text);
		tap_ok(!parts_are_known(part_of(parts[i].text), false),
		    "in a text of our own, %s", parts[i].text);
	}
	tap_ok(briefs_are_password(span_text("pa:s")), "a password");
	tap_ok(briefs_are_password(span_text("p%61:s")), "it is encoded");
	tap_ok(briefs_are_password(span_text("a\\nb&quot;c")), "another one");
	tap_ok(!briefs_are_password(span_text("pa:s.")), "more than that");
	tap_ok(!briefs_are_password(span_text("bob1")), "a user");
	tap_ok(!briefs_are_password(span_text("abc")), "three characters");
	tap_ok(!briefs_are_password(span_text("")), "nothing");
	memset(large, 'x', sizeof(large));
	briefs_add(span_of(large, sizeof(large)), false);
	tap_ok(parts_are_known(part_of("xxxxxxxx"), false),
	    "a text that is too long has parts");
	for (i = 0; i < 500 && !parts_are_all(); i++) {
		made[i % 6]++;
		briefs_add(span_text(made), true);
	}
	tap_ok(i > 50, "there is room for some");
	tap_ok(parts_are_all(), "without room everything is hidden");
	parts_wipe();
	briefs_wipe();
	tap_number(
	    briefs_at_end(part_of("pa:s"), 4), 0, "nothing is known after");
	return tap_done();
}
