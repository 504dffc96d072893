/* dns_client.h - asks name servers for the addresses of a name, over UDP and,
 * if a response is truncated, over TCP. */
#ifndef DNS_CLIENT_H
#define DNS_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "net/address.h"
#include "net/dns.h"
#include "net/dns_tcp.h"
#include "net/name_files.h"
#include "os/clock.h"

enum { DNS_CLIENT_IPV4, DNS_CLIENT_IPV6, DNS_CLIENT_QUESTIONS };

/* One question to one server. */
struct dns_client_question {
	uint16_t ids[2]; /* of this round; [1]: without EDNS */
	struct dns_query query;
	struct dns_addresses found;
	enum dns_result result; /* DNS_NOT_OURS: no response yet */
	struct dns_tcp tcp;
};

struct dns_client_server {
	const struct address *address;
	int socket;      /* UDP; -1: none, in this round */
	int reason;      /* errno with which it could not be reached, or 0 */
	bool lacks_edns; /* it does not understand EDNS, or drops it */
	bool is_late;    /* a response of its did not come within a round */
	struct dns_client_question questions[DNS_CLIENT_QUESTIONS];
};

/* The contents are private. Some 50 KiB, most of it for responses over TCP. */
struct dns_client {
	const struct name_servers *servers;
	struct dns_client_server list[NAME_FILES_SERVERS];
	const char *name;
	const struct dns_client_server *chosen; /* it has addresses, or NULL */
};

/* The servers must outlive the client. */
void dns_client_open(
    struct dns_client *client, const struct name_servers *servers);

/* Asks all servers for the IPv4 and the IPv6 addresses of a name, in rounds,
 * until there is a response that counts (dns_choice.h), the rounds are used up
 * or the deadline has passed.
 *
 * A round ends after the interval of resolv.conf(5), which doubles with each
 * round, or when every server has failed; the first one also after half of the
 * time. There are as many rounds as the file has attempts, but at least 2, and
 * 3 if servers only fail. After a round of failures the next one begins 250 ms
 * after it began, then 500 ms.
 *
 * Each round has new ids and new ports (RFC 5452, 9.2).
 *
 * A server is asked with EDNS in the first round, and without it at once if it
 * does not understand it, and in the rounds after that.
 *
 * Returns an enum dns_result: DNS_FOUND, DNS_NO_ADDRESS, DNS_NO_NAME,
 * DNS_FAILED, DNS_CUT (TCP failed) or DNS_NOT_OURS (no server responded in
 * time); or -1 with an ERROR_LOCAL: no random bytes. */
int dns_client_ask(struct dns_client *client, const char *name,
    struct deadline d, struct error *e) __attribute__((warn_unused_result));

/* Returns the errno with which the first of the servers that could not be
 * reached failed, or 0: every one was. Once the client is closed, too. */
int dns_client_reason(const struct dns_client *client);

/* Appends what was found, IPv6 first (RFC 6724), with this port. */
void dns_client_addresses(
    const struct dns_client *client, uint16_t port, struct addresses *out);

void dns_client_close(struct dns_client *client);

#endif
