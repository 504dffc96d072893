/* exchange.c - one function of BearSSL's table is replaced. */
#include "crypto/exchange.h"

#include <string.h>

#define POINT_MAX 97 /* P-384 */
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

static uint32_t
multiply(unsigned char *point, size_t length, const unsigned char *number,
    size_t number_length, int curve)
{
	uint32_t result =
	    br_ec_all_m31.mul(point, length, number, number_length, curve);

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

/* X25519 makes a multiple of 8 of any number. */
bool
exchange_accepts(int curve, struct span key)
{
	static const unsigned char one = 1;
	unsigned char point[POINT_MAX];

	if (curve < 0 || curve > 31 || (CURVES >> curve & 1) == 0 ||
	    key.length > sizeof(point))
		return false;
	memcpy(point, key.bytes, key.length);
	return multiply(point, key.length, &one, sizeof(one), curve) == 1;
}
