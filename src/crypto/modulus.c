/* modulus.c - Montgomery multiplication (P. L. Montgomery, Modular
 * multiplication without trial division, 1985; Handbook of Applied
 * Cryptography, 14.3.2) by columns: all products of the same weight are added
 * to a sum of three words before the next weight, and the multiple of the
 * modulus that makes a column divisible by 2^64 is found when that column is
 * complete. So no word of an intermediate result is read or written twice. */
#include "crypto/modulus.h"

#include <string.h>

#if MODULUS_IS_SUPPORTED

/* The word is what gcc and clang call it; -Wpedantic would warn. */
__extension__ typedef unsigned __int128 wide;

#define WORD_BITS 64
#define WORD_BYTES 8

/* A multiplication of up to this many words is compiled without loops. */
#define UNROLLED _Pragma("GCC unroll 6")

/* The sum of the products of one column, and what it carries to the next. */
struct column {
	wide sum;
	uint64_t high;
};

static inline __attribute__((always_inline)) void
add_product(struct column *c, uint64_t a, uint64_t b)
{
	c->high += __builtin_add_overflow(c->sum, (wide)a * b, &c->sum);
}

static inline __attribute__((always_inline)) uint64_t
next_column(struct column *c)
{
	uint64_t word = (uint64_t)c->sum;

	c->sum = c->sum >> WORD_BITS | (wide)c->high << WORD_BITS;
	c->high = 0;
	return word;
}

/* Returns the carry. The sum of a word with itself goes to a variable first:
 * gcc 12 misses its carry if the sum is stored where the word was. */
static inline bool
add_words(uint64_t *sum, const uint64_t *a, const uint64_t *b, size_t count)
{
	bool carry = false, first, second;
	uint64_t word;
	size_t i;

	for (i = 0; i < count; i++) {
		first = __builtin_add_overflow(a[i], b[i], &word);
		second = __builtin_add_overflow(word, (uint64_t)carry, &sum[i]);
		carry = first | second;
	}
	return carry;
}

/* Returns the borrow. */
static inline bool
subtract_words(
    uint64_t *difference, const uint64_t *a, const uint64_t *b, size_t count)
{
	bool borrow = false, first, second;
	uint64_t word;
	size_t i;

	for (i = 0; i < count; i++) {
		first = __builtin_sub_overflow(a[i], b[i], &word);
		second = __builtin_sub_overflow(
		    word, (uint64_t)borrow, &difference[i]);
		borrow = first | second;
	}
	return borrow;
}

/* Brings a number below twice the modulus, of which carry is the word above the
 * others, below the modulus. */
static inline void
reduce_once(const struct modulus *m, uint64_t *number, bool carry)
{
	if (carry || !modulus_has(m, number))
		(void)subtract_words(number, number, m->words, m->count);
}

/* count is m->count, as a constant if the loops are to go. factors[i] times the
 * modulus, added at weight i, makes that column divisible by 2^64. */
static inline __attribute__((always_inline)) void
multiply_columns(const struct modulus *m, uint64_t *result, const uint64_t *a,
    const uint64_t *b, size_t count)
{
	uint64_t factors[MODULUS_WORDS];
	struct column c = {0, 0};
	size_t i, j;

	UNROLLED
	for (i = 0; i < count; i++) {
		UNROLLED
		for (j = 0; j < i; j++) {
			add_product(&c, a[j], b[i - j]);
			add_product(&c, factors[j], m->words[i - j]);
		}
		add_product(&c, a[i], b[0]);
		factors[i] = (uint64_t)c.sum * m->inverse;
		add_product(&c, factors[i], m->words[0]);
		(void)next_column(&c); /* it is 0 */
	}
	/* A word of the result is written when no later column reads a word of
	 * an operand at the same place: they may be the same array. */
	UNROLLED
	for (i = 0; i < count; i++) {
		UNROLLED
		for (j = i + 1; j < count; j++) {
			add_product(&c, a[j], b[count + i - j]);
			add_product(&c, factors[j], m->words[count + i - j]);
		}
		result[i] = next_column(&c);
	}
	reduce_once(m, result, c.sum != 0);
}

void
modulus_multiply(const struct modulus *m, uint64_t *result, const uint64_t *a,
    const uint64_t *b)
{
	switch (m->count) {
	case 4:
		multiply_columns(m, result, a, b, 4);
		break;
	case 6:
		multiply_columns(m, result, a, b, 6);
		break;
	default:
		multiply_columns(m, result, a, b, m->count);
	}
}

int
modulus_read(const struct modulus *m, uint64_t *number, struct span bytes)
{
	size_t i, size = m->count * WORD_BYTES;

	if (bytes.length > size)
		return -1;
	memset(number, 0, size);
	for (i = 0; i < bytes.length; i++) {
		number[i / WORD_BYTES] |=
		    (uint64_t)bytes.bytes[bytes.length - 1 - i]
		    << i % WORD_BYTES * 8;
	}
	return 0;
}

void
modulus_write(const struct modulus *m, const uint64_t *number,
    unsigned char *bytes, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++) {
		bytes[length - 1 - i] = 0;
		if (i < m->count * WORD_BYTES) {
			bytes[length - 1 - i] =
			    (unsigned char)(number[i / WORD_BYTES] >>
					    i % WORD_BYTES * 8);
		}
	}
}

/* Newton's iteration: if x * w = 1 modulo 2^k, then x * (2 - x * w) is the
 * inverse of w modulo 2^2k. An odd w is its own inverse modulo 8. */
static uint64_t
invert_word(uint64_t w)
{
	uint64_t x = w;
	unsigned bits;

	for (bits = 3; bits < WORD_BITS; bits *= 2)
		x *= 2 - x * w;
	return x;
}

/* R^2: the number that brings others into Montgomery form. Doubling the largest
 * power of two below the modulus gives R, and then the Montgomery form of
 * 2^count; squared six times, that is the form of 2^(64 * count), which is R.
 */
static void
compute_square(struct modulus *m)
{
	size_t i, top = m->count - 1;
	unsigned unused = (unsigned)__builtin_clzll(m->words[top]);

	memset(m->square, 0, sizeof(m->square));
	m->square[top] = (uint64_t)1 << (WORD_BITS - 1 - unused);
	for (i = 0; i < unused + 1 + m->count; i++)
		modulus_add(m, m->square, m->square, m->square);
	for (i = 1; i < WORD_BITS; i *= 2)
		modulus_multiply(m, m->square, m->square, m->square);
}

int
modulus_init(struct modulus *m, struct span bytes)
{
	while (bytes.length > 0 && bytes.bytes[0] == 0) {
		bytes.bytes++;
		bytes.length--;
	}
	if (bytes.length == 0 || bytes.length > sizeof(m->words))
		return -1;
	m->count = (bytes.length + WORD_BYTES - 1) / WORD_BYTES;
	if (modulus_read(m, m->words, bytes) < 0)
		return -1;
	if (m->words[0] % 2 == 0 || (m->count == 1 && m->words[0] == 1))
		return -1;
	m->inverse = 0 - invert_word(m->words[0]);
	compute_square(m);
	return 0;
}

size_t
modulus_length(const struct modulus *m)
{
	unsigned unused = (unsigned)__builtin_clzll(m->words[m->count - 1]);

	return m->count * WORD_BYTES - unused / 8;
}

bool
modulus_has(const struct modulus *m, const uint64_t *number)
{
	size_t i;

	for (i = m->count; i-- > 0;) {
		if (number[i] != m->words[i])
			return number[i] < m->words[i];
	}
	return false;
}

bool
modulus_is_zero(const struct modulus *m, const uint64_t *number)
{
	size_t i;

	for (i = 0; i < m->count; i++) {
		if (number[i] != 0)
			return false;
	}
	return true;
}

bool
modulus_equal(const struct modulus *m, const uint64_t *a, const uint64_t *b)
{
	return memcmp(a, b, m->count * WORD_BYTES) == 0;
}

void
modulus_add(const struct modulus *m, uint64_t *result, const uint64_t *a,
    const uint64_t *b)
{
	bool carry = add_words(result, a, b, m->count);

	reduce_once(m, result, carry);
}

void
modulus_subtract(const struct modulus *m, uint64_t *result, const uint64_t *a,
    const uint64_t *b)
{
	if (subtract_words(result, a, b, m->count))
		(void)add_words(result, result, m->words, m->count);
}

void
modulus_enter(const struct modulus *m, uint64_t *result, const uint64_t *number)
{
	modulus_multiply(m, result, number, m->square);
}

void
modulus_leave(
    const struct modulus *m, uint64_t *result, const uint64_t *element)
{
	uint64_t one[MODULUS_WORDS] = {1};

	modulus_multiply(m, result, element, one);
}

/* From the highest bit on (Handbook of Applied Cryptography, 14.79). */
void
modulus_power(const struct modulus *m, uint64_t *result, const uint64_t *base,
    struct span exponent)
{
	uint64_t power[MODULUS_WORDS] = {0};
	bool started = false;
	size_t i;

	for (i = 0; i < exponent.length * 8; i++) {
		if (started)
			modulus_multiply(m, power, power, power);
		if ((exponent.bytes[i / 8] >> (7 - i % 8) & 1) == 0)
			continue;
		if (started) {
			modulus_multiply(m, power, power, base);
		} else {
			memcpy(power, base, m->count * WORD_BYTES);
		}
		started = true;
	}
	memcpy(result, power, m->count * WORD_BYTES);
}

#endif
