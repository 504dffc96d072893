/* name_test.c - Names that are the same, and Names that are not (RFC
 * 5280, 7.1). A Name is written as its parts: PART/PART, a part as
 * ATTRIBUTE+ATTRIBUTE, an attribute as its type, the tag of its value, and its
 * text. */
#include "x509/name.h"

#include <string.h>

#include "base/array.h"
#include "tap.h"
#include "x509/compose.h"

#define CN "\x55\x04\x03"
#define O "\x55\x04\x0a"
#define DC "\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19"
#define UTF8 0x0c
#define PRINTABLE 0x13
#define TELETEX 0x14
#define IA5 0x16
#define BMP 0x1e
#define BITS 0x03

struct attribute {
	const char *type;
	unsigned char tag;
	struct span text;
	bool joins; /* is in the part of the one before */
};

#define AT(type, tag, text)                                                   \
	{                                                                     \
		type, tag, {(const unsigned char *)(text), sizeof(text) - 1}, \
		    false                                                     \
	}
#define JOINED(type, tag, text)                                               \
	{                                                                     \
		type, tag, {(const unsigned char *)(text), sizeof(text) - 1}, \
		    true                                                      \
	}

#define ATTRIBUTES 3

static void
compose_name(struct der *d, const struct attribute all[ATTRIBUTES])
{
	struct der parts = {.length = 0}, part = {.length = 0};
	size_t i;

	for (i = 0; i < ATTRIBUTES && all[i].type != NULL; i++) {
		struct der pair = {.length = 0};

		if (!all[i].joins && i > 0) {
			wrap(&parts, 0x31, part.bytes, part.length);
			part.length = 0;
		}
		wrap(&pair, 0x06, all[i].type, strlen(all[i].type));
		wrap(&pair, all[i].tag, all[i].text.bytes, all[i].text.length);
		wrap(&part, 0x30, pair.bytes, pair.length);
	}
	if (i > 0)
		wrap(&parts, 0x31, part.bytes, part.length);
	d->length = 0;
	wrap(d, 0x30, parts.bytes, parts.length);
}

static const struct {
	const char *what;
	struct attribute one[ATTRIBUTES], other[ATTRIBUTES];
	bool same;
} rows[] = {
    {"no parts", {{.type = NULL}}, {{.type = NULL}}, true},
    {"PrintableString and UTF8String", {AT(CN, PRINTABLE, "A CA")},
	{AT(CN, UTF8, "A CA")}, true},
    {"PrintableString and TeletexString", {AT(CN, PRINTABLE, "A CA")},
	{AT(CN, TELETEX, "A CA")}, true},
    {"UTF8String and BMPString", {AT(CN, UTF8, "A \xc3\xa4")},
	{AT(CN, BMP, "\0A\0 \0\xe4")}, true},
    {"UTF8String and TeletexString", {AT(CN, UTF8, "\xc3\xa4")},
	{AT(CN, TELETEX, "\xe4")}, true},
    {"IA5String and its case", {AT(DC, IA5, "Example")},
	{AT(DC, IA5, "eXample")}, true},
    {"case", {AT(CN, UTF8, "A CA")}, {AT(CN, UTF8, "a ca")}, true},
    {"the case of other letters", {AT(CN, UTF8, "\xc3\x84")},
	{AT(CN, UTF8, "\xc3\xa4")}, false},
    {"a run of blanks", {AT(CN, UTF8, "A CA")}, {AT(CN, UTF8, "A \t  CA")},
	true},
    {"blanks at the ends", {AT(CN, UTF8, "A CA")},
	{AT(CN, PRINTABLE, "  A CA ")}, true},
    {"no blank", {AT(CN, UTF8, "A CA")}, {AT(CN, UTF8, "ACA")}, false},
    {"blanks only", {AT(CN, UTF8, "  ")}, {AT(CN, UTF8, "")}, true},
    {"another text", {AT(CN, UTF8, "A CA")}, {AT(CN, UTF8, "A CB")}, false},
    {"a longer text", {AT(CN, UTF8, "A CA")}, {AT(CN, UTF8, "A CAb")}, false},
    {"a text with a NUL", {AT(CN, UTF8, "A")}, {AT(CN, UTF8, "A\0b")}, false},
    {"another type", {AT(CN, UTF8, "A")}, {AT(O, UTF8, "A")}, false},
    {"another order", {AT(CN, UTF8, "A"), AT(O, UTF8, "B")},
	{AT(O, UTF8, "B"), AT(CN, UTF8, "A")}, false},
    {"another order within a part", {AT(CN, UTF8, "A"), JOINED(O, UTF8, "B")},
	{AT(O, UTF8, "B"), JOINED(CN, PRINTABLE, "a")}, true},
    {"one part or two", {AT(CN, UTF8, "A"), JOINED(O, UTF8, "B")},
	{AT(CN, UTF8, "A"), AT(O, UTF8, "B")}, false},
    {"one part more", {AT(CN, UTF8, "A")},
	{AT(CN, UTF8, "A"), AT(CN, UTF8, "A")}, false},
    {"one attribute more", {AT(CN, UTF8, "A")},
	{AT(CN, UTF8, "A"), JOINED(CN, UTF8, "A")}, false},
    {"bits are not text", {AT(CN, BITS, "\0A")}, {AT(CN, BITS, "\0a")}, false},
    {"nor is a text", {AT(CN, BITS, "A")}, {AT(CN, UTF8, "A")}, false},
    {"invalid UTF-8 is bytes", {AT(CN, UTF8, "A\xff")}, {AT(CN, UTF8, "a\xff")},
	false},
    {"invalid UTF-8 is itself", {AT(CN, UTF8, "A\xff")},
	{AT(CN, UTF8, "A\xff")}, true},
    {"half a character of BMPString", {AT(CN, BMP, "\0A\0")},
	{AT(CN, BMP, "\0a\0")}, false},
    {"PrintableString beyond ASCII", {AT(CN, PRINTABLE, "A\xe4")},
	{AT(CN, TELETEX, "A\xe4")}, false},
};

static void
test_rows(void)
{
	struct name_id one, other;
	struct der d, f;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		compose_name(&d, rows[i].one);
		compose_name(&f, rows[i].other);
		name_identify(span_of(d.bytes, d.length), &one);
		name_identify(span_of(f.bytes, f.length), &other);
		tap_ok(name_same(&one, &other) == rows[i].same, "%s: %s",
		    rows[i].what, rows[i].same ? "the same" : "not the same");
	}
}

static void
test_beginnings(void)
{
	static const struct {
		const char *what;
		struct attribute name[ATTRIBUTES], base[ATTRIBUTES];
		bool begins;
	} begins[] = {
	    {"itself", {AT(O, UTF8, "A")}, {AT(O, PRINTABLE, "a ")}, true},
	    {"its first part", {AT(O, UTF8, "A"), AT(CN, UTF8, "B")},
		{AT(O, PRINTABLE, "a")}, true},
	    {"its second part", {AT(O, UTF8, "A"), AT(CN, UTF8, "B")},
		{AT(CN, UTF8, "B")}, false},
	    {"half of its first part",
		{AT(O, UTF8, "A"), JOINED(CN, UTF8, "B")}, {AT(O, UTF8, "A")},
		false},
	    {"nothing", {AT(O, UTF8, "A")}, {{.type = NULL}}, true},
	    {"a longer one", {AT(O, UTF8, "A")},
		{AT(O, UTF8, "A"), AT(CN, UTF8, "B")}, false},
	    {"another text", {AT(O, UTF8, "A")}, {AT(O, UTF8, "B")}, false},
	};
	struct der d, f;
	size_t i;

	for (i = 0; i < COUNT(begins); i++) {
		compose_name(&d, begins[i].name);
		compose_name(&f, begins[i].base);
		tap_ok(name_begins(span_of(d.bytes, d.length),
			   span_of(f.bytes, f.length)) == begins[i].begins,
		    "a name and %s", begins[i].what);
	}
}

/* What is not a Name at all is the same as its bytes only. */
static void
test_malformed(void)
{
	static const char *const names[] = {"", "\x30", "\x30\x01\x31",
	    "\x30\x02\x31\x00", "\x30\x02\x30\x00", "\x30\x03\x31\x01\x30",
	    "\x30\x04\x31\x02\x30\x01"};
	struct name_id one, other;
	size_t i, k;

	for (i = 0; i < COUNT(names); i++) {
		for (k = 0; k < COUNT(names); k++) {
			name_identify(span_text(names[i]), &one);
			name_identify(span_text(names[k]), &other);
			tap_ok(name_same(&one, &other) == (i == k),
			    "malformed names %zu and %zu", i, k);
		}
	}
}

int
main(void)
{
	test_rows();
	test_beginnings();
	test_malformed();
	return tap_done();
}
