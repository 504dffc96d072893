/* utf8_test.c - every first byte, every code point, and invalid sequences. */
#include "base/utf8.h"

#include <string.h>

#include "base/array.h"
#include "tap.h"

#define LAST_POINT 0x10ffff

/* RFC 3629, 4: UTF8-2, UTF8-3 and UTF8-4, a row for each alternative. */
static const struct {
	unsigned char first, last;
	size_t length; /* 0: no character begins so */
	unsigned char low, high;
} leads[] = {
    {0x80, 0xc1, 0, 0, 0},
    {0xc2, 0xdf, 2, 0x80, 0xbf},
    {0xe0, 0xe0, 3, 0xa0, 0xbf},
    {0xe1, 0xec, 3, 0x80, 0xbf},
    {0xed, 0xed, 3, 0x80, 0x9f},
    {0xee, 0xef, 3, 0x80, 0xbf},
    {0xf0, 0xf0, 4, 0x90, 0xbf},
    {0xf1, 0xf3, 4, 0x80, 0xbf},
    {0xf4, 0xf4, 4, 0x80, 0x8f},
    {0xf5, 0xff, 0, 0, 0},
};

static bool
lead_is(unsigned char first, size_t row)
{
	struct utf8_lead lead = {0, 0, 0};

	if (!utf8_lead(first, &lead))
		return leads[row].length == 0;
	return lead.length == leads[row].length && lead.low == leads[row].low &&
	       lead.high == leads[row].high;
}

static void
test_leads(void)
{
	unsigned byte;
	size_t i;

	for (i = 0; i < COUNT(leads); i++) {
		for (byte = leads[i].first; byte <= leads[i].last; byte++) {
			tap_ok(lead_is((unsigned char)byte, i),
			    "the first byte %#x", byte);
		}
	}
}

static void
test_decode(void)
{
	static const struct {
		const char *name, *bytes;
		size_t length, result;
		uint32_t point;
	} rows[] = {
	    {"nothing", "", 0, 0, 0},
	    {"a NUL", "\0", 1, 1, 0},
	    {"the last of one byte", "\x7f", 1, 1, 0x7f},
	    {"the first of two bytes", "\xc2\x80", 2, 2, 0x80},
	    {"the last of two bytes", "\xdf\xbf", 2, 2, 0x7ff},
	    {"the first of three bytes", "\xe0\xa0\x80", 3, 3, 0x800},
	    {"before the surrogates", "\xed\x9f\xbf", 3, 3, 0xd7ff},
	    {"after the surrogates", "\xee\x80\x80", 3, 3, 0xe000},
	    {"the last of three bytes", "\xef\xbf\xbf", 3, 3, 0xffff},
	    {"the first of four bytes", "\xf0\x90\x80\x80", 4, 4, 0x10000},
	    {"the last code point", "\xf4\x8f\xbf\xbf", 4, 4, LAST_POINT},
	    {"bytes after it", "\xc3\xa9x", 3, 2, 0xe9},
	    {"a continuation byte", "\x80", 1, 0, 0},
	    {"overlong, two bytes", "\xc1\xbf", 2, 0, 0},
	    {"overlong, three bytes", "\xe0\x9f\xbf", 3, 0, 0},
	    {"overlong, four bytes", "\xf0\x8f\xbf\xbf", 4, 0, 0},
	    {"the first surrogate", "\xed\xa0\x80", 3, 0, 0},
	    {"the last surrogate", "\xed\xbf\xbf", 3, 0, 0},
	    {"above the last code point", "\xf4\x90\x80\x80", 4, 0, 0},
	    {"five bytes", "\xf8\x88\x80\x80\x80", 5, 0, 0},
	    {"the byte ff", "\xff", 1, 0, 0},
	    {"one of two bytes", "\xc3", 1, 0, 0},
	    {"two of three bytes", "\xe2\x82", 2, 0, 0},
	    {"three of four bytes", "\xf0\x9f\x98", 3, 0, 0},
	    {"two bytes, then ASCII", "\xc3x", 2, 0, 0},
	    {"three bytes, then ASCII", "\xe2\x82x", 3, 0, 0},
	    {"four bytes, then ASCII", "\xf0\x9f\x98x", 4, 0, 0},
	    {"four bytes, then a first byte", "\xf0\x9f\xc3\xa9", 4, 0, 0},
	};
	uint32_t point;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		point = 0;
		tap_ok(utf8_decode(rows[i].bytes, rows[i].length, &point) ==
			   rows[i].result,
		    "decode %s: %zu bytes", rows[i].name, rows[i].result);
		tap_ok(point == rows[i].point, "decode %s: U+%04X",
		    rows[i].name, (unsigned)rows[i].point);
	}
}

static bool
is_surrogate(uint32_t point)
{
	return point >= 0xd800 && point <= 0xdfff;
}

/* Every code point comes back from its bytes, and from no fewer of them. */
static bool
round_trips(uint32_t point)
{
	char bytes[UTF8_MAX];
	size_t length = utf8_encode(point, bytes);
	uint32_t decoded = 0;

	if (is_surrogate(point))
		return length == 3 && utf8_decode(bytes, length, &decoded) == 0;
	return utf8_decode(bytes, length, &decoded) == length &&
	       decoded == point &&
	       utf8_decode(bytes, length - 1, &decoded) == 0;
}

static void
test_round_trip(void)
{
	uint32_t point, plane;

	for (plane = 0; plane <= LAST_POINT; plane += 0x10000) {
		for (point = plane; point < plane + 0x10000; point++) {
			if (!round_trips(point))
				break;
		}
		tap_ok(point == plane + 0x10000,
		    "encode and decode U+%04X to U+%04X", (unsigned)plane,
		    (unsigned)plane + 0xffff);
	}
}

static void
test_encode(void)
{
	static const struct {
		uint32_t point;
		const char *bytes;
	} rows[] = {
	    {0x41, "A"},
	    {0xe9, "\xc3\xa9"},
	    {0x20ac, "\xe2\x82\xac"},
	    {0xd800, "\xed\xa0\x80"},
	    {0x1f600, "\xf0\x9f\x98\x80"},
	};
	char bytes[UTF8_MAX];
	size_t i, length;

	for (i = 0; i < COUNT(rows); i++) {
		length = utf8_encode(rows[i].point, bytes);
		tap_ok(length == strlen(rows[i].bytes),
		    "encode U+%04X: the length", (unsigned)rows[i].point);
		tap_ok(memcmp(bytes, rows[i].bytes, length) == 0,
		    "encode U+%04X: the bytes", (unsigned)rows[i].point);
	}
}

static void
test_count(void)
{
	static const struct {
		const char *name, *bytes;
		uint64_t count;
	} rows[] = {
	    {"nothing", "", 0},
	    {"ASCII", "abc", 3},
	    {"characters of one to four bytes",
		"a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 4},
	    {"only continuation bytes", "\x80\xbf", 0},
	    {"first bytes without the rest", "\xc3\xe2\xf0", 3},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		tap_ok(utf8_count(rows[i].bytes, strlen(rows[i].bytes)) ==
			   rows[i].count,
		    "count %s", rows[i].name);
	}
}

int
main(void)
{
	test_leads();
	test_decode();
	test_round_trip();
	test_encode();
	test_count();
	return tap_done();
}
