/* endpoint.c - each kind of record, and each message of the handshake, has a
 * function that takes it. Messages are put together in messages[], since they
 * may be split over records as the server likes. */
#include "tls/endpoint.h"

#include <string.h>

#include "base/buffer.h"
#include "base/error.h"
#include "os/clock.h"
#include "os/log.h"
#include "os/process.h"
#include "tls/fault.h"

#define CLOSE_MILLISECONDS 100 /* for the kernel to take the last record */

/* What endpoint_receive() works with. */
struct receiving {
	struct deadline d;
	struct error *e;
	struct fault fault;
};

bool
endpoint_is_connected(const struct endpoint *endpoint)
{
	return endpoint->handshake.state == CONNECTED;
}

/* Once, before the second flight or the first record that is protected, for
 * middleboxes (D.4). */
static int
put_change(struct endpoint *endpoint, struct deadline d, struct error *e)
{
	static const unsigned char one = 1;

	if (endpoint->has_changed)
		return 0;
	endpoint->has_changed = true;
	return channel_put(&endpoint->channel, RECORD_CHANGE_CIPHER_SPEC,
	    span_of(&one, sizeof(one)), d, e);
}

/* A server that reads nothing must not delay what follows. */
static void
send_alert(struct endpoint *endpoint, unsigned char level, unsigned char alert,
    struct deadline d)
{
	const unsigned char bytes[] = {level, alert};
	struct error ignored;

	error_clear(&ignored);
	d = deadline_sooner(d, deadline_after(CLOSE_MILLISECONDS));
	if (endpoint->channel.out.is_protected &&
	    put_change(endpoint, d, &ignored) < 0)
		return;
	if (channel_put(&endpoint->channel, RECORD_ALERT,
		span_of(bytes, sizeof(bytes)), d, &ignored) == 0 &&
	    channel_flush(&endpoint->channel, d, &ignored) == 0 &&
	    level == ALERT_FATAL && !endpoint->channel.is_broken) {
		log_trace("sent TLS alert %d (%s)", alert,
		    tls_error_alert_name((unsigned)alert));
	}
}

/* This side refuses what the server sent. */
static enum tls_result
refuse(struct endpoint *endpoint, struct receiving *r)
{
	struct span greeting = channel_greeting(&endpoint->channel);

	endpoint->has_failed = true;
	if (greeting.length > 0) {
		tls_error_greeting(greeting.bytes, greeting.length, r->e);
	} else if (r->fault.what != NULL) {
		tls_error_fault(&r->fault, r->e);
	}
	send_alert(endpoint, ALERT_FATAL, r->fault.alert, r->d);
	return TLS_REFUSED;
}

static enum tls_result
refuse_for(struct endpoint *endpoint, struct receiving *r, enum alert alert,
    const char *what)
{
	(void)fault_set(&r->fault, alert, what);
	return refuse(endpoint, r);
}

/* Counts something that carries nothing. */
static enum tls_result
bear(struct endpoint *endpoint, struct receiving *r)
{
	if (++endpoint->idle <= ENDPOINT_IDLE_MAX)
		return TLS_OPEN;
	return refuse_for(endpoint, r, ALERT_UNEXPECTED_MESSAGE,
	    "the server sent too many records that carry nothing");
}

/* Counts a message after the handshake. A server that sends one may have taken
 * our Finished (4.6.1). */
static enum tls_result
bear_message(struct endpoint *endpoint, struct receiving *r)
{
	endpoint->has_accepted = true;
	return bear(endpoint, r);
}

/* The stream has ended, or the server's close_notify ended the handshake. */
static enum tls_result
end(struct endpoint *endpoint, struct receiving *r)
{
	endpoint->has_failed = true;
	if (endpoint_is_connected(endpoint)) {
		error_set(r->e, ERROR_TLS,
		    "the connection was cut: it ended without TLS's "
		    "close_notify");
	} else {
		tls_error_ended(r->e);
	}
	return TLS_ENDED;
}

static enum tls_result
break_down(struct endpoint *endpoint)
{
	endpoint->has_failed = true;
	return TLS_BROKEN;
}

/* The server speaks an older version. It gets a word, and nothing else. */
static enum tls_result
give_up(struct endpoint *endpoint, const struct receiving *r)
{
	endpoint->has_failed = true;
	send_alert(endpoint, ALERT_WARNING, ALERT_USER_CANCELED, r->d);
	return TLS_OLDER;
}

static int
put_messages(struct endpoint *endpoint, const struct buffer *out,
    const struct receiving *r)
{
	return channel_put(&endpoint->channel, RECORD_HANDSHAKE,
	    span_of(out->bytes, out->length), r->d, r->e);
}

static void
protect(struct endpoint *endpoint)
{
	channel_protect(&endpoint->channel.in, &endpoint->handshake.server);
	channel_protect(&endpoint->channel.out, &endpoint->handshake.client);
}

/* Does what the handshake asks for after a message. */
static enum tls_result
act(struct endpoint *endpoint, enum handshake_event event,
    const struct buffer *out, struct receiving *r)
{
	switch (event) {
	case HANDSHAKE_FAILED:
		return refuse(endpoint, r);
	case HANDSHAKE_OLDER:
		return give_up(endpoint, r);
	case HANDSHAKE_KEYS:
		protect(endpoint);
		return TLS_OPEN;
	case HANDSHAKE_RETRY:
	case HANDSHAKE_DONE:
		if (put_change(endpoint, r->d, r->e) < 0 ||
		    put_messages(endpoint, out, r) < 0)
			return break_down(endpoint);
		if (event == HANDSHAKE_DONE)
			protect(endpoint);
		return TLS_OPEN;
	case HANDSHAKE_SERVER_KEY:
		channel_protect(
		    &endpoint->channel.in, &endpoint->handshake.server);
		return bear_message(endpoint, r);
	default: /* HANDSHAKE_GOES_ON */
		return endpoint_is_connected(endpoint)
			   ? bear_message(endpoint, r)
			   : TLS_OPEN;
	}
}

/* Whether the server's next record has another key, so that no message may
 * continue in it (5.1), or is a response to our next flight. */
static bool
ends_flight(enum handshake_event event)
{
	return event == HANDSHAKE_RETRY || event == HANDSHAKE_KEYS ||
	       event == HANDSHAKE_DONE || event == HANDSHAKE_SERVER_KEY;
}

/* Takes one message. */
static enum tls_result
take_message(struct endpoint *endpoint, const struct message *message,
    struct span after, struct receiving *r)
{
	enum handshake_event event;
	struct buffer out;

	buffer_init(&out, endpoint->output, sizeof(endpoint->output));
	event = handshake_take(&endpoint->handshake, message, &out, &r->fault);
	if (ends_flight(event) && after.length > 0) {
		return refuse_for(endpoint, r, ALERT_UNEXPECTED_MESSAGE,
		    "the server sent more in a record that had to end");
	}
	return act(endpoint, event, &out, r);
}

/* Takes every whole message. */
static enum tls_result
take_messages(
    struct endpoint *endpoint, struct span content, struct receiving *r)
{
	struct span in;
	struct message message;
	enum tls_result result = TLS_OPEN;
	int more = 1;

	memcpy(
	    endpoint->messages + endpoint->held, content.bytes, content.length);
	in = span_of(endpoint->messages, endpoint->held + content.length);
	if (endpoint->used < in.length)
		endpoint->used = in.length;
	while (result == TLS_OPEN && more > 0) {
		more = message_next(&in, &message, &r->fault);
		if (more < 0)
			return refuse(endpoint, r);
		if (more > 0)
			result = take_message(endpoint, &message, in, r);
	}
	/* Onto itself it may copy 2 GB, with records of one byte. */
	if (in.bytes != endpoint->messages)
		memmove(endpoint->messages, in.bytes, in.length);
	endpoint->held = in.length;
	return result;
}

/* Our Finished, and the Certificate that the server requested, reach it
 * together with the request. If it refuses the Certificate, it has not
 * completed the handshake, and acted on nothing.
 *
 * Before the version is known, a warning may be one of TLS 1.2 (RFC 5246,
 * 7.2). From there on the level counts for nothing (6). */
static enum tls_result
take_alert(struct endpoint *endpoint, struct span content, struct receiving *r)
{
	unsigned level = content.bytes[0], alert = content.bytes[1];
	bool is_first = endpoint->handshake.state == WAIT_SH &&
			!endpoint->handshake.is_retried;

	if (alert == ALERT_CLOSE_NOTIFY && endpoint_is_connected(endpoint)) {
		endpoint->has_ended = true;
		return TLS_OPEN;
	}
	if (alert == ALERT_CLOSE_NOTIFY)
		return end(endpoint, r);
	if (alert == ALERT_USER_CANCELED ||
	    (is_first && level == ALERT_WARNING))
		return bear(endpoint, r);
	endpoint->has_failed = true;
	tls_error_received(alert, r->e);
	if (is_first && endpoint->is_old_fine &&
	    (alert == ALERT_PROTOCOL_VERSION ||
		alert == ALERT_HANDSHAKE_FAILURE))
		return TLS_OLDER;
	if (endpoint_is_connected(endpoint) && endpoint->handshake.is_asked &&
	    !endpoint->has_accepted)
		r->e->is_unheard = tls_error_is_for_certificate(alert);
	return TLS_REFUSED;
}

static enum tls_result
take_data(struct endpoint *endpoint, struct span content, struct receiving *r)
{
	if (!endpoint_is_connected(endpoint)) {
		return refuse_for(endpoint, r, ALERT_UNEXPECTED_MESSAGE,
		    "the server sent application data during the handshake");
	}
	endpoint->has_accepted = true;
	if (content.length == 0)
		return bear(endpoint, r);
	endpoint->idle = 0;
	endpoint->plain = content;
	return TLS_OPEN;
}

static enum tls_result
take_record(
    struct endpoint *endpoint, const struct record *record, struct receiving *r)
{
	if (record->type == RECORD_HANDSHAKE)
		return take_messages(endpoint, record->content, r);
	if (endpoint->held > 0) {
		return refuse_for(endpoint, r, ALERT_UNEXPECTED_MESSAGE,
		    "the server sent another record within a handshake "
		    "message");
	}
	if (record->type == RECORD_ALERT)
		return take_alert(endpoint, record->content, r);
	if (record->type == RECORD_APPLICATION)
		return take_data(endpoint, record->content, r);
	if (!endpoint_is_connected(endpoint))
		return bear(endpoint, r);
	return refuse_for(endpoint, r, ALERT_UNEXPECTED_MESSAGE,
	    "the server sent ChangeCipherSpec after the handshake");
}

/* A server that asked for it gets a KeyUpdate before anything else (4.6.3). */
static int
put_key_update(struct endpoint *endpoint, const struct receiving *r)
{
	struct buffer out;

	if (!endpoint->handshake.owes_key)
		return 0;
	buffer_init(&out, endpoint->output, sizeof(endpoint->output));
	handshake_update(&endpoint->handshake, &out);
	if (put_messages(endpoint, &out, r) < 0)
		return -1;
	channel_protect(&endpoint->channel.out, &endpoint->handshake.client);
	return 0;
}

enum tls_result
endpoint_receive(struct endpoint *endpoint, struct deadline d, struct error *e)
{
	struct receiving r = {.d = d, .e = e};
	struct channel_failure failure = {&r.fault, e};
	struct record record;

	switch (channel_receive(&endpoint->channel, &record, d, failure)) {
	case CHANNEL_RECORD:
		return take_record(endpoint, &record, &r);
	case CHANNEL_END:
		return end(endpoint, &r);
	case CHANNEL_FAULT:
		return refuse(endpoint, &r);
	default: /* CHANNEL_BROKEN */
		return TLS_BROKEN;
	}
}

int
endpoint_put(struct endpoint *endpoint, struct span data, struct deadline d,
    struct error *e)
{
	const struct receiving r = {.d = d, .e = e};

	if (put_key_update(endpoint, &r) < 0 ||
	    channel_put_data(&endpoint->channel, data, d, e) < 0)
		return -1;
	return channel_flush(&endpoint->channel, d, e);
}

void
endpoint_close(struct endpoint *endpoint)
{
	if (endpoint->has_failed)
		return;
	send_alert(endpoint, ALERT_WARNING, ALERT_CLOSE_NOTIFY,
	    deadline_after(CLOSE_MILLISECONDS));
}

enum tls_result
endpoint_start(struct endpoint *endpoint, struct stream *below,
    const struct handshake_terms *terms, struct deadline d, struct error *e)
{
	const struct receiving r = {.d = d, .e = e};
	unsigned char seed[48];
	struct buffer out;

	endpoint->is_old_fine = terms->older_count > 0;
	endpoint->has_ended = false;
	endpoint->has_failed = false;
	endpoint->has_accepted = false;
	endpoint->has_changed = false;
	endpoint->idle = 0;
	endpoint->plain = span_of(NULL, 0);
	endpoint->held = 0;
	endpoint->used = 0;
	channel_open(&endpoint->channel, below);
	if (process_entropy(seed, sizeof(seed), e) < 0)
		return TLS_LOCAL;
	buffer_init(&out, endpoint->output, sizeof(endpoint->output));
	handshake_start(
	    &endpoint->handshake, terms, span_of(seed, sizeof(seed)), &out);
	wipe(seed, sizeof(seed));
	if (put_messages(endpoint, &out, &r) < 0)
		return break_down(endpoint);
	return TLS_OPEN;
}

void
endpoint_wipe(struct endpoint *endpoint)
{
	handshake_wipe(&endpoint->handshake);
	channel_wipe(&endpoint->channel);
	wipe(endpoint->messages, endpoint->used);
}
