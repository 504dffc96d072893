/* stream_test.c - each call reaches the class with its arguments, and the
 * class's result comes back. */
#include "os/stream.h"

#include <string.h>

#include "base/error.h"
#include "memory_stream.h"
#include "os/clock.h"
#include "tap.h"

static struct memory_stream memory;

static void
test_read(void)
{
	struct deadline d = deadline_after(1000);
	struct error e;
	char bytes[8];

	error_clear(&e);
	memory_open(&memory, "abcde", 5);
	tap_ok(stream_read(&memory.stream, bytes, 3, d, &e) == 3,
	    "read: as many bytes as were asked for");
	tap_ok(memcmp(bytes, "abc", 3) == 0, "read: the bytes");
	tap_ok(stream_read(&memory.stream, bytes, sizeof(bytes), d, &e) == 2,
	    "read: the rest");
	tap_ok(stream_read(&memory.stream, bytes, sizeof(bytes), d, &e) == 0,
	    "read: the end");
	memory.read_fails = 1;
	tap_ok(stream_read(&memory.stream, bytes, sizeof(bytes), d, &e) < 0,
	    "read: a failure");
	tap_ok(e.kind == ERROR_CONNECT, "read: the failure's kind");
}

static void
test_write(void)
{
	struct deadline d = deadline_after(1000);
	struct error e;

	error_clear(&e);
	memory_open(&memory, "", 0);
	tap_ok(stream_write(&memory.stream, "abc", 3, d, &e) == 0, "write");
	tap_ok(memory.output_length == 3, "write: the length");
	tap_ok(memcmp(memory.output, "abc", 3) == 0, "write: the bytes");
	memory.fail_write_after = 4;
	tap_ok(stream_write(&memory.stream, "de", 2, d, &e) < 0,
	    "write: a failure");
	tap_ok(e.kind == ERROR_CONNECT, "write: the failure's kind");
}

static void
test_close(void)
{
	memory_open(&memory, "", 0);
	stream_close(&memory.stream);
	stream_close(&memory.stream);
	tap_ok(memory.closed == 2, "close: each call reaches the class");
}

int
main(void)
{
	test_read();
	test_write();
	test_close();
	return tap_done();
}
