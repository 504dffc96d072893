/* curve.h - points of the curves P-256, P-384 and P-521 (SEC 2, 2.4.2, 2.5.1
 * and 2.6.1), for the verification of signatures.
 *
 * Every input must be public: the operations and their number depend on the
 * numbers. A key exchange or a signature of our own must not use it. */
#ifndef CURVE_H
#define CURVE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "crypto/modulus.h"

#define CURVE_WORDS 9 /* 521 bits */

/* Jacobian coordinates: (x, y, z) is the point (x / z^2, y / z^3), and any
 * point with z = 0 the point at infinity. Each is an element of the field in
 * Montgomery form. */
struct point {
	uint64_t x[CURVE_WORDS], y[CURVE_WORDS], z[CURVE_WORDS];
};

/* y^2 = x^3 - 3x + b over the integers modulo a prime. The order of its points
 * is a prime as well, which is smaller and has as many words. */
struct curve {
	struct modulus field;
	struct modulus order;
	struct point generator;
};

/* Starts with one of BearSSL's identifiers of curves, BR_EC_secp256r1 etc.
 *
 * Returns 0, or -1 if the curve is not one of the three. */
int curve_init(struct curve *curve, int id) __attribute__((warn_unused_result));

/* Reads a point in uncompressed form (SEC 1, 2.3.4), and checks that it is on
 * the curve. The point at infinity has no such form.
 *
 * Returns 0, or -1 if it is not. */
int curve_read(const struct curve *curve, struct point *point,
    struct span bytes) __attribute__((warn_unused_result));

/* a * generator + b * point, for a and b below the order. The point is not at
 * infinity; the sum may be. */
void curve_combine(const struct curve *curve, struct point *sum,
    const uint64_t *a, const uint64_t *b, const struct point *point);

/* Whether a point is not at infinity, and the x of its affine coordinates,
 * reduced modulo the order, is this number, which is below the order. */
bool curve_x_is(const struct curve *curve, const struct point *point,
    const uint64_t *number);

#endif
