/* curve_test.c - sums of multiples against BearSSL's, where points are equal,
 * opposite or at infinity, and points that must not be read as one. */
#include "crypto/curve.h"

#include <bearssl.h>
#include <string.h>

#include "base/array.h"
#include "tap.h"

#if MODULUS_IS_SUPPORTED

#define POINT_MAX 133
#define NUMBER_MAX 66

static const struct {
	int id;
	const char *name;
} curves[] = {
    {BR_EC_secp256r1, "P-256"},
    {BR_EC_secp384r1, "P-384"},
    {BR_EC_secp521r1, "P-521"},
};

static const br_ec_impl *const bearssl = &br_ec_prime_i31;

/* The same curve for both. */
struct both {
	struct curve curve;
	int id;
	const unsigned char *order, *generator;
	size_t length, point_length; /* of a number, of a point */
};

static void
both_init(struct both *b, size_t i)
{
	b->id = curves[i].id;
	b->order = bearssl->order(b->id, &b->length);
	b->generator = bearssl->generator(b->id, &b->point_length);
	tap_number(curve_init(&b->curve, b->id), 0, "%s", curves[i].name);
}

/* A number modulo the order, from a small one, which may be negative. */
static void
make_number(const struct both *b, int value, unsigned char *number)
{
	int carry = value;
	size_t i;

	memset(number, 0, b->length);
	if (value < 0)
		memcpy(number, b->order, b->length);
	for (i = b->length; i-- > 0;) {
		carry += number[i];
		number[i] = (unsigned char)(carry & 0xff);
		carry = (carry - number[i]) / 256;
	}
}

/* The point that is this multiple of the generator. Returns whether it has
 * coordinates. */
static bool
make_point(const struct both *b, int multiple, unsigned char *point)
{
	unsigned char number[NUMBER_MAX];

	make_number(b, multiple, number);
	return multiple != 0 && bearssl->mulgen(point, number, b->length,
				    b->id) == b->point_length;
}

/* Whether x + y times the point is the multiple that BearSSL has. */
static bool
sum_is(const struct both *b, int x, int y, int point_multiple)
{
	unsigned char number[NUMBER_MAX], bytes[POINT_MAX];
	uint64_t n[CURVE_WORDS], m[CURVE_WORDS], expected[CURVE_WORDS];
	struct point point, sum;
	int total = x + y * point_multiple;

	if (!make_point(b, point_multiple, bytes) ||
	    curve_read(&b->curve, &point, span_of(bytes, b->point_length)) < 0)
		return false;
	make_number(b, x, number);
	if (modulus_read(&b->curve.order, n, span_of(number, b->length)) < 0)
		return false;
	make_number(b, y, number);
	if (modulus_read(&b->curve.order, m, span_of(number, b->length)) < 0)
		return false;
	curve_combine(&b->curve, &sum, n, m, &point);
	memset(expected, 0, sizeof(expected));
	if (!make_point(b, total, bytes))
		return !curve_x_is(&b->curve, &sum, expected);
	/* No x of these is as large as the order. */
	if (modulus_read(
		&b->curve.order, expected, span_of(bytes + 1, b->length)) < 0 ||
	    !curve_x_is(&b->curve, &sum, expected))
		return false;
	expected[0] ^= 1;
	return !curve_x_is(&b->curve, &sum, expected);
}

static void
test_sums(const struct both *b)
{
	static const int numbers[] = {0, 1, 2, 17, 31, -1, -16};
	static const int points[] = {1, -1, 3};
	size_t i, j, k;

	for (k = 0; k < COUNT(points); k++) {
		unsigned wrong = 0;

		for (i = 0; i < COUNT(numbers); i++) {
			for (j = 0; j < COUNT(numbers); j++) {
				wrong += !sum_is(
				    b, numbers[i], numbers[j], points[k]);
			}
		}
		tap_number(
		    wrong, 0, "wrong sums with the point %d * G", points[k]);
	}
}

static bool
is_read(const struct both *b, const unsigned char *bytes, size_t length)
{
	struct point point;

	return curve_read(&b->curve, &point, span_of(bytes, length)) == 0;
}

static void
test_reading(const struct both *b)
{
	unsigned char bytes[POINT_MAX + 1];
	struct modulus *m = (struct modulus *)&b->curve.field;
	size_t half = b->point_length / 2;

	memset(bytes, 0, sizeof(bytes));
	memcpy(bytes, b->generator, b->point_length);
	tap_ok(is_read(b, bytes, b->point_length), "the generator is read");
	tap_ok(!is_read(b, bytes, b->point_length - 1), "but not cut");
	tap_ok(!is_read(b, bytes, b->point_length + 1), "or with more");
	tap_ok(!is_read(b, bytes, 0), "nothing");
	bytes[0] = 2;
	tap_ok(!is_read(b, bytes, b->point_length), "another form");
	tap_ok(!is_read(b, bytes, 1 + half), "a compressed point");
	bytes[0] = 0;
	tap_ok(!is_read(b, bytes, 1), "the point at infinity");
	bytes[0] = 4;
	bytes[2 * half] ^= 1;
	tap_ok(!is_read(b, bytes, b->point_length), "a point off the curve");
	memset(bytes + 1, 0, 2 * half);
	tap_ok(!is_read(b, bytes, b->point_length), "the point (0, 0)");
	memcpy(bytes, b->generator, b->point_length);
	modulus_write(m, m->words, bytes + 1, half);
	tap_ok(!is_read(b, bytes, b->point_length), "x is the prime");
	memcpy(bytes, b->generator, b->point_length);
	modulus_write(m, m->words, bytes + 1 + half, half);
	tap_ok(!is_read(b, bytes, b->point_length), "y is the prime");
	memset(bytes + 1, 0xff, half);
	tap_ok(!is_read(b, bytes, b->point_length), "x is all ones");
}

/* y, the square root of x^3 - 3x + b, if there is one. Each of the primes is 3
 * modulo 4: it is the power of (prime + 1) / 4. */
static bool
find_y(const struct both *b, const uint64_t *x, unsigned char *point)
{
	const struct modulus *m = &b->curve.field;
	const struct point *g = &b->curve.generator;
	uint64_t y[CURVE_WORDS], t[CURVE_WORDS], one[CURVE_WORDS] = {1};
	unsigned char exponent[NUMBER_MAX + 8];
	size_t half = b->point_length / 2, i;

	/* y^2 = g.y^2 - g.x^3 + 3 g.x + x^3 - 3x */
	modulus_multiply(m, y, g->y, g->y);
	modulus_multiply(m, t, g->x, g->x);
	modulus_multiply(m, t, t, g->x);
	modulus_subtract(m, y, y, t);
	for (i = 0; i < 3; i++)
		modulus_add(m, y, y, g->x);
	modulus_enter(m, t, x);
	for (i = 0; i < 3; i++)
		modulus_subtract(m, y, y, t);
	modulus_multiply(m, one, t, t);
	modulus_multiply(m, t, t, one);
	modulus_add(m, y, y, t);
	/* (prime + 1) / 4 is (prime - 3) / 4 + 1. */
	memcpy(t, m->words, m->count * 8);
	for (i = 0; i < m->count; i++) {
		t[i] >>= 2;
		if (i + 1 < m->count)
			t[i] |= m->words[i + 1] << 62;
	}
	for (i = 0; i < m->count && ++t[i] == 0; i++)
		continue;
	modulus_write(m, t, exponent, half);
	modulus_power(m, y, y, span_of(exponent, half));
	modulus_leave(m, y, y);
	point[0] = 4;
	modulus_write(m, x, point + 1, half);
	modulus_write(m, y, point + 1 + half, half);
	return is_read(b, point, b->point_length);
}

/* A point whose x is not below the order: r is x minus the order then. */
static void
test_large_x(const struct both *b)
{
	unsigned char bytes[POINT_MAX];
	uint64_t x[CURVE_WORDS], r[CURVE_WORDS] = {0}, other[CURVE_WORDS];
	struct point point;

	memcpy(x, b->curve.order.words, sizeof(x));
	while (!find_y(b, x, bytes) && r[0] < 100) {
		x[0]++;
		r[0]++;
	}
	tap_ok(
	    curve_read(&b->curve, &point, span_of(bytes, b->point_length)) == 0,
	    "a point with x = order + %u is read", (unsigned)r[0]);
	tap_ok(curve_x_is(&b->curve, &point, r), "its x is %u", (unsigned)r[0]);
	r[0]++;
	tap_ok(!curve_x_is(&b->curve, &point, r), "and not one more");
	/* A sum with the order that is larger than the prime would be reduced
	 * to x - prime + order. */
	modulus_subtract(&b->curve.field, other, x, b->curve.order.words);
	modulus_subtract(&b->curve.field, other, other, b->curve.order.words);
	tap_ok(!modulus_has(&b->curve.order, other) ||
		   !curve_x_is(&b->curve, &point, other),
	    "and not what the prime would reduce to it");
}

#endif

int
main(void)
{
#if MODULUS_IS_SUPPORTED
	static struct both b;
	struct curve curve;
	size_t i;

	for (i = 0; i < COUNT(curves); i++) {
		both_init(&b, i);
		test_sums(&b);
		test_reading(&b);
		test_large_x(&b);
	}
	tap_number(curve_init(&curve, BR_EC_secp256k1), -1, "secp256k1");
	tap_number(curve_init(&curve, BR_EC_curve25519), -1, "Curve25519");
	tap_number(curve_init(&curve, 0), -1, "no curve");
#else
	tap_ok(sizeof(void *) < 8, "only processors of 32 bits lack it");
#endif
	return tap_done();
}
