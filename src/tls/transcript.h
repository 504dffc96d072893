/* transcript.h - the running hash of the handshake's messages (RFC 8446,
 * 4.4.1), as SHA-256 and as SHA-384 until the cipher suite is known. */
#ifndef TRANSCRIPT_H
#define TRANSCRIPT_H

#include <bearssl.h>

#include "base/span.h"
#include "tls/suite.h"

#define TRANSCRIPT_HASHES 2

/* The contents are private. Nothing in them is secret. */
struct transcript {
	br_hash_compat_context running[TRANSCRIPT_HASHES];
	size_t chosen; /* TRANSCRIPT_HASHES until then */
};

void transcript_start(struct transcript *transcript);

/* Adds one or more messages, or a part of one, without the headers of
 * records. */
void transcript_add(struct transcript *transcript, struct span message);

/* Goes on with the hash of this suite only. To be called when the suite is
 * known, before transcript_hash() and transcript_restart(). The same choice
 * again changes nothing. */
void transcript_choose(
    struct transcript *transcript, const struct suite *suite);

/* Replaces the ClientHello, which is all that was added, by the message that
 * stands for it after a HelloRetryRequest. The HelloRetryRequest is then added
 * as any other message. */
void transcript_restart(struct transcript *transcript);

/* Writes the hash of what was added so far to storage, which is of
 * SUITE_HASH_MAX bytes, and returns it. More can be added afterwards. */
struct span transcript_hash(
    const struct transcript *transcript, unsigned char *storage);

#endif
