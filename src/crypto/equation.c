/* equation.c - with r and s of the signature, e of the hash, G the generator
 * and Q the key: the x of (e / s) * G + (r / s) * Q is r, modulo the order. */
#include "crypto/equation.h"

#include <string.h>

#include "base/span.h"
#include "crypto/curve.h"
#include "crypto/modulus.h"

#if MODULUS_IS_SUPPORTED

struct signature {
	uint64_t r[CURVE_WORDS], s[CURVE_WORDS];
};

/* Reads a number from 1 to the order - 1. */
static bool
read_half(const struct modulus *m, uint64_t *number, const unsigned char *bytes,
    size_t length)
{
	return modulus_read(m, number, span_of(bytes, length)) == 0 &&
	       modulus_has(m, number) && !modulus_is_zero(m, number);
}

/* 1 / s is s to the power of the order - 2, since the order is a prime. It is
 * in Montgomery form, so that a product with a number is not. */
static void
invert(const struct modulus *m, uint64_t *inverse, const uint64_t *s)
{
	unsigned char exponent[CURVE_WORDS * 8];
	size_t length = modulus_length(m);

	modulus_write(m, m->words, exponent, length);
	exponent[length - 1] -= 2; /* no order ends with a byte below 2 */
	modulus_enter(m, inverse, s);
	modulus_power(m, inverse, inverse, span_of(exponent, length));
}

/* e is the leftmost bits of the hash, as many as the order has. The length of
 * each order that is shorter than a hash is a whole number of bytes. e may be
 * larger than the order. */
static bool
read_hash(const struct modulus *m, uint64_t *e, struct span hash)
{
	if (hash.length > modulus_length(m))
		hash.length = modulus_length(m);
	return modulus_read(m, e, hash) == 0;
}

uint32_t
equation_holds(const br_ec_impl *ec, const void *hash, size_t hash_length,
    const br_ec_public_key *key, const void *signature, size_t length)
{
	uint64_t inverse[CURVE_WORDS], of_generator[CURVE_WORDS];
	uint64_t of_key[CURVE_WORDS];
	const unsigned char *halves = signature;
	struct curve curve;
	struct signature given;
	struct point q, sum;

	if (key->curve < 0 || key->curve > 31 ||
	    (ec->supported_curves >> key->curve & 1) == 0 ||
	    curve_init(&curve, key->curve) < 0 ||
	    curve_read(&curve, &q, span_of(key->q, key->qlen)) < 0)
		return 0;
	if (length % 2 != 0 ||
	    !read_half(&curve.order, given.r, halves, length / 2) ||
	    !read_half(
		&curve.order, given.s, halves + length / 2, length / 2) ||
	    !read_hash(&curve.order, of_generator, span_of(hash, hash_length)))
		return 0;
	invert(&curve.order, inverse, given.s);
	modulus_multiply(&curve.order, of_generator, of_generator, inverse);
	modulus_multiply(&curve.order, of_key, given.r, inverse);
	curve_combine(&curve, &sum, of_generator, of_key, &q);
	return curve_x_is(&curve, &sum, given.r);
}

#endif
