/* message.c - a table of the types that a server may send, each with its limit,
 * and one short function for each message. The rules for extensions are
 * tls/extension's. */
#include "tls/message.h"

#include "base/array.h"
#include "base/buffer.h"
#include "base/span.h"
#include "tls/extension.h"
#include "tls/fault.h"
#include "tls/wire.h"

static const struct {
	unsigned char type;
	uint32_t limit; /* of the body */
} types[] = {
    {MESSAGE_SERVER_HELLO, MESSAGE_SERVER_HELLO_MAX},
    {MESSAGE_NEW_SESSION_TICKET, MESSAGE_TICKET_MAX},
    {MESSAGE_ENCRYPTED_EXTENSIONS, MESSAGE_PARAMETERS_MAX},
    {MESSAGE_CERTIFICATE, MESSAGE_CERTIFICATE_MAX},
    {MESSAGE_CERTIFICATE_REQUEST, MESSAGE_REQUEST_MAX},
    {MESSAGE_CERTIFICATE_VERIFY, MESSAGE_PROOF_MAX},
    {MESSAGE_FINISHED, MESSAGE_FIXED_MAX},
    {MESSAGE_KEY_UPDATE, MESSAGE_FIXED_MAX},
};

/* Returns 0 for a type that a server never sends. */
static uint32_t
limit_of(unsigned type)
{
	size_t i;

	for (i = 0; i < COUNT(types); i++) {
		if (types[i].type == type)
			return types[i].limit;
	}
	return 0;
}

static int
malformed(struct fault *fault, const char *what)
{
	return fault_set(fault, ALERT_DECODE_ERROR, what);
}

static int
illegal(struct fault *fault, const char *what)
{
	return fault_set(fault, ALERT_ILLEGAL_PARAMETER, what);
}

int
message_next(struct span *in, struct message *message, struct fault *fault)
{
	struct span rest = *in;
	uint32_t type, length;

	if (!wire_number(&rest, 1, &type))
		return 0;
	if (limit_of(type) == 0) {
		return fault_set(fault, ALERT_UNEXPECTED_MESSAGE,
		    "the server sent a message of a type that servers do not "
		    "send in TLS 1.3");
	}
	if (!wire_number(&rest, 3, &length))
		return 0;
	if (length > limit_of(type)) {
		return illegal(
		    fault, "the server sent a message that is too long");
	}
	if (!wire_bytes(&rest, length, &message->body))
		return 0;
	message->type = type;
	message->whole = span_of(in->bytes, MESSAGE_HEADER_SIZE + length);
	*in = rest;
	return 1;
}

/* RFC 7301, 3.1: a list of one name, which is the one offered. */
static int
read_protocol(struct span in, struct fault *fault)
{
	struct span list, name;

	if (!wire_vector(&in, 2, &list) || in.length > 0 ||
	    !wire_vector(&list, 1, &name) || list.length > 0 ||
	    name.length == 0) {
		return malformed(
		    fault, "the server sent a malformed choice of protocol");
	}
	if (!span_equal(name, span_text(MESSAGE_PROTOCOL)))
		return illegal(fault, "the server did not choose http/1.1");
	return 0;
}

/* RFC 8446, 4.2.7: for later connections, of which nothing is used. */
static int
read_groups(struct span in, struct fault *fault)
{
	struct span list;

	if (!wire_vector(&in, 2, &list) || in.length > 0 || list.length == 0 ||
	    list.length % 2 != 0) {
		return malformed(
		    fault, "the server sent a malformed list of groups");
	}
	return 0;
}

static int
read_parameter(const struct extension *extension, struct fault *fault)
{
	if (extension->type == EXTENSION_ALPN)
		return read_protocol(extension->data, fault);
	if (extension->type == EXTENSION_SUPPORTED_GROUPS)
		return read_groups(extension->data, fault);
	/* RFC 6066, 3: the response to a server name is empty. */
	if (extension->data.length > 0) {
		return malformed(fault,
		    "the server acknowledged the host name in a wrong way");
	}
	return 0;
}

int
message_read_encrypted_extensions(
    struct span body, uint32_t offered, struct fault *fault)
{
	struct extension_list list = {
	    .place = IN_ENCRYPTED_EXTENSIONS, .offered = offered};
	struct extension extension;
	int result;

	if (extension_list_take(&body, &list, fault) < 0)
		return -1;
	if (body.length > 0) {
		return malformed(
		    fault, "the server sent malformed EncryptedExtensions");
	}
	while ((result = extension_next(&list, &extension, fault)) > 0) {
		if (read_parameter(&extension, fault) < 0)
			return -1;
	}
	return result;
}

/* RFC 8446, 4.2.3. */
static int
read_schemes(struct span in, struct fault *fault)
{
	struct span list;

	if (!wire_vector(&in, 2, &list) || in.length > 0 || list.length == 0 ||
	    list.length % 2 != 0) {
		return malformed(fault,
		    "the server sent a malformed list of signature algorithms");
	}
	return 0;
}

int
message_read_certificate_request(struct span body, struct fault *fault)
{
	struct extension_list list = {.place = IN_CERTIFICATE_REQUEST};
	struct extension extension;
	bool has_schemes = false;
	struct span context;
	int result;

	if (!wire_vector(&body, 1, &context)) {
		return malformed(
		    fault, "the server sent a malformed CertificateRequest");
	}
	if (context.length > 0) {
		return illegal(fault,
		    "the server sent a CertificateRequest with a context, as "
		    "there is none in a handshake");
	}
	if (extension_list_take(&body, &list, fault) < 0)
		return -1;
	if (body.length > 0) {
		return malformed(
		    fault, "the server sent a malformed CertificateRequest");
	}
	while ((result = extension_next(&list, &extension, fault)) > 0) {
		if (extension.type != EXTENSION_SIGNATURE_ALGORITHMS)
			continue;
		if (read_schemes(extension.data, fault) < 0)
			return -1;
		has_schemes = true;
	}
	if (result == 0 && !has_schemes) {
		return fault_set(fault, ALERT_MISSING_EXTENSION,
		    "the server sent a CertificateRequest without signature "
		    "algorithms");
	}
	return result;
}

static int
malformed_certificate(struct fault *fault)
{
	return malformed(
	    fault, "the server sent a malformed Certificate message");
}

int
message_read_certificate(
    struct span body, struct span *entries, struct fault *fault)
{
	struct span context;

	if (!wire_vector(&body, 1, &context))
		return malformed_certificate(fault);
	if (context.length > 0) {
		return illegal(fault,
		    "the server sent a Certificate message with a context");
	}
	if (!wire_vector(&body, 3, entries) || body.length > 0)
		return malformed_certificate(fault);
	if (entries->length == 0)
		return malformed(fault, "the server sent no certificate");
	return 0;
}

int
message_next_certificate(struct span *entries, uint32_t offered,
    struct span *der, struct fault *fault)
{
	struct extension_list list = {
	    .place = IN_CERTIFICATE, .offered = offered};
	struct extension extension;

	if (entries->length == 0)
		return 0;
	if (!wire_vector(entries, 3, der) || der->length == 0)
		return malformed_certificate(fault);
	if (extension_list_take(entries, &list, fault) < 0)
		return -1;
	/* No extension that may be here is ever offered: each is a fault. */
	return extension_next(&list, &extension, fault) < 0 ? -1 : 1;
}

int
message_read_certificate_verify(struct span body, uint32_t *scheme,
    struct span *signature, struct fault *fault)
{
	if (!wire_number(&body, 2, scheme) ||
	    !wire_vector(&body, 2, signature) || body.length > 0) {
		return malformed(
		    fault, "the server sent a malformed CertificateVerify");
	}
	return 0;
}

int
message_read_finished(struct span body, size_t hash_length, struct fault *fault)
{
	if (body.length != hash_length) {
		return malformed(
		    fault, "the server sent a Finished of a wrong length");
	}
	return 0;
}

/* RFC 8446, 4.6.1: how much early data the ticket allows. */
static int
read_early_data(struct span in, struct fault *fault)
{
	uint32_t limit;

	if (!wire_number(&in, 4, &limit) || in.length > 0) {
		return malformed(
		    fault, "the server sent a malformed NewSessionTicket");
	}
	return 0;
}

int
message_read_new_session_ticket(struct span body, struct fault *fault)
{
	struct extension_list list = {.place = IN_TICKET};
	struct extension extension;
	struct span nonce, ticket;
	uint32_t lifetime, age_add;
	int result;

	if (!wire_number(&body, 4, &lifetime) ||
	    !wire_number(&body, 4, &age_add) ||
	    !wire_vector(&body, 1, &nonce) || !wire_vector(&body, 2, &ticket) ||
	    ticket.length == 0) {
		return malformed(
		    fault, "the server sent a malformed NewSessionTicket");
	}
	if (extension_list_take(&body, &list, fault) < 0)
		return -1;
	if (body.length > 0) {
		return malformed(
		    fault, "the server sent a malformed NewSessionTicket");
	}
	while ((result = extension_next(&list, &extension, fault)) > 0) {
		if (extension.type == EXTENSION_EARLY_DATA &&
		    read_early_data(extension.data, fault) < 0)
			return -1;
	}
	return result;
}

int
message_read_key_update(struct span body, struct fault *fault)
{
	uint32_t request;

	if (!wire_number(&body, 1, &request) || body.length > 0) {
		return malformed(
		    fault, "the server sent a malformed KeyUpdate");
	}
	if (request > 1) {
		return illegal(fault,
		    "the server sent a KeyUpdate with an unknown request");
	}
	return (int)request;
}

void
message_write_no_certificate(struct buffer *b)
{
	size_t start;

	wire_write_number(b, 1, MESSAGE_CERTIFICATE);
	start = wire_begin(b, 3);
	wire_write_vector(b, 1, span_of("", 0));
	wire_write_vector(b, 3, span_of("", 0));
	wire_end(b, 3, start);
}

void
message_write_finished(struct buffer *b, struct span verify_data)
{
	wire_write_number(b, 1, MESSAGE_FINISHED);
	wire_write_vector(b, 3, verify_data);
}

void
message_write_key_update(struct buffer *b, bool requests_another)
{
	wire_write_number(b, 1, MESSAGE_KEY_UPDATE);
	wire_write_number(b, 3, 1);
	wire_write_number(b, 1, requests_another);
}
