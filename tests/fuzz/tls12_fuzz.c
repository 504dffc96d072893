/* tls12_fuzz.c - a whole TLS 1.2 connection through tls.h, up to the response.
 * The server is here: it shares the secrets, so that what the input changes is
 * hashed and encrypted anew, and the change reaches what comes after it. Its
 * certificate is one of a real chain.
 *
 * The input says what it changes, zeros being nothing. Then the connection must
 * succeed. Whatever it changes, none opens on which the certificate, the
 * signature over the key exchange or Finished is not what it must be, nor one
 * that an attacker made use TLS 1.2; and if one opens, the request arrives as
 * it was written, and what is read is what was sent. */
/* Fakes: os/clock os/process. */
#include <bearssl.h>
#include <stdbool.h>

#include "base/array.h"
#include "base/buffer.h"
#include "crypto/exchange.h"
#include "fuzz.h"
#include "os/clock.h"
#include "os/stream.h"
#include "tls/tls.h"
#include "tls_server.h"
#include "x509/compose.h"

#define HOST "a.example"
#define REQUEST "POST /repos/o/n/dispatches HTTP/1.1\r\n\r\n"
#define VERSION 0x0303
#define PARTS_MAX 20 /* records of what follows the handshake */
#define ROOT_KEY 1
#define LEAF_KEY 2
#define RANDOM_SIZE 32
#define DOWNGRADE "DOWNGRD\1" /* RFC 8446, 4.1.3 */
#define RECORD_ROOM 32        /* before and after what is encrypted */

enum {
	HELLO_REQUEST = 0,
	CLIENT_HELLO = 1,
	SERVER_HELLO = 2,
	CERTIFICATE = 11,
	SERVER_KEY = 12,
	CERTIFICATE_REQUEST = 13,
	HELLO_DONE = 14,
	CLIENT_KEY = 16,
	FINISHED = 20
};

enum stage { WAITS_HELLO, WAITS_FINISHED, OPENED, OVER };

union record12 {
	br_sslrec_gcm_context gcm;
	br_sslrec_chapol_context chapol;
	const br_sslrec_in_class *in;
	const br_sslrec_out_class *out;
};

struct suite12 {
	unsigned id;
	size_t key, iv;
	bool is_sha384;
};

static const struct suite12 suites[] = {
    {0xcca9, 32, 12, false},
    {0xc02b, 16, 4, false},
    {0xc02c, 32, 4, true},
};

struct server {
	struct stream stream;
	const struct suite12 *suite;
	enum stage stage;
	bool asks, has_alpn, is_downgrade;
	bool opens, seals;
	struct exchange_key key;
	br_sha256_context sha256;
	br_sha384_context sha384;
	unsigned char client_random[RANDOM_SIZE], server_random[RANDOM_SIZE];
	unsigned char master[48];
	union record12 from_client, to_client;
	unsigned char got[65536];
};

static struct tls tls;
static struct roots roots;
static struct der leaf;

/* Puts a record where the client reads. */
static void
put_record(
    struct server *s, unsigned char type, const void *bytes, size_t length)
{
	unsigned char room[RECORD_ROOM + MESSAGE_ROOM * 5 + RECORD_ROOM];
	unsigned char *plain = room + RECORD_ROOM, *start = plain;

	if (length > MESSAGE_ROOM * 4 ||
	    length + 2 * RECORD_ROOM > sizeof(peer.out) - peer.end)
		return;
	if (length > 0)
		memcpy(plain, bytes, length);
	if (s->seals) {
		start = s->to_client.out->encrypt(
		    &s->to_client.out, type, VERSION, plain, &length);
	} else {
		start -= 5;
		start[0] = type;
		start[1] = VERSION >> 8;
		start[2] = VERSION & 0xff;
		start[3] = (unsigned char)(length >> 8);
		start[4] = (unsigned char)length;
		length += 5;
	}
	memcpy(peer.out + peer.end, start, length);
	peer.end += length;
}

static void
hash_messages(struct server *s, const void *bytes, size_t length)
{
	br_sha256_update(&s->sha256, bytes, length);
	br_sha384_update(&s->sha384, bytes, length);
}

/* Adds a message to the flight, as it is sent. */
static void
add_message(struct server *s, struct der *flight, const struct der *message,
    bool proves)
{
	unsigned char bytes[MESSAGE_ROOM];
	size_t length = message->length;
	unsigned times, i;

	memcpy(bytes, message->bytes, length);
	times = change_message(bytes, &length, proves);
	if (message->bytes[0] == SERVER_HELLO && length >= 38)
		memcpy(s->server_random, bytes + 6, RANDOM_SIZE);
	for (i = 0; i < times; i++) {
		if (length > COMPOSE_SIZE - flight->length)
			return;
		put(flight, bytes, length);
		hash_messages(s, bytes, length);
	}
}

static void
put_number(struct der *d, size_t size, size_t number)
{
	unsigned char byte;

	while (size-- > 0) {
		byte = (unsigned char)(number >> 8 * size);
		put(d, &byte, 1);
	}
}

static void
put_vector(struct der *d, size_t size, const void *bytes, size_t length)
{
	put_number(d, size, length);
	put(d, bytes, length);
}

static void
put_message(struct der *d, unsigned char type, const struct der *body)
{
	d->length = 0;
	put(d, &type, 1);
	put_vector(d, 3, body->bytes, body->length);
}

static void
add_hello(struct server *s, struct der *flight)
{
	static const unsigned char renegotiation[] = {0xff, 1, 0, 1, 0};
	static const unsigned char alpn[] = {
	    0, 16, 0, 11, 0, 9, 8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
	struct der body = {.length = 0}, extensions = {.length = 0};
	struct der message;

	memset(s->server_random, 7, RANDOM_SIZE);
	if (s->is_downgrade)
		memcpy(s->server_random + 24, DOWNGRADE, 8);
	put_number(&body, 2, VERSION);
	put(&body, s->server_random, RANDOM_SIZE);
	put_number(&body, 1, 0);
	put_number(&body, 2, s->suite->id);
	put_number(&body, 1, 0);
	put(&extensions, renegotiation, sizeof(renegotiation));
	if (s->has_alpn)
		put(&extensions, alpn, sizeof(alpn));
	put_vector(&body, 2, extensions.bytes, extensions.length);
	put_message(&message, SERVER_HELLO, &body);
	add_message(s, flight, &message, false);
}

static void
add_certificate(struct server *s, struct der *flight)
{
	struct der body = {.length = 0}, list = {.length = 0}, message;

	put_vector(&list, 3, leaf.bytes, leaf.length);
	put_vector(&body, 3, list.bytes, list.length);
	put_message(&message, CERTIFICATE, &body);
	add_message(s, flight, &message, true);
}

/* The key for the exchange, signed with the random values (RFC 8422, 5.4). */
static void
add_key(struct server *s, struct der *flight)
{
	unsigned char hash[32], signature[80], scalar[32];
	br_ec_private_key private = private_key(LEAF_KEY, scalar);
	struct der body = {.length = 0}, message;
	br_sha256_context context;
	size_t length;

	put_number(&body, 1, 3);
	put_number(&body, 2, (size_t)s->key.curve);
	put_vector(&body, 1, s->key.public, s->key.public_length);
	br_sha256_init(&context);
	br_sha256_update(&context, s->client_random, RANDOM_SIZE);
	br_sha256_update(&context, s->server_random, RANDOM_SIZE);
	br_sha256_update(&context, body.bytes, body.length);
	br_sha256_out(&context, hash);
	length = br_ecdsa_i31_sign_asn1(
	    br_ec_get_default(), &br_sha256_vtable, hash, &private, signature);
	check(length > 0);
	put_number(&body, 2, 0x0403);
	put_vector(&body, 2, signature, length);
	put_message(&message, SERVER_KEY, &body);
	add_message(s, flight, &message, true);
}

static void
put_flight(struct server *s)
{
	static const unsigned char demand[] = {1, 64, 0, 2, 4, 3, 0, 0};
	struct der flight = {.length = 0}, body = {.length = 0}, message;

	add_hello(s, &flight);
	add_certificate(s, &flight);
	add_key(s, &flight);
	if (s->asks) {
		put(&body, demand, sizeof(demand));
		put_message(&message, CERTIFICATE_REQUEST, &body);
		add_message(s, &flight, &message, false);
	}
	body.length = 0;
	put_message(&message, HELLO_DONE, &body);
	add_message(s, &flight, &message, false);
	put_pieces(s, span_of(flight.bytes, flight.length));
}

/* The pseudorandom function with one or two seeds (RFC 5246, 5). */
static void
derive(const struct server *s, struct span secret, const char *label,
    struct span first, struct span second, unsigned char *out, size_t length)
{
	const br_tls_prf_seed_chunk seeds[] = {
	    {first.bytes, first.length}, {second.bytes, second.length}};

	(s->suite->is_sha384 ? br_tls12_sha384_prf : br_tls12_sha256_prf)(
	    out, length, secret.bytes, secret.length, label, 2, seeds);
}

static void
init_in(const struct suite12 *suite, union record12 *key,
    const unsigned char *bytes, const unsigned char *iv)
{
	if (suite->iv == 12) {
		br_sslrec_in_chapol_vtable.init(&key->chapol.vtable.in,
		    br_chacha20_ct_run, br_poly1305_ctmul_run, bytes, iv);
	} else {
		br_sslrec_in_gcm_vtable.init(&key->gcm.vtable.in,
		    &br_aes_ct64_ctr_vtable, bytes, suite->key,
		    br_ghash_ctmul64, iv);
	}
}

static void
init_out(const struct suite12 *suite, union record12 *key,
    const unsigned char *bytes, const unsigned char *iv)
{
	if (suite->iv == 12) {
		br_sslrec_out_chapol_vtable.init(&key->chapol.vtable.out,
		    br_chacha20_ct_run, br_poly1305_ctmul_run, bytes, iv);
	} else {
		br_sslrec_out_gcm_vtable.init(&key->gcm.vtable.out,
		    &br_aes_ct64_ctr_vtable, bytes, suite->key,
		    br_ghash_ctmul64, iv);
	}
}

/* Returns false if the client's key is not one: it did not see ours. */
static bool
make_keys(struct server *s, struct span theirs)
{
	unsigned char secret[EXCHANGE_SECRET_MAX], block[2 * (32 + 12)];
	struct span client = span_of(s->client_random, RANDOM_SIZE);
	struct span server = span_of(s->server_random, RANDOM_SIZE);
	size_t key = s->suite->key, iv = s->suite->iv;
	int length = exchange_agree(&s->key, theirs, secret);

	if (length < 0)
		return false;
	derive(s, span_of(secret, (size_t)length), "master secret", client,
	    server, s->master, sizeof(s->master));
	derive(s, span_of(s->master, sizeof(s->master)), "key expansion",
	    server, client, block, sizeof(block));
	init_in(s->suite, &s->from_client, block, block + 2 * key);
	init_out(s->suite, &s->to_client, block + key, block + 2 * key + iv);
	return true;
}

static void
make_finished(const struct server *s, const char *label, unsigned char out[12])
{
	unsigned char hash[48];

	if (s->suite->is_sha384)
		br_sha384_out(&s->sha384, hash);
	else
		br_sha256_out(&s->sha256, hash);
	derive(s, span_of(s->master, sizeof(s->master)), label,
	    span_of(hash, s->suite->is_sha384 ? 48 : 32), span_of(NULL, 0), out,
	    12);
}

static void
put_finished(struct server *s)
{
	struct der body = {.length = 12}, message, flight = {.length = 0};

	make_finished(s, "server finished", body.bytes);
	put_message(&message, FINISHED, &body);
	add_message(s, &flight, &message, true);
	put_extra(s);
	if (take(&peer.in) == 1) { /* Finished must be encrypted */
		peer.has_changed = peer.has_forged = true;
	} else {
		put_record(s, CHANGE_CIPHER, "\1", 1);
		s->seals = true;
	}
	put_pieces(s, span_of(flight.bytes, flight.length));
	s->stage = OPENED;
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
			put_data(s);
			break;
		case 2:
			put_extra(s);
			break;
		case 3:
			peer.has_changed = true;
			return;
		default:
			put_close_notify(s);
			return;
		}
	}
	peer.has_changed = true;
}

static void
go_on(struct server *s)
{
	if (s->stage != OPENED)
		return;
	put_response(s);
	s->stage = OVER;
}

/* A message of the client's, as it lies in memory. Returns false if this cannot
 * go on. */
static bool
take_message(struct server *s, const unsigned char *message, size_t length)
{
	unsigned char finished[12];

	switch (message[0]) {
	case CLIENT_HELLO:
		check(s->stage == WAITS_HELLO && length > 38);
		memcpy(s->client_random, message + 6, RANDOM_SIZE);
		hash_messages(s, message, length);
		put_flight(s);
		s->stage = WAITS_FINISHED;
		return true;
	case CLIENT_KEY:
		check(!peer.has_forged && length > 5);
		hash_messages(s, message, length);
		return make_keys(s, span_of(message + 5, length - 5));
	case FINISHED:
		check(length == sizeof(finished) + MESSAGE_HEADER && s->opens);
		make_finished(s, "client finished", finished);
		if (memcmp(message + 4, finished, sizeof(finished)) != 0) {
			check(peer.has_changed);
			return false;
		}
		hash_messages(s, message, length);
		put_finished(s);
		return true;
	default:
		check(message[0] == CERTIFICATE && s->asks && length == 7);
		hash_messages(s, message, length);
		return true;
	}
}

static bool
take_content(struct server *s, unsigned char type, const unsigned char *bytes,
    size_t length)
{
	size_t size;

	if (type == APPLICATION) {
		check(s->opens && s->stage >= OPENED);
		keep_request(span_of(bytes, length));
	} else if (type == CHANGE_CIPHER) {
		s->opens = true;
	}
	for (; type == HANDSHAKE && length > 0; length -= size, bytes += size) {
		check(length >= MESSAGE_HEADER);
		size = MESSAGE_HEADER + ((size_t)bytes[1] << 16 |
					    (size_t)bytes[2] << 8 | bytes[3]);
		check(size <= length);
		if (!take_message(s, bytes, size))
			return false;
	}
	return true;
}

static int
server_write(struct stream *stream, const void *bytes, size_t length,
    struct deadline d, struct error *e)
{
	struct server *s = (struct server *)(void *)stream;
	unsigned char *at = s->got, *content;
	size_t size, inner;

	(void)d;
	(void)e;
	check(length <= sizeof(s->got));
	memcpy(at, bytes, length);
	for (; length > 0 && s->stage != OVER; at += size, length -= size) {
		check(length >= 5);
		size = 5 + ((size_t)at[3] << 8 | at[4]);
		check(size <= length);
		content = at + 5;
		inner = size - 5;
		if (s->opens) {
			check(s->from_client.in->check_length(
			    &s->from_client.in, inner));
			content = s->from_client.in->decrypt(&s->from_client.in,
			    at[0], VERSION, content, &inner);
		}
		if (content == NULL ||
		    !take_content(s, at[0], content, inner)) {
			check(peer.has_changed);
			s->stage = OVER;
		}
	}
	return 0;
}

/* A CA in a file, and a server that it knows. */
static void
make_chain(void)
{
	const struct recipe root = {.subject = "Root",
	    .issuer = "Root",
	    .key = ROOT_KEY,
	    .signer = ROOT_KEY,
	    .is_ca = true};
	const struct recipe server = {.subject = "Leaf",
	    .issuer = "Root",
	    .key = LEAF_KEY,
	    .signer = ROOT_KEY,
	    .names = "DNS:" HOST};
	struct buffer b;
	struct der der;
	struct span whole;

	if (leaf.length > 0)
		return;
	(void)compose(&leaf, &server);
	whole = compose(&der, &root);
	roots_use_builtin(&roots);
	roots.is_file = true;
	buffer_init(&b, roots.text, sizeof(roots.text));
	buffer_text(&b, "-----BEGIN CERTIFICATE-----\n");
	buffer_base64(&b, whole.bytes, whole.length, false);
	buffer_text(&b, "\n-----END CERTIFICATE-----\n");
	roots.text_length = b.length;
}

/* Writes a request, and reads what there is. */
static void
use(struct server *s, struct deadline d, struct error *e)
{
	struct span text = span_text(REQUEST);

	check(!peer.has_forged);
	check(tls.choice != TLS_FALLBACK_1_2 ||
	      memcmp(s->server_random + 24, DOWNGRADE, 8) != 0);
	check(
	    tls.version.tls12.client.eng.session.cipher_suite == s->suite->id);
	if (stream_write(tls_stream(&tls), text.bytes, text.length, d, e) == 0)
		check(has_request(REQUEST));
	else
		check(peer.has_changed);
	read_response(tls_stream(&tls), d, e);
}

static void
start(struct server *s, const uint8_t *data, size_t size)
{
	static const struct stream_class class = {
	    server_read, server_write, server_close};
	static const int curves[] = {
	    BR_EC_curve25519, BR_EC_secp256r1, BR_EC_secp384r1};
	br_hmac_drbg_context random;
	unsigned options;

	peer_begin(data, size);
	memset(s, 0, sizeof(*s));
	s->stream.class = &class;
	options = take(&peer.in);
	s->suite = &suites[(options & 3) % COUNT(suites)];
	s->asks = options >> 4 & 1;
	s->has_alpn = options >> 5 & 1;
	s->is_downgrade = options >> 6 & 1;
	peer.piece = take(&peer.in);
	br_sha256_init(&s->sha256);
	br_sha384_init(&s->sha384);
	br_hmac_drbg_init(&random, &br_sha256_vtable, "seed", 4);
	check(exchange_key_make(&s->key,
		  curves[(options >> 2 & 3) % COUNT(curves)],
		  &random.vtable) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct server s;
	struct deadline d = deadline_after(10000);
	struct tls_peer terms = {
	    .host = HOST, .roots = &roots, .choice = TLS_ONLY_1_2};
	enum tls_result result;
	struct error e;

	make_chain();
	start(&s, data, size);
	if (size > 0 && data[0] & 0x80)
		terms.choice = TLS_FALLBACK_1_2;
	error_clear(&e);
	result = tls_open(&tls, &s.stream, &terms, d, &e);
	if (result == TLS_OPEN) {
		use(&s, d, &e);
		stream_close(tls_stream(&tls));
	} else {
		check(peer.has_changed ||
		      (s.is_downgrade && terms.choice == TLS_FALLBACK_1_2));
		check(e.line[0] != '\0');
		check(peer.request_length == 0);
	}
	tls_wipe(&tls);
	return 0;
}
