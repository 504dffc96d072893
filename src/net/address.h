/* address.h - IP addresses with a port, as sockets take them. */
#ifndef ADDRESS_H
#define ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/ip.h"

struct address {
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} to;
	socklen_t length;
};

#define ADDRESSES_MAX 16

struct addresses {
	size_t count;
	struct address list[ADDRESSES_MAX];
};

/* Appends an IPv4 (4 bytes) or IPv6 (16 bytes) address, if there is room. */
void addresses_add(struct addresses *addresses, const unsigned char *bytes,
    size_t length, uint16_t port);

/* Reads an IP literal, IPv6 without brackets. A zone may follow, as in
 * fe80::1%eth0 or fe80::1%2 (RFC 4007, 11).
 *
 * Returns 0, or -1 if it is not an address, or the zone is neither an interface
 * nor a number. */
int address_read(struct address *address, const char *text, uint16_t port)
    __attribute__((warn_unused_result));

bool address_is_ipv6(const struct address *address);

uint16_t address_port(const struct address *address);

/* Writes the address without port and zone, as ip_write() does. */
void address_write(char out[IP_SIZE], const struct address *address);

#endif
