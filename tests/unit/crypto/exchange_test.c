/* exchange_test.c - keys that make X25519's result zero are refused, and the
 * others are multiplied as BearSSL does. Keys and secrets are those that the
 * RFCs publish. */
#include "crypto/exchange.h"

#include <string.h>

#include "base/array.h"
#include "hex.h"
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
	tap_number(ec.mul(theirs, length / 2 + 1, number, number_length, curve),
	    0, "nor is the first half of it multiplied");
	tap_ok(memcmp(ours, theirs, length) == 0, "and nothing is written");
	ours[length - 1] ^= 1;
	tap_number(exchange_accepts(curve, span_of(ours, length)),
	    curve == BR_EC_curve25519,
	    "X25519 has a result for any other, the rest is off the curve");
}

/* A source that gives the bytes of one private key. */
struct fixed {
	const br_prng_class *class;
	const unsigned char *bytes;
	size_t length;
};

static void
fixed_generate(const br_prng_class **random, void *out, size_t length)
{
	const struct fixed *fixed = (const void *)random;

	if (length == fixed->length)
		memcpy(out, fixed->bytes, length);
}

static const br_prng_class fixed_class = {
    .context_size = sizeof(struct fixed),
    .generate = fixed_generate,
};

static const struct {
	const char *name;
	int curve;
	const char *private, *public, *peer, *secret;
} published[] = {
    {"RFC 7748, 6.1", BR_EC_curve25519,
	"5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
	"de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
	"8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
	"4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"},
    {"RFC 5903, 8.1", BR_EC_secp256r1,
	"c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433",
	"04"
	"dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c3772581180"
	"5271a0461cdb8252d61f1c456fa3e59ab1f45b33accf5f58389e0577b8990bb3",
	"04"
	"d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf63"
	"56fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab",
	"d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de"},
    {"RFC 5903, 8.2", BR_EC_secp384r1,
	"099f3c7034d4a2c699884d73a375a67f7624ef7c6b3c0f16"
	"0647b67414dce655e35b538041e649ee3faef896783ab194",
	"04"
	"667842d7d180ac2cde6f74f37551f55755c7645c20ef73e3"
	"1634fe72b4c55ee6de3ac808acb4bdb4c88732aee95f41aa"
	"9482ed1fc0eeb9cafc4984625ccfc23f65032149e0e144ad"
	"a024181535a0f38eeb9fcff3c2c947dae69b4c634573a81c",
	"04"
	"e558dbef53eecde3d3fccfc1aea08a89a987475d12fd950d"
	"83cfa41732bc509d0d1ac43a0336def96fda41d0774a3571"
	"dcfbec7aacf3196472169e838430367f66eebe3c6e70c416"
	"dd5f0c68759dd1fff83fa40142209dff5eaad96db9e6386c",
	"11187331c279962d93d604243fd592cb9d0a926f422e4718"
	"7521287e7156c5c4d603135569b9e9d09cf5d4a270f59746"},
};

/* Makes the key of published[i]. */
static int
make(struct exchange_key *key, size_t i)
{
	unsigned char private[EXCHANGE_PRIVATE_MAX];
	struct fixed fixed = {&fixed_class, private, 0};

	fixed.length = hex_read(published[i].private, private, sizeof(private));
	return exchange_key_make(key, published[i].curve, &fixed.class);
}

static void
test_published(size_t i)
{
	unsigned char expected[EXCHANGE_PUBLIC_MAX], peer[EXCHANGE_PUBLIC_MAX];
	unsigned char secret[EXCHANGE_SECRET_MAX];
	struct exchange_key key;
	size_t length;

	tap_number(make(&key, i), 0, "%s: a key", published[i].name);
	length = hex_read(published[i].public, expected, sizeof(expected));
	tap_number(key.public_length, length, "its public key's length");
	tap_ok(memcmp(key.public, expected, length) == 0, "its public key");
	length = hex_read(published[i].peer, peer, sizeof(peer));
	tap_number(exchange_agree(&key, span_of(peer, length), secret),
	    hex_read(published[i].secret, expected, sizeof(expected)),
	    "the length of the secret");
	tap_ok(memcmp(secret, expected, strlen(published[i].secret) / 2) == 0,
	    "the secret");
	exchange_key_wipe(&key);
	tap_number(key.private[0], 0, "the key is overwritten");
}

/* What no key share may have (RFC 8446, 4.2.8.2; RFC 8422, 5.11). Each point is
 * on the curve but for what is said of it. */
static const struct {
	const char *name;
	size_t ours; /* in published[] */
	const char *peer;
} refused[] = {
    {"X25519: 0", 0,
	"0000000000000000000000000000000000000000000000000000000000000000"},
    {"X25519: a point of order 8", 0,
	"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"},
    {"X25519: a byte is missing", 0,
	"8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e"},
    {"X25519: nothing", 0, ""},
    {"P-256: the point at infinity", 1, "00"},
    {"P-256: nothing", 1, ""},
    {"P-256: compressed", 1,
	"02d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf63"},
    {"P-256: hybrid", 1,
	"07d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf63"
	"56fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab"},
    {"P-256: off the curve", 1,
	"04d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf63"
	"56fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ac"},
    {"P-256: the coordinates are zero", 1,
	"040000000000000000000000000000000000000000000000000000000000000000"
	"0000000000000000000000000000000000000000000000000000000000000000"},
    {"P-256: x is 5 plus the prime", 1,
	"04ffffffff00000001000000000000000000000001000000000000000000000004"
	"459243b9aa581806fe913bce99817ade11ca503c64d9a3c533415c083248fbcc"},
    {"P-256: a byte more", 1,
	"04d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf63"
	"56fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab00"},
    {"P-384: x is 2 plus the prime", 2,
	"04ffffffffffffffffffffffffffffffffffffffffffffffff"
	"fffffffffffffffeffffffff000000000000000100000001"
	"8cdeadbbd04911a3c1931e26df3fa6439dca9c7eb286fbd4"
	"6fc319f0e2bb780232baf57825fc0c1912ada2fefe84024c"},
    {"P-384: a point of P-256", 2,
	"04d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf63"
	"56fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab"},
};

/* x is below the prime: the points of the two rows above are on the curves. */
static void
test_reduced(void)
{
	static const char *const points[] = {
	    "",
	    "04"
	    "0000000000000000000000000000000000000000000000000000000000000005"
	    "459243b9aa581806fe913bce99817ade11ca503c64d9a3c533415c083248fbcc",
	    "04"
	    "000000000000000000000000000000000000000000000000"
	    "000000000000000000000000000000000000000000000002"
	    "8cdeadbbd04911a3c1931e26df3fa6439dca9c7eb286fbd4"
	    "6fc319f0e2bb780232baf57825fc0c1912ada2fefe84024c",
	};
	unsigned char peer[EXCHANGE_PUBLIC_MAX], secret[EXCHANGE_SECRET_MAX];
	struct exchange_key key;
	size_t i, length;

	for (i = 1; i < COUNT(points); i++) {
		length = hex_read(points[i], peer, sizeof(peer));
		tap_number(make(&key, i), 0, "a key");
		tap_number(exchange_agree(&key, span_of(peer, length), secret),
		    length / 2, "a small x is accepted");
	}
}

static void
test_refused(void)
{
	unsigned char peer[EXCHANGE_PUBLIC_MAX + 1];
	unsigned char secret[EXCHANGE_SECRET_MAX] = {0};
	struct exchange_key key;
	size_t i, length;

	for (i = 0; i < COUNT(refused); i++) {
		tap_number(make(&key, refused[i].ours), 0, "a key");
		length = hex_read(refused[i].peer, peer, sizeof(peer));
		tap_number(exchange_agree(&key, span_of(peer, length), secret),
		    -1, "%s", refused[i].name);
	}
	tap_number(secret[0], 0, "nothing of a result is handed out");
}

/* From a generator of BearSSL's, as in a connection. */
static void
test_random(int curve, const char *name)
{
	unsigned char one[EXCHANGE_SECRET_MAX] = {0};
	unsigned char other[EXCHANGE_SECRET_MAX] = {0};
	struct exchange_key ours, theirs;
	br_hmac_drbg_context random;
	int length;

	br_hmac_drbg_init(&random, &br_sha256_vtable, "seed", 4);
	tap_number(exchange_key_make(&ours, curve, &random.vtable), 0,
	    "%s: a random key", name);
	tap_number(exchange_key_make(&theirs, curve, &random.vtable), 0,
	    "another one");
	tap_ok(memcmp(ours.public, theirs.public, ours.public_length) != 0,
	    "they differ");
	length = exchange_agree(
	    &ours, span_of(theirs.public, theirs.public_length), one);
	tap_number(exchange_agree(&theirs,
		       span_of(ours.public, ours.public_length), other),
	    length, "both sides have a secret");
	tap_ok(memcmp(one, other, sizeof(one)) == 0, "it is the same");
}

static void
test_no_key(void)
{
	static const int curves[] = {
	    BR_EC_secp521r1, BR_EC_secp256k1, 0, -1, 99};
	struct exchange_key key;
	br_hmac_drbg_context random;
	size_t i;

	br_hmac_drbg_init(&random, &br_sha256_vtable, "seed", 4);
	for (i = 0; i < COUNT(curves); i++) {
		tap_number(exchange_key_make(&key, curves[i], &random.vtable),
		    -1, "no key of curve %d", curves[i]);
	}
}

int
main(void)
{
	static const unsigned char bytes[133];
	size_t i;

	exchange_init(&ec);
	test_small();
	test_same(BR_EC_curve25519, "X25519");
	test_same(BR_EC_secp256r1, "P-256");
	test_same(BR_EC_secp384r1, "P-384");
	tap_ok(!exchange_accepts(BR_EC_secp521r1, span_of(bytes, 133)),
	    "P-521 is not offered");
	tap_ok(!exchange_accepts(0, span_of(bytes, 32)), "no curve");
	tap_ok(!exchange_accepts(99, span_of(bytes, 32)), "an unknown one");
	for (i = 0; i < COUNT(published); i++)
		test_published(i);
	test_refused();
	test_reduced();
	test_random(BR_EC_curve25519, "X25519");
	test_random(BR_EC_secp256r1, "P-256");
	test_random(BR_EC_secp384r1, "P-384");
	test_no_key();
	return tap_done();
}
