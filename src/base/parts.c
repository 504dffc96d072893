/* parts.c - eight characters are one 64-bit number, and a set of these numbers
 * is an open hash table.
 *
 * A set has three tables one after the other in its pool, each sixteen
 * times as large as the one before. One that is filled moves to the next, and
 * the place it left is wiped: a small set stays within a few pages of memory.
 */
#include "base/parts.h"

#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/buffer.h"
#include "base/coded.h"
#include "base/span.h"

/* Sizes of tables, as exponents of 2. */
#define GROWTH 4
#define LASTING_BITS 9 /* of the first one */
#define RECENT_BITS 7
#define PUBLIC_BITS 10 /* they have some 550 parts */
#define PROXY_BITS 7

/* All tables that are smaller than one of 2^bits places. */
#define SMALLER(first, bits) \
	((((size_t)1 << (bits)) - ((size_t)1 << (first))) / 15)
#define POOL_SIZE(first) SMALLER(first, (first) + 3 * GROWTH)

/* OLDER has what was in RECENT before that was full. */
enum { LASTING = PARTS_LASTING, RECENT, PUBLIC, PROXY, OLDER, SETS };

static uint64_t lasting[POOL_SIZE(LASTING_BITS)];
static uint64_t recent[2][POOL_SIZE(RECENT_BITS)];
static uint64_t public[(size_t)1 << PUBLIC_BITS];
static uint64_t proxy[POOL_SIZE(PROXY_BITS)];

struct set {
	uint64_t *pool;
	unsigned first, last; /* bits of its tables */
	unsigned bits; /* of the current one; 0: nothing was ever added */
	size_t count;
};

static struct {
	struct set sets[SETS];
	bool is_full;
} registry = {
    .sets =
	{
	    [LASTING] = {lasting, LASTING_BITS, LASTING_BITS + 2 * GROWTH, 0,
		0},
	    [RECENT] = {recent[0], RECENT_BITS, RECENT_BITS + 2 * GROWTH, 0, 0},
	    [OLDER] = {recent[1], RECENT_BITS, RECENT_BITS + 2 * GROWTH, 0, 0},
	    [PROXY] = {proxy, PROXY_BITS, PROXY_BITS + 2 * GROWTH, 0, 0},
	    [PUBLIC] = {public, PUBLIC_BITS, PUBLIC_BITS, 0, 0},
	},
};

static uint64_t *
table_of(const struct set *set)
{
	return set->pool + SMALLER(set->first, set->bits);
}

/* Returns where a part is in a table, or the free place where it belongs. */
static uint64_t *
place_in(const struct set *set, uint64_t part)
{
	size_t mask = ((size_t)1 << set->bits) - 1, i;
	uint64_t *table = table_of(set);

	/* Fibonacci hashing: the upper bits depend on all bits. */
	i = (size_t)((part * UINT64_C(0x9e3779b97f4a7c15)) >> (64 - set->bits));
	while (table[i] != 0 && table[i] != part)
		i = (i + 1) & mask;
	return &table[i];
}

static bool
has(unsigned kind, uint64_t part)
{
	const struct set *set = &registry.sets[kind];

	return set->bits > 0 && *place_in(set, part) != 0;
}

static void
empty(struct set *set)
{
	if (set->bits > 0)
		wipe(table_of(set), sizeof(uint64_t) << set->bits);
	set->bits = 0;
	set->count = 0;
}

/* Moves to the next table. */
static void
grow(struct set *set)
{
	size_t size = (size_t)1 << set->bits, i;
	uint64_t *old;

	if (set->bits == 0) {
		set->bits = set->first;
		return;
	}
	old = table_of(set);
	set->bits += GROWTH;
	for (i = 0; i < size; i++) {
		if (old[i] != 0)
			*place_in(set, old[i]) = old[i];
	}
	wipe(old, size * sizeof(*old));
}

/* RECENT becomes OLDER, and is empty then. */
static void
age(void)
{
	struct set full = registry.sets[RECENT];

	empty(&registry.sets[OLDER]);
	registry.sets[RECENT] = registry.sets[OLDER];
	registry.sets[OLDER] = full;
}

static bool
is_filled(const struct set *set)
{
	return set->bits == 0 || set->count >= ((size_t)1 << set->bits) / 4 * 3;
}

/* Returns whether there is room for one more. */
static bool
make_room(unsigned kind)
{
	struct set *set = &registry.sets[kind];

	if (!is_filled(set))
		return true;
	if (set->bits == set->last) {
		if (kind != RECENT)
			return false;
		age();
	}
	grow(set);
	return true;
}

static void
add(unsigned kind, uint64_t part)
{
	struct set *set = &registry.sets[kind];

	if (part == 0 || has(kind, part) || has(PUBLIC, part))
		return;
	if (!make_room(kind)) {
		registry.is_full = true;
		return;
	}
	*place_in(set, part) = part;
	set->count++;
}

/* A form of the web has "+" in the place of a blank. */
static unsigned char
normal(unsigned char byte)
{
	if (byte == '-' || byte == ' ')
		return '+';
	return byte == '_' ? '/' : ascii_lower(byte);
}

uint64_t
parts_next(uint64_t part, unsigned char character)
{
	return part << 8 | normal(character);
}

static void
add_plain(unsigned kind, struct span text)
{
	uint64_t part = 0;
	size_t i;

	for (i = 0; i < text.length; i++) {
		part = parts_next(part, text.bytes[i]);
		if (i + 1 >= PARTS_LENGTH)
			add(kind, part);
	}
}

/* Returns the part that ends before this offset. */
static uint64_t
part_before(const struct coded *coded, size_t end)
{
	uint64_t part = 0;
	size_t i;

	for (i = end - PARTS_LENGTH; i < end; i++)
		part = parts_next(part, coded->bytes[i]);
	return part;
}

/* Adds the parts of the form that encoding does not change. Those of an escape
 * that has not ended are added as well, which changes nothing. */
static void
add_coded(unsigned kind, struct span text)
{
	struct coded coded = {.count = 0};
	size_t end, i;

	for (i = 0; i < text.length; i++) {
		(void)coded_take(&coded, text.bytes[i], i);
		for (end = coded.count - coded.fresh + 1; end <= coded.count;
		     end++) {
			if (end >= PARTS_LENGTH)
				add(kind, part_before(&coded, end));
		}
	}
	wipe(&coded, sizeof(coded));
}

/* Returns six bits of a text as their digit in Base64. */
static unsigned char
digit_at(struct span text, size_t bit)
{
	static const char digits[] =
	    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t at = bit / 8;
	unsigned pair = (unsigned)text.bytes[at] << 8;

	pair |= at + 1 < text.length ? text.bytes[at + 1] : 0;
	return (unsigned char)digits[pair >> (10 - bit % 8) & 63];
}

/* Adds the Base64 of a text that follows `shift` other bytes, without the
 * digits that depend on what is around the text. */
static void
add_base64(unsigned kind, struct span text, size_t shift)
{
	size_t bit = (6 - shift * 8 % 6) % 6, count;
	uint64_t part = 0;

	for (count = 1; bit + 6 <= text.length * 8; bit += 6, count++) {
		part = parts_next(part, digit_at(text, bit));
		if (count >= PARTS_LENGTH)
			add(kind, part);
	}
}

void
parts_add_form(struct span form, enum parts_kind kind)
{
	add_plain(kind, form);
	add_coded(kind, form);
}

void
parts_add(struct span text, enum parts_kind kind)
{
	size_t shift;

	parts_add_form(text, kind);
	for (shift = 0; shift < 3; shift++)
		add_base64(kind, text, shift);
}

bool
parts_are_known(uint64_t part, bool is_peer)
{
	return registry.is_full || has(LASTING, part) || has(RECENT, part) ||
	       has(OLDER, part) || (is_peer && has(PROXY, part));
}

bool
parts_are_none(void)
{
	return !registry.is_full && registry.sets[LASTING].bits == 0 &&
	       registry.sets[RECENT].bits == 0 &&
	       registry.sets[PROXY].bits == 0;
}

bool
parts_are_all(void)
{
	return registry.is_full;
}

void
parts_give_up(void)
{
	registry.is_full = true;
}

void
parts_wipe(void)
{
	size_t i;

	for (i = 0; i < COUNT(registry.sets); i++)
		empty(&registry.sets[i]);
	registry.is_full = false;
}
