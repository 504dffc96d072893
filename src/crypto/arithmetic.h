/* arithmetic.h - chooses between our arithmetic and BearSSL's for the
 * verification of signatures: ours where the processor has products of 128
 * bits.
 *
 * Every input must be public: how long ours takes depends on the numbers.
 *
 * Tested by tests/unit/crypto/ecdsa_test.c and rsa_test.c. */
#ifndef ARITHMETIC_H
#define ARITHMETIC_H

#include <bearssl.h>

#include "crypto/modulus.h"

/* For what depends on the time that a verification takes. */
#define ARITHMETIC_IS_OURS MODULUS_IS_SUPPORTED

/* RSA's operation with a public key, as power_raise(). */
extern const br_rsa_public arithmetic_rsa;

/* Whether a signature of two numbers fulfils ECDSA's equation, as
 * equation_holds(). */
extern const br_ecdsa_vrfy arithmetic_ecdsa;

#endif
