/* exchange.c - one function of BearSSL's table is replaced, and keys and
 * secrets are made through the same table. */
#include "crypto/exchange.h"

#include <string.h>

#include "base/buffer.h"

#define X25519_LENGTH 32
#define CURVES                                                              \
	((uint32_t)1 << BR_EC_curve25519 | (uint32_t)1 << BR_EC_secp256r1 | \
	    (uint32_t)1 << BR_EC_secp384r1)

/* Reads every byte, whatever they are: the result is secret. */
static bool
is_zero(const unsigned char *bytes, size_t length)
{
	unsigned char all = 0;
	size_t i;

	for (i = 0; i < length; i++)
		all |= bytes[i];
	return all == 0;
}

/* BearSSL writes a whole point of P-384 even if it was given a shorter one. */
static uint32_t
multiply(unsigned char *point, size_t length, const unsigned char *number,
    size_t number_length, int curve)
{
	size_t right_length;
	uint32_t result;

	(void)br_ec_all_m31.generator(curve, &right_length);
	if (length != right_length)
		return 0;
	result = br_ec_all_m31.mul(point, length, number, number_length, curve);
	if (curve == BR_EC_curve25519 && is_zero(point, length))
		return 0;
	return result;
}

void
exchange_init(br_ec_impl *ec)
{
	*ec = br_ec_all_m31;
	ec->supported_curves = CURVES;
	ec->mul = multiply;
}

static bool
is_offered(int curve)
{
	return curve >= 0 && curve <= 31 && (CURVES >> curve & 1) != 0;
}

/* X25519 makes a multiple of 8 of any number. */
bool
exchange_accepts(int curve, struct span key)
{
	static const unsigned char one = 1;
	unsigned char point[EXCHANGE_PUBLIC_MAX];

	if (!is_offered(curve) || key.length > sizeof(point))
		return false;
	memcpy(point, key.bytes, key.length);
	return multiply(point, key.length, &one, sizeof(one), curve) == 1;
}

/* Any 32 bytes are a private key of X25519 (RFC 7748, 5). br_ec_keygen() would
 * clear a bit of them, since it takes them for a big-endian number. */
static size_t
make_private(unsigned char *private, int curve, const br_prng_class **random)
{
	if (curve != BR_EC_curve25519) {
		return br_ec_keygen(
		    random, &br_ec_all_m31, NULL, private, curve);
	}
	(*random)->generate(random, private, X25519_LENGTH);
	return X25519_LENGTH;
}

int
exchange_key_make(
    struct exchange_key *key, int curve, const br_prng_class **random)
{
	if (!is_offered(curve))
		return -1;
	key->curve = curve;
	key->length = make_private(key->private, curve, random);
	key->public_length =
	    br_ec_all_m31.mulgen(key->public, key->private, key->length, curve);
	return 0;
}

int
exchange_agree(const struct exchange_key *key, struct span peer,
    unsigned char secret[EXCHANGE_SECRET_MAX])
{
	unsigned char point[EXCHANGE_PUBLIC_MAX];
	size_t offset, length;
	uint32_t is_good;

	/* The curve says the length of every key on it. */
	if (peer.length != key->public_length)
		return -1;
	memcpy(point, peer.bytes, peer.length);
	is_good =
	    multiply(point, peer.length, key->private, key->length, key->curve);
	offset = br_ec_all_m31.xoff(key->curve, &length);
	if (is_good == 1)
		memcpy(secret, point + offset, length);
	wipe(point, sizeof(point));
	return is_good == 1 ? (int)length : -1;
}

void
exchange_key_wipe(struct exchange_key *key)
{
	wipe(key, sizeof(*key));
}
