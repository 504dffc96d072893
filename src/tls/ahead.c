/* ahead.c - one buffer, filled only when it is empty, so that nothing is ever
 * moved inside it. */
#include "tls/ahead.h"

#include <string.h>

#include "base/error.h"
#include "os/clock.h"
#include "os/stream.h"

static struct ahead *
ahead_of(struct stream *stream)
{
	return (struct ahead *)(void *)stream; /* it is the first member */
}

static ssize_t
ahead_read(struct stream *stream, void *bytes, size_t size, struct deadline d,
    struct error *e)
{
	struct ahead *a = ahead_of(stream);
	size_t length;
	ssize_t got;

	if (ahead_is_empty(a)) {
		got = stream_read(a->below, a->bytes, sizeof(a->bytes), d, e);
		if (got <= 0)
			return got;
		a->next = 0;
		a->end = (size_t)got;
	}
	length = a->end - a->next;
	if (length > size)
		length = size;
	memcpy(bytes, a->bytes + a->next, length);
	a->next += length;
	return (ssize_t)length;
}

static int
ahead_write(struct stream *stream, const void *bytes, size_t length,
    struct deadline d, struct error *e)
{
	return stream_write(ahead_of(stream)->below, bytes, length, d, e);
}

static void
ahead_close(struct stream *stream)
{
	stream_close(ahead_of(stream)->below);
}

void
ahead_open(struct ahead *ahead, struct stream *below)
{
	static const struct stream_class class = {
	    ahead_read, ahead_write, ahead_close};

	ahead->stream.class = &class;
	ahead->below = below;
	ahead->next = 0;
	ahead->end = 0;
}

bool
ahead_is_empty(const struct ahead *ahead)
{
	return ahead->next == ahead->end;
}
