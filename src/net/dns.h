/* dns.h - a query to a name server and its response (RFC 1035), as bytes.
 * Pure functions: dns_client sends and waits. */
#ifndef DNS_H
#define DNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Header, question, OPT record: RFC 1035, 2.3.4 and 4.1; RFC 6891, 6.1.2. */
#define DNS_QUERY_MAX (12 + 255 + 4 + 11)

/* The size of a UDP response that a query with EDNS allows: it crosses every
 * network of today in one packet (dnsflagday.net/2020). */
#define DNS_UDP_SIZE 1232

#define DNS_ADDRESSES_MAX 8

/* More aliases than this in a row are a failure. Name servers themselves follow
 * 8 to 20. */
#define DNS_ALIASES_MAX 32

enum dns_type { DNS_A = 1, DNS_AAAA = 28 }; /* RFC 1035, 3.2.2; RFC 3596 */

struct dns_query {
	size_t length;
	size_t question_end; /* the OPT record follows, if there is one */
	unsigned char bytes[DNS_QUERY_MAX];
};

struct dns_addresses {
	size_t count, size; /* size: 4 or 16 bytes each */
	unsigned char list[DNS_ADDRESSES_MAX][16];
};

enum dns_result {
	DNS_NOT_OURS, /* not a response to this query: go on waiting */
	DNS_FOUND,
	DNS_NO_ADDRESS, /* the name exists */
	DNS_NO_NAME,
	DNS_FAILED,  /* the server failed or refused */
	DNS_NO_EDNS, /* the server may not understand EDNS (RFC 6891, 7) */
	DNS_CUT      /* truncated: ask over TCP (RFC 7766, 5) */
};

/* Writes a query for the addresses of a name, which may end with a dot.
 *
 * with_edns adds an OPT record (RFC 6891) that allows DNS_UDP_SIZE bytes.
 * Without it a server may send 512 over UDP.
 *
 * Returns 0, or -1 if the name is not a valid one. */
int dns_ask(struct dns_query *query, uint16_t id, const char *name,
    enum dns_type type, bool with_edns) __attribute__((warn_unused_result));

/* Reads a response to that query.
 *
 * A response with another id, or with a question other than the query's, is not
 * ours.
 *
 * An address counts if its owner is the query's name, or the name at the end of
 * aliases that start there, in whatever order the records come. Case does not
 * count (RFC 4343).
 *
 * If there are more addresses than out has room for, the first ones are taken.
 * out is also set for DNS_CUT: to the addresses before the cut. */
enum dns_result dns_read(const struct dns_query *query,
    const unsigned char *response, size_t length, struct dns_addresses *out);

#endif
