/* stream.c - calls through the class, so that callers read as verbs. */
#include "os/stream.h"

#include "base/error.h"
#include "os/clock.h"

ssize_t
stream_read(struct stream *stream, void *bytes, size_t size, struct deadline d,
    struct error *e)
{
	return stream->class->read(stream, bytes, size, d, e);
}

int
stream_write(struct stream *stream, const void *bytes, size_t length,
    struct deadline d, struct error *e)
{
	return stream->class->write(stream, bytes, length, d, e);
}

void
stream_close(struct stream *stream)
{
	stream->class->close(stream);
}
