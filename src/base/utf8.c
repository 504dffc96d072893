/* utf8.c - one table says which bytes may follow a first byte; decoding checks
 * against it, so that no second test for overlong forms or surrogates is
 * needed. */
#include "base/utf8.h"

#include <string.h>

#include "base/array.h"

bool
utf8_lead(unsigned char first, struct utf8_lead *lead)
{
	static const struct {
		unsigned char first, last;
		struct utf8_lead lead;
	} rows[] = {
	    {0xc2, 0xdf, {2, 0x80, 0xbf}},
	    {0xe0, 0xe0, {3, 0xa0, 0xbf}},
	    {0xe1, 0xec, {3, 0x80, 0xbf}},
	    {0xed, 0xed, {3, 0x80, 0x9f}},
	    {0xee, 0xef, {3, 0x80, 0xbf}},
	    {0xf0, 0xf0, {4, 0x90, 0xbf}},
	    {0xf1, 0xf3, {4, 0x80, 0xbf}},
	    {0xf4, 0xf4, {4, 0x80, 0x8f}},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		if (first >= rows[i].first && first <= rows[i].last) {
			*lead = rows[i].lead;
			return true;
		}
	}
	return false;
}

size_t
utf8_decode(const void *bytes, size_t length, uint32_t *point)
{
	const unsigned char *b = bytes;
	struct utf8_lead lead;
	uint32_t value;
	size_t i;

	if (length > 0 && b[0] < 0x80) {
		*point = b[0];
		return 1;
	}
	if (length == 0 || !utf8_lead(b[0], &lead) || lead.length > length ||
	    b[1] < lead.low || b[1] > lead.high)
		return 0;
	value = b[0] & (0x7fU >> lead.length);
	for (i = 1; i < lead.length; i++) {
		if ((b[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (b[i] & 0x3fU);
	}
	*point = value;
	return lead.length;
}

size_t
utf8_encode(uint32_t point, char out[UTF8_MAX])
{
	static const unsigned char marks[] = {0, 0, 0xc0, 0xe0, 0xf0};
	size_t length = point < 0x80      ? 1
			: point < 0x800   ? 2
			: point < 0x10000 ? 3
					  : 4;
	size_t i;

	for (i = length; i-- > 1; point >>= 6)
		out[i] = (char)(0x80 | (point & 0x3f));
	out[0] = (char)(marks[length] | point);
	return length;
}

/* The characters of a long line are counted to name a column, and a file may be
 * one line: eight bytes at a time are ten times as fast as one by one. In each
 * byte of a word the lowest bit becomes 1 for 10xxxxxx, and the product adds up
 * the eight bits. */
uint64_t
utf8_count(const void *bytes, size_t length)
{
	const uint64_t ones = 0x0101010101010101U;
	const unsigned char *b = bytes;
	uint64_t count = length, word;
	size_t i;

	for (i = 0; length - i >= sizeof(word); i += sizeof(word)) {
		memcpy(&word, b + i, sizeof(word));
		word = (word >> 7) & (~word >> 6) & ones;
		count -= word * ones >> 56;
	}
	for (; i < length; i++)
		count -= (b[i] & 0xc0) == 0x80;
	return count;
}
