/* memory_stream.h - a stream that plays a script: what it reads comes from
 * bytes in memory, handed out `step` at a time; what is written is kept.
 * `fail_write_after` makes the write that crosses it fail. */
#ifndef MEMORY_STREAM_H
#define MEMORY_STREAM_H

#include <stdbool.h>
#include <string.h>

#include "base/error.h"
#include "os/clock.h"
#include "os/stream.h"

struct memory_stream {
	struct stream stream;
	const char *input;
	size_t input_length;
	size_t step;     /* bytes a read at most; 0 is no limit */
	int read_fails;  /* after the input: an error, not the end */
	bool is_unheard; /* that error says so */
	char output[131072];
	size_t output_length;
	size_t fail_write_after; /* 0 is never */
	unsigned closed;
	bool never_waited; /* all reads had such a deadline, not yet passed */
};

static ssize_t
memory_read(struct stream *stream, void *bytes, size_t size, struct deadline d,
    struct error *e)
{
	struct memory_stream *m = (struct memory_stream *)(void *)stream;
	size_t n = m->input_length < size ? m->input_length : size;

	m->never_waited =
	    m->never_waited && d.never_waits && !deadline_passed(d);
	if (m->step > 0 && n > m->step)
		n = m->step;
	if (n == 0 && m->is_unheard) {
		(void)error_set(e, ERROR_TLS, "the server refuses");
		e->is_unheard = true;
		return -1;
	}
	if (n == 0 && m->read_fails)
		return error_set(e, ERROR_CONNECT, "connection reset");
	if (n > 0)
		memcpy(bytes, m->input, n);
	m->input += n;
	m->input_length -= n;
	return (ssize_t)n;
}

static int
memory_write(struct stream *stream, const void *bytes, size_t length,
    struct deadline d, struct error *e)
{
	struct memory_stream *m = (struct memory_stream *)(void *)stream;

	(void)d;
	if (m->fail_write_after > 0 &&
	    m->output_length + length > m->fail_write_after)
		return error_set(e, ERROR_CONNECT, "broken pipe");
	if (length > sizeof(m->output) - m->output_length)
		return error_set(e, ERROR_LOCAL, "the test wrote too much");
	memcpy(m->output + m->output_length, bytes, length);
	m->output_length += length;
	return 0;
}

static void
memory_close(struct stream *stream)
{
	((struct memory_stream *)(void *)stream)->closed++;
}

static const struct stream_class memory_class = {
    memory_read, memory_write, memory_close};

static void memory_open(struct memory_stream *memory, const void *input,
    size_t length) __attribute__((unused));

static void
memory_open(struct memory_stream *memory, const void *input, size_t length)
{
	memset(memory, 0, sizeof(*memory));
	memory->stream.class = &memory_class;
	memory->input = input;
	memory->input_length = length;
	memory->never_waited = true;
}

#endif
