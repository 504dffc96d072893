/* exchange_test.c - keys that make X25519's result zero are refused, and the
 * others are multiplied as BearSSL does. */
#include "crypto/exchange.h"

#include <string.h>

#include "base/array.h"
#include "tap.h"

/* The points of small order, as RFC 7748, 5, and
 * https://cr.yp.to/ecdh.html#validate have them: 0, 1, two of order 8, and the
 * prime - 1, the prime, the prime + 1. */
static const char *const small[] = {
    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
    "\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
    "\xe0\xeb\x7a\x7c\x3b\x41\xb8\xae\x16\x56\xe3\xfa\xf1\x9f\xc4\x6a"
    "\xda\x09\x8d\xeb\x9c\x32\xb1\xfd\x86\x62\x05\x16\x5f\x49\xb8\x00",
    "\x5f\x9c\x95\xbc\xa3\x50\x8c\x24\xb1\xd0\xb1\x55\x9c\x83\xef\x5b"
    "\x04\x44\x5c\xc4\x58\x1c\x8e\x86\xd8\x22\x4e\xdd\xd0\x9f\x11\x57",
    "\xec\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
    "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
    "\xed\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
    "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
    "\xee\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
    "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
};

static br_ec_impl ec;

static void
test_small(void)
{
	unsigned char point[32], number[32];
	size_t i;

	memset(number, 0x77, sizeof(number));
	for (i = 0; i < COUNT(small); i++) {
		memcpy(point, small[i], 32);
		tap_ok(!exchange_accepts(BR_EC_curve25519, span_of(point, 32)),
		    "X25519 key %zu is not accepted", i);
		tap_number(ec.mul(point, 32, number, 32, BR_EC_curve25519), 0,
		    "nor multiplied");
		/* The highest bit does not count (RFC 7748, 5). */
		memcpy(point, small[i], 32);
		point[31] |= 0x80;
		tap_number(ec.mul(point, 32, number, 32, BR_EC_curve25519), 0,
		    "nor with its highest bit set");
	}
}

static void
test_same(int curve, const char *name)
{
	unsigned char ours[133], theirs[133], number[66];
	size_t length, number_length;
	const unsigned char *generator = ec.generator(curve, &length);

	(void)ec.order(curve, &number_length);
	memset(number, 0x15, sizeof(number));
	memcpy(ours, generator, length);
	memcpy(theirs, generator, length);
	tap_ok(exchange_accepts(curve, span_of(ours, length)),
	    "%s: its generator is accepted", name);
	tap_number(ec.mul(ours, length, number, number_length, curve), 1,
	    "and multiplied");
	(void)br_ec_all_m31.mul(theirs, length, number, number_length, curve);
	tap_ok(memcmp(ours, theirs, length) == 0, "as BearSSL does");
	tap_number(ec.mulgen(ours, number, number_length, curve), length,
	    "a key of ours");
	tap_ok(memcmp(ours, theirs, length) == 0, "is the same point");
	tap_ok(!exchange_accepts(curve, span_of(ours, length - 1)),
	    "a key that is cut is not accepted");
	ours[length - 1] ^= 1;
	tap_number(exchange_accepts(curve, span_of(ours, length)),
	    curve == BR_EC_curve25519,
	    "X25519 has a result for any other, the rest is off the curve");
}

int
main(void)
{
	static const unsigned char bytes[133];

	exchange_init(&ec);
	test_small();
	test_same(BR_EC_curve25519, "X25519");
	test_same(BR_EC_secp256r1, "P-256");
	test_same(BR_EC_secp384r1, "P-384");
	tap_ok(!exchange_accepts(BR_EC_secp521r1, span_of(bytes, 133)),
	    "P-521 is not offered");
	tap_ok(!exchange_accepts(0, span_of(bytes, 32)), "no curve");
	tap_ok(!exchange_accepts(99, span_of(bytes, 32)), "an unknown one");
	return tap_done();
}
