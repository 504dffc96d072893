/* message.h - the messages of the handshake (RFC 8446, 4): takes them one by
 * one off the bytes of records, and reads and writes those after the hellos,
 * which are for tls/client_hello and tls/server_hello.
 *
 * Every function is pure. Spans that are returned are of the bytes that were
 * given. Whether a message may come now is for the caller to decide, as is what
 * its contents are worth: signatures, hashes and certificates are checked
 * elsewhere. */
#ifndef TLS_MESSAGE_H
#define TLS_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/span.h"
#include "tls/fault.h"
#include "x509/chain.h"

/* What a server can press against: the length of each message, without its
 * header. */
#define MESSAGE_SERVER_HELLO_MAX 8704 /* of which a cookie is 8 KiB */
#define MESSAGE_PARAMETERS_MAX 4096   /* EncryptedExtensions */
#define MESSAGE_REQUEST_MAX 65536     /* CertificateRequest: names of CAs */
/* Certificate: the chain, and 5 bytes before and after each certificate. */
#define MESSAGE_CERTIFICATE_MAX (CHAIN_BYTES + 5 * CHAIN_CERTIFICATES + 4)
#define MESSAGE_PROOF_MAX 4096   /* CertificateVerify: a signature */
#define MESSAGE_TICKET_MAX 65536 /* NewSessionTicket, which is dropped */
#define MESSAGE_FIXED_MAX 255    /* Finished and KeyUpdate, which are short */

#define MESSAGE_HEADER_SIZE 4
/* The longest message, with its header. */
#define MESSAGE_SIZE (MESSAGE_HEADER_SIZE + MESSAGE_CERTIFICATE_MAX)

/* The only protocol that is offered, and may be chosen (RFC 7301). */
#define MESSAGE_PROTOCOL "http/1.1"

/* RFC 8446, 4. */
enum message_type {
	MESSAGE_CLIENT_HELLO = 1,
	MESSAGE_SERVER_HELLO = 2,
	MESSAGE_NEW_SESSION_TICKET = 4,
	MESSAGE_END_OF_EARLY_DATA = 5,
	MESSAGE_ENCRYPTED_EXTENSIONS = 8,
	MESSAGE_CERTIFICATE = 11,
	MESSAGE_CERTIFICATE_REQUEST = 13,
	MESSAGE_CERTIFICATE_VERIFY = 15,
	MESSAGE_FINISHED = 20,
	MESSAGE_KEY_UPDATE = 24,
	MESSAGE_HASH = 254
};

struct message {
	unsigned type;     /* an enum message_type that a server may send */
	struct span whole; /* with the header, for the transcript */
	struct span body;
};

/* Takes the next message. It is refused as early as its first byte if a server
 * never sends its type in TLS 1.3, and with the header if it is too long.
 *
 * Returns 1, or 0 with *in unchanged if more bytes are needed, or -1 with the
 * fault set. */
int message_next(struct span *in, struct message *message, struct fault *fault);

/* Reads EncryptedExtensions (4.3.1). offered has the bits of the extensions
 * that the last ClientHello had.
 *
 * Returns 0, or -1 with the fault set. */
int message_read_encrypted_extensions(
    struct span body, uint32_t offered, struct fault *fault);

/* Reads CertificateRequest (4.3.2), one within the handshake. Nothing in it
 * matters to a client without certificates.
 *
 * Returns 0, or -1 with the fault set. */
int message_read_certificate_request(struct span body, struct fault *fault);

/* Reads Certificate (4.4.2) up to its certificates, of which there is at least
 * one.
 *
 * Returns 0 with *entries set, or -1 with the fault set. */
int message_read_certificate(
    struct span body, struct span *entries, struct fault *fault);

/* Takes the next certificate off the entries.
 *
 * Returns 1 with *der set, 0 after the last one, or -1 with the fault set. */
int message_next_certificate(struct span *entries, uint32_t offered,
    struct span *der, struct fault *fault);

/* Reads CertificateVerify (4.4.3). Any scheme is accepted here.
 *
 * Returns 0, or -1 with the fault set. */
int message_read_certificate_verify(struct span body, uint32_t *scheme,
    struct span *signature, struct fault *fault);

/* Reads Finished (4.4.4), which is as long as the suite's hash. To compare
 * the body with what it must be is left to the caller.
 *
 * Returns 0, or -1 with the fault set. */
int message_read_finished(
    struct span body, size_t hash_length, struct fault *fault);

/* Reads NewSessionTicket (4.6.1). The ticket is not kept, so its lifetime does
 * not matter: some servers send more than the seven days that are allowed.
 *
 * Returns 0, or -1 with the fault set. */
int message_read_new_session_ticket(struct span body, struct fault *fault);

/* Reads KeyUpdate (4.6.3).
 *
 * Returns 1 if the server requests one in return, 0 if not, or -1 with the
 * fault set. */
int message_read_key_update(struct span body, struct fault *fault);

/* Appends a Certificate without certificates, the response to a
 * CertificateRequest within the handshake (4.4.2). */
void message_write_no_certificate(struct buffer *b);

/* Appends a Finished (4.4.4). */
void message_write_finished(struct buffer *b, struct span verify_data);

/* Appends a KeyUpdate (4.6.3). */
void message_write_key_update(struct buffer *b, bool requests_another);

#endif
