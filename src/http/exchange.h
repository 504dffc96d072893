/* exchange.h - one HTTP/1.1 exchange (RFC 9112) over a stream, and how far it
 * came, since a request that may have arrived must not be sent again.
 * Nothing is allocated; an answer that does not fit is an error, never a cut
 * one. Works on any stream: encryption is the business of what is below. */
#ifndef EXCHANGE_H
#define EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "os/clock.h"
#include "os/stream.h"

/* Every limit a hostile peer can press against; message.h has the others. */
#define HTTP_HEAD_MAX 65536   /* bytes, interim answers included */
#define HTTP_BODY_MAX 1048576 /* bytes, after decoding */
#define HTTP_INTERIM_MAX 8    /* answers before the final one */
/* Room behind the body for framing and for bytes that should not be there. */
#define HTTP_BODY_SLACK 512

enum http_progress {
	HTTP_NOT_SENT,
	HTTP_PARTLY_SENT, /* the server cannot have got all of it */
	HTTP_SENT,        /* it may have acted on it */
	HTTP_RESPONDED
};

/* Over a megabyte: keep one, in static storage. Untouched pages cost nothing,
 * so it is never cleared as a whole. A body may hold a secret: no byte of it
 * is anywhere but in body[0] to body[body_length - 1], and wiping those is the
 * caller's. */
struct http_response {
	enum http_progress progress; /* valid after an error, too */
	/* What follows is valid once answered. */
	int status;    /* 200 to 599 */
	bool reusable; /* the stream can carry another exchange */
	size_t head_length, body_length;
	char head[HTTP_HEAD_MAX]; /* of the final answer, with its blank
					 line */
	char body[HTTP_BODY_MAX + HTTP_BODY_SLACK]; /* without its chunks */
};

/* A request is built by begin, any number of fields, end. What cannot stand
 * in one (a control character, white space in a target) makes the buffer
 * overflowed like a lack of room does, and such a request is never sent: the
 * flag sticks, so nobody can forget to look.
 * host is a name or an address, IPv6 without brackets; port 443 is left out
 * of the Host field. */
void http_request_begin(struct buffer *r, const char *method,
    const char *target, const char *host, uint16_t port);
void http_request_field(struct buffer *r, const char *name, const char *value);
/* body NULL: neither a body nor its length. */
void http_request_end(struct buffer *r, const void *body, size_t body_length);

/* Sends the request with one write and reads one final answer, skipping up to
 * 8 interim ones (RFC 9110, 15.2). e must be clear. Returns 0 with an answer
 * whose framing was complete, or -1 with
 * - ERROR_LOCAL, HTTP_NOT_SENT: the request is overflowed;
 * - the stream's own error, HTTP_PARTLY_SENT: it did not take all of the
 *   request, and had no complete answer already (RFC 9112, 9.5);
 * - ERROR_UNKNOWN, HTTP_SENT: anything after that. */
int http_exchange(struct stream *s, const struct buffer *request,
    struct http_response *a, struct deadline d, struct error *e)
    __attribute__((warn_unused_result));

/* Value of the first field of this name, case ignored, trimmed and not
 * NUL-terminated; NULL if there is none. */
const char *http_response_field(
    const struct http_response *a, const char *name, size_t *length);

#endif
