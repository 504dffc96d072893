/* signature_fuzz.c - verdicts and powers are BearSSL's, whatever the signature,
 * the hash, the key or the modulus is, and an ECDSA signature that is accepted
 * has the only encoding that it can have. On processors without our arithmetic,
 * only the last is tested. */
#include <bearssl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "crypto/arithmetic.h"
#include "crypto/ecdsa.h"
#include "fuzz.h"

#define NUMBER_MAX 66
#define POINT_MAX 133
#define RSA_MAX 512
#define DER_MAX 400

/* A pattern: a byte that is repeated, with some others in place of it. */
static void
take_pattern(struct input *in, unsigned char *out, size_t length)
{
	size_t count = take(in) % (length + 1), i;

	memset(out, take(in), length);
	for (i = 0; i < count; i++)
		out[i] = take(in);
	if (length > 0)
		out[length - 1] ^= take(in);
}

struct signed_hash {
	unsigned char x[NUMBER_MAX], q[POINT_MAX], hash[64];
	unsigned char raw[2 * NUMBER_MAX];
	size_t half, hash_length;
	br_ec_public_key key;
};

static void
sign(struct input *in, struct signed_hash *s, int curve)
{
	static const br_hash_class *const classes[] = {
	    &br_sha256_vtable, &br_sha384_vtable, &br_sha512_vtable};
	unsigned which = take(in) % 3;
	br_ec_private_key private = {curve, s->x, 0};

	(void)br_ec_prime_i31.order(curve, &s->half);
	private.xlen = s->half;
	memset(s->x, 0, sizeof(s->x));
	take_pattern(in, s->x + 2, s->half - 2); /* below the order */
	s->x[s->half - 1] |= 1;
	s->hash_length = 32 + 16 * which;
	take_pattern(in, s->hash, s->hash_length);
	check(br_ecdsa_i31_sign_raw(&br_ec_prime_i31, classes[which], s->hash,
		  &private, s->raw) == 2 * s->half);
	s->key = (br_ec_public_key){curve, s->q, 0};
	s->key.qlen = br_ec_prime_i31.mulgen(s->q, s->x, s->half, curve);
}

/* Replaces one number of the signature by one near the order, or changes a byte
 * of something. */
static void
change(struct input *in, struct signed_hash *s)
{
	const unsigned char *order =
	    br_ec_prime_i31.order(s->key.curve, &s->half);
	unsigned char *half = s->raw + s->half * (take(in) & 1);
	size_t at;

	switch (take(in) % 6) {
	case 0:
		take_pattern(in, half, s->half);
		break;
	case 1:
		memcpy(half, order, s->half);
		half[s->half - 1] =
		    (unsigned char)(half[s->half - 1] + take(in) - 4);
		break;
	case 2:
		memset(half, 0, s->half);
		half[s->half - 1] = take(in);
		break;
	case 3:
		at = take(in) % s->key.qlen;
		s->q[at] ^= take(in);
		break;
	case 4:
		at = take(in) % s->hash_length;
		s->hash[at] ^= take(in);
		break;
	default:
		break;
	}
}

/* BearSSL's sum of multiples does not promise to work for a multiple of 0,
 * which comes from an r, or a hash modulo the order, of 0. */
static bool
has_zero(const struct signed_hash *s)
{
	static const unsigned char zero[NUMBER_MAX];
	size_t length = s->half < s->hash_length ? s->half : s->hash_length;
	const unsigned char *order =
	    br_ec_prime_i31.order(s->key.curve, &(size_t){0});

	return memcmp(s->raw, zero, s->half) == 0 ||
	       memcmp(s->hash, zero, length) == 0 ||
	       (length == s->half && memcmp(s->hash, order, length) == 0);
}

static void
fuzz_equation(struct input *in, int curve)
{
	struct signed_hash s;
	uint32_t ours, theirs;

	sign(in, &s, curve);
	change(in, &s);
	ours = arithmetic_ecdsa(
	    &br_ec_all_m31, s.hash, s.hash_length, &s.key, s.raw, 2 * s.half);
	theirs = br_ecdsa_i31_vrfy_raw(
	    &br_ec_all_m31, s.hash, s.hash_length, &s.key, s.raw, 2 * s.half);
	check(ours == theirs || has_zero(&s));
}

static void
fuzz_power(struct input *in)
{
	unsigned char n[RSA_MAX], e[4], ours[RSA_MAX], theirs[RSA_MAX];
	size_t length = 3 + (take(in) * 2u + (take(in) & 1)) % (RSA_MAX - 2);
	br_rsa_public_key key = {n, length, e, sizeof(e)};
	uint32_t result;

	take_pattern(in, n, length);
	take_pattern(in, e, sizeof(e));
	take_pattern(in, ours, length);
	n[0] |=
	    1; /* BearSSL's takes a modulus of any length, ours not 0 or 1 */
	e[3] |= 1; /* nor an exponent of 0 */
	memcpy(theirs, ours, length);
	result = arithmetic_rsa(ours, length, &key);
	check(result == br_rsa_i31_public(theirs, length, &key));
	check(result == 0 || memcmp(ours, theirs, length) == 0);
}

/* Takes some bytes out of a signature and puts others in. */
static void
fuzz_encoding(struct input *in, int curve)
{
	struct signed_hash s;
	unsigned char der[DER_MAX], again[DER_MAX];
	size_t length, at, out, add, again_length;

	sign(in, &s, curve);
	memcpy(der, s.raw, 2 * s.half);
	length = br_ecdsa_raw_to_asn1(der, 2 * s.half);
	at = take(in) % (length + 1);
	out = take(in) % (length - at + 1);
	add = in->left < 200 ? in->left : 200;
	memmove(der + at + add, der + at + out, length - at - out);
	if (add > 0)
		memcpy(der + at, in->next, add);
	length = length - out + add;
	if (ecdsa_verify(&br_ec_all_m31, s.hash, s.hash_length, &s.key, der,
		length) == 0)
		return;
	memcpy(again, der, length);
	again_length = br_ecdsa_asn1_to_raw(again, length);
	again_length = br_ecdsa_raw_to_asn1(again, again_length);
	check(again_length == length);
	check(memcmp(again, der, length) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int curves[] = {
	    BR_EC_secp256r1, BR_EC_secp384r1, BR_EC_secp521r1};
	struct input in = {data, size};
	unsigned kind = take(&in) % 7;

	if (kind < 3)
		fuzz_equation(&in, curves[kind]);
	else if (kind < 6)
		fuzz_encoding(&in, curves[kind - 3]);
	else
		fuzz_power(&in);
	return 0;
}
