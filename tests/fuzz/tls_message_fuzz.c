/* tls_message_fuzz.c - messages of a TLS 1.3 server: the same ones, with the
 * same verdicts, whether their bytes come as a whole or one by one; nothing is
 * read outside of them; what is accepted keeps its promise, and no part of it
 * is accepted. The first byte chooses what our ClientHello offered. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/span.h"
#include "fuzz.h"
#include "tls/client_hello.h"
#include "tls/fault.h"
#include "tls/message.h"
#include "tls/server_hello.h"

static const unsigned char random_value[] = "rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr";
static const unsigned char session_id[] = "ssssssssssssssssssssssssssssssss";
static const unsigned char key[97];
static const uint16_t older[] = {0xc02b};

/* What the verdicts depend on. */
struct offer {
	struct client_hello hello;
	struct server_hello retry;
	bool is_retried;
};

static struct offer
choose(unsigned choice)
{
	static const unsigned groups[] = {
	    HELLO_X25519, HELLO_P256, HELLO_P384, HELLO_X25519};
	struct offer offer = {.is_retried = (choice & 8) != 0};

	offer.hello.random = random_value;
	offer.hello.session_id = session_id;
	offer.hello.group = groups[choice & 3];
	offer.hello.key =
	    span_of(key, client_hello_key_length(offer.hello.group));
	if (choice & 4) {
		offer.hello.older_suites = older;
		offer.hello.older_count = 1;
	}
	if (choice & 16)
		offer.hello.name = span_text("api.test");
	if (choice & 32)
		offer.hello.cookie = span_text("cookie");
	offer.retry.suite = suite_find(0x1301);
	return offer;
}

static bool
is_within(struct span part, struct span whole)
{
	return part.bytes == NULL ||
	       (part.bytes >= whole.bytes &&
		   part.length <=
		       whole.length - (size_t)(part.bytes - whole.bytes));
}

static void
check_hello(
    const struct server_hello *got, const struct offer *offer, struct span body)
{
	const struct client_hello *sent = &offer->hello;

	check(is_within(got->key, body) && is_within(got->cookie, body));
	if (got->kind == HELLO_OLDER) {
		check(sent->older_count > 0 && !offer->is_retried);
		check(got->version == HELLO_TLS12);
		check(!server_hello_is_downgrade(body.bytes + 2));
		return;
	}
	check(got->version == HELLO_TLS13 && got->suite != NULL);
	check(!offer->is_retried || got->suite == offer->retry.suite);
	if (got->kind == HELLO_ACCEPTED) {
		check(got->group == sent->group);
		check(got->key.length == sent->key.length);
	} else {
		check(!offer->is_retried && got->group != sent->group);
		check(got->group != 0 || got->cookie.length > 0);
	}
}

static int
read_certificates(
    struct span body, const struct offer *offer, struct fault *fault)
{
	uint32_t offered = client_hello_offered(&offer->hello);
	size_t count = 0, total = 0;
	struct span entries, der;
	int result;

	if (message_read_certificate(body, &entries, fault) < 0)
		return -1;
	while ((result = message_next_certificate(
		    &entries, offered, &der, fault)) > 0) {
		check(is_within(der, body) && der.length > 0);
		total += der.length;
		count++;
	}
	check(result < 0 || (count > 0 && total < body.length));
	return result;
}

static int
read_body(unsigned type, struct span body, const struct offer *offer,
    struct fault *fault)
{
	struct server_hello hello;
	struct span signature;
	uint32_t scheme;
	int result;

	switch (type) {
	case MESSAGE_SERVER_HELLO:
		result = server_hello_read(body, &offer->hello,
		    offer->is_retried ? &offer->retry : NULL, &hello, fault);
		if (result == 0)
			check_hello(&hello, offer, body);
		return result;
	case MESSAGE_ENCRYPTED_EXTENSIONS:
		return message_read_encrypted_extensions(
		    body, client_hello_offered(&offer->hello), fault);
	case MESSAGE_CERTIFICATE_REQUEST:
		return message_read_certificate_request(body, fault);
	case MESSAGE_CERTIFICATE:
		return read_certificates(body, offer, fault);
	case MESSAGE_CERTIFICATE_VERIFY:
		result = message_read_certificate_verify(
		    body, &scheme, &signature, fault);
		check(result < 0 || is_within(signature, body));
		return result;
	case MESSAGE_FINISHED:
		return message_read_finished(body, 32, fault);
	case MESSAGE_NEW_SESSION_TICKET:
		return message_read_new_session_ticket(body, fault);
	default:
		check(type == MESSAGE_KEY_UPDATE);
		return message_read_key_update(body, fault);
	}
}

static void
check_fault(const struct fault *fault)
{
	check(strncmp(fault->what, "the server ", 11) == 0);
	check(fault->alert == ALERT_DECODE_ERROR ||
	      fault->alert == ALERT_ILLEGAL_PARAMETER ||
	      fault->alert == ALERT_UNEXPECTED_MESSAGE ||
	      fault->alert == ALERT_UNSUPPORTED_EXTENSION ||
	      fault->alert == ALERT_MISSING_EXTENSION ||
	      fault->alert == ALERT_PROTOCOL_VERSION);
}

static unsigned char *
copy(struct span bytes)
{
	unsigned char *p = malloc(bytes.length > 0 ? bytes.length : 1);

	check(p != NULL);
	if (bytes.length > 0)
		memcpy(p, bytes.bytes, bytes.length);
	return p;
}

/* The verdict on a body in memory of its own. A part of a ServerHello may be
 * one of TLS 1.2, and a part of nothing is not checked. */
static int
judge(const struct message *message, size_t length, const struct offer *offer)
{
	struct span body = span_of(message->body.bytes, length);
	struct fault fault = {.what = NULL};
	unsigned char *own = copy(body);
	int result =
	    read_body(message->type, span_of(own, length), offer, &fault);

	if (result < 0)
		check_fault(&fault);
	free(own);
	return result;
}

static void
check_part(const struct message *message, struct offer *offer, size_t choice)
{
	size_t length;

	if (message->body.length == 0)
		return;
	offer->hello.older_count = 0;
	length = choice % message->body.length;
	check(judge(message, length, offer) < 0);
}

/* Takes the next message of which one more byte is given at a time. */
static int
next_slowly(struct span *in, struct message *message, struct fault *fault)
{
	struct span given = span_of(in->bytes, 0);
	size_t all = in->length;
	int result;

	for (;;) {
		result = message_next(&given, message, fault);
		if (result != 0 || given.length == all)
			break;
		check(given.bytes == in->bytes);
		given.length++;
	}
	if (result > 0) {
		check(given.length == 0);
		*in = span_of(given.bytes, all - message->whole.length);
	}
	return result;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct message message, other;
	struct fault fault, slow_fault;
	struct span in, slow;
	unsigned char *own;
	struct offer offer;
	int result;

	if (size == 0 || size > 4096)
		return 0;
	own = copy(span_of(data + 1, size - 1));
	in = slow = span_of(own, size - 1);
	do {
		result = message_next(&in, &message, &fault);
		check(next_slowly(&slow, &other, &slow_fault) == result);
		if (result < 0)
			check_fault(&fault);
		if (result <= 0)
			break;
		check(in.bytes == slow.bytes && in.length == slow.length);
		check(message.whole.length == message.body.length + 4);
		check(other.body.bytes == message.body.bytes);
		offer = choose(data[0]);
		if (judge(&message, message.body.length, &offer) >= 0)
			check_part(&message, &offer, data[0] * 7u + size);
	} while (in.length > 0);
	free(own);
	return 0;
}
