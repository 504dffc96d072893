/* dns.h - a query to a name server and its response (RFC 1035), as bytes.
 * Pure functions: dns_client sends and waits. */
#ifndef DNS_H
#define DNS_H

#include <stddef.h>
#include <stdint.h>

#define DNS_QUERY_MAX (12 + 255 + 4) /* RFC 1035, 2.3.4 and 4.1 */
#define DNS_RESPONSE_MAX 512         /* over UDP, without EDNS; 4.2.1 */
#define DNS_ADDRESSES_MAX 8

enum dns_type { DNS_A = 1, DNS_AAAA = 28 }; /* RFC 1035, 3.2.2; RFC 3596 */

struct dns_query {
	size_t length;
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
	DNS_FAILED /* the server failed or refused */
};

/* Writes a query for the addresses of a name, which may end with a dot.
 *
 * Returns 0, or -1 if the name is not a valid one. */
int dns_ask(struct dns_query *query, uint16_t id, const char *name,
    enum dns_type type) __attribute__((warn_unused_result));

/* Reads a response to that query.
 *
 * If there are more addresses than out has room for, the first ones are taken.
 * The names of the records are not compared with the query's: if it is an
 * alias, the server has followed it (RFC 1034, 4.3.2). */
enum dns_result dns_read(const struct dns_query *query,
    const unsigned char *response, size_t length, struct dns_addresses *out);

#endif
