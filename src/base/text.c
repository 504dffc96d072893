/* text.c - a table of ranges of code points for each class. The text is read
 * character by character; from its end, the bytes 10xxxxxx are passed first. */
#include "base/text.h"

#include <stdint.h>

#include "base/array.h"
#include "base/utf8.h"

struct range {
	uint32_t first, last;
};

/* Unicode's White_Space (PropList.txt), U+200B and U+FEFF. */
static const struct range white[] = {{0x9, 0xd}, {0x20, 0x20}, {0x85, 0x85},
    {0xa0, 0xa0}, {0x1680, 0x1680}, {0x2000, 0x200b}, {0x2028, 0x2029},
    {0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000}, {0xfeff, 0xfeff}};

static const struct range quotes[] = {{'"', '"'}, {'\'', '\''}, {'`', '`'},
    {0xab, 0xab}, {0xbb, 0xbb}, {0x2018, 0x201f}};

static const struct range controls[] = {
    {0, 0x1f}, {0x7f, 0x9f}, {0x2028, 0x2029}};

static const struct range invisible[] = {{0xad, 0xad}, {0x200b, 0x200b},
    {0x200e, 0x200f}, {0x202a, 0x202e}, {0x2060, 0x2069}, {0xfeff, 0xfeff}};

static bool
is_in(const struct range *ranges, size_t count, uint32_t point)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (point >= ranges[i].first && point <= ranges[i].last)
			return true;
	}
	return false;
}

/* Returns the length of the first character, or 0 if it is in none of these
 * ranges. */
static size_t
first_in(struct span text, const struct range *ranges, size_t count)
{
	uint32_t point;
	size_t length = utf8_decode(text.bytes, text.length, &point);

	return length > 0 && is_in(ranges, count, point) ? length : 0;
}

/* The same for the last character. */
static size_t
last_in(struct span text, const struct range *ranges, size_t count)
{
	size_t length = 1;

	while (length < UTF8_MAX && length < text.length &&
	       (text.bytes[text.length - length] & 0xc0) == 0x80)
		length++;
	if (length > text.length)
		return 0;
	text = span_of(text.bytes + text.length - length, length);
	return first_in(text, ranges, count) == length ? length : 0;
}

struct span
text_trim(struct span text)
{
	size_t length;

	while ((length = first_in(text, white, COUNT(white))) > 0)
		text = span_of(text.bytes + length, text.length - length);
	while ((length = last_in(text, white, COUNT(white))) > 0)
		text.length -= length;
	return text;
}

bool
text_is_quoted(struct span text)
{
	return first_in(text, quotes, COUNT(quotes)) > 0 &&
	       last_in(text, quotes, COUNT(quotes)) > 0;
}

static size_t
find(struct span text, const struct range *ranges, size_t count)
{
	size_t i;

	for (i = 0; i < text.length; i++) {
		if (first_in(span_of(text.bytes + i, text.length - i), ranges,
			count) > 0)
			break;
	}
	return i;
}

size_t
text_find_control(struct span text)
{
	return find(text, controls, COUNT(controls));
}

size_t
text_find_invisible(struct span text)
{
	return find(text, invisible, COUNT(invisible));
}
