/* record.c - a key counts its records, and both directions make the nonce from
 * that number in one place, next_nonce(). */
#include "tls/record.h"

#include <string.h>

#include "base/buffer.h"

#define VERSION 0x0303                     /* legacy_record_version */
#define EXPANSION_MAX 256                  /* 5.2 */
#define INNER_MAX (RECORD_CONTENT_MAX + 1) /* 5.4 */

void
record_key_set(struct record_key *key, const struct traffic_secret *secret)
{
	unsigned char bytes[AEAD_KEY_MAX];

	key->suite = secret->suite;
	key->sequence = 0;
	schedule_keys(secret, bytes, key->iv);
	aead_key_set(&key->key, key->suite->aead,
	    span_of(bytes, key->suite->key_length));
	wipe(bytes, sizeof(bytes));
}

bool
record_key_is_spent(const struct record_key *key)
{
	return key->sequence >= key->suite->records;
}

void
record_key_wipe(struct record_key *key)
{
	wipe(key, sizeof(*key));
}

/* The number of the record, as wide as the IV, is added to it bit by bit (5.3).
 * Then it is used up. */
static void
next_nonce(struct record_key *key, unsigned char *nonce)
{
	size_t i;

	memcpy(nonce, key->iv, AEAD_NONCE);
	for (i = 0; i < 8; i++) {
		nonce[AEAD_NONCE - 1 - i] ^=
		    (unsigned char)(key->sequence >> 8 * i);
	}
	key->sequence++;
}

static size_t
header_length(const unsigned char *header)
{
	return (size_t)header[3] << 8 | header[4];
}

static void
write_header(
    unsigned char *out, enum record_type type, unsigned version, size_t length)
{
	out[0] = (unsigned char)type;
	out[1] = (unsigned char)(version >> 8);
	out[2] = (unsigned char)version;
	out[3] = (unsigned char)(length >> 8);
	out[4] = (unsigned char)length;
}

ssize_t
record_size(const unsigned char *header, struct fault *fault)
{
	size_t length = header_length(header), limit = RECORD_CONTENT_MAX;

	if (header[0] < RECORD_CHANGE_CIPHER_SPEC ||
	    header[0] > RECORD_APPLICATION) {
		return fault_set(fault, ALERT_UNEXPECTED_MESSAGE,
		    "the server sent a record of an unknown type");
	}
	if (header[0] == RECORD_APPLICATION)
		limit += EXPANSION_MAX;
	if (length > limit) {
		return fault_set(fault, ALERT_RECORD_OVERFLOW,
		    "the server sent a record that is too long");
	}
	return (ssize_t)(RECORD_HEADER + length);
}

/* What holds of the content of a record, in the clear or not. */
static int
check_content(const struct record *record, struct fault *fault)
{
	size_t length = record->content.length;

	if (record->type == RECORD_APPLICATION)
		return 0;
	if (length == 0) {
		return fault_set(fault, ALERT_UNEXPECTED_MESSAGE,
		    "the server sent an empty record");
	}
	if (record->type == RECORD_ALERT && length != 2) {
		return fault_set(fault, ALERT_DECODE_ERROR,
		    "the server sent an alert that is malformed");
	}
	if (record->type == RECORD_CHANGE_CIPHER_SPEC &&
	    (length != 1 || record->content.bytes[0] != 1)) {
		return fault_set(fault, ALERT_UNEXPECTED_MESSAGE,
		    "the server sent a ChangeCipherSpec that is malformed");
	}
	return 0;
}

int
record_read(struct record *record, struct span bytes, struct fault *fault)
{
	record->type = (enum record_type)bytes.bytes[0];
	record->content =
	    span_of(bytes.bytes + RECORD_HEADER, bytes.length - RECORD_HEADER);
	return check_content(record, fault);
}

/* Finds the type, which is the last byte that is not 0 (5.4). How much padding
 * there is shows in the time that this takes; the peer chose both. */
static int
read_inner(
    struct record *record, unsigned char *bytes, size_t length, struct fault *f)
{
	while (length > 0 && bytes[length - 1] == 0)
		length--;
	if (length == 0) {
		return fault_set(f, ALERT_UNEXPECTED_MESSAGE,
		    "the server sent a protected record without a type");
	}
	record->type = (enum record_type)bytes[length - 1];
	record->content = span_of(bytes, length - 1);
	if (record->type != RECORD_ALERT && record->type != RECORD_HANDSHAKE &&
	    record->type != RECORD_APPLICATION) {
		return fault_set(f, ALERT_UNEXPECTED_MESSAGE,
		    "the server sent a protected record of a type that must "
		    "not be");
	}
	return check_content(record, f);
}

int
record_open(struct record_key *key, struct record *record, unsigned char *bytes,
    size_t length, struct fault *fault)
{
	unsigned char nonce[AEAD_NONCE], *inner = bytes + RECORD_HEADER;

	if (length < RECORD_HEADER + AEAD_TAG) {
		return fault_set(fault, ALERT_BAD_RECORD_MAC,
		    "the server sent a protected record that is too short");
	}
	length -= RECORD_HEADER + AEAD_TAG;
	if (length > INNER_MAX) {
		return fault_set(fault, ALERT_RECORD_OVERFLOW,
		    "the server sent a protected record that is too long");
	}
	if (key->sequence == UINT64_MAX) {
		return fault_set(fault, ALERT_UNEXPECTED_MESSAGE,
		    "the server sent too many records with one key");
	}
	next_nonce(key, nonce);
	if (aead_open(&key->key, nonce, span_of(bytes, RECORD_HEADER), inner,
		length) < 0) {
		return fault_set(fault, ALERT_BAD_RECORD_MAC,
		    "the server sent a record that does not decrypt");
	}
	if (read_inner(record, inner, length, fault) < 0) {
		wipe(inner, length);
		return -1;
	}
	return 0;
}

ssize_t
record_seal(struct record_key *key, enum record_type type, struct span content,
    unsigned char *out)
{
	unsigned char nonce[AEAD_NONCE], *inner = out + RECORD_HEADER;
	size_t length = content.length + 1;

	if (content.length > RECORD_CONTENT_MAX || record_key_is_spent(key))
		return -1;
	if (content.length > 0)
		memmove(inner, content.bytes, content.length);
	inner[content.length] = (unsigned char)type;
	write_header(out, RECORD_APPLICATION, VERSION, length + AEAD_TAG);
	next_nonce(key, nonce);
	aead_seal(&key->key, nonce, span_of(out, RECORD_HEADER), inner, length);
	return (ssize_t)(RECORD_HEADER + length + AEAD_TAG);
}

ssize_t
record_write(enum record_type type, unsigned version, struct span content,
    unsigned char *out)
{
	if (content.length > RECORD_CONTENT_MAX)
		return -1;
	if (content.length > 0)
		memmove(out + RECORD_HEADER, content.bytes, content.length);
	write_header(out, type, version, content.length);
	return (ssize_t)(RECORD_HEADER + content.length);
}
