/* dns_choice.c - pure functions of the table of responses, so that a test can
 * list every case. */
#include "net/dns_choice.h"

/* A connection can begin without IPv6 addresses, but seldom without IPv4 ones:
 * once there is an IPv4 address, the others are waited for this long (RFC 8305,
 * 3, "Resolution Delay"). */
#define IPV6_DELAY 50 /* milliseconds */

/* How long to wait for the servers listed before the first one that sent
 * addresses. Most name servers respond within this time, and a connection to
 * the wrong address costs more. */
#define ORDER_DELAY 250 /* milliseconds */

static bool
is_no(enum dns_result result)
{
	return result == DNS_NO_ADDRESS || result == DNS_NO_NAME;
}

/* Whether no question waits for a response. */
static bool
is_settled(const struct dns_choice *server)
{
	return server->ipv4 != DNS_NOT_OURS && server->ipv6 != DNS_NOT_OURS;
}

/* IPv6 addresses are enough only if the server says that the name has no
 * others. */
static bool
has_addresses(const struct dns_choice *server)
{
	return server->ipv4 == DNS_FOUND ||
	       (server->ipv6 == DNS_FOUND && is_no(server->ipv4));
}

/* That a name does not exist holds for both families (RFC 2308, 2.1), but some
 * servers say so of one that has IPv4 addresses only. */
static bool
denies(const struct dns_choice *server)
{
	if (server->ipv4 == DNS_NO_NAME && server->ipv6 == DNS_NOT_OURS)
		return server->is_late;
	return is_no(server->ipv4) && is_no(server->ipv6);
}

uint32_t
dns_choice_wait(const struct dns_choice *servers, size_t count)
{
	bool is_first = true; /* nobody before it is waited for */
	bool all_settled = true;
	size_t i;

	for (i = 0; i < count; i++) {
		if (has_addresses(&servers[i])) {
			if (!is_first)
				return ORDER_DELAY;
			return is_settled(&servers[i]) ? 0 : IPV6_DELAY;
		}
		if (denies(&servers[i]) && is_first)
			return 0;
		if (!is_settled(&servers[i])) {
			all_settled = false;
			is_first = is_first && servers[i].is_late;
		}
	}
	return all_settled ? 0 : DNS_CHOICE_ROUND;
}

static int
first_that(bool (*holds)(const struct dns_choice *server),
    const struct dns_choice *servers, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (holds(&servers[i]))
			return (int)i;
	}
	return -1;
}

/* A response about IPv4 had its time. */
static bool
has_ipv6(const struct dns_choice *server)
{
	return server->ipv6 == DNS_FOUND;
}

/* Where the list ends for a server that denies a name. */
static bool
is_awaited(const struct dns_choice *server)
{
	return !is_settled(server) && !server->is_late;
}

int
dns_choice_server(const struct dns_choice *servers, size_t count)
{
	int server = first_that(has_addresses, servers, count);
	int awaited;

	if (server < 0)
		server = first_that(has_ipv6, servers, count);
	if (server >= 0)
		return server;
	awaited = first_that(is_awaited, servers, count);
	return first_that(
	    denies, servers, awaited < 0 ? count : (size_t)awaited);
}

bool
dns_choice_is_open(const struct dns_choice *servers, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (!is_settled(&servers[i]))
			return true;
	}
	return false;
}
