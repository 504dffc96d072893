/* ahead.h - a stream that reads from the stream below as much as has arrived,
 * and hands it out as it is asked for. TLS reads the five bytes of a record's
 * header and then its body: read ahead, a flight of several records is one
 * system call. */
#ifndef AHEAD_H
#define AHEAD_H

#include <stdbool.h>
#include <stddef.h>

#include "os/stream.h"

/* The longest record of TLS 1.3 (RFC 8446, 5.2): header, 2^14 bytes, and 256
 * that its protection may add. */
#define AHEAD_SIZE (5 + 16384 + 256)

/* Complete so that the caller owns the storage; the contents are private. */
struct ahead {
	struct stream stream;
	struct stream *below; /* borrowed */
	size_t next, end;     /* what was read and not handed out yet */
	unsigned char bytes[AHEAD_SIZE];
};

/* Starts with nothing read, over a stream that is open.
 *
 * Afterwards ahead->stream is a stream as stream.h promises, and takes the
 * place of the one below. A read takes at most one read below, and none if
 * there are bytes left from an earlier one: these come even after the deadline,
 * AHEAD_SIZE of them at most. Writes and the close go straight to the stream
 * below.
 *
 * What is read must not be a secret: nobody wipes it. */
void ahead_open(struct ahead *ahead, struct stream *below);

/* Whether everything that was read has been handed out. The stream below can be
 * quiet while there is more. */
bool ahead_is_empty(const struct ahead *ahead);

#endif
