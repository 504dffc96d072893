/* dns_choice.h - which name server's responses count, and how long to wait for
 * others. All servers are asked at once, but their order in resolv.conf(5)
 * matters: the first of a VPN may know names that a public one denies, or may
 * know other addresses for them.
 *
 * Addresses are taken from one server only: the first in the list that has
 * some. Once a server has them, those listed before it are waited for a
 * little. A server that is down must not delay every look-up.
 *
 * "No such name" and "no address" count when every server listed before has
 * denied the name as well, failed, or had a whole round without a response.
 * Addresses that are there by then count in their place. */
#ifndef DNS_CHOICE_H
#define DNS_CHOICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/dns.h"

/* What a server responded to the questions for IPv4 and IPv6 addresses:
 * DNS_NOT_OURS if nothing yet, DNS_FOUND, DNS_NO_ADDRESS, DNS_NO_NAME,
 * DNS_FAILED, or DNS_CUT if TCP failed. */
struct dns_choice {
	enum dns_result ipv4, ipv6;
	bool is_late; /* a response of its did not come within a round */
};

/* To wait for the rest of the round. */
#define DNS_CHOICE_ROUND UINT32_MAX

/* Returns how many milliseconds to wait for further responses, at most, from
 * when this is first returned; 0 if there is nothing to wait for. */
uint32_t dns_choice_wait(const struct dns_choice *servers, size_t count);

/* Returns the index of the server whose responses count after the wait, or -1
 * if none does. */
int dns_choice_server(const struct dns_choice *servers, size_t count);

/* Whether a server may still respond to a question in this round. */
bool dns_choice_is_open(const struct dns_choice *servers, size_t count);

#endif
