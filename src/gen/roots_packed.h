/* roots_packed.h - the format of the built-in roots, which gen/roots.c writes
 * and x509/roots.c reads: trust anchors one after the other, without pointers,
 * so that nothing is relocated or built at the start. A look-up walks over all
 * of them, which takes less time for 150 roots than a page fault. */
#ifndef ROOTS_PACKED_H
#define ROOTS_PACKED_H

#include <stdint.h>

/* A root is the beginning of its subject's id (x509/name.h), a kind of key, and
 * the key. The id only finds candidates: a candidate is trusted only if its key
 * verifies the signature. */
#define ROOTS_HASH_SIZE 4
#define ROOTS_MATCHES 4 /* at most as many have the same hash */
#define ROOTS_HEAD_SIZE (ROOTS_HASH_SIZE + 1)

/* Kinds of keys. The key on an elliptic curve is its uncompressed point (RFC
 * 5480, 2.2). An RSA key is its modulus: the upper two bits of the kind are the
 * index of its exponent, the lower bits its length in units of 128 bytes. */
#define ROOTS_EXPONENTS               \
	{                             \
		{1, 0, 1}, {0, 0, 3}, \
		{                     \
			0, 168, 139   \
		}                     \
	} /* 65537 ... */
#define ROOTS_EXPONENT_SIZE 3
#define ROOTS_EXPONENT_SHIFT 6
#define ROOTS_RSA_UNIT 128
#define ROOTS_RSA_UNITS 63 /* a mask */
#define ROOTS_RSA_MIN (2048 / 8 / ROOTS_RSA_UNIT)
#define ROOTS_P256 0
#define ROOTS_P384 1
#define ROOTS_P256_SIZE 65
#define ROOTS_P384_SIZE 97

/* A root whose certificates Mozilla distrusts if they begin after a time. */
struct roots_packed_limit {
	uint32_t root;  /* its number */
	uint32_t after; /* seconds since 1970 */
};

extern const uint32_t roots_packed_count;
extern const unsigned char roots_packed[];
/* Of Mozilla's list, in seconds since 1970. */
extern const uint32_t roots_packed_date;
extern const uint32_t roots_packed_limit_count;
/* One more follows the last, so that the table is never empty. */
extern const struct roots_packed_limit roots_packed_limits[];

#endif
