/* exchange.h - one HTTP/1.1 exchange (RFC 9112) over a stream, and how far it
 * came: a request that may have arrived must not be sent again.
 * Nothing is allocated. A response that does not fit is an error, never a
 * truncated response. */
#ifndef EXCHANGE_H
#define EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "os/clock.h"
#include "os/stream.h"

/* Every limit that a hostile peer can reach; message.h has the others. */
#define HTTP_HEAD_MAX 65536   /* bytes, interim responses included */
#define HTTP_BODY_MAX 1048576 /* bytes, after decoding */
#define HTTP_INTERIM_MAX 8    /* responses before the final one */
/* Room after the body for framing and for bytes that should not be there. */
#define HTTP_BODY_SLACK 512

enum http_progress {
	HTTP_NOT_SENT,
	HTTP_UNHEARD,     /* the server acted on nothing, as the stream knows */
	HTTP_PARTLY_SENT, /* the server cannot have received all of it */
	HTTP_SENT,        /* the server may, or says it did, act on it */
	HTTP_RESPONDED
};

/* Over a megabyte: keep one, in static storage, all zero before the first use.
 * It is never cleared as a whole, because untouched pages cost nothing.
 *
 * A body may contain a secret. No byte of it is anywhere but in body[0] to
 * body[body_length - 1]; nothing is left of a body that is not complete. A
 * caller that knows of a secret wipes those bytes at once. Everything goes with
 * http_response_wipe(). */
struct http_response {
	enum http_progress progress; /* valid after an error, too */
	/* The rest is valid after HTTP_RESPONDED. */
	int status;    /* 200 to 599 */
	bool reusable; /* the stream can carry another exchange */
	size_t head_length, body_length;
	size_t head_used, body_used; /* private: the most that was in these */
	char head[HTTP_HEAD_MAX]; /* of the final response, up to and with its
				     blank line */
	char body[HTTP_BODY_MAX + HTTP_BODY_SLACK]; /* decoded */
};

/* A request is built by begin, any number of fields, end.
 *
 * A character that is not allowed, such as a control character or white space
 * in a target, sets request->overflowed as a lack of room does. http_exchange()
 * refuses to send such a request, so that no caller has to check.
 *
 * host is a name or an address, IPv6 without brackets. Port 443 is left out of
 * the Host field. */
void http_request_begin(struct buffer *request, const char *method,
    const char *target, const char *host, uint16_t port);
void http_request_field(
    struct buffer *request, const char *name, const char *value);
/* body NULL: neither a body nor a Content-Length. */
void http_request_end(
    struct buffer *request, const void *body, size_t body_length);

/* Sends the request with one write and reads one final response, skipping up to
 * 8 interim ones (RFC 9110, 15.2).
 *
 * e must be clear.
 *
 * Returns 0 with a response whose framing was complete, or -1 with
 * - ERROR_LOCAL, HTTP_NOT_SENT: the request is overflowed;
 * - the stream's own error, HTTP_PARTLY_SENT: it did not accept all of the
 *   request, and no complete response was already there that refuses it (RFC
 *   9112, 9.5); if the deadline has passed by then, what has arrived is read
 *   without waiting for more;
 * - the stream's own error, HTTP_UNHEARD, if reading failed with is_unheard;
 * - ERROR_UNKNOWN, HTTP_SENT: any failure after that, or a 2xx, or the head of
 *   a 5xx, that came before all of the request was written. */
int http_exchange(struct stream *stream, const struct buffer *request,
    struct http_response *response, struct deadline d, struct error *e)
    __attribute__((warn_unused_result));

/* Overwrites what was ever in a head and a body: a peer may repeat what it was
 * sent, and sets cookies. */
void http_response_wipe(struct http_response *response);

#endif
