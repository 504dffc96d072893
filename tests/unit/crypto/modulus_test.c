/* modulus_test.c - sums, differences, products and powers against a reference
 * that knows only shifts and sums, with moduli and numbers at every edge. */
#include "crypto/modulus.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "tap.h"

#if MODULUS_IS_SUPPORTED

#define BYTES_MAX (MODULUS_WORDS * 8)

/* Moduli as big-endian bytes: a pattern for the first bytes, one for the rest,
 * and the last byte. */
static const struct shape {
	size_t length;
	unsigned char first, rest, last;
} shapes[] = {
    {1, 0, 0, 3},
    {1, 0, 0, 255},
    {8, 0xff, 0xff, 0xff},
    {9, 0x01, 0x00, 0x01},
    {16, 0x80, 0x00, 0x01},
    {24, 0xff, 0xff, 0xff},
    {32, 0xff, 0xff, 0xff},
    {32, 0x80, 0x00, 0x01},
    {32, 0x9d, 0x35, 0x97},
    {48, 0xff, 0xff, 0xff},
    {48, 0x80, 0x00, 0x01},
    {48, 0xf1, 0x5a, 0x21},
    {66, 0x01, 0xff, 0xff},
    {66, 0x01, 0x00, 0x01},
    {129, 0x05, 0xa7, 0x0b},
    {256, 0xff, 0xff, 0xff},
    {511, 0x01, 0xc3, 0x5d},
    {512, 0xff, 0xff, 0xff},
    {512, 0x80, 0x00, 0x01},
    {512, 0xd4, 0x6b, 0x07},
};

/* The reference: numbers as big-endian bytes of the length of the modulus. */
struct slow {
	unsigned char m[BYTES_MAX];
	size_t length;
};

static void
slow_reduce(const struct slow *s, unsigned char *a, unsigned carry)
{
	unsigned borrow = 0, difference;
	size_t i;

	if (carry == 0 && memcmp(a, s->m, s->length) < 0)
		return;
	for (i = s->length; i-- > 0;) {
		difference = 0x100u + a[i] - s->m[i] - borrow;
		a[i] = (unsigned char)difference;
		borrow = difference < 0x100;
	}
}

static void
slow_add(const struct slow *s, unsigned char *a, const unsigned char *b)
{
	unsigned carry = 0;
	size_t i;

	for (i = s->length; i-- > 0;) {
		carry += (unsigned)a[i] + b[i];
		a[i] = (unsigned char)carry;
		carry >>= 8;
	}
	slow_reduce(s, a, carry);
}

static void
slow_multiply(const struct slow *s, unsigned char *result,
    const unsigned char *a, const unsigned char *b)
{
	unsigned char twice[BYTES_MAX];
	size_t i;

	memset(result, 0, s->length);
	for (i = 0; i < s->length * 8; i++) {
		memcpy(twice, result, s->length);
		slow_add(s, result, twice);
		if (a[i / 8] >> (7 - i % 8) & 1)
			slow_add(s, result, b);
	}
}

/* Some numbers below the modulus. */
#define NUMBERS 8

static void
make_number(const struct slow *s, unsigned which, unsigned char *a)
{
	static uint32_t seed = 1;
	size_t i;

	memset(a, 0, s->length);
	switch (which) {
	case 0:
		return;
	case 1:
		a[s->length - 1] = 1;
		return;
	case 2: /* the modulus - 1 */
		memcpy(a, s->m, s->length);
		a[s->length - 1]--;
		return;
	case 3: /* the modulus - 2 */
		memcpy(a, s->m, s->length);
		a[s->length - 1]--;
		for (i = s->length; i-- > 0 && a[i]-- == 0;)
			continue;
		return;
	case 4: /* all ones, below the modulus */
		memset(a + 1, 0xff, s->length - 1);
		return;
	case 5: /* half of the modulus, and half more */
		for (i = 0; i < s->length; i++) {
			a[i] = (unsigned char)(s->m[i] >> 1);
			if (i > 0 && s->m[i - 1] & 1)
				a[i] |= 0x80;
		}
		a[s->length - 1]++;
		return;
	default:
		for (i = 0; i < s->length; i++) {
			seed = seed * 1664525 + 1013904223;
			a[i] = (unsigned char)(seed >> 24);
		}
		a[0] = (unsigned char)(a[0] % (s->m[0] > 1 ? s->m[0] : 1));
		if (s->length == 1)
			a[0] %= s->m[0];
	}
}

static bool
is_number(const struct modulus *m, const uint64_t *number, const struct slow *s,
    const unsigned char *expected)
{
	unsigned char bytes[BYTES_MAX];

	modulus_write(m, number, bytes, s->length);
	return modulus_has(m, number) &&
	       memcmp(bytes, expected, s->length) == 0;
}

/* Returns how many of the results are wrong, in place or not. */
static unsigned
compare(const struct modulus *m, const struct slow *s, const unsigned char *a,
    const unsigned char *b)
{
	uint64_t x[MODULUS_WORDS], y[MODULUS_WORDS], r[MODULUS_WORDS];
	unsigned char sum[BYTES_MAX], product[BYTES_MAX];
	unsigned wrong = 0;

	wrong += modulus_read(m, x, span_of(a, s->length)) < 0;
	wrong += modulus_read(m, y, span_of(b, s->length)) < 0;
	memcpy(sum, a, s->length);
	slow_add(s, sum, b);
	slow_multiply(s, product, a, b);
	modulus_add(m, r, x, y);
	wrong += !is_number(m, r, s, sum);
	modulus_subtract(m, r, r, y);
	wrong += !is_number(m, r, s, a);
	modulus_enter(m, r, x);
	modulus_multiply(m, r, r, y);
	wrong += !is_number(m, r, s, product);
	modulus_enter(m, r, y);
	modulus_multiply(m, r, x, r);
	wrong += !is_number(m, r, s, product);
	modulus_enter(m, r, x);
	modulus_leave(m, r, r);
	wrong += !is_number(m, r, s, a);
	wrong += !modulus_equal(m, r, x);
	wrong += modulus_equal(m, x, y) != (memcmp(a, b, s->length) == 0);
	return wrong;
}

/* The same array as both operands and the result. */
static unsigned
compare_in_place(
    const struct modulus *m, const struct slow *s, const unsigned char *a)
{
	static const unsigned char three = 3;
	uint64_t x[MODULUS_WORDS];
	unsigned char expected[BYTES_MAX], square[BYTES_MAX];
	unsigned wrong = 0;

	wrong += modulus_read(m, x, span_of(a, s->length)) < 0;
	memcpy(expected, a, s->length);
	slow_add(s, expected, a);
	modulus_add(m, x, x, x);
	wrong += !is_number(m, x, s, expected);
	modulus_subtract(m, x, x, x);
	wrong += !modulus_is_zero(m, x);
	wrong += modulus_read(m, x, span_of(a, s->length)) < 0;
	slow_multiply(s, square, a, a);
	modulus_enter(m, x, x);
	modulus_multiply(m, x, x, x);
	modulus_leave(m, x, x);
	wrong += !is_number(m, x, s, square);
	wrong += modulus_read(m, x, span_of(a, s->length)) < 0;
	slow_multiply(s, expected, square, a);
	modulus_enter(m, x, x);
	modulus_power(m, x, x, span_of(&three, 1));
	modulus_leave(m, x, x);
	wrong += !is_number(m, x, s, expected);
	return wrong;
}

static void
test_shape(const struct shape *shape)
{
	unsigned char a[BYTES_MAX], b[BYTES_MAX];
	struct modulus m;
	struct slow s;
	unsigned i, j, wrong = 0;

	s.length = shape->length;
	memset(s.m, shape->rest, s.length);
	s.m[0] = shape->first;
	s.m[s.length - 1] = shape->last;
	tap_number(modulus_init(&m, span_of(s.m, s.length)), 0,
	    "a modulus of %zu bytes", s.length);
	tap_number(modulus_length(&m), s.length, "its length");
	for (i = 0; i < NUMBERS; i++) {
		make_number(&s, i, a);
		wrong += compare_in_place(&m, &s, a);
		/* Each pair of long numbers takes the reference a while. */
		for (j = 0; j < (s.length > 100 ? 1 : NUMBERS); j++) {
			make_number(&s, (i + j) % NUMBERS, b);
			wrong += compare(&m, &s, a, b);
		}
	}
	tap_number(wrong, 0, "wrong results");
}

static void
test_refused(void)
{
	static const unsigned char even[] = {0x80, 0x00}, one[] = {0x00, 0x01};
	static unsigned char large[BYTES_MAX + 1];
	uint64_t number[MODULUS_WORDS];
	struct modulus m;

	large[0] = 1;
	large[BYTES_MAX] = 1;
	tap_number(modulus_init(&m, span_of(even, 2)), -1, "an even one");
	tap_number(modulus_init(&m, span_of(even + 1, 1)), -1, "0");
	tap_number(modulus_init(&m, span_of(one, 2)), -1, "1");
	tap_number(modulus_init(&m, span_of(one, 0)), -1, "none");
	tap_number(modulus_init(&m, span_of(large, sizeof(large))), -1,
	    "one of 4097 bits");
	large[0] = 0;
	large[1] = 0x80;
	tap_number(modulus_init(&m, span_of(large, sizeof(large))), 0,
	    "leading zeros are skipped");
	tap_number(modulus_read(&m, number, span_of(large, sizeof(large))), -1,
	    "a number with more bytes than the modulus");
	tap_number(modulus_read(&m, number, span_of(large + 1, BYTES_MAX)), 0,
	    "the modulus itself is a number");
	tap_ok(!modulus_has(&m, number), "but no element");
}

#endif

int
main(void)
{
#if MODULUS_IS_SUPPORTED
	size_t i;

	for (i = 0; i < COUNT(shapes); i++)
		test_shape(&shapes[i]);
	test_refused();
#else
	tap_ok(sizeof(void *) < 8, "only processors of 32 bits lack it");
#endif
	return tap_done();
}
