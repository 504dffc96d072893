/* message_trace_test.c - the messages of a server in RFC 8448, 3, 5 and 7,
 * read, and those of the client that this side can write, written. */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "tap.h"
#include "tls/client_hello.h"
#include "tls/fault.h"
#include "tls/message.h"
#include "tls/rfc8448.h"
#include "tls/server_hello.h"

#define ROOM 4096
#define RECORD_HEADER 5
#define ACCEPTED 0

static unsigned char session_id[HELLO_SESSION_ID_SIZE];

/* A part of the trace that is under test. */
struct scene {
	const char *section;
	struct client_hello sent;
	struct server_hello hello; /* the last one */
	bool is_retried;
};

/* Two of the traces have no session ID, and ours never is without one: it is
 * put in. */
static struct span
add_session_id(struct span body, unsigned char *room)
{
	size_t before = 2 + HELLO_RANDOM_SIZE;

	if (body.bytes[before] != 0)
		return body;
	memcpy(room, body.bytes, before);
	room[before] = sizeof(session_id);
	memcpy(room + before + 1, session_id, sizeof(session_id));
	memcpy(room + before + 1 + sizeof(session_id), body.bytes + before + 1,
	    body.length - before - 1);
	return span_of(room, body.length + sizeof(session_id));
}

static int
read_hello(struct scene *scene, struct span body, struct fault *fault)
{
	static unsigned char room[ROOM];
	struct server_hello retry = scene->hello;
	int result = server_hello_read(add_session_id(body, room), &scene->sent,
	    scene->is_retried ? &retry : NULL, &scene->hello, fault);

	if (scene->hello.kind == HELLO_RETRY) {
		scene->is_retried = true;
		scene->sent.group = scene->hello.group;
		scene->sent.cookie = scene->hello.cookie;
	}
	return result;
}

static int
read_chain(struct scene *scene, struct span body, struct fault *fault)
{
	uint32_t offered = client_hello_offered(&scene->sent);
	struct span entries, der;
	int result;

	if (message_read_certificate(body, &entries, fault) < 0)
		return -1;
	result = message_next_certificate(&entries, offered, &der, fault);
	tap_number(
	    der.bytes[0], 0x30, "%s: the certificate is DER", scene->section);
	return result < 0 ? -1 : 0;
}

static int
read_proof(struct scene *scene, struct span body, struct fault *fault)
{
	struct span signature;
	uint32_t scheme;
	int result =
	    message_read_certificate_verify(body, &scheme, &signature, fault);

	tap_number(
	    scheme, HELLO_RSA_PSS_SHA256, "%s: the scheme", scene->section);
	return result;
}

static int
read_message(
    struct scene *scene, const struct message *message, struct fault *fault)
{
	switch (message->type) {
	case MESSAGE_SERVER_HELLO:
		return read_hello(scene, message->body, fault);
	case MESSAGE_ENCRYPTED_EXTENSIONS:
		return message_read_encrypted_extensions(
		    message->body, client_hello_offered(&scene->sent), fault);
	case MESSAGE_CERTIFICATE:
		return read_chain(scene, message->body, fault);
	case MESSAGE_CERTIFICATE_VERIFY:
		return read_proof(scene, message->body, fault);
	case MESSAGE_FINISHED:
		return message_read_finished(message->body, 32, fault);
	default:
		return message_read_new_session_ticket(message->body, fault);
	}
}

/* The server of the traces accepts record_size_limit, which its client offers
 * and ours does not. */
static int
expected_alert(unsigned type)
{
	return type == MESSAGE_ENCRYPTED_EXTENSIONS
		   ? ALERT_UNSUPPORTED_EXTENSION
		   : ACCEPTED;
}

static void
check_server(struct scene *scene, struct span in)
{
	struct message message;
	struct fault fault;

	while (in.length > 0) {
		fault.alert = ACCEPTED;
		if (message_next(&in, &message, &fault) <= 0)
			break;
		(void)read_message(scene, &message, &fault);
		tap_number(fault.alert, expected_alert(message.type),
		    "%s: a message of type %u", scene->section, message.type);
	}
	tap_number(in.length, 0, "%s: the record is read", scene->section);
}

static void
check_client(struct scene *scene, struct span content)
{
	char storage[64];
	struct buffer b;

	if (content.bytes[0] != MESSAGE_FINISHED)
		return;
	buffer_init(&b, storage, sizeof(storage));
	message_write_finished(&b, span_of(content.bytes + 4, 32));
	tap_ok(span_equal(span_of(b.bytes, b.length), content),
	    "%s: the client's Finished is written", scene->section);
}

/* The trace with a session ID has the same in both hellos. */
static void
note_session_id(struct span hello)
{
	size_t before = MESSAGE_HEADER_SIZE + 2 + HELLO_RANDOM_SIZE;

	memset(session_id, 's', sizeof(session_id));
	if (hello.bytes[before] == sizeof(session_id)) {
		memcpy(
		    session_id, hello.bytes + before + 1, sizeof(session_id));
	}
}

static void
check_record(struct scene *scene, const struct trace_record *record)
{
	static unsigned char bytes[ROOM];
	struct span content;

	if (record->type != RECORD_HANDSHAKE)
		return;
	if (record->content != NULL) {
		content = span_of(bytes, trace_bytes(record->content, bytes));
	} else {
		content = span_of(bytes + RECORD_HEADER,
		    trace_bytes(record->record, bytes) - RECORD_HEADER);
	}
	if (record->side == 'S')
		check_server(scene, content);
	else if (content.bytes[0] == MESSAGE_CLIENT_HELLO)
		note_session_id(content);
	else
		check_client(scene, content);
}

static void
check_trace(const struct trace *trace)
{
	struct scene scene = {.section = trace->section,
	    .sent = {.session_id = session_id,
		.name = span_text("server"),
		.group = HELLO_X25519}};
	const struct trace_record *record;

	for (record = trace->records; record->side != 0; record++)
		check_record(&scene, record);
	tap_number(scene.hello.kind, HELLO_ACCEPTED, "%s: a ServerHello",
	    scene.section);
	tap_number(
	    scene.hello.suite->id, TRACE_SUITE, "%s: its suite", scene.section);
	tap_number(
	    scene.hello.group, trace->curve, "%s: its group", scene.section);
}

int
main(void)
{
	size_t i;

	for (i = 0; i < COUNT(traces); i++)
		check_trace(traces[i]);
	return tap_done();
}
