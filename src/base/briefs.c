/* briefs.c - a set of numbers: the characters of a short secret are the lower
 * bytes of one, as in a part, and their count is its highest byte. So a text
 * costs seven look-ups for each character, however many secrets there are. */
#include "base/briefs.h"

#include <string.h>

#include "base/buffer.h"
#include "base/coded.h"
#include "base/parts.h"
#include "base/span.h"

#define BITS 9 /* of the table's size */
#define SIZE ((size_t)1 << BITS)
#define FORM_SIZE (2 * BRIEFS_TEXT_MAX + 1)

static struct {
	size_t count;
	uint64_t list[SIZE];
	bool is_password[SIZE];
} registry;

/* The number of the last characters of a part. */
static uint64_t
number_of(uint64_t part, size_t length)
{
	return (part & ((UINT64_C(1) << 8 * length) - 1)) | (uint64_t)length
								<< 56;
}

/* Returns where a number is in the table, or the free place where it
 * belongs. */
static size_t
place_of(uint64_t number)
{
	size_t i;

	/* Fibonacci hashing: the upper bits depend on all bits. */
	i = (size_t)((number * UINT64_C(0x9e3779b97f4a7c15)) >> (64 - BITS));
	while (registry.list[i] != 0 && registry.list[i] != number)
		i = (i + 1) % SIZE;
	return i;
}

static void
add_short(struct span form, bool is_password)
{
	uint64_t part = 0;
	size_t i;

	for (i = 0; i < form.length; i++)
		part = parts_next(part, form.bytes[i]);
	part = number_of(part, form.length);
	i = place_of(part);
	if (registry.list[i] == 0) {
		if (registry.count == SIZE / 4 * 3) {
			parts_give_up();
			return;
		}
		registry.count++;
		registry.list[i] = part;
	}
	registry.is_password[i] |= is_password;
}

static void
add_form(struct span form, bool is_password)
{
	if (form.length >= PARTS_LENGTH) {
		parts_add_form(form, PARTS_PROXY);
	} else if (form.length >= BRIEFS_MIN) {
		add_short(form, is_password);
	}
}

/* Adds the text in the form that encoding does not change, which may be
 * shorter. */
static void
add_coded(struct span text, bool is_password)
{
	struct coded coded = {.count = 0};
	size_t i;

	if (text.length > CODED_KEPT)
		return;
	for (i = 0; i < text.length; i++)
		(void)coded_take(&coded, text.bytes[i], i);
	if (coded.count < BRIEFS_MIN) {
		add_short(span_of(coded.bytes, coded.count), is_password);
	} else {
		add_form(span_of(coded.bytes, coded.count), is_password);
	}
	wipe(&coded, sizeof(coded));
}

/* Adds the digits of the Base64 of a text after `shift` other bytes which do
 * not depend on what is around the text. */
static void
add_base64(struct span text, size_t shift)
{
	char bytes[BRIEFS_TEXT_MAX + 2] = "", form[FORM_SIZE];
	size_t begin = (shift * 8 + 5) / 6;
	size_t end = (shift + text.length) * 8 / 6;
	struct buffer b;

	memcpy(bytes + shift, text.bytes, text.length);
	buffer_init(&b, form, sizeof(form));
	buffer_base64(&b, bytes, shift + text.length, false);
	add_form(span_of(form + begin, end - begin), false);
	/* With the last digit, which is that of a text that ends here. */
	if (shift == 0)
		add_form(span_of(form, strcspn(form, "=")), false);
	wipe(bytes, sizeof(bytes));
	wipe(form, sizeof(form));
}

static void
add_hex(struct span text)
{
	char form[FORM_SIZE];
	struct buffer b;
	size_t i;

	buffer_init(&b, form, sizeof(form));
	for (i = 0; i < text.length; i++)
		buffer_format(&b, "%02x", (unsigned)text.bytes[i]);
	add_form(span_of(form, b.length), false);
	wipe(form, sizeof(form));
}

void
briefs_add(struct span text, bool is_password)
{
	size_t shift;

	if (text.length > BRIEFS_TEXT_MAX)
		parts_add(text, PARTS_LASTING);
	if (text.length < BRIEFS_MIN || text.length > BRIEFS_TEXT_MAX)
		return;
	add_form(text, is_password);
	add_coded(text, is_password);
	add_hex(text);
	for (shift = 0; shift < 3; shift++)
		add_base64(text, shift);
}

size_t
briefs_at_end(uint64_t part, size_t count)
{
	size_t length = PARTS_LENGTH - 1;

	if (registry.count == 0)
		return 0;
	length = count < length ? count : length;
	while (
	    length > 0 && registry.list[place_of(number_of(part, length))] == 0)
		length--;
	return length;
}

bool
briefs_are_password(struct span text)
{
	struct coded coded = {.count = 0};
	uint64_t part = 0;
	size_t i;

	for (i = 0; i < text.length; i++)
		(void)coded_take(&coded, text.bytes[i], i);
	if (coded.count == 0 || coded.count >= PARTS_LENGTH)
		return false;
	for (i = 0; i < coded.count; i++)
		part = parts_next(part, coded.bytes[i]);
	return registry.is_password[place_of(number_of(part, coded.count))];
}

void
briefs_wipe(void)
{
	/* Most runs have none, and do not touch its pages. */
	if (registry.count > 0)
		wipe(&registry, sizeof(registry));
}
