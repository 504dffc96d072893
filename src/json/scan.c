/* scan.c - sixteen bytes are compared at once, and the results form a mask with
 * one bit for each byte, the first byte lowest. SSE2 and NEON have instructions
 * for that; elsewhere two 64-bit words are used (SCAN_PORTABLE forces that).
 * Everything else is written once, on masks. ./build.sh bench compares the
 * speed with simdjson's. */
#include "json/scan.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

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
gather(block matches)
{
	return (unsigned)_mm_movemask_epi8(matches);
}

static inline unsigned
equal(block b, unsigned char c)
{
	return gather(_mm_cmpeq_epi8(b, _mm_set1_epi8((char)c)));
}

/* Compares unsigned bytes. */
static inline unsigned
at_least(block b, unsigned char limit)
{
	return gather(
	    _mm_cmpeq_epi8(_mm_max_epu8(b, _mm_set1_epi8((char)limit)), b));
}

/* The bytes that end a run of plain ASCII in a string. As signed numbers,
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

/* Each byte keeps the bit of its position; each half adds up to eight bits. */
static inline unsigned
gather(block matches)
{
	static const unsigned char places[BLOCK] = {
	    1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
	block bits = vandq_u8(matches, vld1q_u8(places));

	return vaddv_u8(vget_low_u8(bits)) |
	       (unsigned)vaddv_u8(vget_high_u8(bits)) << 8;
}

static inline unsigned
equal(block b, unsigned char c)
{
	return gather(vceqq_u8(b, vdupq_n_u8(c)));
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

	/* The first byte is the lowest, whatever the machine's byte order. */
	for (i = 7; i >= 0; i--)
		word = word << 8 | bytes[i];
	return word;
}

static inline block
load(const unsigned char *bytes)
{
	return (block){{load_word(bytes), load_word(bytes + 8)}};
}

/* Gathers the top bit of each byte: the product moves them into the highest
 * byte. */
static inline unsigned
gather(uint64_t low, uint64_t high)
{
	const uint64_t places = 0x0102040810204080U;

	return (unsigned)(((low & TOPS) >> 7) * places >> 56) |
	       (unsigned)(((high & TOPS) >> 7) * places >> 56) << 8;
}

/* Sets the top bit of each byte where the two are equal. Nothing is carried
 * between bytes. */
static inline uint64_t
equal_word(uint64_t word, unsigned char c)
{
	uint64_t different = word ^ (ONES * c);

	return ~(((different & ~TOPS) + ~TOPS) | different);
}

static inline unsigned
equal(block b, unsigned char c)
{
	return gather(equal_word(b.words[0], c), equal_word(b.words[1], c));
}

/* The lower seven bits are compared by a difference that borrows only from the
 * top bit. */
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

/* Returns the position of the lowest bit that is set. mask is not 0. */
static inline unsigned
first(unsigned mask)
{
	return (unsigned)__builtin_ctz(mask);
}

/* Moves back to the beginning of a character of several bytes, if p is inside
 * one. */
static const unsigned char *
character_start(const unsigned char *p, unsigned pending)
{
	if (pending == 0)
		return p;
	do {
		p--;
	} while ((*p & 0xc0) == 0x80);
	return p;
}

/* Finds the bytes that break UTF-8 (RFC 3629, 4). A lead byte requires one to
 * three continuation bytes; after four of the lead bytes, the second byte has a
 * range of its own. before holds the predecessor of each byte. */
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

/* The same as scan_text(), for text beyond ASCII. There is always a byte before
 * p: at least the quotation mark. */
static const unsigned char *
scan_wide(const unsigned char *p, const unsigned char *last)
{
	unsigned pending = 0, before, wrong, stop;
	block b;

	for (; p <= last; p += BLOCK) {
		b = load(p);
		stop =
		    equal(b, '"') | equal(b, '\\') | (ALL ^ at_least(b, 0x20));
		before = pending;
		wrong = not_utf8(b, load(p - 1), &pending);
		/* Only the bytes before the end of the run count. */
		wrong &= stop != 0 ? stop ^ (stop - 1) : ALL;
		if (wrong != 0)
			return character_start(p, before);
		if (stop != 0)
			return p + first(stop);
	}
	return character_start(p, pending);
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

/* Compilers vectorize the inner loop, whose sum fits into a byte. */
uint64_t
scan_count(const unsigned char *p, const unsigned char *end)
{
	uint64_t total = 0;
	unsigned char some;
	size_t n, i;

	for (; p < end; p += n) {
		n = end - p < 240 ? (size_t)(end - p) : 240;
		some = 0;
		for (i = 0; i < n; i++)
			some = (unsigned char)(some + ((p[i] & 0xc0) != 0x80));
		total += some;
	}
	return total;
}

static bool
is_hex(unsigned char c)
{
	return (c >= '0' && c <= '9') ||
	       ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

/* Reads an escape. p is at the backslash, with a whole block in memory.
 *
 * Returns how many bytes the escape has, or 0 if it is not valid. */
static size_t
escape_length(const unsigned char *p)
{
	switch (p[1]) {
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
		return is_hex(p[2]) && is_hex(p[3]) && is_hex(p[4]) &&
			       is_hex(p[5])
			   ? 6
			   : 0;
	default:
		return 0;
	}
}

/* Reads a string. p is at the opening quotation mark.
 *
 * Here and in all functions below, last is the last position where a whole
 * block is in memory, and p is not after it.
 *
 * Returns the position after the closing quotation mark, or NULL. */
static inline const unsigned char *
skip_string(const unsigned char *p, const unsigned char *last)
{
	unsigned mask;
	size_t length;

	for (p++; p <= last;) {
		mask = not_plain(load(p));
		if (mask == 0) {
			p += BLOCK;
			continue;
		}
		p += first(mask);
		if (*p == '"')
			return p + 1;
		if (*p >= 0x80 && p <= last) {
			const unsigned char *q = scan_wide(p, last);

			if (q == p)
				return NULL;
			p = q;
		} else {
			if (*p != '\\' || p > last)
				return NULL;
			length = escape_length(p);
			if (length == 0)
				return NULL;
			p += length;
		}
	}
	return NULL;
}

/* Returns how many digits begin at p, at most a block of them. */
static inline unsigned
digits(const unsigned char *p)
{
	block b = load(p);

	return first(
	    (ALL ^ at_least(b, '0')) | at_least(b, '9' + 1) | 1U << BLOCK);
}

/* Returns the position after the digits at p, which is in memory, or NULL if p
 * is not at a digit. */
static inline const unsigned char *
skip_digits(const unsigned char *p, const unsigned char *last)
{
	const unsigned char *start = p;
	unsigned n = BLOCK;

	for (; n == BLOCK && p <= last; p += n)
		n = digits(p);
	return n == BLOCK || p == start ? NULL : p;
}

/* Reads a number part by part (RFC 8259, 6).
 *
 * Returns the position after it, or NULL. */
static const unsigned char *
skip_long_number(const unsigned char *p, const unsigned char *last)
{
	const unsigned char *start;

	if (*p == '-')
		p++;
	start = p;
	p = skip_digits(p, last);
	if (p == NULL || (*start == '0' && p > start + 1))
		return NULL;
	if (*p == '.') {
		p = skip_digits(p + 1, last);
		if (p == NULL)
			return NULL;
	}
	if ((*p | 0x20) != 'e')
		return p;
	if (p++ >= last)
		return NULL;
	if (*p == '+' || *p == '-')
		p++;
	return skip_digits(p, last);
}

/* Reads a number (RFC 8259, 6). No processor can predict which parts a number
 * has, so a number that ends within a block is checked as a whole, on masks:
 * that is twice as fast as part by part. */
static inline const unsigned char *
skip_number(const unsigned char *p, const unsigned char *last)
{
	block b = load(p);
	unsigned digit = at_least(b, '0') & ~at_least(b, '9' + 1);
	unsigned point = equal(b, '.');
	unsigned exponent = equal(b, 'e') | equal(b, 'E');
	unsigned minus = equal(b, '-'), sign = minus | equal(b, '+');
	unsigned length = first(~(digit | point | exponent | sign));
	unsigned within, start, wrong;

	if (length == BLOCK)
		return skip_long_number(p, last);
	within = (1U << length) - 1;
	digit &= within;
	point &= within;
	exponent &= within;
	sign &= within;
	start = minus & 1;
	/* At most one point and one exponent, in this order; */
	wrong = (point & (point - 1)) | (exponent & (exponent - 1)) |
		(point & ~(exponent - 1));
	/* digits before and after each; */
	wrong |= (point | exponent) & ~(digit << 1);
	wrong |= (point << 1 | sign << 1) & ~digit;
	wrong |= exponent << 1 & ~(digit | sign);
	/* signs only in front (a minus) and after the exponent; */
	wrong |= sign & ~(exponent << 1 | start);
	/* and no leading zero. */
	wrong |= (equal(b, '0') & digit) << 1 & digit & (2U << start);
	wrong |= (digit >> start & 1) ^ 1;
	return wrong == 0 ? p + length : NULL;
}

/* Reads a value that is not a container.
 *
 * Returns the position after it, or NULL. */
static inline const unsigned char *
skip_scalar(const unsigned char *p, const unsigned char *last)
{
	switch (*p) {
	case '"':
		return skip_string(p, last);
	case 't':
		return memcmp(p, "true", 4) == 0 ? p + 4 : NULL;
	case 'f':
		return memcmp(p, "false", 5) == 0 ? p + 5 : NULL;
	case 'n':
		return memcmp(p, "null", 4) == 0 ? p + 4 : NULL;
	default:
		return skip_number(p, last);
	}
}

/* Skips white space. The result may be after last. */
static inline const unsigned char *
skip_space(const unsigned char *p, const unsigned char *last, struct scan *s)
{
	for (; p <= last && *p <= ' '; p++) {
		if (*p == '\n') {
			s->line++;
			s->line_start = p + 1;
		} else if (*p != ' ' && *p != '\t' && *p != '\r') {
			break;
		}
	}
	return p;
}

/* Reads a key and its colon. A line break between the two is rare, and left to
 * the slow path.
 *
 * Returns the position after them, or NULL. */
static inline const unsigned char *
skip_key(const unsigned char *p, const unsigned char *last)
{
	p = *p == '"' ? skip_string(p, last) : NULL;
	while (p != NULL && p <= last && *p == ' ')
		p++;
	return p == NULL || p > last || *p != ':' ? NULL : p + 1;
}

void
scan_tokens(struct scan *s)
{
	const unsigned char *p = s->at, *last, *next;
	unsigned char closer, state = s->state;
	unsigned depth = s->depth;

	if (depth <= s->floor || s->end - p < BLOCK)
		return;
	last = s->end - BLOCK;
	closer = s->closers[depth - 1];
	for (;;) {
		p = skip_space(p, last, s);
		if (p > last)
			break;
		if (*p == closer && state != SCAN_KEY && state != SCAN_VALUE) {
			p++;
			state = SCAN_COMMA_OR_END;
			if (--depth == s->floor)
				break;
			closer = s->closers[depth - 1];
			continue;
		}
		if (state == SCAN_COMMA_OR_END) {
			if (*p != ',')
				break;
			p++;
			state = closer == '}' ? SCAN_KEY : SCAN_VALUE;
			p = skip_space(p, last, s);
			if (p > last)
				break;
		}
		if (state == SCAN_KEY || state == SCAN_KEY_OR_END) {
			next = skip_key(p, last);
			if (next == NULL)
				break;
			p = next;
			state = SCAN_VALUE;
			p = skip_space(p, last, s);
			if (p > last)
				break;
		}
		if (*p == '{' || *p == '[') {
			if (depth == s->limit)
				break;
			closer = *p == '{' ? '}' : ']';
			s->closers[depth++] = closer;
			state = *p == '{' ? SCAN_KEY_OR_END : SCAN_VALUE_OR_END;
			p++;
			continue;
		}
		next = skip_scalar(p, last);
		if (next == NULL)
			break;
		p = next;
		state = SCAN_COMMA_OR_END;
	}
	s->at = p;
	s->depth = depth;
	s->state = depth > 0 ? state : SCAN_NOTHING;
}
