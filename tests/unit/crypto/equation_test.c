/* equation_test.c - the verdict is BearSSL's for signatures that it makes, for
 * numbers at every edge, and for hashes of every kind. */
#include "crypto/equation.h"

#include <string.h>

#include "base/array.h"
#include "crypto/modulus.h"
#include "tap.h"

#if MODULUS_IS_SUPPORTED

#define NUMBER_MAX 66
#define POINT_MAX 133

struct key {
	br_ec_public_key public;
	br_ec_private_key private;
	unsigned char q[POINT_MAX], x[NUMBER_MAX];
	const unsigned char *order;
	size_t length;
};

static void
key_init(struct key *k, int curve)
{
	k->order = br_ec_prime_i31.order(curve, &k->length);
	memset(k->x, 0x35, k->length);
	k->x[0] = 0;
	k->private = (br_ec_private_key){curve, k->x, k->length};
	k->public = (br_ec_public_key){curve, k->q, 0};
	k->public.qlen = br_ec_prime_i31.mulgen(k->q, k->x, k->length, curve);
}

static uint32_t
ours(const struct key *k, struct span hash, const void *signature)
{
	return equation_holds(&br_ec_all_m31, hash.bytes, hash.length,
	    &k->public, signature, 2 * k->length);
}

static uint32_t
theirs(const struct key *k, struct span hash, const void *signature)
{
	return br_ecdsa_i31_vrfy_raw(&br_ec_all_m31, hash.bytes, hash.length,
	    &k->public, signature, 2 * k->length);
}

/* Hashes: zero, all ones, the order, the order and one, and others. The hash
 * function is that of BearSSL's deterministic nonce, which does not matter. */
static void
test_hashes(const struct key *k)
{
	static const size_t lengths[] = {32, 48, 64};
	unsigned char hash[NUMBER_MAX], signature[2 * NUMBER_MAX];
	size_t i, length;
	int kind;

	for (i = 0; i < COUNT(lengths); i++) {
		length = lengths[i];
		for (kind = 0; kind < 5; kind++) {
			memset(hash, kind == 1 ? 0xff : 0x00, sizeof(hash));
			if (kind == 2 || kind == 3)
				memcpy(hash, k->order, k->length);
			if (kind == 3)
				hash[k->length - 1]++;
			if (kind == 4)
				hash[0] = 0x80;
			if (br_ecdsa_i31_sign_raw(&br_ec_prime_i31,
				length == 32   ? &br_sha256_vtable
				: length == 48 ? &br_sha384_vtable
					       : &br_sha512_vtable,
				hash, &k->private, signature) == 0) {
				tap_ok(false, "BearSSL signs");
				continue;
			}
			tap_ok(ours(k, span_of(hash, length), signature) == 1,
			    "hash %d of %zu bytes", kind, length);
			hash[kind == 4 ? 0 : 3] ^= 1;
			tap_ok(ours(k, span_of(hash, length), signature) == 0,
			    "and not another one");
		}
	}
}

/* r and s: 0, 1, n - 1, n, n + 1, all ones, and those of a signature. */
static void
set_half(const struct key *k, unsigned char *half, int kind)
{
	memset(half, 0, k->length);
	if (kind == 1)
		half[k->length - 1] = 1;
	if (kind >= 2 && kind <= 4)
		memcpy(half, k->order, k->length);
	if (kind == 2)
		half[k->length - 1]--;
	if (kind == 4)
		half[k->length - 1]++;
	if (kind == 5)
		memset(half, 0xff, k->length);
}

static void
test_edges(const struct key *k)
{
	unsigned char hash[32], good[2 * NUMBER_MAX], bad[2 * NUMBER_MAX];
	unsigned different = 0, accepted = 0;
	int r, s;

	memset(hash, 0x5a, sizeof(hash));
	tap_ok(br_ecdsa_i31_sign_raw(&br_ec_prime_i31, &br_sha256_vtable, hash,
		   &k->private, good) == 2 * k->length,
	    "BearSSL signs");
	for (r = 0; r < 7; r++) {
		for (s = 0; s < 7; s++) {
			memcpy(bad, good, 2 * k->length);
			if (r < 6)
				set_half(k, bad, r);
			if (s < 6)
				set_half(k, bad + k->length, s);
			accepted += ours(k, span_of(hash, 32), bad);
			different += ours(k, span_of(hash, 32), bad) !=
				     theirs(k, span_of(hash, 32), bad);
		}
	}
	tap_number(accepted, 1, "accepted at the edges");
	tap_number(different, 0, "other verdicts than BearSSL's");
}

/* n - s verifies as well as s: that is ECDSA, and not refused. */
static void
test_other_half(const struct key *k)
{
	unsigned char hash[32], signature[2 * NUMBER_MAX];
	unsigned borrow = 0, difference;
	unsigned char *s = signature + k->length;
	size_t i;

	memset(hash, 0x11, sizeof(hash));
	(void)br_ecdsa_i31_sign_raw(
	    &br_ec_prime_i31, &br_sha256_vtable, hash, &k->private, signature);
	for (i = k->length; i-- > 0;) {
		difference = 0x100u + k->order[i] - s[i] - borrow;
		s[i] = (unsigned char)difference;
		borrow = difference < 0x100;
	}
	tap_ok(ours(k, span_of(hash, 32), signature) == 1, "n - s");
}

static void
test_keys(struct key *k)
{
	unsigned char hash[32] = {1}, signature[2 * NUMBER_MAX];
	br_ec_impl none = br_ec_all_m31;
	size_t length = 2 * k->length;

	(void)br_ecdsa_i31_sign_raw(
	    &br_ec_prime_i31, &br_sha256_vtable, hash, &k->private, signature);
	none.supported_curves = 0;
	tap_ok(
	    equation_holds(&none, hash, 32, &k->public, signature, length) == 0,
	    "a curve that is not supported");
	tap_ok(equation_holds(&br_ec_all_m31, hash, 32, &k->public, signature,
		   length - 1) == 0,
	    "a signature of odd length");
	k->q[k->public.qlen - 1] ^= 1;
	tap_ok(ours(k, span_of(hash, 32), signature) == 0,
	    "a key that is not on the curve");
	k->q[k->public.qlen - 1] ^= 1;
	k->public.qlen--;
	tap_ok(ours(k, span_of(hash, 32), signature) == 0, "a key that is cut");
	k->public.qlen++;
	k->public.curve = 99;
	tap_ok(ours(k, span_of(hash, 32), signature) == 0, "an unknown curve");
}

#endif

int
main(void)
{
#if MODULUS_IS_SUPPORTED
	static const int curves[] = {
	    BR_EC_secp256r1, BR_EC_secp384r1, BR_EC_secp521r1};
	static struct key key;
	size_t i;

	for (i = 0; i < COUNT(curves); i++) {
		key_init(&key, curves[i]);
		test_hashes(&key);
		test_edges(&key);
		test_other_half(&key);
		test_keys(&key);
	}
#else
	tap_ok(sizeof(void *) < 8, "only processors of 32 bits lack it");
#endif
	return tap_done();
}
