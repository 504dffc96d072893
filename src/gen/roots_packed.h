/* roots_packed.h - what the host tool roots.c writes and the module roots
 * reads: trust anchors without pointers, so that nothing has to be relocated
 * or built at the start. */
#ifndef ROOTS_PACKED_H
#define ROOTS_PACKED_H

#include <stdint.h>

/* Of the SHA-256 of a name. It only finds candidates: what decides is the
 * signature that a candidate's key must verify. */
#define ROOTS_HASH_SIZE 8

/* The first byte of a key. */
#define ROOTS_RSA 1 /* then the exponent's length, exponent, modulus */
#define ROOTS_EC 2  /* then the curve's number and the point */

extern const uint32_t roots_packed_count;

/* The hash of each subject's DN in DER, in rising order. */
extern const unsigned char roots_packed_hashes[][ROOTS_HASH_SIZE];

/* Where each key begins in roots_packed_keys; one more for the end. */
extern const uint32_t roots_packed_offsets[];
extern const unsigned char roots_packed_keys[];

#endif
