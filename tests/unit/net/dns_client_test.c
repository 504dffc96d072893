/* dns_client_test.c - name servers on loopback ports, each in a process of its
 * own; tests/e2e/names.py has the servers that misbehave in other ways. */
#include "net/dns_client.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "tap.h"

enum behaviour {
	ADDRESSES,  /* 192.0.2.1 and 2001:db8::1 */
	ONLY_IPV4,  /* and silence about IPv6 */
	NO_ADDRESS, /* of either family */
	NO_NAME,
	FAILURE,
	SILENCE,
	NOBODY /* a port that is closed */
};

/* Turns the query in bytes into its response. */
static size_t
respond(unsigned char *bytes, size_t length, enum behaviour behaviour)
{
	static const unsigned char v4[] =
	    "\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\xc0\0\x02\x01";
	static const unsigned char v6[] =
	    "\xc0\x0c\0\x1c\0\x01\0\0\0\x3c\0\x10\x20\x01\x0d\xb8"
	    "\0\0\0\0\0\0\0\0\0\0\0\x01";
	bool is_ipv6 = bytes[length - 3] == DNS_AAAA;

	bytes[2] = 0x81;
	bytes[3] = 0x80;
	if (behaviour == NO_NAME)
		bytes[3] |= 3;
	if (behaviour == FAILURE)
		bytes[3] |= 2;
	if (behaviour == SILENCE || (behaviour == ONLY_IPV4 && is_ipv6))
		return 0;
	if (behaviour != ADDRESSES && behaviour != ONLY_IPV4)
		return length;
	bytes[7] = 1;
	memcpy(bytes + length, is_ipv6 ? v6 : v4,
	    is_ipv6 ? sizeof(v6) - 1 : sizeof(v4) - 1);
	return length + (is_ipv6 ? sizeof(v6) : sizeof(v4)) - 1;
}

static void
serve(int fd, enum behaviour behaviour)
{
	unsigned char bytes[1024];
	struct sockaddr_in peer;
	socklen_t size;
	ssize_t n;

	for (;;) {
		size = sizeof(peer);
		n = recvfrom(
		    fd, bytes, 512, 0, (struct sockaddr *)&peer, &size);
		if (n < 12)
			_exit(1);
		n = (ssize_t)respond(bytes, (size_t)n, behaviour);
		if (n > 0)
			(void)sendto(fd, bytes, (size_t)n, 0,
			    (struct sockaddr *)&peer, size);
	}
}

/* Starts a server and puts its address into *a.
 *
 * Returns its process, or 0 for a closed port. */
static pid_t
start_server(enum behaviour behaviour, struct address *a)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	pid_t child = 0;

	if (fd < 0 || address_read(a, "127.0.0.1", 0) < 0 ||
	    bind(fd, &a->to.any, a->length) < 0 ||
	    getsockname(fd, &a->to.any, &a->length) < 0)
		abort();
	if (behaviour != NOBODY)
		child = fork();
	if (child < 0)
		abort();
	if (child == 0 && behaviour != NOBODY)
		serve(fd, behaviour);
	(void)close(fd);
	return child;
}

static const struct {
	enum behaviour servers[2];
	int result;
	const char *addresses, *what;
} rows[] = {
    {{ADDRESSES, ADDRESSES}, DNS_FOUND, "2001:db8:0:0:0:0:0:1 192.0.2.1 ",
	"both families, IPv6 first"},
    {{ONLY_IPV4, ONLY_IPV4}, DNS_FOUND, "192.0.2.1 ",
	"silence about IPv6 does not matter"},
    {{NO_ADDRESS, NO_ADDRESS}, DNS_NO_ADDRESS, "", "no address"},
    {{NO_NAME, NO_NAME}, DNS_NO_NAME, "", "no name"},
    {{FAILURE, FAILURE}, DNS_FAILED, "", "servers that fail"},
    {{FAILURE, ADDRESSES}, DNS_FOUND, "2001:db8:0:0:0:0:0:1 192.0.2.1 ",
	"a server that fails and a server that does not"},
    {{NOBODY, ADDRESSES}, DNS_FOUND, "2001:db8:0:0:0:0:0:1 192.0.2.1 ",
	"nobody listens at the first"},
    {{NOBODY, NOBODY}, DNS_FAILED, "", "nobody listens"},
    {{SILENCE, SILENCE}, DNS_NOT_OURS, "", "silence"},
};

static void
list_addresses(const struct dns_client *c, char *list)
{
	struct addresses found = {.count = 0};
	char one[IP_SIZE];
	size_t i;

	list[0] = '\0';
	dns_client_addresses(c, 443, &found);
	for (i = 0; i < found.count; i++) {
		address_write(one, &found.list[i]);
		strcat(strcat(list, one), " ");
	}
}

static void
test_row(size_t row)
{
	struct name_servers servers = {
	    .count = 2, .interval = 200, .attempts = 2};
	struct dns_client client;
	struct error e;
	char list[256];
	pid_t children[2];
	size_t i;
	int result;

	error_clear(&e);
	for (i = 0; i < 2; i++)
		children[i] =
		    start_server(rows[row].servers[i], &servers.list[i]);
	dns_client_open(&client, &servers);
	result = dns_client_ask(&client, "api.test", deadline_after(5000), &e);
	dns_client_close(&client);
	list_addresses(&client, list);
	tap_ok(result == rows[row].result, "%s: result %d", rows[row].what,
	    result);
	tap_ok(strcmp(list, rows[row].addresses) == 0, "with %s", list);
	for (i = 0; i < 2; i++) {
		if (children[i] > 0) {
			(void)kill(children[i], SIGKILL);
			(void)waitpid(children[i], NULL, 0);
		}
	}
}

static void
test_bad_name(void)
{
	struct name_servers servers = {
	    .count = 0, .interval = 200, .attempts = 2};
	struct dns_client client;
	struct error e;

	error_clear(&e);
	dns_client_open(&client, &servers);
	tap_ok(dns_client_ask(&client, "a..b", deadline_after(5000), &e) ==
		   DNS_NO_NAME,
	    "a name that cannot be");
	tap_ok(dns_client_ask(&client, "a.b", deadline_after(5000), &e) ==
		   DNS_FAILED,
	    "no server");
	dns_client_close(&client);
}

int
main(void)
{
	size_t row;

	for (row = 0; row < COUNT(rows); row++)
		test_row(row);
	test_bad_name();
	return tap_done();
}
