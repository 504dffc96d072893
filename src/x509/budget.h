/* budget.h - how much work may be done for a server before it has proved who it
 * is. Every unit is spent before the work is done, so that work which is not
 * paid for never begins.
 *
 * A unit is the time to hash one byte, some 6 ns on a processor of 2020. The
 * prices were measured with the smallest and slowest build. A chain of public
 * CAs costs less than 300,000 units; where BearSSL does the arithmetic, less
 * than two million. */
#ifndef BUDGET_H
#define BUDGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/arithmetic.h"
#include "os/clock.h"

/* All there is for one chain: a tenth of a second. */
#define BUDGET_UNITS 16000000

/* One signature, whatever it is: the slowest key of each kind. RSA's has 4096
 * bits, and an exponent of 32. */
#if ARITHMETIC_IS_OURS
#define BUDGET_RSA 100000
#define BUDGET_P256 40000
#define BUDGET_P384 120000
#define BUDGET_P521 350000
#else
#define BUDGET_RSA 300000
#define BUDGET_P256 150000
#define BUDGET_P384 700000
#define BUDGET_P521 1500000
#endif

/* One name with one constraint, or one issuer with one certificate: what it
 * costs beside the bytes. */
#define BUDGET_COMPARISON 32

struct budget {
	struct deadline deadline;
	/* Private from here on. */
	uint32_t left;
	uint32_t unchecked; /* units since the last look at the clock */
	bool is_exceeded;
	bool is_late;
};

/* Starts with all units. The deadline ends the work as well. */
void budget_init(struct budget *budget, struct deadline deadline);

/* Pays for work that begins next.
 *
 * Returns true, or false if there is not enough left or the deadline has
 * passed: the work must not begin then, and nothing is paid for any more. */
bool budget_spend(struct budget *budget, size_t units)
    __attribute__((warn_unused_result));

/* Whether something could not be paid for. */
bool budget_is_exceeded(const struct budget *budget);

/* Whether that was because the deadline had passed. */
bool budget_is_late(const struct budget *budget);

#endif
