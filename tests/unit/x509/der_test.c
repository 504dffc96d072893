/* der_test.c - elements that are accepted and refused, row by row. */
#include "x509/der.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "tap.h"

#define BYTES(text) text, sizeof(text) - 1

static const struct {
	const char *bytes;
	size_t length;
	int contents; /* how many bytes, or -1: refused */
	const char *name;
} elements[] = {
    {BYTES("\x05\x00"), 0, "no contents"},
    {BYTES("\x02\x01\x07"), 1, "one byte"},
    {BYTES("\x02\x01\x07rest"), 1, "more after it"},
    {BYTES("\xa3\x02\x05\x00"), 2, "a context tag"},
    {BYTES(""), -1, "nothing"},
    {BYTES("\x02"), -1, "a tag only"},
    {BYTES("\x02\x01"), -1, "its contents are missing"},
    {BYTES("\x02\x03\x01\x02"), -1, "its contents are cut"},
    {BYTES("\x1f\x01\x07"), -1, "a tag of more than one octet"},
    {BYTES("\x3f\x01\x07"), -1, "the same, constructed"},
    {BYTES("\x30\x80\x00\x00"), -1, "an indefinite length"},
    {BYTES("\x02\x81\x01\x07"), -1, "a length that is not the shortest"},
    {BYTES("\x02\x82\x00\x81"), -1, "a length with a leading zero"},
    {BYTES("\x02\x81"), -1, "a length that is cut"},
    {BYTES("\x02\x82\x01"), -1, "a longer length that is cut"},
    {BYTES("\x02\x84\x00\x00\x00\x01\x07"), -1, "a length of four octets"},
    {BYTES("\x02\x83\xff\xff\xff\x07"), -1, "a length of 16 MiB"},
    {BYTES("\x02\xff\xff\xff\xff\xff"), -1, "a length of 127 octets"},
};

/* In memory that ends where the bytes do. */
static void
test_elements(void)
{
	const char *name;
	size_t i, length;

	for (i = 0; i < COUNT(elements); i++) {
		unsigned char *copy = malloc(elements[i].length + 1);
		struct der_element e = {.tag = 0};
		struct span in;
		bool taken;

		length = elements[i].length;
		memcpy(copy + 1, elements[i].bytes, length);
		in = span_of(copy + 1, length);
		taken = der_next(&in, &e);
		name = elements[i].name;
		if (elements[i].contents < 0) {
			tap_ok(!taken, "refused: %s", name);
			tap_ok(in.bytes == NULL, "%s: no bytes are left", name);
			tap_number(in.length, 0, "%s: the rest", name);
		} else {
			tap_ok(taken, "accepted: %s", name);
			tap_number(e.tag, copy[1], "%s: the tag", name);
			tap_number(e.contents.length, elements[i].contents,
			    "%s: the length", name);
			tap_ok(
			    e.whole.bytes == copy + 1, "%s: the whole", name);
			tap_ok(in.bytes == copy + 1 + e.whole.length,
			    "%s: where the rest begins", name);
			tap_number(in.length, length - e.whole.length,
			    "%s: the rest", name);
		}
		free(copy);
	}
}

/* Lengths of one, two and three octets. */
static void
test_lengths(void)
{
	static const struct {
		const char *head;
		size_t head_length, length;
	} rows[] = {
	    {BYTES("\x04\x7f"), 127},
	    {BYTES("\x04\x81\x80"), 128},
	    {BYTES("\x04\x81\xff"), 255},
	    {BYTES("\x04\x82\x01\x00"), 256},
	    {BYTES("\x04\x82\xff\xff"), 65535},
	    {BYTES("\x04\x83\x01\x00\x00"), 65536},
	};
	static unsigned char bytes[5 + 65536];
	struct der_element e;
	struct span in;
	size_t i, whole;

	for (i = 0; i < COUNT(rows); i++) {
		whole = rows[i].head_length + rows[i].length;
		memcpy(bytes, rows[i].head, rows[i].head_length);
		in = span_of(bytes, whole);
		tap_ok(der_next(&in, &e), "a length of %zu", rows[i].length);
		tap_number(e.whole.length, whole, "a length of %zu: the whole",
		    rows[i].length);
		tap_number(e.contents.length, rows[i].length,
		    "a length of %zu: the contents", rows[i].length);
		tap_ok(e.contents.bytes == bytes + rows[i].head_length,
		    "a length of %zu: where they begin", rows[i].length);
		in = span_of(bytes, whole - 1);
		tap_ok(!der_next(&in, &e),
		    "a length of %zu, and one byte is missing", rows[i].length);
	}
}

static void
test_take(void)
{
	struct span in = span_text("\x02\x01\x07\x04\x01x"), out;
	struct der_element e;

	tap_ok(!der_take(&in, DER_SEQUENCE, &e),
	    "an element with another tag is not taken");
	tap_number(in.length, 6, "an element with another tag is left");
	der_skip(&in, DER_SEQUENCE);
	tap_number(in.length, 6, "and is not skipped");
	tap_ok(
	    der_take(&in, DER_INTEGER, &e), "an element with the tag is taken");
	tap_number(in.length, 3, "what is left after it");
	tap_ok(der_only(in, DER_OCTET_STRING, &out), "the only element");
	tap_ok(der_is(out, "x", 1), "the only element: its contents");
	tap_ok(!der_only(in, DER_INTEGER, &out), "the only one, another tag");
	der_skip(&in, DER_OCTET_STRING);
	tap_ok(in.bytes != NULL, "skipped to the end, which is no failure");
	tap_number(in.length, 0, "skipped to the end");
	tap_ok(!der_take(&in, DER_INTEGER, &e), "nothing left to take");
	in = span_text("\x02\x01\x07\x04\x01x");
	tap_ok(!der_only(in, DER_INTEGER, &out), "more than one element");
	tap_ok(DER_IS(span_text("abc"), "abc"), "the same bytes");
	tap_ok(!DER_IS(span_text("abc"), "ab"), "fewer bytes differ");
	tap_ok(!DER_IS(span_text("abc"), "abd"), "other bytes differ");
	tap_ok(!DER_IS(span_of(NULL, 0), "a"), "absent bytes differ");
}

/* What der_positive() and der_bits() hand over, or NULL. */
static const struct {
	bool (*take)(struct span *in, struct span *out);
	const char *bytes;
	size_t length;
	const char *contents;
	size_t contents_length;
	const char *name;
} contents[] = {
    {der_positive, BYTES("\x02\x01\x07"), BYTES("\x07"), "an integer"},
    {der_positive, BYTES("\x02\x02\x00\x80"), BYTES("\x80"), "a sign octet"},
    {der_positive, BYTES("\x02\x03\x00\x00\x01"), BYTES("\x01"), "two zeros"},
    {der_positive, BYTES("\x02\x01\x80"), NULL, 0, "a negative integer"},
    {der_positive, BYTES("\x02\x01\x00"), NULL, 0, "zero"},
    {der_positive, BYTES("\x02\x00"), NULL, 0, "an empty integer"},
    {der_positive, BYTES("\x04\x01\x07"), NULL, 0, "no integer"},
    {der_bits, BYTES("\x03\x03\x00xy"), BYTES("xy"), "bits in whole octets"},
    {der_bits, BYTES("\x03\x02\x01\xfe"), NULL, 0, "seven bits"},
    {der_bits, BYTES("\x03\x01\x00"), NULL, 0, "no bits"},
    {der_bits, BYTES("\x03\x00"), NULL, 0, "no octet at all"},
    {der_bits, BYTES("\x04\x03\x00xy"), NULL, 0, "no bits, but octets"},
};

static void
test_contents(void)
{
	struct span in, out;
	size_t i;
	bool taken;

	for (i = 0; i < COUNT(contents); i++) {
		in = span_of(contents[i].bytes, contents[i].length);
		taken = contents[i].take(&in, &out);
		tap_ok(taken == (contents[i].contents != NULL), "%s: taken: %d",
		    contents[i].name, contents[i].contents != NULL);
		if (contents[i].contents == NULL)
			continue;
		tap_number(
		    in.length, 0, "%s: nothing is left", contents[i].name);
		tap_ok(der_is(out, contents[i].contents,
			   contents[i].contents_length),
		    "%s: the contents", contents[i].name);
	}
}

static void
test_identifiers(void)
{
	static const struct {
		const char *bytes, *text;
	} ids[] = {
	    {"\x55\x1d\x1e", "2.5.29.30"},
	    {"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a", "1.2.840.113549.1.1.10"},
	    {"\x88\x37\x03", "2.999.3"},
	    {"\x2a\x8f\xff\xff\xff\x7f", "1.2.4294967295"},
	    {"\x2a\x90\x80\x80\x80\x01\x01", "1.2..."},
	    {"\x2a\x83", "1.2"},
	    {"", ""},
	};
	char text[64];
	struct buffer b;
	size_t i;

	for (i = 0; i < COUNT(ids); i++) {
		buffer_init(&b, text, sizeof(text));
		der_write_oid(&b, span_text(ids[i].bytes));
		tap_ok(strcmp(text, ids[i].text) == 0, "%s is %s", text,
		    ids[i].text);
	}
}

int
main(void)
{
	test_elements();
	test_lengths();
	test_take();
	test_contents();
	test_identifiers();
	return tap_done();
}
