/* dns_client.h - asks name servers for the addresses of a name, over UDP. */
#ifndef DNS_CLIENT_H
#define DNS_CLIENT_H

#include <poll.h>
#include <stddef.h>

#include "base/error.h"
#include "net/address.h"
#include "net/dns.h"
#include "net/name_files.h"
#include "os/clock.h"

enum { DNS_CLIENT_IPV4, DNS_CLIENT_IPV6, DNS_CLIENT_QUESTIONS };

struct dns_client_question {
	struct dns_query query;
	struct dns_addresses found;
	enum dns_result result; /* DNS_NOT_OURS: no response yet */
	size_t failures;        /* responses that were failures, this round */
};

/* The contents are private. */
struct dns_client {
	const struct name_servers *servers;
	/* fd -1: it cannot be reached, or nobody listens there. */
	struct pollfd sockets[NAME_FILES_SERVERS];
	struct dns_client_question questions[DNS_CLIENT_QUESTIONS];
};

/* Opens a socket for each server, which must outlive the client. */
void dns_client_open(
    struct dns_client *client, const struct name_servers *servers);

/* Asks all servers for the IPv4 and the IPv6 addresses of a name, again and
 * again until there is a response, the attempts are used up or the deadline has
 * passed.
 *
 * Returns an enum dns_result (DNS_NOT_OURS: no server responded in time), or -1
 * with an ERROR_LOCAL: no random bytes. */
int dns_client_ask(struct dns_client *client, const char *name,
    struct deadline d, struct error *e) __attribute__((warn_unused_result));

/* Appends what was found, IPv6 first (RFC 6724), with this port. */
void dns_client_addresses(
    const struct dns_client *client, uint16_t port, struct addresses *out);

void dns_client_close(struct dns_client *client);

#endif
