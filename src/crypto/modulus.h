/* modulus.h - arithmetic modulo an odd number of up to 4096 bits, on words of
 * 64 bits, for the verification of signatures.
 *
 * Every input must be public: what is computed, and how long it takes, depends
 * on the numbers. A key exchange or a signature of our own must not use it.
 *
 * A number is an array of words, the least significant first, as many as the
 * modulus has. An element is a number below the modulus. In Montgomery form, a
 * stands for a * R, where R = 2^(64 * count): multiplication works on this
 * form, and sums and comparisons on either. */
#ifndef MODULUS_H
#define MODULUS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

/* Products of two words need a type of 128 bits, which compilers have for
 * processors of 64 bits. Without it, none of these functions exist. */
#ifdef __SIZEOF_INT128__
#define MODULUS_IS_SUPPORTED 1
#else
#define MODULUS_IS_SUPPORTED 0
#endif

#define MODULUS_WORDS 64 /* 4096 bits */

struct modulus {
	size_t count; /* of words; the last one is not 0 */
	uint64_t words[MODULUS_WORDS];
	/* Private from here on. */
	uint64_t inverse; /* -1 / modulus, modulo 2^64 */
	uint64_t square[MODULUS_WORDS];
};

/* Starts with a modulus in big-endian bytes, which may have leading zeros.
 *
 * Returns 0, or -1 if it is even, less than 3 or has more than 4096 bits. */
int modulus_init(struct modulus *m, struct span bytes)
    __attribute__((warn_unused_result));

/* The bytes of the modulus, without leading zeros. */
size_t modulus_length(const struct modulus *m);

/* Reads a number from big-endian bytes, at most count * 8 of them.
 *
 * Returns 0, or -1 if there are more. */
int modulus_read(const struct modulus *m, uint64_t *number, struct span bytes)
    __attribute__((warn_unused_result));

/* Writes a number as length big-endian bytes. What does not fit is left out. */
void modulus_write(const struct modulus *m, const uint64_t *number,
    unsigned char *bytes, size_t length);

/* Whether a number is an element. */
bool modulus_has(const struct modulus *m, const uint64_t *number);

bool modulus_is_zero(const struct modulus *m, const uint64_t *number);
bool modulus_equal(
    const struct modulus *m, const uint64_t *a, const uint64_t *b);

/* In each function below, result may be one of the operands. */

/* The sum and the difference of two elements. */
void modulus_add(const struct modulus *m, uint64_t *result, const uint64_t *a,
    const uint64_t *b);
void modulus_subtract(const struct modulus *m, uint64_t *result,
    const uint64_t *a, const uint64_t *b);

/* a * b / R. If one of them is an element, the other may be any number. */
void modulus_multiply(const struct modulus *m, uint64_t *result,
    const uint64_t *a, const uint64_t *b);

/* Brings a number into Montgomery form, and an element out of it. */
void modulus_enter(
    const struct modulus *m, uint64_t *result, const uint64_t *number);
void modulus_leave(
    const struct modulus *m, uint64_t *result, const uint64_t *element);

/* Raises an element in Montgomery form to a power, which is given in big-endian
 * bytes and is not 0. */
void modulus_power(const struct modulus *m, uint64_t *result,
    const uint64_t *base, struct span exponent);

#endif
