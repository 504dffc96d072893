/* tcp.h - a TCP connection as a stream: non-blocking sockets and poll(2) under
 * the deadline. */
#ifndef TCP_H
#define TCP_H

#include <stdbool.h>

#include "base/error.h"
#include "net/address.h"
#include "os/clock.h"
#include "os/stream.h"

struct tcp {
	struct stream stream;
	int fd;           /* -1 once closed */
	bool has_written; /* since the last read */
};

/* Connects to the first address that accepts (RFC 8305): IPv6 and IPv4 take
 * turns, IPv6 first; a new attempt starts every 250 ms, or as soon as one
 * fails. The host is for messages.
 *
 * tcp may be closed either way.
 *
 * Returns 0, or -1 with an ERROR_CONNECT that gives every address tried with
 * its reason. */
int tcp_dial(struct tcp *tcp, const char *host,
    const struct addresses *addresses, struct deadline d, struct error *e)
    __attribute__((warn_unused_result));

/* Whether there is nothing to read: neither bytes nor the end. */
bool tcp_is_quiet(const struct tcp *tcp);

#endif
