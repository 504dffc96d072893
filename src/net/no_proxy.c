/* no_proxy.c - each entry is copied, so that its port and brackets can be cut
 * off in place; the rest is compared as an address or as a name. */
#include "net/no_proxy.h"

#include <stddef.h>
#include <string.h>

#include "base/ascii.h"
#include "base/ip.h"
#include "base/span.h"
#include "base/url.h"

#define ENTRY_SIZE (URL_HOST_SIZE + 16) /* with brackets, port or bits */

static bool
same_bits(const unsigned char *one, const unsigned char *other, size_t bits)
{
	size_t whole = bits / 8;
	unsigned mask = 0xff00U >> (bits % 8) & 0xff;

	return memcmp(one, other, whole) == 0 &&
	       (mask == 0 || ((one[whole] ^ other[whole]) & mask) == 0);
}

/* The entry is an address, or a network with /BITS. */
static bool
matches_address(char *entry, const char *host)
{
	unsigned char network[16], address[16];
	char *slash = strchr(entry, '/');
	uint64_t bits;
	size_t size;

	if (slash != NULL)
		*slash = '\0';
	size = ip_read(entry, network);
	if (size == 0 || ip_read(host, address) != size)
		return false;
	bits = size * 8;
	if (slash != NULL &&
	    ascii_decimal(slash + 1, strlen(slash + 1), size * 8, &bits) < 0)
		return false;
	return same_bits(network, address, (size_t)bits);
}

/* The entry is the host's name, or that of a domain above it. A dot at the end
 * makes no difference: the name is the same. */
static bool
matches_name(char *entry, const char *host)
{
	size_t length, rest = strlen(host);

	entry += entry[0] == '.';
	length = strlen(entry);
	if (length > 0 && entry[length - 1] == '.')
		entry[--length] = '\0';
	if (rest > 0 && host[rest - 1] == '.')
		rest--;
	if (length == 0 || length > rest)
		return false;
	rest -= length;
	return (rest == 0 || host[rest - 1] == '.') &&
	       ascii_equal_nocase(entry, host + rest, length);
}

/* Cuts off :PORT, and the brackets of an IPv6 address.
 *
 * Returns false if the port is another one, or malformed. */
static bool
cut_port(char **entry, uint16_t port)
{
	char *colon = strrchr(*entry, ':'), *bracket = strchr(*entry, ']');
	bool has_port = colon != NULL && strchr(*entry, ':') == colon;
	uint64_t number;

	/* Without brackets, more than one colon is an IPv6 address. */
	if (bracket != NULL)
		has_port = colon != NULL && colon > bracket;
	if (has_port) {
		if (ascii_decimal(
			colon + 1, strlen(colon + 1), 65535, &number) < 0 ||
		    number != port)
			return false;
		*colon = '\0';
	}
	if (**entry == '[' && bracket != NULL) {
		/* A network's bits may follow the bracket or precede it. */
		memmove(bracket, bracket + 1, strlen(bracket + 1) + 1);
		(*entry)++;
	}
	return true;
}

static bool
matches(char *entry, const char *host, uint16_t port)
{
	unsigned char address[16];

	if (strcmp(entry, "*") == 0)
		return true;
	if (!cut_port(&entry, port))
		return false;
	if (ip_read(host, address) > 0)
		return matches_address(entry, host);
	return matches_name(entry, host);
}

bool
no_proxy_matches(const char *list, const char *host, uint16_t port)
{
	static const char separators[] = ", \t";
	char entry[ENTRY_SIZE];
	size_t length;

	for (; *list != '\0'; list += length) {
		list += strspn(list, separators);
		length = strcspn(list, separators);
		if (length == 0 ||
		    span_copy(span_of(list, length), entry, sizeof(entry)) < 0)
			continue;
		if (matches(entry, host, port))
			return true;
	}
	return false;
}
