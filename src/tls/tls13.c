/* tls13.c - the handshake, a read, and the check before a write are loops
 * around endpoint_receive(). */
#include "tls/tls13.h"

#include <string.h>

#include "base/error.h"
#include "base/span.h"
#include "os/clock.h"
#include "os/log.h"
#include "tls/channel.h"
#include "tls/proof.h"

static struct tls13 *
tls13_of(struct stream *stream)
{
	return (struct tls13 *)(void *)stream; /* it is the first member */
}

static int
still_open(const struct tls13 *tls, struct error *e)
{
	if (tls->below == NULL)
		return error_set(e, ERROR_TLS, "the TLS connection is closed");
	if (tls->endpoint.has_failed)
		return error_set(e, ERROR_TLS, "the TLS connection has failed");
	return 0;
}

static ssize_t
tls13_read(struct stream *stream, void *bytes, size_t size, struct deadline d,
    struct error *e)
{
	struct tls13 *t = tls13_of(stream);
	struct span *plain = &t->endpoint.plain;

	if (still_open(t, e) < 0)
		return -1;
	if (channel_flush(&t->endpoint.channel, d, e) < 0)
		return -1;
	while (plain->length == 0 && !t->endpoint.has_ended) {
		if (endpoint_receive(&t->endpoint, d, e) < 0)
			return -1;
	}
	if (size > plain->length)
		size = plain->length;
	if (size > 0) {
		memcpy(bytes, plain->bytes, size);
		plain->bytes += size;
		plain->length -= size;
	}
	return (ssize_t)size;
}

/* Never reads: an early response must not make a request fail that is
 * completely written. */
static int
tls13_write(struct stream *stream, const void *bytes, size_t length,
    struct deadline d, struct error *e)
{
	struct tls13 *t = tls13_of(stream);

	if (still_open(t, e) < 0)
		return -1;
	if (t->endpoint.channel.is_broken)
		return error_set(e, ERROR_CONNECT, "the connection is broken");
	if (t->endpoint.has_ended) {
		return error_set(
		    e, ERROR_TLS, "the server has closed the TLS connection");
	}
	return endpoint_put(&t->endpoint, span_of(bytes, length), d, e);
}

static void
tls13_close(struct stream *stream)
{
	struct tls13 *t = tls13_of(stream);

	if (t->below == NULL)
		return;
	endpoint_close(&t->endpoint);
	stream_close(t->below);
	t->below = NULL;
}

static void
trace(const struct handshake *handshake)
{
	if (handshake->is_asked) {
		log_trace("the server requests a client certificate, and gets "
			  "none");
	}
	log_trace("TLS 1.3, %s, %s, %s", handshake->suite->name,
	    handshake_group_name(handshake), proof_name(handshake->scheme));
}

enum tls_result
tls13_open(struct tls13 *tls, struct stream *below,
    const struct handshake_terms *terms, struct deadline d, struct error *e)
{
	static const struct stream_class class = {
	    tls13_read, tls13_write, tls13_close};
	struct endpoint *endpoint = &tls->endpoint;
	enum tls_result result;

	tls->stream.class = &class;
	tls->below = below;
	result = endpoint_start(endpoint, below, terms, d, e);
	while (result == TLS_OPEN && !endpoint_is_connected(endpoint)) {
		if (channel_flush(&endpoint->channel, d, e) < 0) {
			endpoint->has_failed = true;
			return TLS_BROKEN;
		}
		result = endpoint_receive(endpoint, d, e);
	}
	if (result == TLS_OPEN)
		trace(&endpoint->handshake);
	return result;
}

void
tls13_absorb(struct tls13 *tls, struct deadline d)
{
	struct error ignored;

	error_clear(&ignored);
	if (endpoint_receive(&tls->endpoint, d, &ignored) == TLS_BROKEN)
		tls->endpoint.has_failed = true;
}

bool
tls13_is_idle(const struct tls13 *tls)
{
	const struct endpoint *endpoint = &tls->endpoint;

	return tls->below != NULL && !endpoint->has_failed &&
	       !endpoint->has_ended && !endpoint->channel.is_broken &&
	       endpoint->plain.length == 0;
}

enum tls_demand
tls13_unmet_demand(const struct tls13 *tls)
{
	return tls->endpoint.handshake.is_asked ? TLS_CERTIFICATE : TLS_NOTHING;
}

void
tls13_wipe(struct tls13 *tls)
{
	endpoint_wipe(&tls->endpoint);
}
