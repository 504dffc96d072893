/* arithmetic.c - the choice is made by the compiler. */
#include "crypto/arithmetic.h"

#include "crypto/equation.h"
#include "crypto/power.h"

#if ARITHMETIC_IS_OURS
const br_rsa_public arithmetic_rsa = power_raise;
const br_ecdsa_vrfy arithmetic_ecdsa = equation_holds;
#else
const br_rsa_public arithmetic_rsa = br_rsa_i31_public;
const br_ecdsa_vrfy arithmetic_ecdsa = br_ecdsa_i31_vrfy_raw;
#endif
