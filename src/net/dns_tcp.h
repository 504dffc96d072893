/* dns_tcp.h - one query and its response over TCP (RFC 7766), in steps that
 * never wait: dns_client polls. */
#ifndef DNS_TCP_H
#define DNS_TCP_H

#include <stddef.h>

#include "net/address.h"
#include "net/dns.h"

/* A response may have 65,535 bytes, but the first ones hold what matters: 32
 * aliases and some addresses, or hundreds of addresses. The rest is not
 * read. */
#define DNS_TCP_SIZE 8192

/* A length in two bytes and a message (RFC 1035, 4.2.2), as it arrives. */
struct dns_frame {
	size_t received;
	unsigned char bytes[2 + DNS_TCP_SIZE];
};

/* Returns how many bytes are to be appended at bytes + received next: up to the
 * end of the length, then up to that of the message, or of its first
 * DNS_TCP_SIZE bytes. 0: the message is there, at bytes + 2. */
size_t dns_frame_missing(const struct dns_frame *frame);

struct dns_tcp {
	int fd; /* -1: not in use */
	struct dns_query query;
	size_t sent; /* of the query and the length before it */
	struct dns_frame response;
};

/* Begins to connect, to ask this query.
 *
 * Returns 0, or -1. */
int dns_tcp_start(struct dns_tcp *tcp, const struct address *server,
    const struct dns_query *query) __attribute__((warn_unused_result));

/* The events of poll(2) to wait for before the next step. */
short dns_tcp_events(const struct dns_tcp *tcp);

/* Sends or receives what is possible now.
 *
 * Returns 1 when the response is complete, 0 if it is not yet, or -1 if none
 * will come. */
int dns_tcp_step(struct dns_tcp *tcp) __attribute__((warn_unused_result));

void dns_tcp_close(struct dns_tcp *tcp);

#endif
