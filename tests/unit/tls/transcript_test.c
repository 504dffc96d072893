/* transcript_test.c - the transcripts of RFC 8448, and both hashes against
 * BearSSL's, for messages in pieces. */
#include "tls/transcript.h"

#include <string.h>

#include "base/array.h"
#include "rfc8448.h"
#include "tap.h"

#define SERVER_HELLO 2

/* The hash of the messages up to ServerHello, which is the third message after
 * a HelloRetryRequest. */
static void
test_trace(const struct trace *trace)
{
	unsigned char bytes[1024], expected[SUITE_HASH_MAX];
	unsigned char storage[SUITE_HASH_MAX];
	const struct trace_record *record = trace->records;
	struct transcript transcript;
	struct span hash;
	bool chosen = false;
	size_t length;

	transcript_start(&transcript);
	for (; record->key == TRACE_CLEAR; record++) {
		if (record->type != RECORD_HANDSHAKE)
			continue;
		length = trace_bytes(record->record, bytes);
		if (bytes[RECORD_HEADER] == SERVER_HELLO && !chosen) {
			transcript_choose(&transcript, suite_find(TRACE_SUITE));
			chosen = true;
			if (record[1].side == 'C')
				transcript_restart(&transcript);
		}
		transcript_add(&transcript,
		    span_of(bytes + RECORD_HEADER, length - RECORD_HEADER));
	}
	hash = transcript_hash(&transcript, storage);
	length = trace_bytes(trace->hello_hash, expected);
	tap_ok(span_equal(hash, span_of(expected, length)),
	    "%s: the hash of the messages up to ServerHello", trace->section);
}

/* The first piece is added while both hashes run. */
static void
test_pieces(const struct suite *suite)
{
	unsigned char message[300], storage[SUITE_HASH_MAX];
	unsigned char expected[SUITE_HASH_MAX];
	br_hash_compat_context whole;
	struct transcript transcript;
	struct span hash;
	size_t i;

	for (i = 0; i < sizeof(message); i++)
		message[i] = (unsigned char)(i * 7);
	suite->hash->init(&whole.vtable);
	suite->hash->update(&whole.vtable, message, sizeof(message));
	suite->hash->out(&whole.vtable, expected);
	transcript_start(&transcript);
	transcript_add(&transcript, span_of(message, 100));
	transcript_choose(&transcript, suite);
	for (i = 100; i < sizeof(message); i++) {
		transcript_add(&transcript, span_of(message + i, 1));
		(void)transcript_hash(&transcript, storage);
	}
	hash = transcript_hash(&transcript, storage);
	tap_number(hash.length, suite->hash_length, "%s: the hash's length",
	    suite->name);
	tap_ok(memcmp(hash.bytes, expected, hash.length) == 0,
	    "in pieces, with hashes between them, it is that of the whole");
}

/* RFC 8446, 4.4.1: the hash of a message of the type 254, which has the hash of
 * the ClientHello. */
static void
test_restart(const struct suite *suite)
{
	unsigned char first[4 + SUITE_HASH_MAX] = {254, 0, 0}, expected[64];
	unsigned char storage[SUITE_HASH_MAX];
	br_hash_compat_context context;
	struct transcript transcript;
	struct span hash;

	first[3] = (unsigned char)suite->hash_length;
	suite->hash->init(&context.vtable);
	suite->hash->update(&context.vtable, "hello", 5);
	suite->hash->out(&context.vtable, first + 4);
	suite->hash->init(&context.vtable);
	suite->hash->update(&context.vtable, first, 4 + suite->hash_length);
	suite->hash->update(&context.vtable, "retry", 5);
	suite->hash->out(&context.vtable, expected);

	transcript_start(&transcript);
	transcript_add(&transcript, span_text("hello"));
	transcript_choose(&transcript, suite);
	transcript_restart(&transcript);
	transcript_add(&transcript, span_text("retry"));
	hash = transcript_hash(&transcript, storage);
	tap_ok(memcmp(hash.bytes, expected, hash.length) == 0,
	    "%s: after a HelloRetryRequest", suite->name);
}

int
main(void)
{
	size_t i;

	for (i = 0; i < COUNT(traces); i++)
		test_trace(traces[i]);
	for (i = 0; i < SUITE_COUNT; i++) {
		test_pieces(&suite_table[i]);
		test_restart(&suite_table[i]);
	}
	return tap_done();
}
