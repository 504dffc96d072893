/* stream.h - the one interface with function pointers: a two-way stream of
 * bytes under a deadline. TCP and TLS are streams; so is memory, in tests. */
#ifndef STREAM_H
#define STREAM_H

#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"
#include "os/clock.h"

struct stream;

struct stream_class {
	/* Reads 1 to size bytes; size is not 0.
	 *
	 * Returns how many, 0 at the orderly end, or -1 with an ERROR_CONNECT
	 * or ERROR_TLS: what failed here. What that means for a request is not
	 * known here, unless e->is_unheard: a caller that knows sets an error
	 * of its own. */
	ssize_t (*read)(struct stream *stream, void *bytes, size_t size,
	    struct deadline d, struct error *e);
	/* Writes all bytes.
	 *
	 * Returns 0 once the kernel has every byte, or -1, with an error of
	 * the same kinds, only if it does not have the last one: a request
	 * that was written in part cannot be taken for a whole one. */
	int (*write)(struct stream *stream, const void *bytes, size_t length,
	    struct deadline d, struct error *e);
	/* Ends the stream, in an orderly way if that takes no waiting. A
	 * second call does nothing. */
	void (*close)(struct stream *stream);
};

/* The first member of every stream. */
struct stream {
	const struct stream_class *class;
};

ssize_t stream_read(struct stream *stream, void *bytes, size_t size,
    struct deadline d, struct error *e) __attribute__((warn_unused_result));
int stream_write(struct stream *stream, const void *bytes, size_t length,
    struct deadline d, struct error *e) __attribute__((warn_unused_result));
void stream_close(struct stream *stream);

#endif
