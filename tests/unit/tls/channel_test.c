/* channel_test.c - records over a stream that plays a script: what is written
 * and when, and what is received, byte by byte, in the clear and protected. */
#include "tls/channel.h"

#include <string.h>

#include "base/array.h"
#include "memory_stream.h"
#include "tap.h"
#include "tls/compose.h"

static struct memory_stream memory;
static struct channel channel;
static struct fault fault;
static struct error error;

static struct deadline
soon(void)
{
	return deadline_after(1000);
}

/* A channel that will read these bytes, some at a time. */
static void
open_with(struct span input, size_t step)
{
	memory_open(&memory, input.bytes, input.length);
	memory.step = step;
	channel_open(&channel, &memory.stream);
	error_clear(&error);
	fault.alert = 0;
}

static struct traffic_secret
make_secret(unsigned char byte)
{
	struct traffic_secret secret = {.suite = suite_find(0x1301)};

	memset(secret.bytes, byte, sizeof(secret.bytes));
	return secret;
}

static enum channel_result
receive(struct record *record)
{
	const struct channel_failure failure = {&fault, &error};

	return channel_receive(&channel, record, soon(), failure);
}

static int
put(enum record_type type, const char *text)
{
	return channel_put(&channel, type, span_text(text), soon(), &error);
}

static void
check_output(const char *expected, const char *name)
{
	struct span bytes = compose(expected);

	tap_ok(span_equal(span_of(memory.output, memory.output_length), bytes),
	    "%s", name);
	compose_free(bytes);
}

static void
test_writing(void)
{
	open_with(span_text(""), 0);
	tap_number(put(RECORD_HANDSHAKE, "hello"), 0, "a record is gathered");
	tap_number(memory.output_length, 0, "and not written");
	tap_number(put(RECORD_ALERT, "al"), 0, "nor is another one");
	tap_number(channel_flush(&channel, soon(), &error), 0, "a flush");
	check_output("16 0301 (2 'hello') 15 0303 (2 'al')",
	    "writes both, of which the first has an older version");
	memory.output_length = 0;
	tap_number(channel_flush(&channel, soon(), &error), 0, "once more");
	tap_number(memory.output_length, 0, "writes nothing");
}

static void
test_full(void)
{
	static char content[RECORD_CONTENT_MAX];
	struct span all = span_of(content, sizeof(content));

	open_with(span_text(""), 0);
	tap_number(channel_put(&channel, RECORD_HANDSHAKE, all, soon(), &error),
	    0, "a full record is gathered");
	tap_number(memory.output_length, 0, "as there is room");
	tap_number(channel_put(&channel, RECORD_HANDSHAKE, all, soon(), &error),
	    0, "and another one");
	tap_number(memory.output_length, RECORD_HEADER + sizeof(content),
	    "for which the first is written");
	all.length++;
	tap_number(channel_put(&channel, RECORD_HANDSHAKE, all, soon(), &error),
	    -1, "more than a record takes fails");
}

/* After a write that failed nothing is written any more. */
static void
test_broken(void)
{
	open_with(span_text(""), 0);
	memory.fail_write_after = 3;
	(void)!put(RECORD_HANDSHAKE, "hello");
	tap_number(channel_flush(&channel, soon(), &error), -1, "it fails");
	tap_ok(channel.is_broken, "which is kept");
	memory.fail_write_after = 0;
	tap_number(put(RECORD_ALERT, "al"), 0, "a record after it");
	tap_number(channel_flush(&channel, soon(), &error), 0, "is no failure");
	tap_number(memory.output_length, 0, "and is not written");
}

/* Each with its header, as it comes. */
static const struct {
	const char *name;
	const char *input;
	bool is_protected;
	enum channel_result result;
	unsigned alert;
} inputs[] = {
    {"a handshake record", "16 0303 (2 'hello')", false, CHANNEL_RECORD, 0},
    {"one of another version", "16 0301 (2 'hello')", false, CHANNEL_RECORD, 0},
    {"an alert", "15 0303 (2 0228)", false, CHANNEL_RECORD, 0},
    {"ChangeCipherSpec", "14 0303 (2 01)", false, CHANNEL_RECORD, 0},
    {"ChangeCipherSpec once there are keys", "14 0303 (2 01)", true,
	CHANNEL_RECORD, 0},
    {"nothing", "", false, CHANNEL_END, 0},
    {"a part of a header", "16 0303 00", false, CHANNEL_END, 0},
    {"a part of a record", "16 0303 0005 'hell'", false, CHANNEL_END, 0},
    {"application data in the clear", "17 0303 (2 *32)", false, CHANNEL_FAULT,
	ALERT_UNEXPECTED_MESSAGE},
    {"a handshake record in the clear once there are keys",
	"16 0303 (2 'hello')", true, CHANNEL_FAULT, ALERT_UNEXPECTED_MESSAGE},
    {"an alert in the clear once there are keys", "15 0303 (2 0228)", true,
	CHANNEL_FAULT, ALERT_UNEXPECTED_MESSAGE},
    {"a protected record of another key", "17 0303 (2 *32)", true,
	CHANNEL_FAULT, ALERT_BAD_RECORD_MAC},
    {"a record of an unknown type", "18 0303 (2 00)", false, CHANNEL_FAULT,
	ALERT_UNEXPECTED_MESSAGE},
    {"the length of one that is too long", "16 0303 4001", false, CHANNEL_FAULT,
	ALERT_RECORD_OVERFLOW},
    {"an empty handshake record", "16 0303 (2)", false, CHANNEL_FAULT,
	ALERT_UNEXPECTED_MESSAGE},
    {"HTTP", "'HTTP/1.1 400 Bad Request'", false, CHANNEL_FAULT,
	ALERT_UNEXPECTED_MESSAGE},
};

static void
test_input(size_t row, size_t step)
{
	struct traffic_secret secret = make_secret(1);
	struct span input = compose(inputs[row].input);
	struct record record;

	open_with(input, step);
	if (inputs[row].is_protected)
		channel_protect(&channel.in, &secret);
	tap_number(receive(&record), inputs[row].result, "%s, %zu at a time",
	    inputs[row].name, step);
	tap_number(
	    fault.alert, inputs[row].alert, "%s: the alert", inputs[row].name);
	compose_free(input);
}

static void
test_inputs(void)
{
	size_t i;

	for (i = 0; i < COUNT(inputs); i++) {
		test_input(i, 0);
		test_input(i, 1);
	}
}

static void
test_greeting(void)
{
	struct span input = compose("'HTTP/1.1' 16 0303 (2 'hello')");
	struct record record;
	struct span greeting;

	open_with(input, 0);
	(void)receive(&record);
	greeting = channel_greeting(&channel);
	tap_bytes(greeting.bytes, greeting.length, "HTTP/",
	    "what is not a record can be seen");
	open_with(span_of(input.bytes + 8, input.length - 8), 0);
	(void)receive(&record);
	tap_number(channel_greeting(&channel).length, 0,
	    "after a record there is no greeting");
	compose_free(input);
}

/* What one channel protects, another one opens, and the numbers go on. */
static void
test_protected(size_t step)
{
	struct traffic_secret first = make_secret(1), second = make_secret(2);
	static char sent[1024];
	struct record record;
	size_t length;

	open_with(span_text(""), 0);
	channel_protect(&channel.out, &first);
	(void)!put(RECORD_HANDSHAKE, "one");
	(void)!put(RECORD_CHANGE_CIPHER_SPEC, "\1");
	(void)!put(RECORD_APPLICATION, "two");
	channel_protect(&channel.out, &second);
	(void)!put(RECORD_APPLICATION, "three");
	(void)!channel_flush(&channel, soon(), &error);
	length = memory.output_length;
	memcpy(sent, memory.output, length);

	open_with(span_of(sent, length), step);
	channel_protect(&channel.in, &first);
	tap_number(receive(&record), CHANNEL_RECORD, "a protected record");
	tap_number(record.type, RECORD_HANDSHAKE, "its type");
	tap_bytes(
	    record.content.bytes, record.content.length, "one", "its content");
	tap_number(receive(&record), CHANNEL_RECORD, "another one");
	tap_number(record.type, RECORD_CHANGE_CIPHER_SPEC, "in the clear");
	tap_number(receive(&record), CHANNEL_RECORD, "the next one");
	tap_bytes(record.content.bytes, record.content.length, "two",
	    "has the next number");
	channel_protect(&channel.in, &second);
	tap_number(receive(&record), CHANNEL_RECORD, "one of another key");
	tap_bytes(record.content.bytes, record.content.length, "three",
	    "has a number of its own");
	tap_number(receive(&record), CHANNEL_END, "then the end");
}

/* A read that failed goes on where it was. */
static void
test_interrupted(void)
{
	struct span input = compose("16 0303 (2 'hello')");
	struct record record;

	open_with(span_of(input.bytes, 7), 0);
	memory.read_fails = 1;
	tap_number(receive(&record), CHANNEL_BROKEN, "a stream that fails");
	tap_number(error.kind, ERROR_CONNECT, "with its own error");
	memory.input = span_chars(input) + 7;
	memory.input_length = input.length - 7;
	tap_number(receive(&record), CHANNEL_RECORD, "and goes on");
	tap_bytes(record.content.bytes, record.content.length, "hello",
	    "with nothing lost");
	compose_free(input);
}

static void
test_wipe(void)
{
	static const struct record_key nothing;
	struct traffic_secret secret = make_secret(1);

	open_with(span_text(""), 0);
	channel_protect(&channel.in, &secret);
	channel_protect(&channel.out, &secret);
	(void)!put(RECORD_APPLICATION, "secret");
	channel_wipe(&channel);
	tap_ok(memcmp(&channel.in.key, &nothing, sizeof(nothing)) == 0,
	    "the key for reading is wiped");
	tap_ok(memcmp(&channel.out.key, &nothing, sizeof(nothing)) == 0,
	    "the key for writing is wiped");
}

int
main(void)
{
	test_writing();
	test_full();
	test_broken();
	test_inputs();
	test_greeting();
	test_protected(0);
	test_protected(1);
	test_interrupted();
	test_wipe();
	return tap_done();
}
