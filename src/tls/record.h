/* record.h - records of TLS 1.3 (RFC 8446, 5), in the clear and protected, one
 * direction at a time. */
#ifndef RECORD_H
#define RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/span.h"
#include "crypto/aead.h"
#include "tls/fault.h"
#include "tls/schedule.h"
#include "tls/suite.h"

#define RECORD_HEADER 5
#define RECORD_CONTENT_MAX 16384 /* 5.1 */
/* A record with whatever the server sends before it is checked (5.2). */
#define RECORD_SIZE_MAX (RECORD_HEADER + RECORD_CONTENT_MAX + 256)
/* What protection adds: header, type of the content, tag. */
#define RECORD_OVERHEAD (RECORD_HEADER + 1 + AEAD_TAG)

enum record_type {
	RECORD_CHANGE_CIPHER_SPEC = 20,
	RECORD_ALERT = 21,
	RECORD_HANDSHAKE = 22,
	RECORD_APPLICATION = 23
};

/* The content of a record, borrowed from where the record is. */
struct record {
	enum record_type type;
	struct span content;
};

/* The key of one direction, with the number of the next record. Complete so
 * that the caller owns the storage, may copy it, and wipes it with
 * record_key_wipe(); the contents are private. */
struct record_key {
	const struct suite *suite;
	struct aead_key key;
	unsigned char iv[AEAD_NONCE];
	uint64_t sequence;
};

/* Makes the key of a traffic secret, for records from number 0 on. Where there
 * was one before, it is overwritten. */
void record_key_set(
    struct record_key *key, const struct traffic_secret *secret);

/* Whether this key may protect no more records (5.5): record_seal() fails from
 * now on. */
bool record_key_is_spent(const struct record_key *key);

void record_key_wipe(struct record_key *key);

/* Reads the header of a record, RECORD_HEADER bytes. The version does not count
 * (5.1).
 *
 * The type must be one of four, and the length one that the type can have:
 * RECORD_APPLICATION is of a protected record, the others are in the clear.
 * Which type may come when is for the caller to check.
 *
 * Returns the size of the whole record, with its header, or -1 with the fault
 * set. */
ssize_t record_size(const unsigned char *header, struct fault *fault)
    __attribute__((warn_unused_result));

/* Reads a record in the clear, of record_size() bytes. A ChangeCipherSpec must
 * be the one that may be ignored (5).
 *
 * Returns 0, or -1 with the fault set. */
int record_read(struct record *record, struct span bytes, struct fault *fault)
    __attribute__((warn_unused_result));

/* Opens a protected record of the peer in place: length bytes, as many as
 * record_size() says. Its type must be RECORD_APPLICATION.
 *
 * Its content may be empty only if it is application data (5.4).
 *
 * Returns 0, or -1 with the fault set, and with nothing of what was decrypted
 * left in bytes. */
int record_open(struct record_key *key, struct record *record,
    unsigned char *bytes, size_t length, struct fault *fault)
    __attribute__((warn_unused_result));

/* Protects content of at most RECORD_CONTENT_MAX bytes as one record, without
 * padding. out has room for RECORD_OVERHEAD bytes more than the content, which
 * may lie there already, after RECORD_HEADER bytes.
 *
 * Returns the length of the record, or -1 if the content is too long or the key
 * is spent; then nothing is written. */
ssize_t record_seal(struct record_key *key, enum record_type type,
    struct span content, unsigned char *out)
    __attribute__((warn_unused_result));

/* Writes a record in the clear, as record_seal() does. out has room for
 * RECORD_HEADER bytes more than the content.
 *
 * version is 0x0301 for the first ClientHello and 0x0303 otherwise (5.1).
 *
 * Returns the length of the record, or -1 if the content is too long. */
ssize_t record_write(enum record_type type, unsigned version,
    struct span content, unsigned char *out)
    __attribute__((warn_unused_result));

#endif
