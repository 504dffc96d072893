/* power_test.c - powers against BearSSL's, for moduli of every length and
 * numbers at the edges. */
#include "crypto/power.h"

#include <stdbool.h>
#include <string.h>

#include "base/array.h"
#include "crypto/modulus.h"
#include "tap.h"

#if MODULUS_IS_SUPPORTED

#define SIZE 512

static unsigned char n[SIZE + 1];

static const struct {
	size_t length;
	unsigned char bytes[5];
} exponents[] = {
    {1, {1}},
    {1, {3}},
    {3, {1, 0, 1}},
    {4, {0xff, 0xff, 0xff, 0xff}},
    {5, {0, 0, 1, 0, 1}},
};

/* 0, 1, n - 1, n, and a pattern. Only n is refused. */
static void
make_number(unsigned kind, size_t length, unsigned char *x)
{
	memset(x, kind == 4 ? 0x29 : 0, length);
	if (kind == 2 || kind == 3)
		memcpy(x, n, length);
	if (kind == 1)
		x[length - 1] = 1;
	if (kind == 2)
		x[length - 1]--;
}

/* Returns how many results differ from BearSSL's. */
static unsigned
compare(size_t length, size_t exponent)
{
	unsigned char ours[SIZE], theirs[SIZE];
	br_rsa_public_key key = {n, length,
	    (unsigned char *)exponents[exponent].bytes,
	    exponents[exponent].length};
	unsigned kind, wrong = 0;
	uint32_t result;

	for (kind = 0; kind < 5; kind++) {
		make_number(kind, length, ours);
		memcpy(theirs, ours, length);
		result = power_raise(ours, length, &key);
		wrong += result != (kind != 3);
		if (result != br_rsa_i31_public(theirs, length, &key))
			wrong++;
		if (result == 1 && memcmp(ours, theirs, length) != 0)
			wrong++;
	}
	return wrong;
}

static void
test_lengths(void)
{
	static const size_t lengths[] = {
	    64, 65, 127, 128, 255, 256, 257, 384, 511, 512};
	static const unsigned char firsts[] = {0xff, 0x80, 0x2a};
	unsigned wrong;
	size_t i, j, k;

	for (i = 0; i < COUNT(lengths); i++) {
		wrong = 0;
		for (j = 0; j < COUNT(firsts); j++) {
			memset(n, j == 0 ? 0xff : 0x9b, sizeof(n));
			n[0] = firsts[j];
			for (k = 0; k < COUNT(exponents); k++)
				wrong += compare(lengths[i], k);
		}
		tap_number(
		    wrong, 0, "wrong powers, modulus of %zu bytes", lengths[i]);
	}
}

static bool
is_raised(size_t length, size_t modulus, const char *exponent)
{
	unsigned char x[SIZE + 1] = {0};
	br_rsa_public_key key = {
	    n, modulus, (unsigned char *)exponent, strlen(exponent)};

	return power_raise(x, length, &key) == 1;
}

static void
test_refused(void)
{
	memset(n, 0xff, sizeof(n));
	tap_ok(is_raised(256, 256, "\x03"), "a modulus of 256 bytes");
	tap_ok(!is_raised(255, 256, "\x03"), "a number that is shorter");
	tap_ok(!is_raised(257, 256, "\x03"), "a number that is longer");
	tap_ok(!is_raised(0, 0, "\x03"), "no modulus");
	tap_ok(!is_raised(513, 513, "\x03"), "a modulus of 513 bytes");
	tap_ok(!is_raised(256, 256, ""), "no exponent");
	n[0] = 0;
	tap_ok(is_raised(255, 256, "\x03"), "zeros before the modulus");
	n[255] = 0xfe;
	tap_ok(!is_raised(255, 256, "\x03"), "an even modulus");
}

#endif

int
main(void)
{
#if MODULUS_IS_SUPPORTED
	test_lengths();
	test_refused();
#else
	tap_ok(sizeof(void *) < 8, "only processors of 32 bits lack it");
#endif
	return tap_done();
}
