/* roots_packed.h - what the host tool roots.c writes and the module roots
 * reads: trust anchors one after the other without pointers, so that nothing
 * has to be relocated or built at the start. A look-up walks over all of
 * them, which for 150 takes less than a page fault. */
#ifndef ROOTS_PACKED_H
#define ROOTS_PACKED_H

#include <stdint.h>

/* A root is the beginning of the SHA-256 of its subject's DN in DER, a kind,
 * and a key of the kind's length. The hash only finds candidates: what decides
 * is the signature that a candidate's key must verify. */
#define ROOTS_HASH_SIZE 4
#define ROOTS_HEAD_SIZE (ROOTS_HASH_SIZE + 1)

/* Kinds. Elliptic curves: the point, uncompressed (RFC 5480, 2.2). RSA: the
 * modulus; the kind's upper two bits are the number of an exponent, the lower
 * ones the length in units of 128 bytes. */
#define ROOTS_EXPONENTS {{1, 0, 1}, {0, 0, 3}, {0, 168, 139}} /* 65537 ... */
#define ROOTS_EXPONENT_SIZE 3
#define ROOTS_EXPONENT_SHIFT 6
#define ROOTS_RSA_UNIT 128
#define ROOTS_RSA_UNITS 63 /* a mask */
#define ROOTS_RSA_MIN (2048 / 8 / ROOTS_RSA_UNIT)
#define ROOTS_P256 0
#define ROOTS_P384 1
#define ROOTS_P256_SIZE 65
#define ROOTS_P384_SIZE 97

extern const uint32_t roots_packed_count;
extern const unsigned char roots_packed[];

#endif
