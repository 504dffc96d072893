/* suite.c - one table. ChaCha20-Poly1305 comes first because it is the fastest
 * in BearSSL's constant-time code: 34 instructions a byte on x86-64, where
 * AES-128-GCM takes 159 and AES-256-GCM 196. */
#include "tls/suite.h"

/* RFC 8446, 5.5: one key of AES-GCM may protect 2^24.5 full records. With
 * ChaCha20-Poly1305 the sequence number would end first. */
#define AES_GCM_RECORDS ((uint64_t)1 << 24)
#define SEQUENCE_RECORDS UINT64_MAX

const struct suite suite_table[SUITE_COUNT] = {
    {0x1303, "TLS_CHACHA20_POLY1305_SHA256", AEAD_CHACHA20_POLY1305, 32,
	&br_sha256_vtable, br_sha256_SIZE, SEQUENCE_RECORDS},
    {0x1301, "TLS_AES_128_GCM_SHA256", AEAD_AES_GCM, 16, &br_sha256_vtable,
	br_sha256_SIZE, AES_GCM_RECORDS},
    {0x1302, "TLS_AES_256_GCM_SHA384", AEAD_AES_GCM, 32, &br_sha384_vtable,
	br_sha384_SIZE, AES_GCM_RECORDS},
};

const struct suite *
suite_find(unsigned id)
{
	size_t i;

	for (i = 0; i < SUITE_COUNT; i++) {
		if (suite_table[i].id == id)
			return &suite_table[i];
	}
	return NULL;
}
