/* schedule.c - RFC 8446 draws the schedule: a step down is HKDF-Extract, here
 * advance(), and a step to the right is Derive-Secret, here derive(). All that
 * is derived fits in one block of HKDF-Expand. */
#include "tls/schedule.h"

#include <string.h>

#include "base/buffer.h"
#include "crypto/hkdf.h"

#define PREFIX "tls13 "
#define LABEL_MAX 12 /* "c hs traffic" */
/* The length, and two texts with a byte for the length of each. */
#define INFO_MAX (2 + 1 + sizeof(PREFIX) + LABEL_MAX + 1 + SUITE_HASH_MAX)

static const unsigned char zeros[SUITE_HASH_MAX];

/* HKDF-Expand-Label (7.1). A label has at most LABEL_MAX characters. The
 * context is empty or a hash. Nothing in the info is secret. */
static void
expand(const struct suite *suite, const unsigned char *secret,
    const char *label, struct span context, unsigned char *out, size_t length)
{
	char info[INFO_MAX];
	struct buffer b;

	buffer_init(&b, info, sizeof(info));
	buffer_byte(&b, 0);
	buffer_byte(&b, (char)length);
	buffer_byte(&b, (char)(strlen(PREFIX) + strlen(label)));
	buffer_text(&b, PREFIX);
	buffer_text(&b, label);
	buffer_byte(&b, (char)context.length);
	buffer_append(&b, context.bytes, context.length);
	(void)hkdf_expand(suite->hash, span_of(secret, suite->hash_length),
	    span_of(info, b.length), out, length);
}

/* The hash of no messages is the context of "derived" (7.1). */
static struct span
hash_nothing(const struct suite *suite, unsigned char *hash)
{
	br_hash_compat_context context;

	suite->hash->init(&context.vtable);
	suite->hash->out(&context.vtable, hash);
	return span_of(hash, suite->hash_length);
}

/* Goes on to the next secret, which this input adds to. */
static void
advance(struct schedule *schedule, struct span input)
{
	const struct suite *suite = schedule->suite;
	unsigned char hash[SUITE_HASH_MAX], salt[SUITE_HASH_MAX];

	expand(suite, schedule->secret, "derived", hash_nothing(suite, hash),
	    salt, suite->hash_length);
	hkdf_extract(suite->hash, span_of(salt, suite->hash_length), input,
	    schedule->secret);
	wipe(salt, sizeof(salt));
}

static void
derive(const struct schedule *schedule, const char *label, struct span hash,
    struct traffic_secret *secret)
{
	secret->suite = schedule->suite;
	expand(schedule->suite, schedule->secret, label, hash, secret->bytes,
	    schedule->suite->hash_length);
}

void
schedule_start(struct schedule *schedule, const struct suite *suite)
{
	struct span none = span_of(zeros, suite->hash_length);

	schedule->suite = suite;
	hkdf_extract(suite->hash, none, none, schedule->secret);
}

void
schedule_handshake(struct schedule *schedule, struct span shared,
    struct span hash, struct traffic_secret *client,
    struct traffic_secret *server)
{
	advance(schedule, shared);
	derive(schedule, "c hs traffic", hash, client);
	derive(schedule, "s hs traffic", hash, server);
}

void
schedule_application(struct schedule *schedule, struct span hash,
    struct traffic_secret *client, struct traffic_secret *server)
{
	advance(schedule, span_of(zeros, schedule->suite->hash_length));
	derive(schedule, "c ap traffic", hash, client);
	derive(schedule, "s ap traffic", hash, server);
	schedule_wipe(schedule);
}

void
schedule_wipe(struct schedule *schedule)
{
	wipe(schedule, sizeof(*schedule));
}

void
schedule_finished(const struct traffic_secret *secret, struct span hash,
    unsigned char *finished)
{
	const struct suite *suite = secret->suite;
	unsigned char key[SUITE_HASH_MAX];

	expand(suite, secret->bytes, "finished", span_text(""), key,
	    suite->hash_length);
	/* HKDF-Extract is HMAC. */
	hkdf_extract(
	    suite->hash, span_of(key, suite->hash_length), hash, finished);
	wipe(key, sizeof(key));
}

bool
schedule_finished_matches(
    const struct traffic_secret *secret, struct span hash, struct span finished)
{
	unsigned char expected[SUITE_HASH_MAX];
	bool same;

	schedule_finished(secret, hash, expected);
	same = span_equal_secret(
	    span_of(expected, secret->suite->hash_length), finished);
	wipe(expected, sizeof(expected));
	return same;
}

void
schedule_update(struct traffic_secret *secret)
{
	unsigned char next[SUITE_HASH_MAX];
	size_t length = secret->suite->hash_length;

	expand(secret->suite, secret->bytes, "traffic upd", span_text(""), next,
	    length);
	memcpy(secret->bytes, next, length);
	wipe(next, sizeof(next));
}

void
schedule_keys(
    const struct traffic_secret *secret, unsigned char *key, unsigned char *iv)
{
	expand(secret->suite, secret->bytes, "key", span_text(""), key,
	    secret->suite->key_length);
	expand(
	    secret->suite, secret->bytes, "iv", span_text(""), iv, AEAD_NONCE);
}

void
schedule_forget(struct traffic_secret *secret)
{
	wipe(secret, sizeof(*secret));
}
