/* record_fuzz.c - a record that was sealed opens to what is inside, if RFC 8446
 * allows that, and to nothing with a bit of it changed; a record from elsewhere
 * never opens; what does not open leaves no bytes. Secrets of the key schedule
 * differ, and a transcript in pieces has the hash of the whole. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/span.h"
#include "fuzz.h"
#include "tls/record.h"
#include "tls/schedule.h"
#include "tls/transcript.h"

static void
take_secret(struct input *in, struct traffic_secret *secret)
{
	secret->suite = &suite_table[take(in) % SUITE_COUNT];
	memset(secret->bytes, 0, sizeof(secret->bytes));
	take_bytes(in, secret->bytes, 4);
}

static bool
is_wiped(const unsigned char *bytes, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++) {
		if (bytes[i] != 0)
			return false;
	}
	return true;
}

/* Whether this may be inside a record (5.2, 5.4), with the length of the
 * content. */
static bool
is_allowed(struct span inner, size_t *content)
{
	size_t length = inner.length;

	while (length > 0 && inner.bytes[length - 1] == 0)
		length--;
	if (length == 0)
		return false;
	*content = length - 1;
	switch (inner.bytes[*content]) {
	case RECORD_ALERT:
		return *content == 2;
	case RECORD_HANDSHAKE:
		return *content > 0;
	case RECORD_APPLICATION:
		return true;
	default:
		return false;
	}
}

static void
open_sealed(struct record_key *key, unsigned char *bytes, size_t size,
    struct span inner)
{
	size_t content = 0;
	bool allowed = is_allowed(inner, &content);
	struct record record;
	struct fault fault;
	int result;

	check(record_size(bytes, &fault) == (ssize_t)size);
	result = record_open(key, &record, bytes, size, &fault);
	check((result == 0) == allowed);
	if (!allowed) {
		check(is_wiped(bytes + RECORD_HEADER, inner.length));
		return;
	}
	check(record.type == inner.bytes[content]);
	check(span_equal(record.content, span_of(inner.bytes, content)));
}

/* Any bytes inside a record, whose last one takes the place of the type. */
static void
fuzz_sealed(struct input *in)
{
	static unsigned char bytes[RECORD_SIZE_MAX];
	struct traffic_secret secret;
	struct record_key opens, seals;
	struct record record;
	struct fault fault;
	struct span inner;
	uint64_t number = 0;
	ssize_t size;
	size_t at;
	unsigned char change;

	take_secret(in, &secret);
	record_key_set(&opens, &secret);
	take_bytes(in, (unsigned char *)&number, 3);
	opens.sequence = number;
	seals = opens;
	at = (size_t)take(in) << 8 | take(in);
	change = take(in);
	inner = take_rest(in, RECORD_CONTENT_MAX + 1);
	if (inner.length == 0)
		return;
	size =
	    record_seal(&seals, (enum record_type)inner.bytes[inner.length - 1],
		span_of(inner.bytes, inner.length - 1), bytes);
	if (record_key_is_spent(&opens)) {
		check(size < 0);
		return;
	}
	check(size == (ssize_t)(RECORD_HEADER + inner.length + AEAD_TAG));
	if (change == 0) {
		open_sealed(&opens, bytes, (size_t)size, inner);
		check(opens.sequence == number + 1);
		return;
	}
	bytes[at % (size_t)size] ^= change;
	check(record_open(&opens, &record, bytes, (size_t)size, &fault) < 0);
	check(fault.alert == ALERT_BAD_RECORD_MAC);
	check(is_wiped(bytes + RECORD_HEADER, inner.length));
}

/* A record from elsewhere, of any length, in memory of just this length. */
static void
fuzz_foreign(struct input *in)
{
	struct traffic_secret secret;
	struct record_key key;
	struct record record;
	struct fault fault;
	struct span rest;
	unsigned char *bytes;
	ssize_t size;

	take_secret(in, &secret);
	record_key_set(&key, &secret);
	rest = take_rest(in, RECORD_SIZE_MAX + 1);
	if (rest.length < RECORD_HEADER)
		return;
	size = record_size(rest.bytes, &fault);
	check(size >= RECORD_HEADER || size == -1);
	check(size <= RECORD_SIZE_MAX);
	bytes = malloc(rest.length);
	memcpy(bytes, rest.bytes, rest.length);
	if (record_read(&record, rest, &fault) == 0)
		check(record.content.length == rest.length - RECORD_HEADER);
	check(record_open(&key, &record, bytes, rest.length, &fault) < 0);
	free(bytes);
}

static bool
same(const struct traffic_secret *a, const struct traffic_secret *b)
{
	return memcmp(a->bytes, b->bytes, a->suite->hash_length) == 0;
}

static void
fuzz_finished(
    struct input *in, const struct traffic_secret *secret, struct span hash)
{
	unsigned char finished[SUITE_HASH_MAX];
	struct span contents = span_of(finished, hash.length);
	size_t at = take(in) % hash.length;
	unsigned char change = take(in);

	schedule_finished(secret, hash, finished);
	check(schedule_finished_matches(secret, hash, contents));
	finished[at] ^= change;
	check(
	    schedule_finished_matches(secret, hash, contents) == (change == 0));
	contents.length = at;
	check(!schedule_finished_matches(secret, hash, contents));
}

static void
fuzz_schedule(struct input *in)
{
	const struct suite *suite = &suite_table[take(in) % SUITE_COUNT];
	unsigned char bytes[SUITE_HASH_MAX] = {0};
	struct traffic_secret secrets[6];
	struct span hash = span_of(bytes, suite->hash_length);
	struct schedule schedule;
	size_t i, k;

	take_bytes(in, bytes, 4);
	schedule_start(&schedule, suite);
	schedule_handshake(&schedule, take_rest(in, take(in) % 67), hash,
	    &secrets[0], &secrets[1]);
	fuzz_finished(in, &secrets[0], hash);
	fuzz_finished(in, &secrets[1], hash);
	schedule_application(&schedule, hash, &secrets[2], &secrets[3]);
	check(is_wiped(schedule.secret, sizeof(schedule.secret)));
	for (i = 0; i < 2; i++) {
		secrets[4 + i] = secrets[2 + i];
		schedule_update(&secrets[4 + i]);
	}
	for (i = 0; i < 6; i++) {
		for (k = 0; k < i; k++)
			check(!same(&secrets[i], &secrets[k]));
	}
}

static void
fuzz_transcript(struct input *in)
{
	const struct suite *suite = &suite_table[take(in) % SUITE_COUNT];
	unsigned char ours[SUITE_HASH_MAX], whole[SUITE_HASH_MAX];
	size_t choice = take(in);
	br_hash_compat_context context;
	struct transcript transcript;
	struct span rest = take_rest(in, 1024), piece;

	suite->hash->init(&context.vtable);
	suite->hash->update(&context.vtable, rest.bytes, rest.length);
	suite->hash->out(&context.vtable, whole);
	transcript_start(&transcript);
	while (rest.length > 0) {
		if (choice-- == 0)
			transcript_choose(&transcript, suite);
		piece = span_of(rest.bytes, rest.bytes[0]);
		if (piece.length > rest.length)
			piece.length = rest.length;
		if (piece.length == 0)
			piece.length = 1;
		transcript_add(&transcript, piece);
		rest = span_of(
		    rest.bytes + piece.length, rest.length - piece.length);
	}
	transcript_choose(&transcript, suite);
	check(span_equal(transcript_hash(&transcript, ours),
	    span_of(whole, suite->hash_length)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};

	switch (take(&in) % 4) {
	case 0:
		fuzz_sealed(&in);
		break;
	case 1:
		fuzz_foreign(&in);
		break;
	case 2:
		fuzz_schedule(&in);
		break;
	default:
		fuzz_transcript(&in);
	}
	return 0;
}
