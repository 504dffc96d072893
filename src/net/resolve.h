/* resolve.h - a host name and a port to addresses, before a deadline.
 * IP literals and localhost are answered at once, then what /etc/hosts has;
 * all else the name servers of /etc/resolv.conf are asked, over UDP. */
#ifndef RESOLVE_H
#define RESOLVE_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/error.h"
#include "os/clock.h"

#define RESOLVE_MAX 16       /* at most half of them of one family */
#define RESOLVE_SHOW_SIZE 46 /* the longest IPv6 address, with a NUL */

struct resolve_address {
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} to;
	socklen_t length;
};

struct resolve_addresses {
	size_t count;
	struct resolve_address list[RESOLVE_MAX]; /* IPv6 first */
};

enum resolve_result {
	RESOLVE_FOUND = 0,
	RESOLVE_LOCAL = -1, /* this machine has no random bytes */
	RESOLVE_FAILED = -2 /* an ERROR_CONNECT */
};

/* Looks up a DNS name or an IP literal, IPv6 without brackets.
 *
 * Returns RESOLVE_FOUND with at least one address, or a negative result with e
 * set. */
enum resolve_result resolve(const char *host, uint16_t port,
    struct resolve_addresses *out, struct deadline d, struct error *e)
    __attribute__((warn_unused_result));

/* "192.0.2.1" or "2001:db8::1", for messages. */
void resolve_show(const struct resolve_address *a, char *out, size_t size);

#endif
