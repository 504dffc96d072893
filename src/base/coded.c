/* coded.c - each byte is added to the end of the form, which a table of rules
 * then tries to make shorter. What a rule finds is added in the same way, as if
 * it had stood in the text: so an escape of an escape is found as well. */
#include "base/coded.h"

#include <stdint.h>
#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/span.h"
#include "base/utf8.h"

#define SURROGATE_LENGTH 3 /* bytes, as utf8_encode() writes it */
#define POINT_MAX 0x10ffff

static const struct {
	const char *name;
	uint32_t point;
} entities[] = {
    {"&amp;", '&'},
    {"&lt;", '<'},
    {"&gt;", '>'},
    {"&quot;", '"'},
    {"&apos;", '\''},
    {"&nbsp;", 0xa0},
};

/* The control characters of RFC 8259, 7, and their letters. */
static const char controls[] = "\b\f\n\r\t", letters[] = "bfnrt";

/* Finds a byte in a text; NUL is in none. */
static const char *
find_byte(const char *text, unsigned char byte)
{
	return byte == '\0' ? NULL : strchr(text, byte);
}

/* Reads hexadecimal digits, as many as the span has.
 *
 * Returns their value, or -1, as for one of more than 31 bits. */
static int32_t
hex_value(struct span digits)
{
	int32_t value = 0;
	int digit;
	size_t i;

	for (i = 0; i < digits.length; i++) {
		digit = ascii_hex((char)digits.bytes[i]);
		if (digit < 0 || value > INT32_MAX >> 4)
			return -1;
		value = value << 4 | digit;
	}
	return value;
}

/* The last bytes; fewer than are asked for if there are not as many. */
static struct span
last(const struct coded *coded, size_t length)
{
	length = length < coded->count ? length : coded->count;
	return span_of(coded->bytes + coded->count - length, length);
}

/* A rule returns how many bytes at the end it replaces, or 0, with *found set
 * to the bytes that take their place. */
struct found {
	size_t count;
	unsigned char bytes[UTF8_MAX];
};

static size_t
replace_byte(struct found *found, unsigned char byte, size_t length)
{
	found->count = 1;
	found->bytes[0] = byte;
	return length;
}

static size_t
replace_point(struct found *found, uint32_t point, size_t length)
{
	found->count = utf8_encode(point, (char *)found->bytes);
	return length;
}

/* %41, \x41, \u0041 */
static size_t
end_hex(const struct coded *coded, struct found *found)
{
	static const struct {
		const char *mark;
		size_t digits;
	} forms[] = {{"%", 2}, {"\\x", 2}, {"\\u", 4}};
	struct span tail;
	size_t mark, i;
	int32_t value;

	for (i = 0; i < COUNT(forms); i++) {
		mark = strlen(forms[i].mark);
		tail = last(coded, mark + forms[i].digits);
		if (tail.length < mark + forms[i].digits ||
		    memcmp(tail.bytes, forms[i].mark, mark) != 0)
			continue;
		value = hex_value(span_of(tail.bytes + mark, forms[i].digits));
		if (value < 0)
			continue;
		return forms[i].digits == 2
			   ? replace_byte(
				 found, (unsigned char)value, tail.length)
			   : replace_point(found, (uint32_t)value, tail.length);
	}
	return 0;
}

/* Reads &#65; or &#x41;. Returns the code point, or -1. */
static int32_t
entity_number(struct span entity)
{
	struct span digits;
	uint64_t value;

	if (entity.length < 4 || entity.bytes[1] != '#')
		return -1;
	digits = span_of(entity.bytes + 2, entity.length - 3);
	if (ascii_lower(digits.bytes[0]) == 'x' && digits.length > 1) {
		return hex_value(span_of(digits.bytes + 1, digits.length - 1));
	}
	if (ascii_decimal(
		span_chars(digits), digits.length, POINT_MAX, &value) < 0)
		return -1;
	return (int32_t)value;
}

static size_t
end_entity(const struct coded *coded, struct found *found)
{
	struct span entity = last(coded, CODED_MAX);
	int32_t value;
	size_t i;

	if (entity.bytes[entity.length - 1] != ';')
		return 0;
	for (i = entity.length; i > 0 && entity.bytes[i - 1] != '&'; i--)
		;
	if (i == 0)
		return 0;
	entity = span_of(entity.bytes + i - 1, entity.length - (i - 1));
	for (i = 0; i < COUNT(entities); i++) {
		if (entity.length == strlen(entities[i].name) &&
		    ascii_equal_nocase(
			entities[i].name, entity.bytes, entity.length)) {
			return replace_point(
			    found, entities[i].point, entity.length);
		}
	}
	value = entity_number(entity);
	if (value < 0 || value > POINT_MAX)
		return 0;
	return replace_point(found, (uint32_t)value, entity.length);
}

/* Returns the surrogate that three bytes are, or 0. */
static uint32_t
surrogate(const unsigned char *bytes)
{
	if (bytes[0] != 0xed || bytes[1] < 0xa0)
		return 0;
	return 0xd000U | (bytes[1] & 0x3fU) << 6 | (bytes[2] & 0x3fU);
}

/* Returns the code point of two surrogates (RFC 8259, 7), or 0. */
static uint32_t
join(uint32_t high, uint32_t low)
{
	if (high < 0xd800 || high > 0xdbff || low < 0xdc00 || low > 0xdfff)
		return 0;
	return 0x10000 + ((high & 0x3ff) << 10) + (low & 0x3ff);
}

static size_t
end_pair(const struct coded *coded, struct found *found)
{
	struct span tail = last(coded, (size_t)2 * SURROGATE_LENGTH);
	uint32_t point;

	if (tail.length < (size_t)2 * SURROGATE_LENGTH)
		return 0;
	point = join(
	    surrogate(tail.bytes), surrogate(tail.bytes + SURROGATE_LENGTH));
	return point > 0 ? replace_point(found, point, tail.length) : 0;
}

/* A backslash stays before a letter or a digit, and before what may still turn
 * out to be an escape of one. */
static size_t
end_backslash(const struct coded *coded, struct found *found)
{
	struct span tail = last(coded, 2);

	if (tail.length < 2 || tail.bytes[0] != '\\' ||
	    ascii_is_alphanumeric(tail.bytes[1]) || tail.bytes[1] == '%' ||
	    tail.bytes[1] == '&')
		return 0;
	return replace_byte(found, tail.bytes[1], 2);
}

/* Returns how many bytes at the end any rule replaces. */
static size_t
end_length(const struct coded *coded, struct found *found)
{
	static size_t (*const rules[])(
	    const struct coded *coded, struct found *found) = {
	    end_hex, end_entity, end_pair, end_backslash};
	size_t length = 0, i;

	for (i = 0; i < COUNT(rules) && length == 0; i++)
		length = rules[i](coded, found);
	return length;
}

/* Makes room for what one byte of the text may add. */
static void
make_room(struct coded *coded)
{
	size_t gone = coded->count - CODED_KEPT;

	if (coded->count < sizeof(coded->bytes) - CODED_KEPT)
		return;
	memmove(coded->bytes, coded->bytes + gone, CODED_KEPT);
	memmove(coded->begins, coded->begins + gone,
	    CODED_KEPT * sizeof(coded->begins[0]));
	coded->count = CODED_KEPT;
}

static void
append(struct coded *coded, unsigned char byte, size_t begin)
{
	coded->bytes[coded->count] = byte;
	coded->begins[coded->count++] = begin;
	coded->fresh++;
}

/* The bytes that are still to be added; the last one comes first. */
struct pending {
	size_t count;
	unsigned char bytes[4 * UTF8_MAX];
};

static void
push(struct pending *pending, unsigned char byte)
{
	/* A rule finds several bytes only beyond ASCII, which are a part of no
	 * escape: few are ever pending. */
	if (pending->count < sizeof(pending->bytes))
		pending->bytes[pending->count++] = byte;
}

bool
coded_take(struct coded *coded, unsigned char byte, size_t offset)
{
	struct pending pending = {1, {byte}};
	struct found found;
	const char *control;
	bool has_changed = false;
	size_t length, i;

	make_room(coded);
	coded->fresh = 0;
	while (pending.count > 0) {
		byte = pending.bytes[--pending.count];
		control = find_byte(controls, byte);
		if (control != NULL) {
			push(&pending,
			    (unsigned char)letters[control - controls]);
			push(&pending, '\\');
			has_changed = true;
			continue;
		}
		append(coded, byte, offset);
		length = end_length(coded, &found);
		if (length == 0)
			continue;
		has_changed = true;
		coded->count -= length;
		coded->fresh -= length < coded->fresh ? length : coded->fresh;
		offset = coded->begins[coded->count];
		for (i = found.count; i > 0; i--)
			push(&pending, found.bytes[i - 1]);
	}
	return has_changed;
}

/* Returns the code unit of \u0041 at this offset, or -1. */
static int32_t
unit_at(struct span text, size_t at)
{
	if (text.length < at + 6 || text.bytes[at] != '\\' ||
	    text.bytes[at + 1] != 'u')
		return -1;
	return hex_value(span_of(text.bytes + at + 2, 4));
}

static void
read_point(struct span text, struct coded_unit *unit)
{
	int32_t high = unit_at(text, 0), low;
	uint32_t point;

	if (high < 0)
		return;
	low = unit_at(text, 6);
	point = low < 0 ? 0 : join((uint32_t)high, (uint32_t)low);
	unit->length = point > 0 ? 12 : 6;
	unit->count = utf8_encode(
	    point > 0 ? point : (uint32_t)high, (char *)unit->bytes);
}

void
coded_read_json(struct span text, struct coded_unit *unit)
{
	const char *letter;
	unsigned char next;

	*unit = (struct coded_unit){1, 1, {text.bytes[0]}};
	if (text.bytes[0] != '\\' || text.length == 1)
		return;
	next = text.bytes[1];
	letter = find_byte(letters, next);
	if (next == 'u') {
		read_point(text, unit);
	} else if (letter != NULL || find_byte("\"\\/", next) != NULL) {
		unit->length = 2;
		unit->bytes[0] = letter != NULL
				     ? (unsigned char)controls[letter - letters]
				     : next;
	}
}
