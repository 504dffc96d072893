/* curve.c - Jacobian coordinates need no inversion (Hankerson, Menezes and
 * Vanstone, Guide to Elliptic Curve Cryptography, 3.2.2). Both multiplications
 * share their doublings: the multipliers are written with few digits that are
 * not 0 (width-w NAF, 3.3.1), and the odd multiples of both points that these
 * digits ask for are computed first (interleaving, 3.3.3). */
#include "crypto/curve.h"

#include <bearssl.h>
#include <string.h>

#include "base/array.h"

#if MODULUS_IS_SUPPORTED

#define WIDTH 5 /* bits of a digit, with its sign */
#define MULTIPLES (1 << (WIDTH - 2))
#define DIGITS_MAX (CURVE_WORDS * 64 + 1)

/* The odd multiples of a point: [i] is 2 * i + 1 times it. */
struct multiples {
	struct point points[MULTIPLES];
};

struct digits {
	signed char at[DIGITS_MAX];
};

/* The primes: 2^256 - 2^224 + 2^192 + 2^96 - 1, 2^384 - 2^128 - 2^96 + 2^32 - 1
 * and 2^521 - 1. Generator and order come from BearSSL; b follows from the
 * generator, which is on the curve. */
static const unsigned char p256[] =
    "\xff\xff\xff\xff\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00"
    "\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff";
static const unsigned char p384[] =
    "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
    "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe"
    "\xff\xff\xff\xff\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\xff\xff";
static const unsigned char p521[] =
    "\x01\xff"
    "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
    "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
    "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
    "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff";

static const struct {
	int id;
	const unsigned char *prime;
	size_t length;
} primes[] = {
    {BR_EC_secp256r1, p256, sizeof(p256) - 1},
    {BR_EC_secp384r1, p384, sizeof(p384) - 1},
    {BR_EC_secp521r1, p521, sizeof(p521) - 1},
};

/* y^2 - x^3 + 3x of a point with z = 1: b, if it is on the curve. */
static void
compute_b(const struct modulus *m, uint64_t *b, const struct point *p)
{
	uint64_t cube[CURVE_WORDS];

	modulus_multiply(m, cube, p->x, p->x);
	modulus_multiply(m, cube, cube, p->x);
	modulus_multiply(m, b, p->y, p->y);
	modulus_subtract(m, b, b, cube);
	modulus_add(m, b, b, p->x);
	modulus_add(m, b, b, p->x);
	modulus_add(m, b, b, p->x);
}

/* Reads one coordinate into Montgomery form. */
static int
read_coordinate(const struct modulus *m, uint64_t *element,
    const unsigned char *bytes, size_t length)
{
	if (modulus_read(m, element, span_of(bytes, length)) < 0 ||
	    !modulus_has(m, element))
		return -1;
	modulus_enter(m, element, element);
	return 0;
}

/* Without the check that it is on the curve. */
static int
read_point(const struct modulus *m, struct point *point, struct span bytes)
{
	static const uint64_t one[CURVE_WORDS] = {1};
	size_t length = modulus_length(m);

	if (bytes.length != 1 + 2 * length || bytes.bytes[0] != 0x04 ||
	    read_coordinate(m, point->x, bytes.bytes + 1, length) < 0 ||
	    read_coordinate(m, point->y, bytes.bytes + 1 + length, length) < 0)
		return -1;
	modulus_enter(m, point->z, one);
	return 0;
}

int
curve_init(struct curve *curve, int id)
{
	const unsigned char *bytes;
	size_t i, length;

	for (i = 0; i < COUNT(primes) && primes[i].id != id; i++)
		continue;
	if (i == COUNT(primes))
		return -1;
	if (modulus_init(
		&curve->field, span_of(primes[i].prime, primes[i].length)) < 0)
		return -1;
	bytes = br_ec_prime_i31.order(id, &length);
	if (modulus_init(&curve->order, span_of(bytes, length)) < 0)
		return -1;
	bytes = br_ec_prime_i31.generator(id, &length);
	return read_point(
	    &curve->field, &curve->generator, span_of(bytes, length));
}

int
curve_read(const struct curve *curve, struct point *point, struct span bytes)
{
	const struct modulus *m = &curve->field;
	uint64_t b[CURVE_WORDS], wanted[CURVE_WORDS];

	if (read_point(m, point, bytes) < 0)
		return -1;
	compute_b(m, b, point);
	compute_b(m, wanted, &curve->generator);
	return modulus_equal(m, b, wanted) ? 0 : -1;
}

/* Algorithm 3.21 of the Guide, with a = -3, without its halving. With z = 0 the
 * result has z = 0, too. */
static void
double_point(const struct modulus *m, struct point *p)
{
	uint64_t slope[CURVE_WORDS], t[CURVE_WORDS], y2[CURVE_WORDS];

	/* slope = 3 * (x - z^2) * (x + z^2) = 3 * x^2 - 3 * z^4 */
	modulus_multiply(m, slope, p->z, p->z);
	modulus_subtract(m, t, p->x, slope);
	modulus_add(m, slope, p->x, slope);
	modulus_multiply(m, t, t, slope);
	modulus_add(m, slope, t, t);
	modulus_add(m, slope, slope, t);
	/* z' = 2 * y * z, y2 = 2 * y^2, t = 4 * x * y^2 */
	modulus_add(m, t, p->y, p->y);
	modulus_multiply(m, p->z, p->z, t);
	modulus_multiply(m, y2, p->y, t);
	modulus_multiply(m, t, p->x, y2);
	modulus_add(m, t, t, t);
	/* x' = slope^2 - 8 * x * y^2 */
	modulus_multiply(m, p->x, slope, slope);
	modulus_subtract(m, p->x, p->x, t);
	modulus_subtract(m, p->x, p->x, t);
	/* y' = slope * (4 * x * y^2 - x') - 8 * y^4 */
	modulus_subtract(m, t, t, p->x);
	modulus_multiply(m, p->y, slope, t);
	modulus_multiply(m, y2, y2, y2);
	modulus_subtract(m, p->y, p->y, y2);
	modulus_subtract(m, p->y, p->y, y2);
}

/* sum += p, which is not at infinity. */
static void
add_point(const struct modulus *m, struct point *sum, const struct point *p)
{
	uint64_t u[CURVE_WORDS], s[CURVE_WORDS], h[CURVE_WORDS], r[CURVE_WORDS];

	if (modulus_is_zero(m, sum->z)) {
		*sum = *p;
		return;
	}
	/* With the common denominators, sum is at (u, s) and p at (u + h,
	 * s + r). */
	modulus_multiply(m, s, p->z, p->z);
	modulus_multiply(m, u, sum->x, s);
	modulus_multiply(m, s, s, p->z);
	modulus_multiply(m, s, sum->y, s);
	modulus_multiply(m, r, sum->z, sum->z);
	modulus_multiply(m, h, p->x, r);
	modulus_multiply(m, r, r, sum->z);
	modulus_multiply(m, r, p->y, r);
	modulus_subtract(m, h, h, u);
	modulus_subtract(m, r, r, s);
	if (modulus_is_zero(m, h) && modulus_is_zero(m, r)) {
		double_point(m, sum);
		return;
	}
	/* If only h is 0, the points are opposite, and z becomes 0. */
	modulus_multiply(m, sum->z, sum->z, p->z);
	modulus_multiply(m, sum->z, sum->z, h);
	/* x' = r^2 - h^3 - 2 * u * h^2 */
	modulus_multiply(m, sum->y, h, h);
	modulus_multiply(m, u, u, sum->y);
	modulus_multiply(m, h, h, sum->y);
	modulus_multiply(m, sum->x, r, r);
	modulus_subtract(m, sum->x, sum->x, h);
	modulus_subtract(m, sum->x, sum->x, u);
	modulus_subtract(m, sum->x, sum->x, u);
	/* y' = r * (u * h^2 - x') - s * h^3 */
	modulus_subtract(m, u, u, sum->x);
	modulus_multiply(m, u, r, u);
	modulus_multiply(m, s, s, h);
	modulus_subtract(m, sum->y, u, s);
}

static void
compute_multiples(
    const struct modulus *m, struct multiples *multiples, const struct point *p)
{
	struct point twice = *p;
	size_t i;

	double_point(m, &twice);
	multiples->points[0] = *p;
	for (i = 1; i < MULTIPLES; i++) {
		multiples->points[i] = multiples->points[i - 1];
		add_point(m, &multiples->points[i], &twice);
	}
}

/* WIDTH bits of a number, from this one on. */
static unsigned
bits_at(const struct modulus *m, const uint64_t *number, size_t from)
{
	unsigned bits = 0;
	size_t i;

	for (i = from + WIDTH; i-- > from;) {
		bits *= 2;
		if (i < m->count * 64)
			bits += (unsigned)(number[i / 64] >> i % 64) & 1;
	}
	return bits;
}

/* Writes a number as a sum of digits[i] * 2^i, where a digit is 0 or odd, and
 * one that is not 0 has WIDTH - 1 zeros after it. A digit of more than
 * 2^(WIDTH - 1) counts as negative, and one is carried. */
static void
write_digits(
    const struct modulus *m, struct digits *digits, const uint64_t *number)
{
	unsigned bits, carry = 0;
	size_t i = 0;

	memset(digits, 0, sizeof(*digits));
	while (i <= m->count * 64) {
		bits = bits_at(m, number, i);
		if ((bits & 1) == carry) {
			i++;
			continue;
		}
		bits += carry;
		carry = bits >> (WIDTH - 1);
		digits->at[i] =
		    (signed char)((int)bits - (int)(carry << WIDTH));
		i += WIDTH;
	}
}

/* sum += digit times the point of these multiples. */
static void
add_multiple(const struct modulus *m, struct point *sum,
    const struct multiples *multiples, int digit)
{
	static const uint64_t zero[CURVE_WORDS];
	struct point negative;

	if (digit > 0) {
		add_point(m, sum, &multiples->points[digit / 2]);
	} else if (digit < 0) {
		negative = multiples->points[-digit / 2];
		modulus_subtract(m, negative.y, zero, negative.y);
		add_point(m, sum, &negative);
	}
}

void
curve_combine(const struct curve *curve, struct point *sum, const uint64_t *a,
    const uint64_t *b, const struct point *point)
{
	const struct modulus *m = &curve->field;
	struct multiples of_generator, of_point;
	struct digits digits_a, digits_b;
	size_t i;

	compute_multiples(m, &of_generator, &curve->generator);
	compute_multiples(m, &of_point, point);
	write_digits(&curve->order, &digits_a, a);
	write_digits(&curve->order, &digits_b, b);
	memset(sum, 0, sizeof(*sum));
	for (i = curve->order.count * 64 + 1; i-- > 0;) {
		if (!modulus_is_zero(m, sum->z))
			double_point(m, sum);
		add_multiple(m, sum, &of_generator, digits_a.at[i]);
		add_multiple(m, sum, &of_point, digits_b.at[i]);
	}
}

/* Whether x / z^2 is the number, without a division. */
static bool
affine_x_is(
    const struct modulus *m, const struct point *p, const uint64_t *number)
{
	uint64_t x[CURVE_WORDS], square[CURVE_WORDS];

	modulus_enter(m, x, number);
	modulus_multiply(m, square, p->z, p->z);
	modulus_multiply(m, x, x, square);
	return modulus_equal(m, x, p->x);
}

/* x / z^2 is below the prime, and that is below twice the order: it is the
 * number, or the number plus the order, unless that sum is not below the prime.
 * Reduced, such a sum would be below the order. */
bool
curve_x_is(const struct curve *curve, const struct point *point,
    const uint64_t *number)
{
	const struct modulus *m = &curve->field;
	uint64_t larger[CURVE_WORDS];

	if (modulus_is_zero(m, point->z))
		return false;
	if (affine_x_is(m, point, number))
		return true;
	modulus_add(m, larger, number, curve->order.words);
	return !modulus_has(&curve->order, larger) &&
	       affine_x_is(m, point, larger);
}

#endif
