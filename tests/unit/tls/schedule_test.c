/* schedule_test.c - every secret, key and Finished of RFC 8448's handshakes,
 * and of one with SHA-384, which that does not have. */
#include "tls/schedule.h"

#include <string.h>

#include "base/array.h"
#include "rfc8448.h"
#include "tap.h"
#include "tls/transcript.h"

#define FINISHED 20
#define CONTENT_MAX 1024

static void
expect(const void *got, const char *hex, const char *section, const char *what)
{
	unsigned char expected[CONTENT_MAX];
	size_t length = trace_bytes(hex, expected);

	tap_ok(memcmp(got, expected, length) == 0, "%s: %s", section, what);
}

static void
expect_secret(const struct traffic_secret *secret,
    const struct trace_secret *expected, const char *section, const char *what)
{
	unsigned char key[AEAD_KEY_MAX], iv[AEAD_NONCE];

	tap_ok(secret->suite == suite_find(TRACE_SUITE), "%s: %s, its suite",
	    section, what);
	expect(secret->bytes, expected->secret, section, what);
	schedule_keys(secret, key, iv);
	expect(key, expected->key, section, "its key");
	expect(iv, expected->iv, section, "its IV");
}

/* A Finished is the last message of its record. */
static void
expect_finished(const struct traffic_secret *secret, struct span hash,
    struct span content, const char *section)
{
	unsigned char finished[SUITE_HASH_MAX];
	size_t length = hash.length;
	struct span theirs =
	    span_of(content.bytes + content.length - length, length);

	tap_number(theirs.bytes[-4], FINISHED, "%s: a Finished", section);
	schedule_finished(secret, hash, finished);
	tap_ok(memcmp(finished, theirs.bytes, length) == 0, "is the same");
	tap_ok(schedule_finished_matches(secret, hash, theirs), "and matches");
	theirs.length--;
	tap_ok(!schedule_finished_matches(secret, hash, theirs),
	    "but not if it is cut");
	finished[0] ^= 1;
	tap_ok(
	    !schedule_finished_matches(secret, hash, span_of(finished, length)),
	    "nor with its first bit changed");
	finished[0] ^= 1;
	finished[length - 1] ^= 0x80;
	tap_ok(
	    !schedule_finished_matches(secret, hash, span_of(finished, length)),
	    "nor with its last bit changed");
}

struct handshake {
	const struct trace *trace;
	struct schedule schedule;
	struct transcript transcript;
	struct traffic_secret client, server;
};

/* Whether the next record after this one, as the client's second ClientHello
 * does, shows that this ServerHello is a HelloRetryRequest. */
static bool
is_retry(const struct trace_record *record)
{
	return record->side == 'S' && record[1].side == 'C' &&
	       record[1].key == TRACE_CLEAR;
}

/* Up to ServerHello. Returns the record after it. */
static const struct trace_record *
run_hellos(struct handshake *h)
{
	const struct trace_record *record = h->trace->records;
	unsigned char bytes[CONTENT_MAX];
	size_t length;

	transcript_start(&h->transcript);
	for (; record->key == TRACE_CLEAR; record++) {
		if (record->type != RECORD_HANDSHAKE)
			continue;
		if (record->side == 'S')
			transcript_choose(
			    &h->transcript, suite_find(TRACE_SUITE));
		if (is_retry(record))
			transcript_restart(&h->transcript);
		length = trace_bytes(record->record, bytes);
		transcript_add(&h->transcript,
		    span_of(bytes + RECORD_HEADER, length - RECORD_HEADER));
	}
	return record;
}

static void
test_handshake_secrets(struct handshake *h)
{
	const struct trace *trace = h->trace;
	unsigned char shared[SUITE_HASH_MAX], storage[SUITE_HASH_MAX];
	struct span hash = transcript_hash(&h->transcript, storage);

	schedule_start(&h->schedule, suite_find(TRACE_SUITE));
	expect(h->schedule.secret, trace->early_secret, trace->section,
	    "the Early Secret");
	schedule_handshake(&h->schedule,
	    span_of(shared, trace_bytes(trace->shared_secret, shared)), hash,
	    &h->client, &h->server);
	expect(h->schedule.secret, trace->handshake_secret, trace->section,
	    "the Handshake Secret");
	expect_secret(&h->client, &trace->client[TRACE_HANDSHAKE],
	    trace->section, "the client's secret of the handshake");
	expect_secret(&h->server, &trace->server[TRACE_HANDSHAKE],
	    trace->section, "the server's secret of the handshake");
}

static void
test_application_secrets(struct handshake *h, struct span hash)
{
	static const struct schedule nothing;
	const struct trace *trace = h->trace;

	schedule_application(&h->schedule, hash, &h->client, &h->server);
	expect_secret(&h->client, &trace->client[TRACE_APPLICATION],
	    trace->section, "the client's secret of application data");
	expect_secret(&h->server, &trace->server[TRACE_APPLICATION],
	    trace->section, "the server's secret of application data");
	tap_ok(h->schedule.suite == NULL, "the schedule is wiped");
	tap_ok(memcmp(h->schedule.secret, nothing.secret,
		   sizeof(nothing.secret)) == 0,
	    "with its secret");
}

static void
test_trace(const struct trace *trace)
{
	struct handshake h = {.trace = trace};
	const struct trace_record *record = run_hellos(&h);
	unsigned char content[CONTENT_MAX], storage[SUITE_HASH_MAX];
	size_t length = trace_bytes(record->content, content), finished;
	struct span hash;

	test_handshake_secrets(&h);
	hash = transcript_hash(&h.transcript, storage);
	finished = 4 + hash.length;
	transcript_add(&h.transcript, span_of(content, length - finished));
	hash = transcript_hash(&h.transcript, storage);
	expect_finished(
	    &h.server, hash, span_of(content, length), trace->section);
	transcript_add(
	    &h.transcript, span_of(content + length - finished, finished));
	hash = transcript_hash(&h.transcript, storage);
	do {
		record++;
	} while (record->type != RECORD_HANDSHAKE);
	length = trace_bytes(record->content, content);
	expect_finished(
	    &h.client, hash, span_of(content, length), trace->section);
	test_application_secrets(&h, hash);
}

/* RFC 8448 has no handshake with SHA-384 and no KeyUpdate. These values were
 * computed by other code, with Python's hmac, from the formulas of RFC
 * 8446, 7.1 to 7.3. */
static const struct {
	const char *what, *secret, *key, *iv;
} computed[] = {
    {"SHA-384, the client's secret of the handshake",
	"6061899cbbe87f63bee17cc8fa0d695d473613ce70e35bcb24ac0fb3349ae9df"
	"71337078d0125cb36922ec0e525f797d",
	NULL, NULL},
    {"SHA-384, the server's secret of the handshake",
	"621178e731d99ee3b9ef5614033270398a971215acd581418bc30717b7d4cfa9"
	"298b3da15a1460e0411392aac554f812",
	NULL, NULL},
    {"SHA-384, the client's secret of application data",
	"14bb09e81dff96fe12bf5c3c750ab5986364f518820a832ee29f21adfd1ded4f"
	"7d6382429bd920542c1945b455baa954",
	"47de8f0301147d9f69a1e75537faf6222a17b23a6a9b7f447891a7f37c2bf5f4",
	"6fa7d63d40e06ddf31286fbe"},
    {"SHA-384, the server's secret of application data",
	"7d582aaf115e617c1690be7336b9c3935075aab5187e2bc9d8086bf2ca0567ee"
	"a66ef5efd78a84e9d54158d3a42a8f93",
	NULL, NULL},
    {"SHA-384, the client's next secret",
	"0ec5ea9f2626b30297ce11717780613c9d512542030de79c178e63715407a20e"
	"f1d9719240bdb1aca2217dd68cb9f4aa",
	"ad9b5d339d40296bf6f2aa448051b8af2e5d25fb94147b1df0ab251b7d875a4b",
	"06cab5e4ab30f9a1f4e25755"},
    {"SHA-256, a next secret",
	"2cecd0a17506ef5fa73edc062d6e7b5397cf074ec1b4d8f99a120772932f0b45",
	"c690ede9a7525f64b759094f3bda2da3b5b52e50cffacd89a37bdf85affdd091",
	"4ef68fed17d39b5f23bb4b30"},
};

static const char client_finished[] =
    "62edcac4e05e43d9b19cdfc353b6686dbbf327630e3efa0cffd4fefc298a7aaf"
    "cf71e8dad7e7866c5f7e321b366b76c8";

static void
expect_computed(size_t row, const struct traffic_secret *secret)
{
	const char *what = computed[row].what;
	unsigned char key[AEAD_KEY_MAX], iv[AEAD_NONCE];

	expect(secret->bytes, computed[row].secret, what, "the secret");
	if (computed[row].key == NULL)
		return;
	schedule_keys(secret, key, iv);
	expect(key, computed[row].key, what, "its key");
	expect(iv, computed[row].iv, what, "its IV");
}

static struct span
hash_text(const char *text, unsigned char *storage)
{
	const struct suite *suite = suite_find(0x1302);
	struct transcript transcript;

	transcript_start(&transcript);
	transcript_choose(&transcript, suite);
	transcript_add(&transcript, span_text(text));
	return transcript_hash(&transcript, storage);
}

static void
test_sha384(void)
{
	unsigned char shared[48], storage[SUITE_HASH_MAX];
	unsigned char finished[SUITE_HASH_MAX];
	struct traffic_secret client, server;
	struct schedule schedule;
	struct span hash;
	size_t i;

	for (i = 0; i < sizeof(shared); i++)
		shared[i] = (unsigned char)i;
	hash = hash_text("hello", storage);
	schedule_start(&schedule, suite_find(0x1302));
	schedule_handshake(
	    &schedule, span_of(shared, sizeof(shared)), hash, &client, &server);
	expect_computed(0, &client);
	expect_computed(1, &server);
	hash = hash_text("finished", storage);
	schedule_finished(&client, hash, finished);
	expect(finished, client_finished, "SHA-384", "the client's Finished");
	schedule_application(&schedule, hash, &client, &server);
	expect_computed(2, &client);
	expect_computed(3, &server);
	schedule_update(&client);
	expect_computed(4, &client);
}

static void
test_update(void)
{
	static const struct traffic_secret nothing;
	struct traffic_secret secret = {.suite = suite_find(0x1303)};
	size_t i;

	for (i = 0; i < secret.suite->hash_length; i++)
		secret.bytes[i] = (unsigned char)i;
	schedule_update(&secret);
	expect_computed(5, &secret);
	schedule_forget(&secret);
	tap_ok(memcmp(secret.bytes, nothing.bytes, sizeof(secret.bytes)) == 0,
	    "a secret that is forgotten is wiped");
}

static void
test_wipe(void)
{
	static const struct schedule nothing;
	struct schedule schedule;

	schedule_start(&schedule, suite_find(0x1302));
	schedule_wipe(&schedule);
	tap_ok(memcmp(schedule.secret, nothing.secret,
		   sizeof(schedule.secret)) == 0,
	    "a schedule that ends early is wiped");
}

int
main(void)
{
	size_t i;

	for (i = 0; i < COUNT(traces); i++)
		test_trace(traces[i]);
	test_sha384();
	test_update();
	test_wipe();
	return tap_done();
}
