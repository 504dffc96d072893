/* tls13.c - one function, receive(), takes one record of the server, and does
 * what it asks for: the handshake, reading, and the check before a write are
 * loops around it. Messages of the handshake are put together in messages[],
 * since they may be split over records as the server likes. */
#include "tls/tls13.h"

#include <string.h>

#include "base/buffer.h"
#include "base/error.h"
#include "os/clock.h"
#include "os/log.h"
#include "os/process.h"
#include "tls/fault.h"
#include "tls/proof.h"

#define CLOSE_MILLISECONDS 100  /* for the kernel to take the last record */
#define ABSORB_MILLISECONDS 200 /* for the rest of a record that has begun */
#define ALERT_WARNING 1
#define ALERT_FATAL 2

/* What receive() works with. */
struct receiving {
	struct deadline d;
	struct error *e;
	struct fault fault;
};

static struct tls13 *
tls13_of(struct stream *stream)
{
	return (struct tls13 *)(void *)stream; /* it is the first member */
}

static bool
is_connected(const struct tls13 *tls)
{
	return tls->handshake.state == CONNECTED;
}

/* A server that reads nothing must not delay what follows. */
static void
send_alert(struct tls13 *tls, unsigned char level, unsigned char alert,
    struct deadline d)
{
	const unsigned char bytes[] = {level, alert};
	struct error ignored;

	error_clear(&ignored);
	d = deadline_sooner(d, deadline_after(CLOSE_MILLISECONDS));
	if (channel_put(&tls->channel, RECORD_ALERT,
		span_of(bytes, sizeof(bytes)), d, &ignored) == 0 &&
	    channel_flush(&tls->channel, d, &ignored) == 0 &&
	    level == ALERT_FATAL && !tls->channel.is_broken)
		log_trace("sent TLS alert %d", alert);
}

/* This side refuses what the server sent. */
static enum tls_result
refuse(struct tls13 *tls, struct receiving *r)
{
	struct span greeting = channel_greeting(&tls->channel);

	tls->has_failed = true;
	if (greeting.length > 0 &&
	    (greeting.bytes[0] < RECORD_CHANGE_CIPHER_SPEC ||
		greeting.bytes[0] > RECORD_APPLICATION)) {
		tls_error_greeting(greeting.bytes, greeting.length, r->e);
	} else if (r->fault.what != NULL) {
		tls_error_fault(&r->fault, r->e);
	}
	send_alert(tls, ALERT_FATAL, r->fault.alert, r->d);
	return TLS_REFUSED;
}

static enum tls_result
refuse_for(
    struct tls13 *tls, struct receiving *r, enum alert alert, const char *what)
{
	(void)fault_set(&r->fault, alert, what);
	return refuse(tls, r);
}

/* Counts something that carries nothing. */
static enum tls_result
bear(struct tls13 *tls, struct receiving *r)
{
	if (++tls->idle <= TLS13_IDLE_MAX)
		return TLS_OPEN;
	return refuse_for(tls, r, ALERT_UNEXPECTED_MESSAGE,
	    "the server sent too many records that carry nothing");
}

/* Counts a message after the handshake. Tickets are sent after our Finished has
 * been taken (4.6.1). */
static enum tls_result
bear_message(struct tls13 *tls, struct receiving *r)
{
	tls->has_accepted = true;
	return bear(tls, r);
}

/* The stream has ended, or the server's close_notify ended the handshake. */
static enum tls_result
end(struct tls13 *tls, struct receiving *r)
{
	tls->has_failed = true;
	if (is_connected(tls)) {
		error_set(r->e, ERROR_TLS,
		    "the connection was cut: it ended without TLS's "
		    "close_notify");
	} else {
		tls_error_ended(r->e);
	}
	return TLS_ENDED;
}

static enum tls_result
break_down(struct tls13 *tls)
{
	tls->has_failed = true;
	return TLS_BROKEN;
}

/* The server speaks an older version. It gets a word, and nothing else. */
static enum tls_result
give_up(struct tls13 *tls, const struct receiving *r)
{
	tls->has_failed = true;
	send_alert(tls, ALERT_WARNING, ALERT_USER_CANCELED, r->d);
	return TLS_OLDER;
}

/* Once, before the first record that is protected (D.4). */
static int
put_change(struct tls13 *tls, const struct receiving *r)
{
	static const unsigned char one = 1;

	if (tls->has_changed)
		return 0;
	tls->has_changed = true;
	return channel_put(&tls->channel, RECORD_CHANGE_CIPHER_SPEC,
	    span_of(&one, sizeof(one)), r->d, r->e);
}

static int
put_messages(
    struct tls13 *tls, const struct buffer *out, const struct receiving *r)
{
	return channel_put(&tls->channel, RECORD_HANDSHAKE,
	    span_of(out->bytes, out->length), r->d, r->e);
}

static void
protect(struct tls13 *tls)
{
	channel_protect(&tls->channel.in, &tls->handshake.server);
	channel_protect(&tls->channel.out, &tls->handshake.client);
}

/* Does what the handshake asks for after a message. */
static enum tls_result
act(struct tls13 *tls, enum handshake_event event, const struct buffer *out,
    struct receiving *r)
{
	switch (event) {
	case HANDSHAKE_FAILED:
		return refuse(tls, r);
	case HANDSHAKE_OLDER:
		return give_up(tls, r);
	case HANDSHAKE_RETRY:
		if (put_change(tls, r) < 0 || put_messages(tls, out, r) < 0)
			return break_down(tls);
		return TLS_OPEN;
	case HANDSHAKE_KEYS:
		protect(tls);
		return TLS_OPEN;
	case HANDSHAKE_DONE:
		if (put_change(tls, r) < 0 || put_messages(tls, out, r) < 0)
			return break_down(tls);
		protect(tls);
		return TLS_OPEN;
	case HANDSHAKE_SERVER_KEY:
		channel_protect(&tls->channel.in, &tls->handshake.server);
		return bear_message(tls, r);
	case HANDSHAKE_GOES_ON:
	default:
		return is_connected(tls) ? bear_message(tls, r) : TLS_OPEN;
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
take_message(struct tls13 *tls, const struct message *message,
    struct span after, struct receiving *r)
{
	char storage[HANDSHAKE_OUTPUT_SIZE];
	enum handshake_event event;
	struct buffer out;

	buffer_init(&out, storage, sizeof(storage));
	event = handshake_take(&tls->handshake, message, &out, &r->fault);
	if (ends_flight(event) && after.length > 0) {
		return refuse_for(tls, r, ALERT_UNEXPECTED_MESSAGE,
		    "the server sent more in a record that had to end");
	}
	return act(tls, event, &out, r);
}

/* Takes every whole message. */
static enum tls_result
take_messages(struct tls13 *tls, struct span content, struct receiving *r)
{
	struct span in;
	struct message message;
	enum tls_result result = TLS_OPEN;
	int more = 1;

	memcpy(tls->messages + tls->held, content.bytes, content.length);
	in = span_of(tls->messages, tls->held + content.length);
	if (tls->used < in.length)
		tls->used = in.length;
	while (result == TLS_OPEN && more > 0) {
		more = message_next(&in, &message, &r->fault);
		if (more < 0)
			return refuse(tls, r);
		if (more > 0)
			result = take_message(tls, &message, in, r);
	}
	memmove(tls->messages, in.bytes, in.length);
	tls->held = in.length;
	return result;
}

/* Our Finished, and the Certificate that the server requested, reach it
 * together with the request. If it refuses the Certificate, it has not
 * completed the handshake, and acted on nothing.
 *
 * Before the version is known, a warning may be one of TLS 1.2 (RFC 5246,
 * 7.2). From there on the level counts for nothing (6). */
static enum tls_result
take_alert(struct tls13 *tls, struct span content, struct receiving *r)
{
	unsigned level = content.bytes[0], alert = content.bytes[1];
	bool is_first =
	    tls->handshake.state == WAIT_SH && !tls->handshake.is_retried;

	if (alert == ALERT_CLOSE_NOTIFY && is_connected(tls)) {
		tls->has_ended = true;
		return TLS_OPEN;
	}
	if (alert == ALERT_CLOSE_NOTIFY)
		return end(tls, r);
	if (alert == ALERT_USER_CANCELED ||
	    (is_first && level == ALERT_WARNING))
		return bear(tls, r);
	tls->has_failed = true;
	tls_error_received(alert, r->e);
	if (is_first && tls->is_old_fine &&
	    (alert == ALERT_PROTOCOL_VERSION ||
		alert == ALERT_HANDSHAKE_FAILURE))
		return TLS_OLDER;
	if (is_connected(tls) && tls->handshake.is_asked && !tls->has_accepted)
		r->e->is_unheard = tls_error_is_for_certificate(alert);
	return TLS_REFUSED;
}

static enum tls_result
take_data(struct tls13 *tls, struct span content, struct receiving *r)
{
	if (!is_connected(tls)) {
		return refuse_for(tls, r, ALERT_UNEXPECTED_MESSAGE,
		    "the server sent application data during the handshake");
	}
	tls->has_accepted = true;
	if (content.length == 0)
		return bear(tls, r);
	tls->idle = 0;
	tls->plain = content;
	return TLS_OPEN;
}

static enum tls_result
take_record(struct tls13 *tls, const struct record *record, struct receiving *r)
{
	if (record->type == RECORD_HANDSHAKE)
		return take_messages(tls, record->content, r);
	if (tls->held > 0) {
		return refuse_for(tls, r, ALERT_UNEXPECTED_MESSAGE,
		    "the server sent another record within a handshake "
		    "message");
	}
	if (record->type == RECORD_ALERT)
		return take_alert(tls, record->content, r);
	if (record->type == RECORD_APPLICATION)
		return take_data(tls, record->content, r);
	if (!is_connected(tls))
		return bear(tls, r);
	return refuse_for(tls, r, ALERT_UNEXPECTED_MESSAGE,
	    "the server sent ChangeCipherSpec after the handshake");
}

/* Takes one record.
 *
 * Returns TLS_OPEN, or how the connection failed. */
static enum tls_result
receive(struct tls13 *tls, struct receiving *r)
{
	struct channel_failure failure = {&r->fault, r->e};
	struct record record;

	switch (channel_receive(&tls->channel, &record, r->d, failure)) {
	case CHANNEL_RECORD:
		return take_record(tls, &record, r);
	case CHANNEL_END:
		return end(tls, r);
	case CHANNEL_FAULT:
		return refuse(tls, r);
	case CHANNEL_BROKEN:
	default:
		return TLS_BROKEN;
	}
}

static int
still_open(const struct tls13 *tls, struct error *e)
{
	if (tls->below == NULL)
		return error_set(e, ERROR_TLS, "the TLS connection is closed");
	if (tls->has_failed)
		return error_set(e, ERROR_TLS, "the TLS connection has failed");
	return 0;
}

static ssize_t
tls13_read(struct stream *stream, void *bytes, size_t size, struct deadline d,
    struct error *e)
{
	struct tls13 *t = tls13_of(stream);
	struct receiving r = {.d = d, .e = e};

	if (still_open(t, e) < 0)
		return -1;
	if (channel_flush(&t->channel, d, e) < 0)
		return -1;
	while (t->plain.length == 0 && !t->has_ended) {
		if (receive(t, &r) < 0)
			return -1;
	}
	if (size > t->plain.length)
		size = t->plain.length;
	if (size > 0) {
		memcpy(bytes, t->plain.bytes, size);
		t->plain.bytes += size;
		t->plain.length -= size;
	}
	return (ssize_t)size;
}

/* A server that asked for it gets a KeyUpdate before anything else (4.6.3). */
static int
put_key_update(struct tls13 *tls, const struct receiving *r)
{
	char storage[HANDSHAKE_OUTPUT_SIZE];
	struct buffer out;

	if (!tls->handshake.owes_key)
		return 0;
	buffer_init(&out, storage, sizeof(storage));
	handshake_update(&tls->handshake, &out);
	if (put_messages(tls, &out, r) < 0)
		return -1;
	channel_protect(&tls->channel.out, &tls->handshake.client);
	return 0;
}

/* Never reads: an early response must not make a request fail that is
 * completely written. */
static int
tls13_write(struct stream *stream, const void *bytes, size_t length,
    struct deadline d, struct error *e)
{
	struct tls13 *t = tls13_of(stream);
	const struct receiving r = {.d = d, .e = e};
	const unsigned char *next = bytes;
	size_t part;

	if (still_open(t, e) < 0)
		return -1;
	if (t->channel.is_broken)
		return error_set(e, ERROR_CONNECT, "the connection is broken");
	if (t->has_ended) {
		return error_set(
		    e, ERROR_TLS, "the server has closed the TLS connection");
	}
	if (put_key_update(t, &r) < 0)
		return -1;
	while (length > 0) {
		part =
		    length < RECORD_CONTENT_MAX ? length : RECORD_CONTENT_MAX;
		if (channel_put(&t->channel, RECORD_APPLICATION,
			span_of(next, part), d, e) < 0)
			return -1;
		next += part;
		length -= part;
	}
	return channel_flush(&t->channel, d, e);
}

static void
tls13_close(struct stream *stream)
{
	struct tls13 *t = tls13_of(stream);

	if (t->below == NULL)
		return;
	if (!t->has_failed) {
		send_alert(t, ALERT_WARNING, ALERT_CLOSE_NOTIFY,
		    deadline_after(CLOSE_MILLISECONDS));
	}
	stream_close(t->below);
	t->below = NULL;
}

/* Sends the ClientHello. */
static enum tls_result
start(struct tls13 *tls, const struct handshake_terms *terms,
    const struct receiving *r)
{
	char storage[HANDSHAKE_OUTPUT_SIZE];
	unsigned char seed[48];
	struct buffer out;

	if (process_entropy(seed, sizeof(seed), r->e) < 0)
		return TLS_LOCAL;
	buffer_init(&out, storage, sizeof(storage));
	handshake_start(
	    &tls->handshake, terms, span_of(seed, sizeof(seed)), &out);
	wipe(seed, sizeof(seed));
	if (put_messages(tls, &out, r) < 0)
		return break_down(tls);
	return TLS_OPEN;
}

static void
trace(const struct tls13 *tls)
{
	const struct handshake *handshake = &tls->handshake;

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
	struct receiving r = {.d = d, .e = e};
	enum tls_result result;

	tls->stream.class = &class;
	tls->below = below;
	tls->is_old_fine = terms->older_count > 0;
	tls->has_ended = false;
	tls->has_failed = false;
	tls->has_accepted = false;
	tls->has_changed = false;
	tls->idle = 0;
	tls->plain = span_of(NULL, 0);
	tls->held = 0;
	tls->used = 0;
	channel_open(&tls->channel, below);
	result = start(tls, terms, &r);
	while (result == TLS_OPEN && !is_connected(tls)) {
		if (channel_flush(&tls->channel, d, e) < 0)
			return break_down(tls);
		result = receive(tls, &r);
	}
	if (result == TLS_OPEN)
		trace(tls);
	return result;
}

void
tls13_absorb(struct tls13 *tls)
{
	struct error ignored;
	struct receiving r = {
	    .d = deadline_after(ABSORB_MILLISECONDS), .e = &ignored};

	error_clear(&ignored);
	if (receive(tls, &r) == TLS_BROKEN)
		tls->has_failed = true;
}

bool
tls13_is_idle(const struct tls13 *tls)
{
	return tls->below != NULL && !tls->has_failed && !tls->has_ended &&
	       !tls->channel.is_broken && tls->plain.length == 0;
}

enum tls_demand
tls13_unmet_demand(const struct tls13 *tls)
{
	return tls->handshake.is_asked ? TLS_CERTIFICATE : TLS_NOTHING;
}

void
tls13_wipe(struct tls13 *tls)
{
	handshake_wipe(&tls->handshake);
	channel_wipe(&tls->channel);
	wipe(tls->messages, tls->used);
}
