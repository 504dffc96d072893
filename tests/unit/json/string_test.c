/* string_test.c - tokens decoded and compared, texts quoted. */
#include "json/string.h"

#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "base/span.h"
#include "tap.h"

static const struct {
	const char *token, *text;
	size_t length;
} strings[] = {
    {"\"\"", "", 0},
    {"\"plain\"", "plain", 5},
    {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t", 8},
    {"\"\\u0041\\u00e9\\u20AC\"", "A\xc3\xa9\xe2\x82\xac", 6},
    {"\"\\u0000\"", "\0", 1},
    {"\"\\ud83d\\ude80\"", "\xf0\x9f\x9a\x80", 4},
    {"\"\\ud83d\"", "\xed\xa0\xbd", 3},
    {"\"\\ude80\\ud83d\"", "\xed\xba\x80\xed\xa0\xbd", 6},
    {"\"\\ud83dx\"", "\xed\xa0\xbdx", 4},
    {"\"\\ud83d\\u0041\"",
	"\xed\xa0\xbd"
	"A",
	4},
    {"\"\\ud83d\\n\\u0041\"", "\xed\xa0\xbd\nA", 5},
    {"\"\\ud83dlonger\"", "\xed\xa0\xbdlonger", 9},
    {"\"\\ud83d\\ue000\"", "\xed\xa0\xbd\xee\x80\x80", 6},
    {"\"\xf0\x9f\x9a\x80\"", "\xf0\x9f\x9a\x80", 4},
    {"\"\xff\"", "\xff", 1},
};

static void
test_decode(void)
{
	struct span text;
	struct buffer b;
	char out[32];
	size_t i;

	for (i = 0; i < COUNT(strings); i++) {
		text = span_of(strings[i].text, strings[i].length);
		buffer_init(&b, out, sizeof(out));
		json_decode(span_text(strings[i].token), &b);
		tap_ok(!b.overflowed, "decoded %zu: it fits", i);
		tap_ok(span_equal(span_of(out, b.length), text),
		    "decoded %zu: the text", i);
		tap_ok(json_equals(span_text(strings[i].token), text),
		    "equals %zu", i);
	}
}

/* Strings of a text, between dots. */
static const struct {
	const char *json, *found;
} texts[] = {
    {"", ""},
    {"[1, null]", ""},
    {"{\"a\": [\"\", \"b c\"]}", "a..b c."},
    {"[\"\\\"\\\\\", \"\\u0022\"]", "\\\"\\\\.\\u0022."},
    {"\"cut", "cut."},
    {"\"cut\\", "cut\\."},
    {"\"cut\\u00", "cut\\u00."},
    {"\"\xc3\"", "\xc3."},
};

static void
test_next(void)
{
	struct span rest, contents;
	struct buffer b;
	char found[64];
	size_t i;

	for (i = 0; i < COUNT(texts); i++) {
		rest = span_text(texts[i].json);
		buffer_init(&b, found, sizeof(found));
		while (json_next_string(&rest, &contents)) {
			buffer_append(&b, contents.bytes, contents.length);
			buffer_byte(&b, '.');
		}
		tap_text(
		    found, texts[i].found, "the strings of %s", texts[i].json);
	}
}

static const struct {
	const char *contents;
	size_t length;
} units[] = {
    {"ab", 1},
    {"\\nb", 2},
    {"\\\"b", 2},
    {"\\u00e9b", 6},
    {"\\u00", 4},
    {"\\", 1},
    {"\xc3\xa9x", 2},
    {"\xf0\x9f\x9a\x80x", 4},
    {"\xf0\x9f", 1},
    {"\x80x", 1},
};

static void
test_units(void)
{
	size_t i;

	for (i = 0; i < COUNT(units); i++) {
		tap_number(json_unit(span_text(units[i].contents)),
		    units[i].length, "the unit in front of %s",
		    units[i].contents);
	}
}

static void
test_cut(void)
{
	static const char *const tokens[] = {"\"ab\\u20acde\"",
	    "\"ab\xe2\x82\xac"
	    "de\""};
	struct buffer b;
	char out[5];
	size_t i;

	for (i = 0; i < COUNT(tokens); i++) {
		buffer_init(&b, out, sizeof(out));
		json_decode(span_text(tokens[i]), &b);
		tap_ok(b.overflowed,
		    "a character that does not fit overflows, %zu", i);
		tap_text(out, "ab",
		    "a character that does not fit is left out whole, %zu", i);
	}
}

/* For each size, the longest part of whole characters that fits. */
static void
test_cut_anywhere(void)
{
	static const struct {
		const char *token, *text;
	} rows[] = {
	    {"\"ab\xe2\x82\xac\xf0\x9f\x9a\x80\xc3\xa9x\"",
		"ab\xe2\x82\xac\xf0\x9f\x9a\x80\xc3\xa9x"},
	    {"\"ab\\u20ac\xf0\x9f\x9a\x80\\u00e9\\u0078\"",
		"ab\xe2\x82\xac\xf0\x9f\x9a\x80\xc3\xa9x"},
	    {"\"\\n\xc3\xa9\\n\"", "\n\xc3\xa9\n"},
	};
	char out[32];
	struct buffer b;
	size_t i, size, wanted, length;

	for (i = 0; i < COUNT(rows); i++) {
		length = strlen(rows[i].text);
		for (size = 1; size <= length + 2; size++) {
			wanted = size - 1 < length ? size - 1 : length;
			while (wanted > 0 && wanted < length &&
			       ((unsigned char)rows[i].text[wanted] & 0xc0) ==
				   0x80)
				wanted--;
			buffer_init(&b, out, size);
			json_decode(span_text(rows[i].token), &b);
			tap_number(b.length, wanted,
			    "text %zu in %zu bytes: the length", i, size);
			tap_ok(strncmp(out, rows[i].text, wanted) == 0,
			    "text %zu in %zu bytes: the text", i, size);
			tap_ok(b.overflowed == (wanted < length),
			    "text %zu in %zu bytes: overflow", i, size);
		}
	}
}

static void
test_compare(void)
{
	static const struct {
		const char *a, *b;
		bool same;
	} rows[] = {
	    {"\"a\\u0062\"", "\"\\u0061b\"", true},
	    {"\"\\ud83d\\ude80\"", "\"\xf0\x9f\x9a\x80\"", true},
	    {"\"\\/\"", "\"/\"", true},
	    {"\"\"", "\"\"", true},
	    {"\"a\"", "\"ab\"", false},
	    {"\"ab\"", "\"a\"", false},
	    {"\"\"", "\"a\"", false},
	    {"\"a\"", "\"A\"", false},
	    {"\"\\u0000\"", "\"\"", false},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		tap_ok(json_same_text(span_text(rows[i].a),
			   span_text(rows[i].b)) == rows[i].same,
		    "%s and %s", rows[i].a, rows[i].b);
	}
	tap_ok(!json_equals(span_text("\"ab\""), span_text("a")),
	    "a token is not its beginning");
	tap_ok(!json_equals(span_text("\"a\""), span_text("ab")),
	    "a text is not its beginning");
}

static const struct {
	const char *text, *token;
	size_t bad;
} quoted[] = {
    {"", "\"\"", 0},
    {"plain", "\"plain\"", 0},
    {"a text that is longer than sixteen bytes",
	"\"a text that is longer than sixteen bytes\"", 0},
    {"\"\\\n\t\x01\x1f\x7f/", "\"\\\"\\\\\\u000a\\u0009\\u0001\\u001f\x7f/\"",
	0},
    {"\xc3\xa9\xe2\x80\xa8\xf0\x9f\x9a\x80",
	"\"\xc3\xa9\xe2\x80\xa8\xf0\x9f\x9a\x80\"", 0},
    {"\xff", NULL, 0},
    {"ok\xff", NULL, 2},
    {"\"\n\xed\xa0\x80", NULL, 2},
    {"cut\xe2\x82", NULL, 3},
    {"longer than sixteen bytes\xc3\xa9 \xc0\x80 and so on for a while", NULL,
	28},
    {"longer than sixteen bytes, to the last \xf4\x90\x80\x80", NULL, 39},
};

static void
test_quote(void)
{
	struct buffer b;
	char out[128];
	size_t i, bad;
	int result;

	for (i = 0; i < COUNT(quoted); i++) {
		buffer_init(&b, out, sizeof(out));
		bad = 0;
		result = json_quote(&b, span_text(quoted[i].text), &bad);
		tap_number(result, quoted[i].token == NULL ? -1 : 0,
		    "quoted %zu: the result", i);
		tap_number(bad, quoted[i].bad,
		    "quoted %zu: the byte that is not UTF-8", i);
		if (quoted[i].token == NULL)
			continue;
		tap_text(out, quoted[i].token, "quoted %zu: the token", i);
	}
	buffer_init(&b, out, sizeof(out));
	tap_ok(json_quote(&b, span_of("a\0b", 3), &bad) == 0,
	    "a text with a NUL is quoted");
	tap_text(out, "\"a\\u0000b\"", "a NUL is escaped");
}

int
main(void)
{
	test_next();
	test_units();
	test_decode();
	test_cut();
	test_cut_anywhere();
	test_compare();
	test_quote();
	return tap_done();
}
