/* coded_test.c - texts in the form that encoding does not change, and the
 * characters of JSON. */
#include "base/coded.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/span.h"
#include "base/utf8.h"
#include "tap.h"

static const struct {
	const char *text, *form;
	size_t begin; /* of the last byte of the form */
} texts[] = {
    {"ab", "ab", 1},
    {"%41", "A", 0},
    {"x%4", "x%4", 2},
    {"%4g", "%4g", 2},
    {"%c3%a9", "\xc3\xa9", 3},
    {"%2541", "A", 0},
    {"%25%34%31", "A", 0},
    {"%%411", "\xa1", 0},
    {"\\u0041", "A", 0},
    {"\\u00E9", "\xc3\xa9", 0},
    {"\\u20ac", "\xe2\x82\xac", 0},
    {"\\ud83d\\ude00", "\xf0\x9f\x98\x80", 0},
    {"\\\\ud83d\\\\ude00", "\xf0\x9f\x98\x80", 0},
    {"\\ud83dx", "\xed\xa0\xbdx", 6},
    {"\\\\\\\\u0041", "A", 0},
    {"\\u004", "\\u004", 4},
    {"\\x41", "A", 0},
    {"\\\\x41", "A", 0},
    {"\\n", "\\n", 1},
    {"\n", "\\n", 0},
    {"\\\\n", "\\n", 2},
    {"\\u000a", "\\n", 0},
    {"%0A", "\\n", 0},
    {"&#10;", "\\n", 0},
    {"\b\f\r\t", "\\b\\f\\r\\t", 3},
    {"\\/", "/", 0},
    {"\\\"", "\"", 0},
    {"\\\\\\\"", "\"", 0},
    {"\\\\", "\\", 0},
    {"a\\\\\\\\b", "a\\b", 5},
    {"%5c%6e", "\\n", 3},
    {"%5C%3C", "<", 0},
    {"\\q", "\\q", 1},
    {"&#65;", "A", 0},
    {"&#x41;", "A", 0},
    {"&#X0041;", "A", 0},
    {"&#233;", "\xc3\xa9", 0},
    {"&#128512;", "\xf0\x9f\x98\x80", 0},
    {"&#x1F600;", "\xf0\x9f\x98\x80", 0},
    {"&#x10ffff;", "\xf4\x8f\xbf\xbf", 0},
    {"&#x110000;", "&#x110000;", 9},
    {"&#xffffffff;", "&#xffffffff;", 11},
    {"&#;", "&#;", 2},
    {"&#x;", "&#x;", 3},
    {"&#65", "&#65", 3},
    {"&#0065;", "A", 0},
    {"a;", "a;", 1},
    {"&amp;&lt;&gt;&quot;&apos;&nbsp;", "&<>\"'\xc2\xa0", 25},
    {"&AMP;", "&", 0},
    {"&amp;amp;", "&", 0},
    {"&amp;lt;", "<", 0},
    {"\\u0026lt;", "<", 0},
    {"&other;", "&other;", 6},
    {"\xc3\xa9", "\xc3\xa9", 1},
};

static void
test_texts(void)
{
	struct coded coded;
	struct span text;
	size_t i, j;

	for (i = 0; i < COUNT(texts); i++) {
		coded.count = 0;
		text = span_text(texts[i].text);
		for (j = 0; j < text.length; j++)
			(void)coded_take(&coded, text.bytes[j], j);
		tap_ok(span_equal(span_of(coded.bytes, coded.count),
			   span_text(texts[i].form)),
		    "the form of %s", texts[i].text);
		tap_number(coded.begins[coded.count - 1], texts[i].begin,
		    "where %s ends", texts[i].text);
	}
}

/* Encodes each character, or only those that are not letters and digits. */
typedef size_t encoder(char *out, unsigned char byte);

static size_t
as_json(char *out, unsigned char byte)
{
	return (size_t)sprintf(
	    out, byte == '"' || byte == '\\' ? "\\%c" : "%c", byte);
}

static size_t
as_units(char *out, unsigned char byte)
{
	return (size_t)sprintf(out, "\\u%04x", byte);
}

static size_t
as_url(char *out, unsigned char byte)
{
	return (size_t)sprintf(out, "%%%02X", byte);
}

static size_t
as_decimal(char *out, unsigned char byte)
{
	return (size_t)sprintf(out, "&#%d;", byte);
}

static size_t
as_hexadecimal(char *out, unsigned char byte)
{
	return (size_t)sprintf(out, "&#x%x;", byte);
}

static encoder *const encoders[] = {
    as_json, as_units, as_url, as_decimal, as_hexadecimal};

static void
encode(char *out, const char *text, encoder *encode_one, bool is_all)
{
	for (*out = '\0'; *text != '\0'; text++) {
		if (is_all || !ascii_is_alphanumeric((unsigned char)*text)) {
			out += encode_one(out, (unsigned char)*text);
		} else {
			*out++ = *text;
			*out = '\0';
		}
	}
}

static void
read_form(struct coded *coded, const char *text)
{
	size_t i;

	coded->count = 0;
	for (i = 0; text[i] != '\0'; i++)
		(void)coded_take(coded, (unsigned char)text[i], i);
}

static void
check_form(const char *secret, const char *text, const struct coded *expected)
{
	struct coded coded;

	read_form(&coded, text);
	tap_ok(span_equal(span_of(coded.bytes, coded.count),
		   span_of(expected->bytes, expected->count)),
	    "%s: %s", secret, text);
}

/* What nobody would have chosen, with each encoding, and each after each. A
 * letter after a backslash cannot be told from an escape that was escaped once
 * more, if it is itself a \\u escape: nothing writes one. */
static void
test_layers(void)
{
	static const char *const secrets[] = {"plain-1", "a\\nb\\\\c",
	    "a\\x41b", "a%41b", "a&lt;b", "\\\\\\", "\"quoted\"",
	    "a%25\\u0041&#65;", "%%4141", "&amp", "a\\\"b"};
	char once[1024], twice[8192];
	struct coded expected;
	size_t i, j, k;

	for (i = 0; i < COUNT(secrets); i++) {
		read_form(&expected, secrets[i]);
		for (j = 0; j < COUNT(encoders); j++) {
			encode(once, secrets[i], encoders[j], true);
			if (encoders[j] != as_units)
				check_form(secrets[i], once, &expected);
			encode(once, secrets[i], encoders[j], false);
			check_form(secrets[i], once, &expected);
			for (k = 0; k < COUNT(encoders); k++) {
				encode(twice, once, encoders[k], false);
				check_form(secrets[i], twice, &expected);
			}
		}
	}
}

static const struct {
	const char *text;
	size_t length;
	const char *meant;
} characters[] = {
    {"ab", 1, "a"},
    {"%41b", 1, "%"},
    {"&#65;", 1, "&"},
    {"\\u0041b", 6, "A"},
    {"\\u00E9b", 6, "\xc3\xa9"},
    {"\\ud83d\\ude00b", 12, "\xf0\x9f\x98\x80"},
    {"\\ud83d\\u0041", 6, "\xed\xa0\xbd"},
    {"\\ud83d\\\\", 6, "\xed\xa0\xbd"},
    {"\\ude00\\ud83d", 6, "\xed\xb8\x80"},
    {"\\u004", 1, "\\"},
    {"\\x41b", 1, "\\"},
    {"\\nb", 2, "\n"},
    {"\\bb", 2, "\b"},
    {"\\/b", 2, "/"},
    {"\\\"b", 2, "\""},
    {"\\\\\"b", 2, "\\"},
    {"\\\\nb", 2, "\\"},
    {"\\", 1, "\\"},
    {"\\qb", 1, "\\"},
    {"\xc3\xa9", 1, "\xc3"},
};

static void
test_characters(void)
{
	struct coded_unit unit;
	size_t i;

	for (i = 0; i < COUNT(characters); i++) {
		coded_read_json(span_text(characters[i].text), &unit);
		tap_number(unit.length, characters[i].length,
		    "how long it is in %s", characters[i].text);
		tap_ok(span_equal(span_of(unit.bytes, unit.count),
			   span_text(characters[i].meant)),
		    "what is meant in %s", characters[i].text);
	}
}

/* A long text: its end is kept. */
static void
test_end(void)
{
	struct coded coded = {.count = 0};
	size_t i;

	for (i = 0; i < 1000; i++)
		(void)coded_take(&coded, (unsigned char)('0' + i % 10), i);
	for (i = 1; i <= CODED_KEPT; i++) {
		tap_number(coded.begins[coded.count - i], 1000 - i,
		    "where byte %zu from the end begins", i);
	}
	tap_number(coded.bytes[coded.count - 1], '9', "the last byte");
}

int
main(void)
{
	test_texts();
	test_layers();
	test_characters();
	test_end();
	return tap_done();
}
