/* resolve.h - from a host name and a port to addresses, before a deadline.
 * IP literals and localhost need no look-up. Other names are looked up in
 * /etc/hosts, then with the name servers of /etc/resolv.conf. */
#ifndef RESOLVE_H
#define RESOLVE_H

#include <stdint.h>

#include "base/error.h"
#include "net/address.h"
#include "os/clock.h"

enum resolve_result {
	RESOLVE_FOUND = 0,
	RESOLVE_LOCAL = -1, /* this machine has no random bytes */
	RESOLVE_FAILED = -2 /* an ERROR_CONNECT */
};

/* Looks up a DNS name or an IP literal, IPv6 without brackets.
 *
 * IPv6 addresses come first. Connecting takes them in turn with the others.
 *
 * Returns RESOLVE_FOUND with at least one address, or a negative result with e
 * set. */
enum resolve_result resolve(const char *host, uint16_t port,
    struct addresses *out, struct deadline d, struct error *e)
    __attribute__((warn_unused_result));

#endif
