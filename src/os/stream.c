/* stream.c - calls through the class, so that callers read as verbs. */
#include "os/stream.h"

#include "base/error.h"
#include "os/clock.h"

ssize_t
stream_read(struct stream *s, void *bytes, size_t size, struct deadline d,
    struct error *e)
{
	return s->class->read(s, bytes, size, d, e);
}

int
stream_write(struct stream *s, const void *bytes, size_t length,
    struct deadline d, struct error *e)
{
	return s->class->write(s, bytes, length, d, e);
}

void
stream_close(struct stream *s)
{
	s->class->close(s);
}
