/* suite.h - the cipher suites of TLS 1.3 (RFC 8446, B.4): an AEAD and a hash.
 */
#ifndef SUITE_H
#define SUITE_H

#include <bearssl.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/aead.h"

#define SUITE_HASH_MAX 48 /* SHA-384 */
#define SUITE_COUNT 3

struct suite {
	uint16_t id;
	const char *name; /* as IANA has it */
	enum aead aead;
	size_t key_length; /* of the AEAD */
	const br_hash_class *hash;
	size_t hash_length;
	uint64_t records; /* that one key may protect */
};

/* In the order of preference. */
extern const struct suite suite_table[SUITE_COUNT];

/* Returns the suite with this number, or NULL if it is not one of them. */
const struct suite *suite_find(unsigned id);

#endif
