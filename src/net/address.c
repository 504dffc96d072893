/* address.c - between text, bytes and struct sockaddr. */
#include "net/address.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <string.h>

#include "base/ascii.h"
#include "base/ip.h"
#include "base/span.h"

static void
set(struct address *address, const unsigned char *bytes, size_t length,
    uint16_t port)
{
	memset(address, 0, sizeof(*address));
	if (length == 4) {
		address->to.v4.sin_family = AF_INET;
		address->to.v4.sin_port = htons(port);
		memcpy(&address->to.v4.sin_addr, bytes, 4);
		address->length = sizeof(address->to.v4);
		return;
	}
	address->to.v6.sin6_family = AF_INET6;
	address->to.v6.sin6_port = htons(port);
	memcpy(&address->to.v6.sin6_addr, bytes, 16);
	address->length = sizeof(address->to.v6);
}

void
addresses_add(struct addresses *addresses, const unsigned char *bytes,
    size_t length, uint16_t port)
{
	if (addresses->count < ADDRESSES_MAX)
		set(&addresses->list[addresses->count++], bytes, length, port);
}

/* Returns the number of an interface, which may be given as such (RFC 4007,
 * 11.2), or 0. */
static uint32_t
read_zone(const char *zone)
{
	uint32_t index = if_nametoindex(zone);
	uint64_t number;

	if (index == 0 &&
	    ascii_decimal(zone, strlen(zone), UINT32_MAX, &number) == 0)
		index = (uint32_t)number;
	return index;
}

int
address_read(struct address *address, const char *text, uint16_t port)
{
	size_t length = strcspn(text, "%"), size;
	char literal[INET6_ADDRSTRLEN];
	unsigned char bytes[16];

	if (span_copy(span_of(text, length), literal, sizeof(literal)) < 0)
		return -1;
	size = ip_read(literal, bytes);
	if (size == 0)
		return -1;
	set(address, bytes, size, port);
	if (text[length] == '\0')
		return 0;
	if (size == 4)
		return -1;
	address->to.v6.sin6_scope_id = read_zone(text + length + 1);
	return address->to.v6.sin6_scope_id != 0 ? 0 : -1;
}

bool
address_is_ipv6(const struct address *address)
{
	return address->to.any.sa_family == AF_INET6;
}

uint16_t
address_port(const struct address *address)
{
	return ntohs(address_is_ipv6(address) ? address->to.v6.sin6_port
					      : address->to.v4.sin_port);
}

void
address_write(char out[IP_SIZE], const struct address *address)
{
	unsigned char bytes[16];

	if (address_is_ipv6(address)) {
		memcpy(bytes, &address->to.v6.sin6_addr, 16);
		ip_write(out, bytes, 16);
	} else {
		memcpy(bytes, &address->to.v4.sin_addr, 4);
		ip_write(out, bytes, 4);
	}
}
