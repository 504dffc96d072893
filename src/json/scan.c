/* scan.c - sixteen bytes are compared at once, and the results gathered into a
 * mask with one bit for each byte, the lowest for the first. SSE2 and NEON have
 * instructions for that; elsewhere, or if SCAN_PORTABLE is defined, two 64-bit
 * words are used. Everything else is written once, on masks.
 * ./build.sh bench compares its speed with simdjson's. */
#include "json/scan.h"

#include <stddef.h>
#include <string.h>

#include "base/ascii.h"

#define BLOCK 16
#define ALL 0xffffU

#if defined(__SSE2__) && !defined(SCAN_PORTABLE)
#include <emmintrin.h>

typedef __m128i block;

static inline block
load(const unsigned char *bytes)
{
	return _mm_loadu_si128((const __m128i *)(const void *)bytes);
}

static inline unsigned
gather(block results)
{
	return (unsigned)_mm_movemask_epi8(results);
}

static inline unsigned
equal(block b, unsigned char byte)
{
	return gather(_mm_cmpeq_epi8(b, _mm_set1_epi8((char)byte)));
}

/* Compares as unsigned bytes. */
static inline unsigned
at_least(block b, unsigned char limit)
{
	return gather(
	    _mm_cmpeq_epi8(_mm_max_epu8(b, _mm_set1_epi8((char)limit)), b));
}

/* Finds the bytes that end a run of plain ASCII in a string. As signed numbers,
 * control characters and bytes above 0x7f are below 0x20. */
static inline unsigned
not_plain(block b)
{
	block quote = _mm_cmpeq_epi8(b, _mm_set1_epi8('"'));
	block backslash = _mm_cmpeq_epi8(b, _mm_set1_epi8('\\'));
	block below = _mm_cmplt_epi8(b, _mm_set1_epi8(0x20));

	return gather(_mm_or_si128(_mm_or_si128(quote, backslash), below));
}

#else
#if defined(__ARM_NEON) && defined(__aarch64__) && !defined(SCAN_PORTABLE)
#include <arm_neon.h>

typedef uint8x16_t block;

static inline block
load(const unsigned char *bytes)
{
	return vld1q_u8(bytes);
}

/* Each byte keeps the bit of its place; a half adds up to eight bits. */
static inline unsigned
gather(block results)
{
	static const unsigned char places[BLOCK] = {
	    1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
	block bits = vandq_u8(results, vld1q_u8(places));

	return vaddv_u8(vget_low_u8(bits)) |
	       (unsigned)vaddv_u8(vget_high_u8(bits)) << 8;
}

static inline unsigned
equal(block b, unsigned char byte)
{
	return gather(vceqq_u8(b, vdupq_n_u8(byte)));
}

static inline unsigned
at_least(block b, unsigned char limit)
{
	return gather(vcgeq_u8(b, vdupq_n_u8(limit)));
}

#else

typedef struct {
	uint64_t words[2];
} block;

#define ONES 0x0101010101010101U
#define TOPS 0x8080808080808080U

static inline uint64_t
load_word(const unsigned char *bytes)
{
	uint64_t word = 0;
	int i;

	/* The first byte lowest, whatever the machine's order. */
	for (i = 7; i >= 0; i--)
		word = word << 8 | bytes[i];
	return word;
}

static inline block
load(const unsigned char *bytes)
{
	return (block){{load_word(bytes), load_word(bytes + 8)}};
}

/* Takes the top bit of each byte; the product moves them into the highest
 * byte. */
static inline unsigned
gather(uint64_t low, uint64_t high)
{
	const uint64_t places = 0x0102040810204080U;

	return (unsigned)(((low & TOPS) >> 7) * places >> 56) |
	       (unsigned)(((high & TOPS) >> 7) * places >> 56) << 8;
}

/* Sets the top bit where two bytes are equal. Nothing is carried between
 * bytes. */
static inline uint64_t
equal_word(uint64_t word, unsigned char byte)
{
	uint64_t different = word ^ (ONES * byte);

	return ~(((different & ~TOPS) + ~TOPS) | different);
}

static inline unsigned
equal(block b, unsigned char byte)
{
	return gather(
	    equal_word(b.words[0], byte), equal_word(b.words[1], byte));
}

/* Compares the lower seven bits by a difference that borrows only from the top
 * bit. */
static inline uint64_t
at_least_word(uint64_t word, unsigned char limit)
{
	uint64_t lower = (word | TOPS) - ONES * (limit & 0x7f);

	return limit >= 0x80 ? word & lower : word | lower;
}

static inline unsigned
at_least(block b, unsigned char limit)
{
	return gather(
	    at_least_word(b.words[0], limit), at_least_word(b.words[1], limit));
}

#endif

static inline unsigned
not_plain(block b)
{
	return equal(b, '"') | equal(b, '\\') | (ALL ^ at_least(b, 0x20)) |
	       at_least(b, 0x80);
}

#endif

/* Returns the place of the lowest bit that is set. The mask is not 0. */
static inline unsigned
first(unsigned mask)
{
	return (unsigned)__builtin_ctz(mask);
}

/* Returns where the character begins, if at is inside one of several bytes. */
static const unsigned char *
character_start(const unsigned char *at, unsigned pending)
{
	if (pending == 0)
		return at;
	do {
		at--;
	} while ((*at & 0xc0) == 0x80);
	return at;
}

/* Finds the bytes that break UTF-8 (RFC 3629, 4). After a lead byte, the next
 * one to three bytes must be followers; after four of the lead bytes, the
 * second byte has a narrower range. before has the predecessor of each byte.
 * These masks are the table of base/utf8 for sixteen bytes at once. */
static inline unsigned
not_utf8(block b, block before, unsigned *pending)
{
	unsigned lead = at_least(b, 0xc0);
	unsigned follower = at_least(b, 0x80) ^ lead;
	unsigned due = *pending | lead << 1 | at_least(b, 0xe0) << 2 |
		       at_least(b, 0xf0) << 3;
	unsigned from_a0 = at_least(b, 0xa0), from_90 = at_least(b, 0x90);

	*pending = due >> BLOCK;
	return ((due & ALL) ^ follower) | (lead ^ at_least(b, 0xc2)) |
	       at_least(b, 0xf5) | (equal(before, 0xe0) & ~from_a0) |
	       (equal(before, 0xed) & from_a0) |
	       (equal(before, 0xf0) & ~from_90) |
	       (equal(before, 0xf4) & from_90);
}

/* Does what scan_text() does, for text beyond ASCII. The byte before at is in
 * memory: it is at least the quotation mark. */
static const unsigned char *
scan_wide(const unsigned char *at, const unsigned char *last)
{
	unsigned pending = 0, before, wrong, stop;
	block b;

	for (; at <= last; at += BLOCK) {
		b = load(at);
		stop =
		    equal(b, '"') | equal(b, '\\') | (ALL ^ at_least(b, 0x20));
		before = pending;
		wrong = not_utf8(b, load(at - 1), &pending);
		/* Bytes after the end of the run do not count. */
		wrong &= stop != 0 ? stop ^ (stop - 1) : ALL;
		if (wrong != 0)
			return character_start(at, before);
		if (stop != 0)
			return at + first(stop);
	}
	return character_start(at, pending);
}

const unsigned char *
scan_text(const unsigned char *at, const unsigned char *end)
{
	const unsigned char *last;
	unsigned mask;

	if (end - at < BLOCK)
		return at;
	for (last = end - BLOCK; at <= last; at += BLOCK) {
		mask = not_plain(load(at));
		if (mask == 0)
			continue;
		at += first(mask);
		return *at >= 0x80 ? scan_wide(at, last) : at;
	}
	return at;
}

/* At a backslash, with a block in memory. Returns how many bytes the escape
 * has, or 0 if it is not valid. */
static size_t
escape_length(const unsigned char *at)
{
	size_t i;

	switch (at[1]) {
	case '"':
	case '\\':
	case '/':
	case 'b':
	case 'f':
	case 'n':
	case 'r':
	case 't':
		return 2;
	case 'u':
		for (i = 2; i < 6; i++) {
			if (ascii_hex((char)at[i]) < 0)
				return 0;
		}
		return 6;
	default:
		return 0;
	}
}

/* At an opening quotation mark. Returns the place after the closing one, or
 * NULL. All functions below take last, the last place where a whole block is in
 * memory, and a place that is not after it. */
static inline const unsigned char *
skip_string(const unsigned char *at, const unsigned char *last)
{
	unsigned mask;
	size_t length;

	for (at++; at <= last;) {
		mask = not_plain(load(at));
		if (mask == 0) {
			at += BLOCK;
			continue;
		}
		at += first(mask);
		if (*at == '"')
			return at + 1;
		if (*at >= 0x80 && at <= last) {
			const unsigned char *q = scan_wide(at, last);

			if (q == at)
				return NULL;
			at = q;
		} else {
			if (*at != '\\' || at > last)
				return NULL;
			length = escape_length(at);
			if (length == 0)
				return NULL;
			at += length;
		}
	}
	return NULL;
}

/* Returns how many digits are there, up to a block of them. */
static inline unsigned
digits(const unsigned char *at)
{
	block b = load(at);

	return first(
	    (ALL ^ at_least(b, '0')) | at_least(b, '9' + 1) | 1U << BLOCK);
}

/* Returns the place after the digits, which is in memory, or NULL if there are
 * none. */
static inline const unsigned char *
skip_digits(const unsigned char *at, const unsigned char *last)
{
	const unsigned char *start = at;
	unsigned n = BLOCK;

	for (; n == BLOCK && at <= last; at += n)
		n = digits(at);
	return n == BLOCK || at == start ? NULL : at;
}

/* Reads a number part by part (RFC 8259, 6). Returns the place after it, or
 * NULL. */
static const unsigned char *
skip_long_number(const unsigned char *at, const unsigned char *last)
{
	const unsigned char *start;

	if (*at == '-')
		at++;
	start = at;
	at = skip_digits(at, last);
	if (at == NULL || (*start == '0' && at > start + 1))
		return NULL;
	if (*at == '.') {
		at = skip_digits(at + 1, last);
		if (at == NULL)
			return NULL;
	}
	if ((*at | 0x20) != 'e')
		return at;
	if (at++ >= last)
		return NULL;
	if (*at == '+' || *at == '-')
		at++;
	return skip_digits(at, last);
}

/* Reads a number (RFC 8259, 6). A processor cannot predict which parts a number
 * has, so one that ends within a block is checked as a whole, on masks: that is
 * twice as fast as part by part. */
static inline const unsigned char *
skip_number(const unsigned char *at, const unsigned char *last)
{
	block b = load(at);
	unsigned digit = at_least(b, '0') & ~at_least(b, '9' + 1);
	unsigned point = equal(b, '.');
	unsigned exponent = equal(b, 'e') | equal(b, 'E');
	unsigned minus = equal(b, '-'), sign = minus | equal(b, '+');
	unsigned length = first(~(digit | point | exponent | sign));
	unsigned within, start, wrong;

	if (length == BLOCK)
		return skip_long_number(at, last);
	within = (1U << length) - 1;
	digit &= within;
	point &= within;
	exponent &= within;
	sign &= within;
	start = minus & 1;
	/* At most one point, one exponent, in this order; */
	wrong = (point & (point - 1)) | (exponent & (exponent - 1)) |
		(point & ~(exponent - 1));
	/* digits before and after each; */
	wrong |= (point | exponent) & ~(digit << 1);
	wrong |= (point << 1 | sign << 1) & ~digit;
	wrong |= exponent << 1 & ~(digit | sign);
	/* a minus in front, and either sign after the exponent; */
	wrong |= sign & ~(exponent << 1 | start);
	/* and no digit after a zero in front. */
	wrong |= (equal(b, '0') & digit) << 1 & digit & (2U << start);
	wrong |= (digit >> start & 1) ^ 1;
	return wrong == 0 ? at + length : NULL;
}

/* Reads a value that is not a container. Returns the place after it, or
 * NULL. */
static inline const unsigned char *
skip_scalar(const unsigned char *at, const unsigned char *last)
{
	switch (*at) {
	case '"':
		return skip_string(at, last);
	case 't':
		return memcmp(at, "true", 4) == 0 ? at + 4 : NULL;
	case 'f':
		return memcmp(at, "false", 5) == 0 ? at + 5 : NULL;
	case 'n':
		return memcmp(at, "null", 4) == 0 ? at + 4 : NULL;
	default:
		return skip_number(at, last);
	}
}

/* Returns the place after white space, which may be after last. */
static inline const unsigned char *
skip_space(
    const unsigned char *at, const unsigned char *last, struct scan *scan)
{
	for (; at <= last && *at <= ' '; at++) {
		if (*at == '\n') {
			scan->line++;
			scan->line_start = at + 1;
		} else if (*at != ' ' && *at != '\t' && *at != '\r') {
			break;
		}
	}
	return at;
}

/* Reads a key and its colon. A line end between the two is rare, and left to
 * the reader. Returns the place after the colon, or NULL. */
static inline const unsigned char *
skip_key(const unsigned char *at, const unsigned char *last)
{
	at = *at == '"' ? skip_string(at, last) : NULL;
	while (at != NULL && at <= last && *at == ' ')
		at++;
	return at == NULL || at > last || *at != ':' ? NULL : at + 1;
}

void
scan_tokens(struct scan *scan)
{
	const unsigned char *at = scan->at, *last, *next;
	unsigned char closer, state = scan->state;
	unsigned depth = scan->depth;

	if (depth <= scan->floor || scan->end - at < BLOCK)
		return;
	last = scan->end - BLOCK;
	closer = scan->closers[depth - 1];
	for (;;) {
		at = skip_space(at, last, scan);
		if (at > last)
			break;
		if (*at == closer && state != SCAN_KEY && state != SCAN_VALUE) {
			at++;
			state = SCAN_COMMA_OR_END;
			if (--depth == scan->floor)
				break;
			closer = scan->closers[depth - 1];
			continue;
		}
		if (state == SCAN_COMMA_OR_END) {
			if (*at != ',')
				break;
			at++;
			state = closer == '}' ? SCAN_KEY : SCAN_VALUE;
			at = skip_space(at, last, scan);
			if (at > last)
				break;
		}
		if (state == SCAN_KEY || state == SCAN_KEY_OR_END) {
			next = skip_key(at, last);
			if (next == NULL)
				break;
			at = next;
			state = SCAN_VALUE;
			at = skip_space(at, last, scan);
			if (at > last)
				break;
		}
		if (*at == '{' || *at == '[') {
			if (depth == scan->limit)
				break;
			closer = *at == '{' ? '}' : ']';
			scan->closers[depth++] = closer;
			state =
			    *at == '{' ? SCAN_KEY_OR_END : SCAN_VALUE_OR_END;
			at++;
			continue;
		}
		next = skip_scalar(at, last);
		if (next == NULL)
			break;
		at = next;
		state = SCAN_COMMA_OR_END;
	}
	scan->at = at;
	scan->depth = depth;
	scan->state = depth > 0 ? state : SCAN_NOTHING;
}
