/* handshake_fuzz.c - a whole TLS 1.3 connection, up to the second request. The
 * server is here: it knows the secrets, so that what it changes is signed,
 * hashed and encrypted anew, and the change reaches what comes after that.
 *
 * The input says what it changes, zeros being nothing. Then the connection must
 * succeed. Whatever it changes, a connection on which CertificateVerify or
 * Finished is not what it must be never opens, and if it opens, both sides
 * agree on it and requests arrive as they were written. The certificate is
 * accepted unread: chain_fuzz.c is about those. */
#include <bearssl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/buffer.h"
#include "crypto/exchange.h"
#include "fuzz.h"
#include "os/clock.h"
#include "os/stream.h"
#include "tls/client_hello.h"
#include "tls/handshake.h"
#include "tls/message.h"
#include "tls/record.h"
#include "tls/schedule.h"
#include "tls/tls13.h"
#include "tls/transcript.h"
#include "tls/wire.h"
#include "tls_server.h"

#define REQUEST "a request"
#define PARTS_MAX 40 /* records of what follows the handshake */

enum stage { HELLO, SECOND_HELLO, FLIGHT, OPENED, OVER };

struct server {
	struct stream stream;
	struct tls13 *client;
	const struct suite *suite;
	enum stage stage;
	bool retries, asks, is_protected;
	bool client_opened;
	struct exchange_key key;
	struct transcript transcript;
	struct schedule schedule;
	struct traffic_secret secrets[2][2]; /* stage, side: client, server */
	struct record_key seals, opens;
	unsigned char got[65536]; /* from the client */
};

/* Puts a record where the client reads. */
static void
put_record(
    struct server *s, unsigned char type, const void *bytes, size_t length)
{
	unsigned char *out = peer.out + peer.end;
	struct span content = span_of(bytes, length);
	ssize_t size;

	if (length + RECORD_OVERHEAD > sizeof(peer.out) - peer.end)
		return;
	if (s->is_protected && type != CHANGE_CIPHER) {
		size = record_seal(
		    &s->seals, (enum record_type)type, content, out);
	} else {
		size =
		    record_write((enum record_type)type, 0x0303, content, out);
	}
	check(size > 0);
	peer.end += (size_t)size;
}

/* Adds a message to the flight and to the transcript, as it is sent. */
static void
add_message(struct server *s, struct buffer *flight, struct buffer *message,
    bool proves)
{
	unsigned char bytes[MESSAGE_ROOM];
	size_t length = message->length;
	unsigned times, i;

	check(!message->overflowed);
	memcpy(bytes, message->bytes, length);
	times = change_message(bytes, &length, proves);
	/* If Finished comes a second time, the handshake may be over. */
	for (i = 0; i < times; i++) {
		buffer_append(flight, bytes, length);
		if (i == 0 || !proves)
			transcript_add(&s->transcript, span_of(bytes, length));
	}
	buffer_wipe(message);
}

static size_t
begin(struct buffer *b, enum message_type type)
{
	buffer_byte(b, (char)type);
	return wire_begin(b, 3);
}

/* ServerHello, or HelloRetryRequest, which has a group in place of a key. */
static void
write_hello(struct server *s, struct buffer *b, const unsigned char *random,
    bool is_retry)
{
	size_t start = begin(b, MESSAGE_SERVER_HELLO), extensions, share;

	wire_write_number(b, 2, HELLO_TLS12);
	buffer_append(b, random, HELLO_RANDOM_SIZE);
	wire_write_vector(b, 1,
	    span_of(s->client->endpoint.handshake.session_id,
		HELLO_SESSION_ID_SIZE));
	wire_write_number(b, 2, s->suite->id);
	wire_write_number(b, 1, 0);
	extensions = wire_begin(b, 2);
	wire_write_number(b, 2, 43);
	wire_write_number(b, 2, 2);
	wire_write_number(b, 2, HELLO_TLS13);
	wire_write_number(b, 2, 51);
	share = wire_begin(b, 2);
	wire_write_number(b, 2, (uint32_t)s->key.curve);
	if (!is_retry) {
		wire_write_vector(
		    b, 2, span_of(s->key.public, s->key.public_length));
	}
	wire_end(b, 2, share);
	wire_end(b, 2, extensions);
	wire_end(b, 3, start);
}

static void
write_extensions(struct buffer *b)
{
	static const unsigned char alpn[] = {
	    0, 16, 0, 11, 0, 9, 8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
	size_t start = begin(b, MESSAGE_ENCRYPTED_EXTENSIONS);

	wire_write_vector(b, 2, span_of(alpn, sizeof(alpn)));
	wire_end(b, 3, start);
}

static void
write_request(struct buffer *b)
{
	static const unsigned char schemes[] = {0, 13, 0, 4, 0, 2, 4, 3};
	size_t start = begin(b, MESSAGE_CERTIFICATE_REQUEST);

	wire_write_number(b, 1, 0);
	wire_write_vector(b, 2, span_of(schemes, sizeof(schemes)));
	wire_end(b, 3, start);
}

static void
write_certificate(struct buffer *b)
{
	size_t start = begin(b, MESSAGE_CERTIFICATE), list;

	wire_write_number(b, 1, 0);
	list = wire_begin(b, 3);
	wire_write_vector(b, 3, span_text("any certificate"));
	wire_write_number(b, 2, 0);
	wire_end(b, 3, list);
	wire_end(b, 3, start);
}

static unsigned char point[65];
static const br_x509_pkey *
server_key(void)
{
	static br_x509_pkey key;

	key.key_type = BR_KEYTYPE_EC;
	key.key.ec.curve = BR_EC_secp256r1;
	key.key.ec.q = point;
	key.key.ec.qlen = sizeof(point);
	return &key;
}

static void
write_proof(struct server *s, struct buffer *b)
{
	static unsigned char x[32] = {1};
	const br_ec_private_key private = {BR_EC_secp256r1, x, sizeof(x)};
	unsigned char storage[SUITE_HASH_MAX], hash[32], signature[80];
	struct span messages = transcript_hash(&s->transcript, storage);
	size_t start = begin(b, MESSAGE_CERTIFICATE_VERIFY), i;
	br_sha256_context context;

	if (point[0] == 0) {
		(void)br_ec_all_m31.mulgen(
		    point, x, sizeof(x), BR_EC_secp256r1);
	}
	br_sha256_init(&context);
	for (i = 0; i < 64; i++)
		br_sha256_update(&context, " ", 1);
	br_sha256_update(&context, "TLS 1.3, server CertificateVerify", 34);
	br_sha256_update(&context, messages.bytes, messages.length);
	br_sha256_out(&context, hash);
	i = br_ecdsa_i31_sign_asn1(
	    &br_ec_all_m31, &br_sha256_vtable, hash, &private, signature);
	check(i > 0);
	wire_write_number(b, 2, HELLO_ECDSA_P256_SHA256);
	wire_write_vector(b, 2, span_of(signature, i));
	wire_end(b, 3, start);
}

static void
write_finished(struct server *s, struct buffer *b)
{
	unsigned char storage[SUITE_HASH_MAX], finished[SUITE_HASH_MAX];

	schedule_finished(&s->secrets[0][1],
	    transcript_hash(&s->transcript, storage), finished);
	message_write_finished(b, span_of(finished, s->suite->hash_length));
}

static void
make_key(struct server *s, int curve)
{
	br_hmac_drbg_context random;

	br_hmac_drbg_init(&random, &br_sha256_vtable, "seed", 4);
	check(exchange_key_make(&s->key, curve, &random.vtable) == 0);
}

/* HelloRetryRequest, of which the random value is that of RFC 8446, 4.1.3. */
static void
put_retry(struct server *s)
{
	char flight_bytes[MESSAGE_ROOM * 2 + 1], bytes[MESSAGE_ROOM + 1];
	unsigned char random[32];
	struct buffer flight, b;
	br_sha256_context context;

	br_sha256_init(&context);
	br_sha256_update(&context, "HelloRetryRequest", 17);
	br_sha256_out(&context, random);
	buffer_init(&flight, flight_bytes, sizeof(flight_bytes));
	buffer_init(&b, bytes, sizeof(bytes));
	transcript_restart(&s->transcript);
	write_hello(s, &b, random, true);
	add_message(s, &flight, &b, false);
	put_pieces(s, span_of(flight.bytes, flight.length));
}

/* Returns false if the client has no key for the server's. */
static bool
put_server_hello(struct server *s)
{
	static const unsigned char random[HELLO_RANDOM_SIZE] = {7};
	const struct exchange_key *theirs = &s->client->endpoint.handshake.key;
	unsigned char secret[EXCHANGE_SECRET_MAX], storage[SUITE_HASH_MAX];
	char flight_bytes[MESSAGE_ROOM * 2 + 1], bytes[MESSAGE_ROOM + 1];
	struct buffer flight, b;
	int length = exchange_agree(
	    &s->key, span_of(theirs->public, theirs->public_length), secret);

	if (length < 0)
		return false;
	buffer_init(&flight, flight_bytes, sizeof(flight_bytes));
	buffer_init(&b, bytes, sizeof(bytes));
	write_hello(s, &b, random, false);
	add_message(s, &flight, &b, false);
	put_pieces(s, span_of(flight.bytes, flight.length));
	schedule_start(&s->schedule, s->suite);
	schedule_handshake(&s->schedule, span_of(secret, (size_t)length),
	    transcript_hash(&s->transcript, storage), &s->secrets[0][0],
	    &s->secrets[0][1]);
	record_key_set(&s->opens, &s->secrets[0][0]);
	record_key_set(&s->seals, &s->secrets[0][1]);
	s->is_protected = true;
	return true;
}

static void
put_flight(struct server *s)
{
	static char flight_bytes[10 * MESSAGE_ROOM + 1];
	char bytes[MESSAGE_ROOM + 1];
	unsigned char storage[SUITE_HASH_MAX];
	struct buffer flight, b;

	buffer_init(&flight, flight_bytes, sizeof(flight_bytes));
	buffer_init(&b, bytes, sizeof(bytes));
	write_extensions(&b);
	add_message(s, &flight, &b, false);
	if (s->asks) {
		write_request(&b);
		add_message(s, &flight, &b, false);
	}
	write_certificate(&b);
	add_message(s, &flight, &b, false);
	write_proof(s, &b);
	add_message(s, &flight, &b, true);
	write_finished(s, &b);
	add_message(s, &flight, &b, true);
	put_pieces(s, span_of(flight.bytes, flight.length));
	schedule_application(&s->schedule,
	    transcript_hash(&s->transcript, storage), &s->secrets[1][0],
	    &s->secrets[1][1]);
	record_key_set(&s->seals, &s->secrets[1][1]);
}

static void
put_ticket(struct server *s)
{
	char bytes[MESSAGE_ROOM + 1];
	unsigned char message[MESSAGE_ROOM];
	struct buffer b;
	size_t length, start;
	unsigned times;

	buffer_init(&b, bytes, sizeof(bytes));
	start = begin(&b, MESSAGE_NEW_SESSION_TICKET);
	wire_write_number(&b, 4, 300);
	wire_write_number(&b, 4, 1);
	wire_write_vector(&b, 1, span_text("nonce"));
	wire_write_vector(&b, 2, span_text("ticket"));
	wire_write_number(&b, 2, 0);
	wire_end(&b, 3, start);
	length = b.length;
	memcpy(message, bytes, length);
	times = change_message(message, &length, false);
	for (; times > 0; times--)
		put_pieces(s, span_of(message, length));
}

static void
put_key_update(struct server *s)
{
	unsigned char bytes[] = {MESSAGE_KEY_UPDATE, 0, 0, 1, take(&peer.in)};

	peer.has_changed = peer.has_changed || bytes[4] > 1;
	put_record(s, HANDSHAKE, bytes, sizeof(bytes));
	schedule_update(&s->secrets[1][1]);
	record_key_set(&s->seals, &s->secrets[1][1]);
}

/* What follows the handshake. The stream ends after close_notify, or without
 * it. */
static void
put_response(struct server *s)
{
	size_t i;

	for (i = 0; i < PARTS_MAX; i++) {
		switch (take(&peer.in)) {
		case 1:
			put_ticket(s);
			break;
		case 2:
			put_key_update(s);
			break;
		case 3:
			put_extra(s);
			break;
		case 4:
			put_data(s);
			break;
		case 5:
			peer.has_changed = true;
			return;
		default:
			put_close_notify(s);
			return;
		}
	}
	peer.has_changed = true;
}

/* The server goes on when the client waits for it. */
static void
go_on(struct server *s)
{
	switch (s->stage) {
	case HELLO:
		transcript_choose(&s->transcript, s->suite);
		if (s->retries) {
			put_retry(s);
			s->stage = SECOND_HELLO;
			break;
		}
		/* fallthrough */
	case SECOND_HELLO:
		s->stage = OVER;
		if (put_server_hello(s)) {
			put_flight(s);
			s->stage = FLIGHT;
		}
		break;
	case OPENED:
		put_response(s);
		s->stage = OVER;
		break;
	case FLIGHT:
	case OVER:
	default:
		break;
	}
}

/* The client's messages after ServerHello: an empty Certificate if it was asked
 * for one, Finished, KeyUpdate. */
static void
take_message(struct server *s, const struct message *message)
{
	unsigned char storage[SUITE_HASH_MAX];
	struct span hash = transcript_hash(&s->transcript, storage);

	switch (message->type) {
	case MESSAGE_CERTIFICATE:
		check(s->client->endpoint.handshake.is_asked);
		check(message->body.length == 4);
		transcript_add(&s->transcript, message->whole);
		break;
	case MESSAGE_FINISHED:
		check(s->stage == FLIGHT);
		check(schedule_finished_matches(
		    &s->secrets[0][0], hash, message->body));
		record_key_set(&s->opens, &s->secrets[1][0]);
		s->stage = OPENED;
		break;
	default:
		check(message->type == MESSAGE_KEY_UPDATE);
		check(message->body.length == 1 && message->body.bytes[0] == 0);
		schedule_update(&s->secrets[1][0]);
		record_key_set(&s->opens, &s->secrets[1][0]);
	}
}

static void
take_protected(struct server *s, unsigned char *bytes, size_t size)
{
	struct record record;
	struct message message;
	struct fault fault;
	struct span in;

	if (record_open(&s->opens, &record, bytes, size, &fault) < 0) {
		/* An alert of one that does not share our secrets. */
		check(!s->client_opened);
		return;
	}
	if (record.type == RECORD_ALERT)
		return;
	check(s->client_opened);
	if (record.type == RECORD_APPLICATION) {
		check(s->stage >= OPENED);
		keep_request(record.content);
		return;
	}
	for (in = record.content; in.length > 0;) {
		check(message_next(&in, &message, &fault) == 1);
		take_message(s, &message);
	}
}

static int
server_write(struct stream *stream, const void *bytes, size_t length,
    struct deadline d, struct error *e)
{
	struct server *s = (struct server *)(void *)stream;
	unsigned char *at = s->got;
	struct record record;
	struct fault fault;
	ssize_t size;

	(void)d;
	(void)e;
	check(length <= sizeof(s->got));
	memcpy(at, bytes, length);
	for (; length > 0; at += size, length -= (size_t)size) {
		check(length >= RECORD_HEADER);
		size = record_size(at, &fault);
		check(size > 0 && (size_t)size <= length);
		if (at[0] == RECORD_APPLICATION) {
			take_protected(s, at, (size_t)size);
			continue;
		}
		check(record_read(&record, span_of(at, (size_t)size), &fault) ==
		      0);
		if (record.type == RECORD_HANDSHAKE)
			transcript_add(&s->transcript, record.content);
	}
	return 0;
}

static void
start_chain(const br_x509_class **class, const char *name)
{
	(void)class;
	(void)name;
}

static void
start_cert(const br_x509_class **class, uint32_t length)
{
	(void)class;
	(void)length;
}

static void
append(const br_x509_class **class, const unsigned char *bytes, size_t length)
{
	(void)class;
	(void)bytes;
	(void)length;
}

static void
end_cert(const br_x509_class **class)
{
	(void)class;
}

static unsigned
end_chain(const br_x509_class **class)
{
	(void)class;
	return 0;
}

static const br_x509_pkey *
get_pkey(const br_x509_class *const *class, unsigned *usages)
{
	(void)class;
	*usages = BR_KEYTYPE_SIGN | BR_KEYTYPE_KEYX;
	return server_key();
}

static const br_x509_class any_chain = {sizeof(struct chain), start_chain,
    start_cert, append, end_cert, end_chain, get_pkey};

/* Writes a request, which then has arrived. */
static void
send_request(struct server *s, struct deadline d, struct error *e)
{
	struct span text = span_text(REQUEST);

	peer.request_length = 0;
	if (stream_write(&s->client->stream, text.bytes, text.length, d, e) < 0)
		return;
	check(has_request(REQUEST));
}

static void
use(struct server *s, struct deadline d, struct error *e)
{
	check(!peer.has_forged);
	check(s->client->endpoint.handshake.suite == s->suite);
	s->client_opened = true;
	send_request(s, d, e);
	/* Once it waits, the server goes on. */
	go_on(s);
	if (take(&peer.in) == 1 && peer.start < peer.end &&
	    tls13_is_idle(s->client))
		tls13_absorb(s->client, deadline_after(200));
	if (take(&peer.in) == 1 && tls13_is_idle(s->client))
		send_request(s, d, e);
	read_response(&s->client->stream, d, e);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct stream_class class = {
	    server_read, server_write, server_close};
	static const uint16_t older[] = {0xcca9, 0xc02b};
	static const struct handshake nothing;
	static struct server s;
	static struct tls13 client;
	static struct chain chain = {.class = &any_chain};
	struct deadline d = deadline_after(10000);
	struct handshake_terms terms = {"server", &chain, older, 0};
	enum tls_result result;
	unsigned char options;
	struct error e;

	peer_begin(data, size);
	memset(&s, 0, sizeof(s));
	s.stream.class = &class;

	s.client = &client;
	options = take(&peer.in);
	s.suite = &suite_table[(options & 3) % SUITE_COUNT];
	s.retries = options >> 2 & 1;
	s.asks = options >> 3 & 1;
	terms.older_count = options >> 4 & 1 ? 2 : 0;
	make_key(&s, s.retries ? BR_EC_secp256r1 : BR_EC_curve25519);
	transcript_start(&s.transcript);
	error_clear(&e);
	result = tls13_open(&client, &s.stream, &terms, d, &e);
	if (result == TLS_OPEN) {
		use(&s, d, &e);
	} else {
		check(peer.has_changed);
		check(result != TLS_OLDER || terms.older_count > 0);
		check(result == TLS_OLDER || e.line[0] != '\0');
		check(peer.request_length == 0);
	}
	if (result == TLS_OPEN)
		stream_close(&client.stream);
	tls13_wipe(&client);
	check(
	    memcmp(&client.endpoint.handshake, &nothing, sizeof(nothing)) == 0);
	return 0;
}
