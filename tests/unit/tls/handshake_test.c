/* handshake_test.c - the client's side against a server's that is written here:
 * each message in each state (RFC 8446, A.1), what the server gets wrong, and
 * what is sent and kept. Certificates are accepted or refused as a test says.
 */
#include "tls/handshake.h"

#include <string.h>

#include "base/array.h"
#include "tap.h"
#include "tls/compose.h"
#include "tls/wire.h"

#define SUITE 0x1302 /* SHA-384, the longer hash */
#define SEED "0123456789abcdef0123456789abcdef"

/* What the server does wrong, or does at all. */
enum {
	WITH_RETRY = 1,
	WITH_REQUEST = 2,
	ZERO_SHARE = 4,
	BAD_CHAIN = 8,
	BAD_PROOF = 16,
	BAD_FINISHED = 32
};

/* Takes the place of a chain, whose first member BearSSL calls through. */
struct fake_chain {
	struct chain chain;
	unsigned certificates;
	size_t length; /* of them */
	unsigned verdict;
	br_x509_pkey key;
};

/* Both sides. */
struct scene {
	unsigned parts;
	struct handshake client;
	struct fake_chain chain;
	char out_bytes[HANDSHAKE_OUTPUT_SIZE];
	struct buffer out;
	struct fault fault;
	/* The server. */
	struct transcript transcript;
	struct schedule schedule;
	struct traffic_secret from_client, from_server;
	br_hmac_drbg_context random;
	unsigned char key[32], public[65];
	br_ec_public_key public_key;
	char in_bytes[1024];
	struct buffer in;
};

static struct scene scene;

static void
fake_start_chain(const br_x509_class **class, const char *name)
{
	struct fake_chain *chain = (void *)class;

	(void)name;
	chain->certificates = 0;
	chain->length = 0;
}

static void
fake_start_cert(const br_x509_class **class, uint32_t length)
{
	(void)class;
	(void)length;
}

static void
fake_append(
    const br_x509_class **class, const unsigned char *bytes, size_t length)
{
	(void)bytes;
	((struct fake_chain *)(void *)class)->length += length;
}

static void
fake_end_cert(const br_x509_class **class)
{
	((struct fake_chain *)(void *)class)->certificates++;
}

static unsigned
fake_end_chain(const br_x509_class **class)
{
	return ((struct fake_chain *)(void *)class)->verdict;
}

static const br_x509_pkey *
fake_get_pkey(const br_x509_class *const *class, unsigned *usages)
{
	*usages = BR_KEYTYPE_SIGN;
	return &((const struct fake_chain *)(const void *)class)->key;
}

static const br_x509_class fake_class = {sizeof(struct fake_chain),
    fake_start_chain, fake_start_cert, fake_append, fake_end_cert,
    fake_end_chain, fake_get_pkey};

/* Starts both sides; the ClientHello is in scene.out. */
static void
start(unsigned parts, size_t older_count)
{
	static const uint16_t older[] = {0xc02b};
	struct handshake_terms terms = {.name = "api.test",
	    .chain = &scene.chain.chain,
	    .older_suites = older,
	    .older_count = older_count};
	br_ec_private_key private;

	memset(&scene, 0, sizeof(scene));
	scene.parts = parts;
	scene.chain.chain.class = &fake_class;
	scene.chain.verdict = parts & BAD_CHAIN ? BR_ERR_X509_EXPIRED : 0;
	memset(scene.key, 7, sizeof(scene.key));
	private =
	    (br_ec_private_key){BR_EC_secp256r1, scene.key, sizeof(scene.key)};
	(void)br_ec_compute_pub(
	    &br_ec_all_m31, &scene.public_key, scene.public, &private);
	scene.chain.key.key_type = BR_KEYTYPE_EC;
	scene.chain.key.key.ec = scene.public_key;
	br_hmac_drbg_init(&scene.random, &br_sha256_vtable, "server", 6);
	buffer_init(&scene.out, scene.out_bytes, sizeof(scene.out_bytes));
	handshake_start(&scene.client, &terms, span_text(SEED), &scene.out);
	transcript_start(&scene.transcript);
	transcript_add(
	    &scene.transcript, span_of(scene.out.bytes, scene.out.length));
}

/* Begins a ServerHello or a HelloRetryRequest. */
static size_t
write_hello(struct buffer *b, const char *random)
{
	wire_write_number(b, 2, 0x0303);
	buffer_append(b, random, 32);
	wire_write_vector(b, 1, span_of(scene.client.session_id, 32));
	wire_write_number(b, 2, SUITE);
	wire_write_number(b, 1, 0);
	return wire_begin(b, 2);
}

static void
write_version(struct buffer *b)
{
	wire_write_number(b, 2, 43);
	wire_write_number(b, 2, 2);
	wire_write_number(b, 2, 0x0304);
}

static void
write_retry(struct buffer *b)
{
	size_t list = write_hello(b, COMPOSE_RETRY);

	write_version(b);
	wire_write_number(b, 2, 51);
	wire_write_number(b, 2, 2);
	wire_write_number(b, 2, HELLO_P256);
	wire_end(b, 2, list);
}

/* The server's share, and what it makes of the client's. */
static void
write_server_hello(struct buffer *b)
{
	unsigned char secret[EXCHANGE_SECRET_MAX], hash[SUITE_HASH_MAX];
	size_t list = write_hello(b, COMPOSE_RANDOM), share, entry;
	struct exchange_key key;
	int length;

	if (exchange_key_make(
		&key, (int)scene.client.hello.group, &scene.random.vtable) < 0)
		abort();
	length = exchange_agree(&key, scene.client.hello.key, secret);
	if (length < 0) /* after the first one, the client's is gone */
		length = 0;
	if (scene.parts & ZERO_SHARE)
		memset(key.public, 0, sizeof(key.public));
	write_version(b);
	wire_write_number(b, 2, 51);
	share = wire_begin(b, 2);
	wire_write_number(b, 2, scene.client.hello.group);
	entry = wire_begin(b, 2);
	buffer_append(b, key.public, key.public_length);
	wire_end(b, 2, entry);
	wire_end(b, 2, share);
	wire_end(b, 2, list);
	/* The message's header is not written yet, but its length is known. */
	wire_end(b, 3, 4);
	transcript_choose(&scene.transcript, suite_find(SUITE));
	transcript_add(&scene.transcript, span_of(b->bytes, b->length));
	schedule_start(&scene.schedule, suite_find(SUITE));
	schedule_handshake(&scene.schedule, span_of(secret, (size_t)length),
	    transcript_hash(&scene.transcript, hash), &scene.from_client,
	    &scene.from_server);
}

static void
write_text(struct buffer *b, const char *text)
{
	struct span bytes = compose(text);

	buffer_append(b, bytes.bytes, bytes.length);
	compose_free(bytes);
}

/* There is no hash before ServerHello, when none of this may be sent. */
static struct span
hash_so_far(unsigned char *storage)
{
	if (scene.transcript.chosen == TRANSCRIPT_HASHES)
		return span_text("");
	return transcript_hash(&scene.transcript, storage);
}

static void
write_proof(struct buffer *b)
{
	static const char before[] =
	    "                                                                "
	    "TLS 1.3, server CertificateVerify";
	unsigned char hash[32], storage[SUITE_HASH_MAX], signature[80];
	struct span content = hash_so_far(storage);
	br_ec_private_key private = {
	    BR_EC_secp256r1, scene.key, sizeof(scene.key)};
	br_sha256_context context;
	size_t length;

	br_sha256_init(&context);
	br_sha256_update(&context, before, sizeof(before));
	br_sha256_update(&context, content.bytes, content.length);
	br_sha256_out(&context, hash);
	if (scene.parts & BAD_PROOF)
		hash[31] ^= 1;
	length = br_ecdsa_i31_sign_asn1(
	    &br_ec_all_m31, &br_sha256_vtable, hash, &private, signature);
	wire_write_number(b, 2, HELLO_ECDSA_P256_SHA256);
	wire_write_vector(b, 2, span_of(signature, length));
}

static void
write_finished(struct buffer *b)
{
	unsigned char hash[SUITE_HASH_MAX], finished[SUITE_HASH_MAX];

	if (scene.from_server.suite == NULL) {
		write_text(b, "*48");
		return;
	}
	schedule_finished(&scene.from_server,
	    transcript_hash(&scene.transcript, hash), finished);
	if (scene.parts & BAD_FINISHED)
		finished[0] ^= 1;
	buffer_append(b, finished, scene.from_server.suite->hash_length);
}

static void
write_body(struct buffer *b, unsigned type)
{
	switch (type) {
	case MESSAGE_SERVER_HELLO:
		write_server_hello(b);
		break;
	case MESSAGE_ENCRYPTED_EXTENSIONS:
		write_text(b, "(2)");
		break;
	case MESSAGE_CERTIFICATE_REQUEST:
		write_text(b, "(1) (2 000d (2 (2 0403)))");
		break;
	case MESSAGE_CERTIFICATE:
		write_text(b, "(1) (3 (3 'leaf') (2) (3 'CA') (2))");
		break;
	case MESSAGE_CERTIFICATE_VERIFY:
		write_proof(b);
		break;
	case MESSAGE_FINISHED:
		write_finished(b);
		break;
	case MESSAGE_NEW_SESSION_TICKET:
		write_text(b, "00001c20 00000000 (1) (2 'ticket') (2)");
		break;
	default:
		write_text(b, "01");
		break;
	}
}

/* Gives the message in scene.in to the client. */
static enum handshake_event
give(void)
{
	struct span in = span_of(scene.in.bytes, scene.in.length);
	struct message message;

	buffer_init(&scene.out, scene.out_bytes, sizeof(scene.out_bytes));
	if (message_next(&in, &message, &scene.fault) <= 0)
		return HANDSHAKE_FAILED;
	return handshake_take(
	    &scene.client, &message, &scene.out, &scene.fault);
}

/* The server sends a message. */
static enum handshake_event
send_message(unsigned type)
{
	struct buffer *b = &scene.in;
	size_t start_of_body;

	buffer_init(b, scene.in_bytes, sizeof(scene.in_bytes));
	wire_write_number(b, 1, type);
	start_of_body = wire_begin(b, 3);
	write_body(b, type);
	wire_end(b, 3, start_of_body);
	if (type != MESSAGE_SERVER_HELLO &&
	    scene.transcript.chosen < TRANSCRIPT_HASHES) {
		transcript_add(&scene.transcript, span_of(b->bytes, b->length));
	}
	return give();
}

static enum handshake_event
send_retry(void)
{
	struct buffer *b = &scene.in;
	enum handshake_event event;
	size_t start_of_body;

	buffer_init(b, scene.in_bytes, sizeof(scene.in_bytes));
	wire_write_number(b, 1, MESSAGE_SERVER_HELLO);
	start_of_body = wire_begin(b, 3);
	write_retry(b);
	wire_end(b, 3, start_of_body);
	transcript_choose(&scene.transcript, suite_find(SUITE));
	transcript_restart(&scene.transcript);
	transcript_add(&scene.transcript, span_of(b->bytes, b->length));
	event = give();
	transcript_add(
	    &scene.transcript, span_of(scene.out.bytes, scene.out.length));
	return event;
}

/* A server's messages in their order, and the state after each. */
static const struct {
	unsigned type;
	unsigned part; /* that it takes to be sent, or 0 */
	enum handshake_state state;
} flight[] = {
    {MESSAGE_SERVER_HELLO, 0, WAIT_EE},
    {MESSAGE_ENCRYPTED_EXTENSIONS, 0, WAIT_CERT_CR},
    {MESSAGE_CERTIFICATE_REQUEST, WITH_REQUEST, WAIT_CERT},
    {MESSAGE_CERTIFICATE, 0, WAIT_CV},
    {MESSAGE_CERTIFICATE_VERIFY, 0, WAIT_FINISHED},
    {MESSAGE_FINISHED, 0, CONNECTED},
};

/* Sends the messages that are missing.
 *
 * Returns the last event, which is the first that failed. */
static enum handshake_event
go_to(enum handshake_state state)
{
	enum handshake_event event = HANDSHAKE_GOES_ON;
	size_t i;

	for (i = 0; i < COUNT(flight) && event >= 0; i++) {
		if (scene.client.state == state)
			break;
		if (flight[i].state <= scene.client.state)
			continue;
		if (flight[i].part == 0 || (scene.parts & flight[i].part))
			event = send_message(flight[i].type);
	}
	return event;
}

static const unsigned types[] = {MESSAGE_SERVER_HELLO,
    MESSAGE_ENCRYPTED_EXTENSIONS, MESSAGE_CERTIFICATE_REQUEST,
    MESSAGE_CERTIFICATE, MESSAGE_CERTIFICATE_VERIFY, MESSAGE_FINISHED,
    MESSAGE_NEW_SESSION_TICKET, MESSAGE_KEY_UPDATE};

/* RFC 8446, A.1, and 4.6. */
static const struct {
	enum handshake_state state;
	unsigned type;
	enum handshake_event event;
} allowed[] = {
    {WAIT_SH, MESSAGE_SERVER_HELLO, HANDSHAKE_KEYS},
    {WAIT_EE, MESSAGE_ENCRYPTED_EXTENSIONS, HANDSHAKE_GOES_ON},
    {WAIT_CERT_CR, MESSAGE_CERTIFICATE_REQUEST, HANDSHAKE_GOES_ON},
    {WAIT_CERT_CR, MESSAGE_CERTIFICATE, HANDSHAKE_GOES_ON},
    {WAIT_CERT, MESSAGE_CERTIFICATE, HANDSHAKE_GOES_ON},
    {WAIT_CV, MESSAGE_CERTIFICATE_VERIFY, HANDSHAKE_GOES_ON},
    {WAIT_FINISHED, MESSAGE_FINISHED, HANDSHAKE_DONE},
    {CONNECTED, MESSAGE_NEW_SESSION_TICKET, HANDSHAKE_GOES_ON},
    {CONNECTED, MESSAGE_KEY_UPDATE, HANDSHAKE_SERVER_KEY},
};

static enum handshake_event
expected_event(enum handshake_state state, unsigned type)
{
	size_t i;

	for (i = 0; i < COUNT(allowed); i++) {
		if (allowed[i].state == state && allowed[i].type == type)
			return allowed[i].event;
	}
	return HANDSHAKE_FAILED;
}

static void
test_pair(enum handshake_state state, unsigned type)
{
	enum handshake_event expected = expected_event(state, type);

	start(state == WAIT_CERT ? WITH_REQUEST : 0, 0);
	(void)go_to(state);
	tap_number(send_message(type), expected, "state %d, message %u",
	    (int)state, type);
	if (expected == HANDSHAKE_FAILED) {
		tap_number(scene.fault.alert, ALERT_UNEXPECTED_MESSAGE,
		    "state %d, message %u: the alert", (int)state, type);
	}
}

static void
test_order(void)
{
	int state;
	size_t i;

	for (state = WAIT_SH; state <= CONNECTED; state++) {
		for (i = 0; i < COUNT(types); i++)
			test_pair((enum handshake_state)state, types[i]);
	}
}

static const struct {
	const char *name;
	unsigned parts;
	enum handshake_state state; /* where it fails */
	unsigned alert;
	bool has_words; /* those on a chain are the chain's */
} wrong[] = {
    {"a share without a secret", ZERO_SHARE, WAIT_SH, ALERT_ILLEGAL_PARAMETER,
	true},
    {"a chain that has expired", BAD_CHAIN, WAIT_CERT_CR,
	ALERT_CERTIFICATE_EXPIRED, false},
    {"a signature of something else", BAD_PROOF, WAIT_CV, ALERT_DECRYPT_ERROR,
	true},
    {"a Finished of something else", BAD_FINISHED, WAIT_FINISHED,
	ALERT_DECRYPT_ERROR, true},
};

static void
test_wrong(void)
{
	size_t i;

	for (i = 0; i < COUNT(wrong); i++) {
		start(wrong[i].parts, 0);
		tap_number(
		    go_to(CONNECTED), HANDSHAKE_FAILED, "%s", wrong[i].name);
		tap_number(scene.fault.alert, wrong[i].alert, "%s: the alert",
		    wrong[i].name);
		tap_number(scene.client.state, wrong[i].state, "%s: the state",
		    wrong[i].name);
		tap_number(scene.fault.what != NULL, wrong[i].has_words,
		    "%s: the words", wrong[i].name);
		tap_number(
		    scene.out.length, 0, "%s: nothing is sent", wrong[i].name);
	}
}

/* Whether this secret is the client's, which the server computed too. */
static void
check_secret(const struct traffic_secret *got,
    const struct traffic_secret *expected, const char *name)
{
	tap_ok(memcmp(got->bytes, expected->bytes,
		   expected->suite->hash_length) == 0,
	    "both sides have the same %s", name);
}

/* The client's Certificate, if there is one, and Finished. */
static void
check_last_flight(void)
{
	struct span in = span_of(scene.out.bytes, scene.out.length);
	unsigned char finished[SUITE_HASH_MAX], hash[SUITE_HASH_MAX];
	size_t before = scene.parts & WITH_REQUEST ? 8 : 0;
	struct span certificate = compose("0b (3 (1) (3))");

	tap_number(in.length, before + 4 + 48, "the length of the last flight");
	if (before > 0) {
		tap_ok(span_equal(span_of(in.bytes, before), certificate),
		    "an empty Certificate is sent");
		transcript_add(&scene.transcript, certificate);
	}
	compose_free(certificate);
	schedule_finished(&scene.from_client,
	    transcript_hash(&scene.transcript, hash), finished);
	tap_number(in.bytes[before], MESSAGE_FINISHED, "then Finished");
	tap_ok(memcmp(in.bytes + before + 4, finished, 48) == 0,
	    "which the server expects");
}

static void
test_agreement(unsigned parts)
{
	unsigned char hash[SUITE_HASH_MAX], expected[SUITE_HASH_MAX];
	struct span until_finished;

	start(parts, 0);
	if (parts & WITH_RETRY) {
		tap_number(send_retry(), HANDSHAKE_RETRY, "a retry");
		tap_number(scene.client.state, WAIT_SH, "waits once more");
		tap_number(scene.client.hello.group, HELLO_P256,
		    "with a share of P-256");
	}
	(void)send_message(MESSAGE_SERVER_HELLO);
	check_secret(&scene.client.client, &scene.from_client,
	    "secret of the client's handshake");
	check_secret(&scene.client.server, &scene.from_server,
	    "secret of the server's handshake");
	tap_text(handshake_group_name(&scene.client),
	    parts & WITH_RETRY ? "P-256" : "X25519", "the group's name");
	tap_number(go_to(CONNECTED), HANDSHAKE_DONE, "the handshake is done");
	tap_number(scene.chain.certificates, 2, "the chain got both");
	tap_number(scene.chain.length, 6, "whole");
	tap_number(scene.client.is_asked, (parts & WITH_REQUEST) != 0,
	    "it is known whether a certificate was requested");
	until_finished = transcript_hash(&scene.transcript, hash);
	memcpy(expected, until_finished.bytes, until_finished.length);
	check_last_flight();
	schedule_application(&scene.schedule,
	    span_of(expected, until_finished.length), &scene.from_client,
	    &scene.from_server);
	check_secret(
	    &scene.client.client, &scene.from_client, "secret for requests");
	check_secret(
	    &scene.client.server, &scene.from_server, "secret for responses");
}

static void
test_key_update(void)
{
	struct traffic_secret next;
	struct span update = compose("18 (3 00)");

	start(0, 0);
	(void)go_to(CONNECTED);
	tap_ok(!scene.client.owes_key, "no KeyUpdate is owed");
	next = scene.client.server;
	schedule_update(&next);
	(void)send_message(MESSAGE_KEY_UPDATE);
	check_secret(&scene.client.server, &next, "next secret of the server");
	tap_ok(scene.client.owes_key, "one is owed then");
	next = scene.client.client;
	schedule_update(&next);
	handshake_update(&scene.client, &scene.out);
	tap_ok(span_equal(span_of(scene.out.bytes, scene.out.length), update),
	    "it asks for none");
	check_secret(&scene.client.client, &next, "next secret of the client");
	tap_ok(!scene.client.owes_key, "it is owed no more");
	buffer_init(&scene.in, scene.in_bytes, sizeof(scene.in_bytes));
	buffer_append(&scene.in, update.bytes, update.length);
	tap_number(give(), HANDSHAKE_SERVER_KEY, "one that asks for none");
	tap_ok(!scene.client.owes_key, "gets none");
	compose_free(update);
}

static void
test_older(void)
{
	struct span older = compose("02 (3 0303 R (1) c02b 00)");

	start(0, 1);
	buffer_init(&scene.in, scene.in_bytes, sizeof(scene.in_bytes));
	buffer_append(&scene.in, older.bytes, older.length);
	tap_number(give(), HANDSHAKE_OLDER, "TLS 1.2 is an event");
	start(0, 0);
	buffer_init(&scene.in, scene.in_bytes, sizeof(scene.in_bytes));
	buffer_append(&scene.in, older.bytes, older.length);
	tap_number(
	    give(), HANDSHAKE_FAILED, "and a fault if it is not offered");
	tap_number(scene.fault.alert, ALERT_PROTOCOL_VERSION, "with its alert");
	compose_free(older);
}

static void
test_fresh(void)
{
	static const struct handshake nothing;
	unsigned char id[HELLO_SESSION_ID_SIZE], value[HELLO_RANDOM_SIZE];

	start(0, 0);
	memcpy(id, scene.client.session_id, sizeof(id));
	memcpy(value, scene.client.hello_random, sizeof(value));
	tap_bytes(scene.client.hello.name.bytes, scene.client.hello.name.length,
	    "api.test", "the name is sent");
	tap_ok(memcmp(id, value, sizeof(id)) != 0,
	    "session ID and random value differ");
	(void)send_retry();
	tap_ok(memcmp(id, scene.client.session_id, sizeof(id)) == 0,
	    "the session ID stays");
	tap_ok(memcmp(value, scene.client.hello_random, sizeof(value)) == 0,
	    "the random value stays");
	handshake_wipe(&scene.client);
	tap_ok(memcmp(&scene.client, &nothing, sizeof(nothing)) == 0,
	    "everything is wiped");
}

int
main(void)
{
	test_order();
	test_wrong();
	test_agreement(0);
	test_agreement(WITH_REQUEST);
	test_agreement(WITH_RETRY);
	test_agreement(WITH_RETRY | WITH_REQUEST);
	test_key_update();
	test_older();
	test_fresh();
	return tap_done();
}
