/* tcp.h - a TCP connection as a stream: non-blocking sockets and poll(2)
 * under the deadline. */
#ifndef TCP_H
#define TCP_H

#include <stdbool.h>

#include "base/error.h"
#include "net/resolve.h"
#include "os/clock.h"
#include "os/stream.h"

struct tcp {
	struct stream stream;
	int fd; /* -1 once closed */
};

/* Connects to the first address that answers (RFC 8305): families take turns,
 * IPv6 first; a new attempt starts every 250 ms or as soon as one fails.
 * Returns 0, or -1 with an ERROR_CONNECT that gives every address tried with
 * its reason; n may be closed either way. host is for messages. */
int tcp_dial(struct tcp *n, const char *host,
    const struct resolve_addresses *addresses, struct deadline d,
    struct error *e) __attribute__((warn_unused_result));

/* Whether the peer has sent nothing that is not read yet, its end included. */
bool tcp_is_quiet(const struct tcp *n);

#endif
