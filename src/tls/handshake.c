/* handshake.c - one table has the transitions of RFC 8446, A.1, each with the
 * function that takes the message. A message that has no row for the state is
 * out of order. Each function adds its message to the transcript where the RFC
 * needs it. */
#include "tls/handshake.h"

#include <string.h>

#include "base/array.h"
#include "tls/proof.h"
#include "tls/tls_error.h"

/* What a function that takes a message works on. */
struct taking {
	const struct message *message;
	struct buffer *out;
	struct fault *fault;
};

static const struct {
	unsigned group;
	const char *name, *invalid;
} groups[] = {
    {HELLO_X25519, "X25519",
	"the server sent an invalid X25519 key for the key exchange"},
    {HELLO_P256, "P-256",
	"the server sent an invalid P-256 key for the key exchange"},
    {HELLO_P384, "P-384",
	"the server sent an invalid P-384 key for the key exchange"},
};

/* The group is one of those that are offered. */
static size_t
group_index(unsigned group)
{
	size_t i;

	for (i = 0; i + 1 < COUNT(groups); i++) {
		if (groups[i].group == group)
			break;
	}
	return i;
}

static void
add(struct handshake *handshake, struct span message)
{
	transcript_add(&handshake->transcript, message);
}

/* Writes a ClientHello with a new key in this group, or with the key that is
 * there. */
static void
write_hello(struct handshake *handshake, unsigned group, struct buffer *out)
{
	size_t start = out->length;

	if (group != handshake->hello.group) {
		exchange_key_wipe(&handshake->key);
		/* The group is one that was offered, so this cannot fail. */
		(void)!exchange_key_make(
		    &handshake->key, (int)group, &handshake->random.vtable);
		handshake->hello.group = group;
		handshake->hello.key = span_of(
		    handshake->key.public, handshake->key.public_length);
	}
	client_hello_write(out, &handshake->hello);
	add(handshake, span_of(out->bytes + start, out->length - start));
}

/* The second ClientHello (4.1.2, 4.1.4). */
static enum handshake_event
hello_again(struct handshake *handshake, const struct server_hello *hello,
    const struct taking *taking)
{
	unsigned group = hello->group;

	transcript_choose(&handshake->transcript, hello->suite);
	transcript_restart(&handshake->transcript);
	add(handshake, taking->message->whole);
	handshake->is_retried = true;
	handshake->retry = *hello;
	handshake->hello.cookie = hello->cookie;
	if (group == 0)
		group = handshake->hello.group;
	write_hello(handshake, group, taking->out);
	/* It is of the message, which goes. */
	handshake->hello.cookie = span_of(NULL, 0);
	handshake->retry.cookie = span_of(NULL, 0);
	return HANDSHAKE_RETRY;
}

static enum handshake_event
make_keys(struct handshake *handshake, const struct server_hello *hello,
    const struct taking *taking)
{
	unsigned char secret[EXCHANGE_SECRET_MAX], storage[SUITE_HASH_MAX];
	int length = exchange_agree(&handshake->key, hello->key, secret);

	exchange_key_wipe(&handshake->key);
	wipe(&handshake->random, sizeof(handshake->random));
	handshake->group = handshake->hello.group;
	handshake->suite = hello->suite;
	if (length < 0) {
		return fault_set(taking->fault, ALERT_ILLEGAL_PARAMETER,
		    groups[group_index(handshake->group)].invalid);
	}
	if (!handshake->is_retried)
		transcript_choose(&handshake->transcript, hello->suite);
	add(handshake, taking->message->whole);
	schedule_start(&handshake->schedule, hello->suite);
	schedule_handshake(&handshake->schedule,
	    span_of(secret, (size_t)length),
	    transcript_hash(&handshake->transcript, storage),
	    &handshake->client, &handshake->server);
	wipe(secret, sizeof(secret));
	return HANDSHAKE_KEYS;
}

static enum handshake_event
take_server_hello(struct handshake *handshake, const struct taking *taking)
{
	struct server_hello hello;

	if (server_hello_read(taking->message->body, &handshake->hello,
		handshake->is_retried ? &handshake->retry : NULL, &hello,
		taking->fault) < 0)
		return HANDSHAKE_FAILED;
	switch (hello.kind) {
	case HELLO_OLDER:
		return HANDSHAKE_OLDER;
	case HELLO_RETRY:
		return hello_again(handshake, &hello, taking);
	case HELLO_ACCEPTED:
	default:
		return make_keys(handshake, &hello, taking);
	}
}

static enum handshake_event
take_extensions(struct handshake *handshake, const struct taking *taking)
{
	add(handshake, taking->message->whole);
	return message_read_encrypted_extensions(taking->message->body,
	    client_hello_offered(&handshake->hello), taking->fault);
}

static enum handshake_event
take_certificate_request(
    struct handshake *handshake, const struct taking *taking)
{
	add(handshake, taking->message->whole);
	handshake->is_asked = true;
	return message_read_certificate_request(
	    taking->message->body, taking->fault);
}

/* Returns 0, or -1. */
static int
give_certificates(struct handshake *handshake, struct span entries,
    const struct taking *taking)
{
	const br_x509_class **class = &handshake->chain->class;
	struct span der;
	int more;

	(*class)->start_chain(class, NULL);
	for (;;) {
		more = message_next_certificate(&entries,
		    client_hello_offered(&handshake->hello), &der,
		    taking->fault);
		if (more <= 0)
			return more;
		(*class)->start_cert(class, (uint32_t)der.length);
		(*class)->append(class, der.bytes, der.length);
		(*class)->end_cert(class);
	}
}

/* Drives the chain as BearSSL does. */
static enum handshake_event
take_certificate(struct handshake *handshake, const struct taking *taking)
{
	const br_x509_class **class = &handshake->chain->class;
	struct span entries;
	unsigned code;
	int alert;

	if (message_read_certificate(
		taking->message->body, &entries, taking->fault) < 0 ||
	    give_certificates(handshake, entries, taking) < 0)
		return HANDSHAKE_FAILED;
	add(handshake, taking->message->whole);
	code = (*class)->end_chain(class);
	if (code == 0)
		return HANDSHAKE_GOES_ON;
	alert = tls_error_alert((int)code);
	return fault_set(taking->fault, (enum alert)alert, NULL);
}

static enum handshake_event
take_certificate_verify(
    struct handshake *handshake, const struct taking *taking)
{
	const br_x509_class **class = &handshake->chain->class;
	unsigned char storage[SUITE_HASH_MAX];
	struct proof proof;
	const br_x509_pkey *key;
	uint32_t scheme;
	unsigned usages;

	if (message_read_certificate_verify(taking->message->body, &scheme,
		&proof.signature, taking->fault) < 0)
		return HANDSHAKE_FAILED;
	proof.scheme = scheme;
	proof.hash = transcript_hash(&handshake->transcript, storage);
	key = (*class)->get_pkey(class, &usages);
	handshake->scheme = scheme;
	add(handshake, taking->message->whole);
	return proof_check(&proof, key, usages, taking->fault);
}

/* Writes our part of the handshake: a Certificate if one was requested, and
 * Finished. */
static void
write_finished(struct handshake *handshake, struct buffer *out)
{
	unsigned char storage[SUITE_HASH_MAX], finished[SUITE_HASH_MAX];
	size_t start = out->length;

	if (handshake->is_asked) {
		message_write_no_certificate(out);
		add(handshake,
		    span_of(out->bytes + start, out->length - start));
	}
	schedule_finished(&handshake->client,
	    transcript_hash(&handshake->transcript, storage), finished);
	message_write_finished(
	    out, span_of(finished, handshake->suite->hash_length));
}

static enum handshake_event
take_finished(struct handshake *handshake, const struct taking *taking)
{
	unsigned char storage[SUITE_HASH_MAX];
	struct span hash = transcript_hash(&handshake->transcript, storage);
	struct span body = taking->message->body;

	if (message_read_finished(
		body, handshake->suite->hash_length, taking->fault) < 0)
		return HANDSHAKE_FAILED;
	if (!schedule_finished_matches(&handshake->server, hash, body)) {
		return fault_set(taking->fault, ALERT_DECRYPT_ERROR,
		    "the server's Finished message does not match the "
		    "handshake");
	}
	add(handshake, taking->message->whole);
	hash = transcript_hash(&handshake->transcript, storage);
	write_finished(handshake, taking->out);
	schedule_application(
	    &handshake->schedule, hash, &handshake->client, &handshake->server);
	return HANDSHAKE_DONE;
}

/* Sessions are not resumed. */
static enum handshake_event
take_ticket(struct handshake *handshake, const struct taking *taking)
{
	(void)handshake;
	return message_read_new_session_ticket(
	    taking->message->body, taking->fault);
}

static enum handshake_event
take_key_update(struct handshake *handshake, const struct taking *taking)
{
	int requested =
	    message_read_key_update(taking->message->body, taking->fault);

	if (requested < 0)
		return HANDSHAKE_FAILED;
	if (requested > 0)
		handshake->owes_key = true;
	schedule_update(&handshake->server);
	return HANDSHAKE_SERVER_KEY;
}

static const struct transition {
	enum handshake_state from;
	enum message_type message;
	enum handshake_event (*take)(
	    struct handshake *handshake, const struct taking *taking);
	enum handshake_state to;
} transitions[] = {
    /* Stays for HelloRetryRequest. */
    {WAIT_SH, MESSAGE_SERVER_HELLO, take_server_hello, WAIT_EE},
    {WAIT_EE, MESSAGE_ENCRYPTED_EXTENSIONS, take_extensions, WAIT_CERT_CR},
    {WAIT_CERT_CR, MESSAGE_CERTIFICATE_REQUEST, take_certificate_request,
	WAIT_CERT},
    {WAIT_CERT_CR, MESSAGE_CERTIFICATE, take_certificate, WAIT_CV},
    {WAIT_CERT, MESSAGE_CERTIFICATE, take_certificate, WAIT_CV},
    {WAIT_CV, MESSAGE_CERTIFICATE_VERIFY, take_certificate_verify,
	WAIT_FINISHED},
    {WAIT_FINISHED, MESSAGE_FINISHED, take_finished, CONNECTED},
    {CONNECTED, MESSAGE_NEW_SESSION_TICKET, take_ticket, CONNECTED},
    {CONNECTED, MESSAGE_KEY_UPDATE, take_key_update, CONNECTED},
};

enum handshake_event
handshake_take(struct handshake *handshake, const struct message *message,
    struct buffer *out, struct fault *fault)
{
	const struct taking taking = {message, out, fault};
	const struct transition *row;
	enum handshake_event event;
	size_t i;

	for (i = 0; i < COUNT(transitions); i++) {
		row = &transitions[i];
		if (row->from != handshake->state ||
		    row->message != message->type)
			continue;
		event = row->take(handshake, &taking);
		if (event >= 0 && event != HANDSHAKE_RETRY)
			handshake->state = row->to;
		return event;
	}
	return fault_set(fault, ALERT_UNEXPECTED_MESSAGE,
	    "the server sent a handshake message out of order");
}

void
handshake_start(struct handshake *handshake,
    const struct handshake_terms *terms, struct span seed, struct buffer *out)
{
	memset(handshake, 0, sizeof(*handshake));
	handshake->state = WAIT_SH;
	handshake->chain = terms->chain;
	br_hmac_drbg_init(
	    &handshake->random, &br_sha256_vtable, seed.bytes, seed.length);
	br_hmac_drbg_generate(&handshake->random, handshake->hello_random,
	    sizeof(handshake->hello_random));
	/* Not empty, for middleboxes that know TLS 1.2 (D.4). */
	br_hmac_drbg_generate(&handshake->random, handshake->session_id,
	    sizeof(handshake->session_id));
	handshake->hello.random = handshake->hello_random;
	handshake->hello.session_id = handshake->session_id;
	if (terms->name != NULL)
		handshake->hello.name = span_text(terms->name);
	handshake->hello.older_suites = terms->older_suites;
	handshake->hello.older_count = terms->older_count;
	transcript_start(&handshake->transcript);
	write_hello(handshake, HELLO_X25519, out);
}

void
handshake_update(struct handshake *handshake, struct buffer *out)
{
	message_write_key_update(out, false);
	schedule_update(&handshake->client);
	handshake->owes_key = false;
}

const char *
handshake_group_name(const struct handshake *handshake)
{
	return groups[group_index(handshake->group)].name;
}

void
handshake_wipe(struct handshake *handshake)
{
	wipe(handshake, sizeof(*handshake));
}
