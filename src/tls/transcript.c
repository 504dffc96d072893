/* transcript.c - BearSSL's hash contexts can give a hash and go on, so nothing
 * has to be kept but them. */
#include "tls/transcript.h"

#define MESSAGE_HASH 254 /* RFC 8446, 4 */

static const br_hash_class *const hashes[TRANSCRIPT_HASHES] = {
    &br_sha256_vtable, &br_sha384_vtable};

void
transcript_start(struct transcript *transcript)
{
	size_t i;

	transcript->chosen = TRANSCRIPT_HASHES;
	for (i = 0; i < TRANSCRIPT_HASHES; i++)
		hashes[i]->init(&transcript->running[i].vtable);
}

void
transcript_add(struct transcript *transcript, struct span message)
{
	size_t i;

	for (i = 0; i < TRANSCRIPT_HASHES; i++) {
		if (transcript->chosen == i ||
		    transcript->chosen == TRANSCRIPT_HASHES) {
			hashes[i]->update(&transcript->running[i].vtable,
			    message.bytes, message.length);
		}
	}
}

void
transcript_choose(struct transcript *transcript, const struct suite *suite)
{
	transcript->chosen = suite->hash == hashes[0] ? 0 : 1;
}

void
transcript_restart(struct transcript *transcript)
{
	unsigned char hash[SUITE_HASH_MAX];
	struct span first = transcript_hash(transcript, hash);
	unsigned char header[4] = {
	    MESSAGE_HASH, 0, 0, (unsigned char)first.length};

	hashes[transcript->chosen]->init(
	    &transcript->running[transcript->chosen].vtable);
	transcript_add(transcript, span_of(header, sizeof(header)));
	transcript_add(transcript, first);
}

struct span
transcript_hash(const struct transcript *transcript, unsigned char *storage)
{
	size_t chosen = transcript->chosen;

	hashes[chosen]->out(&transcript->running[chosen].vtable, storage);
	return span_of(storage, chosen == 0 ? br_sha256_SIZE : br_sha384_SIZE);
}
