/* channel.h - the records of TLS 1.3 (RFC 8446, 5) over a stream, both
 * directions: in the clear at first, protected once there are keys.
 *
 * What is sent is gathered, so that a flight is one write below. After a write
 * that failed nothing is written any more: the request counts as not sent, and
 * later bytes could still complete it. */
#ifndef CHANNEL_H
#define CHANNEL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/span.h"
#include "os/clock.h"
#include "os/stream.h"
#include "tls/fault.h"
#include "tls/record.h"

/* What may be gathered before a full record: the rest of the handshake. */
#define CHANNEL_FLIGHT_SIZE 512

struct channel_direction {
	struct record_key key;
	bool is_protected;
};

/* Complete so that the caller owns the storage; the contents are private. */
struct channel {
	struct stream *below; /* borrowed */
	struct channel_direction in, out;
	bool is_broken;  /* a write failed */
	bool has_sent;   /* a record */
	bool has_heard;  /* one, whole and right */
	size_t filled;   /* of input[] */
	size_t gathered; /* of output[] */
	/* The most that was ever in them: what has to be wiped. */
	size_t input_used, output_used;
	unsigned char input[RECORD_SIZE_MAX];
	unsigned char
	    output[CHANNEL_FLIGHT_SIZE + RECORD_CONTENT_MAX + RECORD_OVERHEAD];
};

void channel_open(struct channel *channel, struct stream *below);

enum channel_result {
	CHANNEL_RECORD = 1,
	CHANNEL_END = 0,     /* the stream ended, within a record or not */
	CHANNEL_BROKEN = -1, /* the stream failed; the error is its own */
	CHANNEL_FAULT = -2   /* this side refuses the record */
};

/* Where a result of channel_receive() is explained. */
struct channel_failure {
	struct fault *fault;
	struct error *error;
};

/* Reads the next record. Its content is borrowed until the next call, and may
 * be secret: it stays where it is until then.
 *
 * A protected record may be of any type but ChangeCipherSpec, which comes in
 * the clear (5).
 *
 * After CHANNEL_BROKEN for a deadline, the next call goes on where this one
 * was. */
enum channel_result channel_receive(struct channel *channel,
    struct record *record, struct deadline d, struct channel_failure failure)
    __attribute__((warn_unused_result));

/* The first bytes that were received, if no record of TLS begins with them. */
struct span channel_greeting(const struct channel *channel);

/* Gathers one record. If there is no room, what was gathered before is written
 * first.
 *
 * Returns 0, or -1 with e set. */
int channel_put(struct channel *channel, enum record_type type,
    struct span content, struct deadline d, struct error *e)
    __attribute__((warn_unused_result));

/* Gathers application data, in as many records as it takes.
 *
 * Returns 0, or -1 with e set. */
int channel_put_data(struct channel *channel, struct span data,
    struct deadline d, struct error *e) __attribute__((warn_unused_result));

/* Writes what was gathered, with one write, if there is something.
 *
 * Returns 0, also if a write failed before, or -1 with e set. */
int channel_flush(struct channel *channel, struct deadline d, struct error *e)
    __attribute__((warn_unused_result));

/* Protects one direction with the key of this secret, from the next record on.
 */
void channel_protect(
    struct channel_direction *direction, const struct traffic_secret *secret);

/* Overwrites keys and plain text. */
void channel_wipe(struct channel *channel);

#endif
