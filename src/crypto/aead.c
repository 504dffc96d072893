/* aead.c - run() encrypts or decrypts and computes the tag. It sets up
 * BearSSL's context anew each time: GCM's costs one more block of AES, and a
 * key without pointers to itself can be copied. */
#include "crypto/aead.h"

#include <stdbool.h>
#include <string.h>

#include "base/buffer.h"

void
aead_key_set(struct aead_key *key, enum aead aead, struct span bytes)
{
	key->aead = aead;
	if (aead == AEAD_AES_GCM) {
		br_aes_ct64_ctr_init(&key->key.aes, bytes.bytes, bytes.length);
	} else {
		memcpy(key->key.chacha20, bytes.bytes, bytes.length);
	}
}

/* What run() works on, since it has many parameters. */
struct job {
	const unsigned char *nonce;
	struct span associated;
	unsigned char *bytes;
	size_t length;
	bool encrypts;
};

static void
run_gcm(struct aead_key *key, const struct job *job, unsigned char *tag)
{
	br_gcm_context gcm;

	br_gcm_init(&gcm, &key->key.aes.vtable, &br_ghash_ctmul64);
	br_gcm_reset(&gcm, job->nonce, AEAD_NONCE);
	br_gcm_aad_inject(&gcm, job->associated.bytes, job->associated.length);
	br_gcm_flip(&gcm);
	br_gcm_run(&gcm, job->encrypts, job->bytes, job->length);
	br_gcm_get_tag(&gcm, tag);
	wipe(&gcm, sizeof(gcm));
}

static void
run(struct aead_key *key, const struct job *job, unsigned char *tag)
{
	if (key->aead == AEAD_AES_GCM) {
		run_gcm(key, job, tag);
	} else {
		br_poly1305_ctmul_run(key->key.chacha20, job->nonce, job->bytes,
		    job->length, job->associated.bytes, job->associated.length,
		    tag, &br_chacha20_ct_run, job->encrypts);
	}
}

void
aead_seal(struct aead_key *key, const unsigned char *nonce,
    struct span associated, unsigned char *bytes, size_t length)
{
	struct job job = {nonce, associated, bytes, length, true};

	run(key, &job, bytes + length);
}

int
aead_open(struct aead_key *key, const unsigned char *nonce,
    struct span associated, unsigned char *bytes, size_t length)
{
	struct job job = {nonce, associated, bytes, length, false};
	unsigned char tag[AEAD_TAG];
	bool fits;

	run(key, &job, tag);
	fits = span_equal_secret(
	    span_of(tag, sizeof(tag)), span_of(bytes + length, sizeof(tag)));
	wipe(tag, sizeof(tag));
	if (fits)
		return 0;
	wipe(bytes, length);
	return -1;
}
