/* resolve.h - from a host name and a port to addresses, before a deadline.
 * IP literals and localhost need no look-up. Other names are looked up in
 * /etc/hosts, then with the name servers of /etc/resolv.conf. Both files are
 * read once, before the first packet. */
#ifndef RESOLVE_H
#define RESOLVE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "net/address.h"
#include "net/dns_client.h"
#include "net/name_files.h"
#include "os/clock.h"

enum resolve_result {
	RESOLVE_FOUND = 0,
	RESOLVE_LOCAL = -1, /* this machine has no random bytes */
	RESOLVE_FAILED = -2 /* an ERROR_CONNECT */
};

/* A host, and what the files of this machine say about it. The contents are
 * private. */
struct resolver {
	const char *host; /* borrowed */
	uint16_t port;
	bool is_literal;
	struct addresses known; /* without a name server, or none */
	/* Not used if addresses are known. */
	struct name_servers servers;
	struct dns_client client; /* too large for a small stack */
};

/* Takes a DNS name or an IP literal, IPv6 without brackets, and reads the files
 * if it needs them. A file that is missing or cannot be read is an empty one.
 *
 * Nothing is opened afterwards: what a file says later does not count. The zone
 * of an IPv6 address becomes a number here. */
void resolve_prepare(
    struct resolver *resolver, const char *host, uint16_t port);

/* Looks up the host, once prepared, as often as it is needed.
 *
 * IPv6 addresses come first. Connecting takes them in turn with the others.
 *
 * Returns RESOLVE_FOUND with at least one address, or a negative result with e
 * set. */
enum resolve_result resolve(struct resolver *resolver, struct addresses *out,
    struct deadline d, struct error *e) __attribute__((warn_unused_result));

#endif
