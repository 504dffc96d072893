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
	/* Reads 1 to size bytes. Returns how many, 0 at the orderly end, -1
	 * with the error set (ERROR_CONNECT or ERROR_TLS; whoever knows
	 * whether a request is out changes the kind). size is not 0. */
	ssize_t (*read)(struct stream *s, void *bytes, size_t size,
	    struct deadline d, struct error *e);
	/* Writes all of it. Returns 0 once every byte was handed to the
	 * kernel, and -1 only if at least the last one was not: what was
	 * written in part cannot be taken for the whole. */
	int (*write)(struct stream *s, const void *bytes, size_t length,
	    struct deadline d, struct error *e);
	/* Ends it, politely where that takes no waiting; may be called
	 * again. */
	void (*close)(struct stream *s);
};

/* The first member of every stream. */
struct stream {
	const struct stream_class *class;
};

ssize_t stream_read(struct stream *s, void *bytes, size_t size,
    struct deadline d, struct error *e) __attribute__((warn_unused_result));
int stream_write(struct stream *s, const void *bytes, size_t length,
    struct deadline d, struct error *e) __attribute__((warn_unused_result));
void stream_close(struct stream *s);

#endif
