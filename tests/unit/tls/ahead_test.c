/* ahead_test.c - every byte comes once and in order, with as few reads below as
 * can be; the end and failures come after the bytes before them. */
#include "tls/ahead.h"

#include <string.h>

#include "base/array.h"
#include "base/error.h"
#include "memory_stream.h"
#include "os/clock.h"
#include "tap.h"

static struct memory_stream memory;
static struct ahead ahead;
static unsigned reads; /* below */

static ssize_t
counted_read(struct stream *stream, void *bytes, size_t size, struct deadline d,
    struct error *e)
{
	reads++;
	return memory_read(stream, bytes, size, d, e);
}

static const struct stream_class counted = {
    counted_read, memory_write, memory_close};

static void
start(const char *input, size_t length, size_t step)
{
	memory_open(&memory, input, length);
	memory.stream.class = &counted;
	memory.step = step;
	reads = 0;
	ahead_open(&ahead, &memory.stream);
}

/* Reads to the end, a number of bytes at a time.
 *
 * Returns how many came, or -1. */
static ssize_t
read_all(char *bytes, size_t size, size_t wanted)
{
	struct deadline d = deadline_after(10000);
	size_t length = 0;
	struct error e;
	ssize_t n = 1;

	error_clear(&e);
	while (n > 0 && size - length >= wanted) {
		n = stream_read(&ahead.stream, bytes + length, wanted, d, &e);
		length += n > 0 ? (size_t)n : 0;
	}
	return n < 0 ? -1 : (ssize_t)length;
}

/* Two and a half times what is read ahead at most. */
static char long_input[AHEAD_SIZE * 5 / 2];
static char got[sizeof(long_input) + AHEAD_SIZE];

static const struct {
	size_t length, step, wanted;
	unsigned reads; /* with the one that finds the end */
} cases[] = {
    {0, 0, 1, 1},
    {1, 0, 5, 2},
    {100, 0, 5, 2},
    {100, 0, 100, 2},
    {100, 1, 5, 101},
    {100, 7, 5, 16},
    {AHEAD_SIZE, 0, 5, 2},
    {AHEAD_SIZE + 1, 0, 5, 3},
    {sizeof(long_input), 0, 5, 4},
    {sizeof(long_input), 0, AHEAD_SIZE, 4},
    {sizeof(long_input), 1000, 16384, 43},
};

static void
test_reads(void)
{
	size_t i, length;

	for (i = 0; i < sizeof(long_input); i++)
		long_input[i] = (char)(i * 7 + i / 251);
	for (i = 0; i < COUNT(cases); i++) {
		length = cases[i].length;
		start(long_input, length, cases[i].step);
		tap_number(read_all(got, sizeof(got), cases[i].wanted), length,
		    "%zu bytes, %zu wanted: all come", length, cases[i].wanted);
		tap_ok(memcmp(got, long_input, length) == 0,
		    "%zu bytes, %zu wanted: they are the same", length,
		    cases[i].wanted);
		tap_number(reads, cases[i].reads,
		    "%zu bytes, %zu wanted: reads below", length,
		    cases[i].wanted);
	}
}

static void
test_empty(void)
{
	struct deadline d = deadline_after(10000);
	struct error e;
	char bytes[8];

	error_clear(&e);
	start("abcde", 5, 0);
	tap_ok(ahead_is_empty(&ahead), "nothing is read at first");
	tap_number(stream_read(&ahead.stream, bytes, 4, d, &e), 4,
	    "the first bytes come");
	tap_ok(!ahead_is_empty(&ahead), "one byte is left");
	tap_number(stream_read(&ahead.stream, bytes, 8, d, &e), 1, "it comes");
	tap_ok(ahead_is_empty(&ahead), "none is left");
}

/* What has arrived before a failure is not lost, and neither is the failure. */
static void
test_failure(void)
{
	struct deadline d = deadline_after(10000);
	struct error e;
	char bytes[8];

	error_clear(&e);
	start("abc", 3, 0);
	memory.read_fails = 1;
	tap_number(stream_read(&ahead.stream, bytes, 2, d, &e), 2,
	    "bytes before a failure come");
	tap_number(
	    stream_read(&ahead.stream, bytes, 2, d, &e), 1, "and the last one");
	tap_ok(stream_read(&ahead.stream, bytes, 2, d, &e) < 0,
	    "then the failure comes");
	tap_number(e.kind, ERROR_CONNECT, "its kind");
	tap_ok(stream_read(&ahead.stream, bytes, 2, d, &e) < 0,
	    "it stays a failure");
	tap_ok(ahead_is_empty(&ahead), "a failure leaves nothing to hand out");
}

static void
test_pass_through(void)
{
	struct deadline d = deadline_after(10000);
	struct error e;

	error_clear(&e);
	start("", 0, 0);
	tap_ok(stream_write(&ahead.stream, "ping", 4, d, &e) == 0, "a write");
	tap_bytes(memory.output, memory.output_length, "ping",
	    "it has reached the stream below when it returns");
	memory.fail_write_after = 5;
	tap_ok(stream_write(&ahead.stream, "pong", 4, d, &e) < 0,
	    "a failed write fails");
	tap_text(e.line, "broken pipe", "its reason: %s", e.line);
	stream_close(&ahead.stream);
	tap_number(memory.closed, 1, "the close reaches the stream below");
}

int
main(void)
{
	test_reads();
	test_empty();
	test_failure();
	test_pass_through();
	return tap_done();
}
