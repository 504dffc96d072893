/* tls_server.h - what the server of a target does in any version of TLS: it
 * queues records for the client, changes messages as the input says, and
 * compares what was sent with what arrived. The target has struct server, whose
 * first member is the stream that the client uses, and writes the messages. */
#ifndef TLS_SERVER_H
#define TLS_SERVER_H

#include <stdbool.h>
#include <string.h>

#include "base/span.h"
#include "fuzz.h"
#include "os/clock.h"
#include "os/stream.h"

#define MESSAGE_ROOM 4096
#define MESSAGE_HEADER 4

/* Content types (RFC 8446, 5.1). */
enum { CHANGE_CIPHER = 20, ALERT = 21, HANDSHAKE = 22, APPLICATION = 23 };

struct server;

static struct {
	struct input in;
	bool has_changed; /* something that an honest server would not */
	bool has_forged;  /* one of the messages that prove something */
	bool has_closed;  /* with a close_notify */
	unsigned char out[65536]; /* to the client */
	size_t start, end;
	size_t piece; /* of what a read gives at once; 0: all */
	unsigned char request[256], response[4096];
	size_t request_length, response_length;
} peer;

/* The target's: puts a record where the client reads. */
static void put_record(
    struct server *s, unsigned char type, const void *bytes, size_t length);

/* The target's: the client waits, and there is nothing for it. */
static void go_on(struct server *s);

/* Bytes of which the input says everything. */
static void
put_foreign(void)
{
	struct span rest = take_rest(&peer.in, take(&peer.in));

	if (rest.length > sizeof(peer.out) - peer.end)
		return;
	memcpy(peer.out + peer.end, rest.bytes, rest.length);
	peer.end += rest.length;
}

/* Something between two records that need not be there. */
static void
put_extra(struct server *s)
{
	unsigned char kind = take(&peer.in);

	if (kind == 0 || kind > 9)
		return;
	peer.has_changed = true;
	switch (kind) {
	case 1:
		put_record(s, CHANGE_CIPHER, "\1", 1);
		break;
	case 2:
		put_record(s, APPLICATION, "", 0);
		break;
	case 3:
		put_record(s, ALERT, "\1\132", 2);
		break;
	case 4:
		put_record(s, HANDSHAKE, "", 0);
		break;
	case 5:
		put_record(s, APPLICATION, "data", 4);
		break;
	case 6:
		put_record(s, HANDSHAKE, "\0\0\0\0", 4); /* HelloRequest */
		break;
	case 7:
		put_record(s, HANDSHAKE, "\4\0\0\6\0\0\0\0\0\0", 10);
		break;
	case 8:
		put_foreign();
		break;
	default:
		put_record(s, ALERT, "\2\50", 2);
	}
}

/* Messages in records of a size that the input says, or as few as can be. */
static void
put_pieces(struct server *s, struct span bytes)
{
	size_t size = take(&peer.in), part;

	if (size == 0)
		size = MESSAGE_ROOM * 4;
	while (bytes.length > 0) {
		put_extra(s);
		part = bytes.length < size ? bytes.length : size;
		put_record(s, HANDSHAKE, bytes.bytes, part);
		bytes = span_of(bytes.bytes + part, bytes.length - part);
	}
}

static void
set_length(unsigned char *message, size_t length)
{
	message[1] = (unsigned char)((length - MESSAGE_HEADER) >> 16);
	message[2] = (unsigned char)((length - MESSAGE_HEADER) >> 8);
	message[3] = (unsigned char)(length - MESSAGE_HEADER);
}

/* Changes a message, of length bytes in MESSAGE_ROOM. Returns how many times it
 * is sent. */
static unsigned
change(unsigned char *message, size_t *length)
{
	unsigned char kind = take(&peer.in);
	size_t at = take_two(&peer.in), count = take_below(&peer.in, 17), i;

	switch (kind) {
	case 1:
		message[at % *length] ^= (unsigned char)(count + 1);
		return 1;
	case 2:
		*length = MESSAGE_HEADER + at % (*length - MESSAGE_HEADER + 1);
		set_length(message, *length);
		return 1;
	case 3:
		at = MESSAGE_HEADER + at % (*length - MESSAGE_HEADER + 1);
		if (*length + count > MESSAGE_ROOM)
			return 1;
		memmove(message + at + count, message + at, *length - at);
		for (i = 0; i < count; i++)
			message[at + i] = take(&peer.in);
		*length += count;
		set_length(message, *length);
		return 1;
	case 4:
		return 2;
	case 5:
		return 0;
	default:
		return 1;
	}
}

/* Changes a message of this length in bytes, which have room for MESSAGE_ROOM.
 * Returns how often it is sent. */
static unsigned
change_message(unsigned char *bytes, size_t *length, bool proves)
{
	unsigned char before[MESSAGE_ROOM];
	size_t old = *length;
	unsigned times;
	bool differs;

	memcpy(before, bytes, old);
	times = change(bytes, length);
	differs = *length != old || memcmp(bytes, before, old) != 0;
	if (differs || times != 1)
		peer.has_changed = true;
	if (proves && (differs || times == 0))
		peer.has_forged = true;
	return times;
}

static void
put_data(struct server *s)
{
	unsigned char bytes[256];
	size_t length = take(&peer.in), i;

	if (length > sizeof(peer.response) - peer.response_length)
		return;
	for (i = 0; i < length; i++)
		bytes[i] = (unsigned char)i;
	put_record(s, APPLICATION, bytes, length);
	memcpy(peer.response + peer.response_length, bytes, length);
	peer.response_length += length;
}

static void
put_close_notify(struct server *s)
{
	put_record(s, ALERT, "\1\0", 2);
	peer.has_closed = true;
}

static void
keep_request(struct span content)
{
	check(content.length <= sizeof(peer.request) - peer.request_length);
	memcpy(
	    peer.request + peer.request_length, content.bytes, content.length);
	peer.request_length += content.length;
}

static bool
has_request(const char *text)
{
	return span_equal(
	    span_of(peer.request, peer.request_length), span_text(text));
}

/* The client reads what there is: it is what was sent, to its end. */
static void
read_response(struct stream *stream, struct deadline d, struct error *e)
{
	unsigned char bytes[sizeof(peer.response) + 1];
	size_t length = 0;
	ssize_t n;

	do {
		n = stream_read(
		    stream, bytes + length, sizeof(bytes) - length, d, e);
		length += n > 0 ? (size_t)n : 0;
	} while (n > 0 && length < sizeof(bytes));
	check(peer.has_changed || (n == 0 && length == peer.response_length));
	check(peer.has_changed || memcmp(bytes, peer.response, length) == 0);
	check(n != 0 || peer.has_closed);
}

static ssize_t
server_read(struct stream *stream, void *bytes, size_t size, struct deadline d,
    struct error *e)
{
	size_t left;

	(void)d;
	(void)e;
	if (peer.start == peer.end)
		go_on((struct server *)(void *)stream);
	left = peer.end - peer.start;
	if (peer.piece > 0 && left > peer.piece)
		left = peer.piece;
	if (size > left)
		size = left;
	memcpy(bytes, peer.out + peer.start, size);
	peer.start += size;
	return (ssize_t)size;
}

static void
server_close(struct stream *stream)
{
	(void)stream;
}

static void
peer_begin(const uint8_t *data, size_t size)
{
	memset(&peer, 0, sizeof(peer));
	peer.in = (struct input){data, size};
}

#endif
