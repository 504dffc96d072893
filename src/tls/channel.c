/* channel.c - a record is read whole, header first, and opened in place. It
 * stays in input[] until the next one is read. */
#include "tls/channel.h"

#include <string.h>

#include "base/buffer.h"

#define VERSION_FIRST 0x0301 /* of the first record (5.1) */
#define VERSION 0x0303

void
channel_open(struct channel *channel, struct stream *below)
{
	channel->below = below;
	channel->in.is_protected = false;
	channel->out.is_protected = false;
	channel->is_broken = false;
	channel->has_sent = false;
	channel->has_heard = false;
	channel->filled = 0;
	channel->gathered = 0;
	channel->input_used = 0;
	channel->output_used = 0;
}

static void
note_use(size_t *used, size_t length)
{
	if (*used < length)
		*used = length;
}

/* Reads until input[] has this many bytes of a record. */
static enum channel_result
fill(struct channel *channel, size_t wanted, struct deadline d, struct error *e)
{
	ssize_t n;

	while (channel->filled < wanted) {
		n = stream_read(channel->below,
		    channel->input + channel->filled, wanted - channel->filled,
		    d, e);
		if (n < 0)
			return CHANNEL_BROKEN;
		if (n == 0)
			return CHANNEL_END;
		channel->filled += (size_t)n;
		note_use(&channel->input_used, channel->filled);
	}
	return CHANNEL_RECORD;
}

/* Opens the record that is in input[]. */
static int
open_record(struct channel *channel, struct record *record, size_t size,
    struct fault *fault)
{
	unsigned char type = channel->input[0];

	if (channel->in.is_protected && type == RECORD_APPLICATION) {
		return record_open(
		    &channel->in.key, record, channel->input, size, fault);
	}
	if (type == RECORD_APPLICATION ||
	    (channel->in.is_protected && type != RECORD_CHANGE_CIPHER_SPEC)) {
		return fault_set(fault, ALERT_UNEXPECTED_MESSAGE,
		    channel->in.is_protected
			? "the server sent a record that is not encrypted"
			: "the server sent an encrypted record too early");
	}
	return record_read(record, span_of(channel->input, size), fault);
}

enum channel_result
channel_receive(struct channel *channel, struct record *record,
    struct deadline d, struct channel_failure failure)
{
	enum channel_result result;
	ssize_t size;

	result = fill(channel, RECORD_HEADER, d, failure.error);
	if (result <= 0)
		return result;
	size = record_size(channel->input, failure.fault);
	if (size < 0)
		return CHANNEL_FAULT;
	result = fill(channel, (size_t)size, d, failure.error);
	if (result <= 0)
		return result;
	channel->filled = 0;
	if (open_record(channel, record, (size_t)size, failure.fault) < 0)
		return CHANNEL_FAULT;
	channel->has_heard = true;
	return CHANNEL_RECORD;
}

struct span
channel_greeting(const struct channel *channel)
{
	unsigned char type = channel->input[0];
	bool is_greeting =
	    !channel->has_heard &&
	    (type < RECORD_CHANGE_CIPHER_SPEC || type > RECORD_APPLICATION);

	return span_of(channel->input, is_greeting ? channel->filled : 0);
}

int
channel_flush(struct channel *channel, struct deadline d, struct error *e)
{
	size_t length = channel->gathered;

	channel->gathered = 0;
	if (channel->is_broken || length == 0)
		return 0;
	channel->is_broken =
	    stream_write(channel->below, channel->output, length, d, e) < 0;
	return channel->is_broken ? -1 : 0;
}

int
channel_put(struct channel *channel, enum record_type type, struct span content,
    struct deadline d, struct error *e)
{
	unsigned version = channel->has_sent ? VERSION : VERSION_FIRST;
	ssize_t size;

	if (content.length + RECORD_OVERHEAD >
		sizeof(channel->output) - channel->gathered &&
	    channel_flush(channel, d, e) < 0)
		return -1;
	note_use(&channel->output_used,
	    channel->gathered + content.length + RECORD_OVERHEAD);
	if (channel->out.is_protected && type != RECORD_CHANGE_CIPHER_SPEC) {
		size = record_seal(&channel->out.key, type, content,
		    channel->output + channel->gathered);
	} else {
		size = record_write(type, version, content,
		    channel->output + channel->gathered);
	}
	if (size < 0) {
		channel->is_broken = true;
		return error_set(
		    e, ERROR_TLS, "too much was sent on one TLS connection");
	}
	channel->has_sent = true;
	channel->gathered += (size_t)size;
	return 0;
}

int
channel_put_data(struct channel *channel, struct span data, struct deadline d,
    struct error *e)
{
	struct span part;

	while (data.length > 0) {
		part = data;
		if (part.length > RECORD_CONTENT_MAX)
			part.length = RECORD_CONTENT_MAX;
		if (channel_put(channel, RECORD_APPLICATION, part, d, e) < 0)
			return -1;
		data.bytes += part.length;
		data.length -= part.length;
	}
	return 0;
}

void
channel_protect(
    struct channel_direction *direction, const struct traffic_secret *secret)
{
	record_key_set(&direction->key, secret);
	direction->is_protected = true;
}

void
channel_wipe(struct channel *channel)
{
	record_key_wipe(&channel->in.key);
	record_key_wipe(&channel->out.key);
	/* The other pages were never touched. */
	wipe(channel->input, channel->input_used);
	wipe(channel->output, channel->output_used);
}
