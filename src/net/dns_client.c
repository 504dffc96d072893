/* dns_client.c - the two questions of a name, for IPv4 and for IPv6, go to all
 * servers at once. The sockets are connected, so that the kernel drops what
 * others send and reports a server where nobody listens. libc's look-up is not
 * used: it has no deadline, and fails as a whole if one of the two does. */
#include "net/dns_client.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "os/log.h"
#include "os/process.h"

/* A connection can begin without IPv6 addresses, but seldom without IPv4 ones:
 * once there is an IPv4 address, the others are waited for this long (RFC 8305,
 * 3, "Resolution Delay"). */
#define IPV6_DELAY 50 /* milliseconds */

static void
drop_server(struct dns_client *client, size_t index)
{
	if (client->sockets[index].fd >= 0)
		(void)close(client->sockets[index].fd);
	client->sockets[index].fd = -1;
}

void
dns_client_open(struct dns_client *client, const struct name_servers *servers)
{
	const struct address *a;
	size_t i;
	int fd;

	memset(client, 0, sizeof(*client));
	client->servers = servers;
	for (i = 0; i < NAME_FILES_SERVERS; i++) {
		client->sockets[i] =
		    (struct pollfd){.fd = -1, .events = POLLIN};
		if (i >= servers->count)
			continue;
		a = &servers->list[i];
		fd = socket(a->to.any.sa_family, SOCK_DGRAM, 0);
		client->sockets[i].fd = fd;
		if (fd >= 0 && connect(fd, &a->to.any, a->length) < 0)
			drop_server(client, i);
	}
}

void
dns_client_close(struct dns_client *client)
{
	size_t i;

	for (i = 0; i < NAME_FILES_SERVERS; i++)
		drop_server(client, i);
}

static size_t
count_servers(const struct dns_client *client)
{
	size_t i, count = 0;

	for (i = 0; i < NAME_FILES_SERVERS; i++)
		count += client->sockets[i].fd >= 0;
	return count;
}

static void
send_question(struct dns_client *client, struct dns_client_question *question)
{
	size_t i;

	question->failures = 0;
	for (i = 0; i < NAME_FILES_SERVERS; i++) {
		/* MSG_DONTWAIT is Linux's: POSIX has no flag for one call. */
		if (client->sockets[i].fd >= 0 &&
		    send(client->sockets[i].fd, question->query.bytes,
			question->query.length,
			MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
			drop_server(client, i);
	}
}

/* Whether a response may still come. */
static bool
is_open(
    const struct dns_client *client, const struct dns_client_question *question)
{
	return question->result == DNS_NOT_OURS &&
	       question->failures < count_servers(client);
}

static void
take_response(
    struct dns_client *client, const unsigned char *response, size_t length)
{
	struct dns_client_question *q;
	enum dns_result result;
	size_t i;

	for (i = 0; i < DNS_CLIENT_QUESTIONS; i++) {
		q = &client->questions[i];
		if (q->result != DNS_NOT_OURS)
			continue;
		result = dns_read(&q->query, response, length, &q->found);
		if (result == DNS_FAILED) {
			q->failures++;
		} else {
			q->result = result;
		}
	}
}

/* Reads what a server sent. A server where nobody listens is not asked
 * again. */
static void
read_server(struct dns_client *client, size_t index)
{
	unsigned char response[DNS_RESPONSE_MAX];
	ssize_t n = recv(client->sockets[index].fd, response, sizeof(response),
	    MSG_DONTWAIT);

	if (n >= 0) {
		take_response(client, response, (size_t)n);
	} else if (errno != EAGAIN && errno != EINTR) {
		drop_server(client, index);
	}
}

/* Waits until both questions have a response, or IPv4 has one and its delay has
 * passed, or no server is left, or the round ends. */
static void
await_responses(struct dns_client *client, struct deadline d)
{
	const struct dns_client_question *v4 =
	    &client->questions[DNS_CLIENT_IPV4];
	const struct dns_client_question *v6 =
	    &client->questions[DNS_CLIENT_IPV6];
	bool delayed = false;
	size_t i;
	int n;

	/* The clock is checked even if a server never stops sending. */
	while ((is_open(client, v4) || is_open(client, v6)) &&
	       !deadline_passed(d)) {
		if (v4->result == DNS_FOUND && !delayed) {
			d = deadline_sooner(d, deadline_after(IPV6_DELAY));
			delayed = true;
		}
		n = poll(client->sockets, NAME_FILES_SERVERS, deadline_left(d));
		if (n == 0 || (n < 0 && errno != EINTR))
			return;
		for (i = 0; n > 0 && i < NAME_FILES_SERVERS; i++) {
			if (client->sockets[i].revents != 0)
				read_server(client, i);
		}
	}
}

/* Whether to stop asking. IPv6 addresses are enough after a whole round, since
 * a response about IPv4 had its time. */
static bool
is_done(const struct dns_client *client, uint32_t round)
{
	enum dns_result v4 = client->questions[DNS_CLIENT_IPV4].result;
	enum dns_result v6 = client->questions[DNS_CLIENT_IPV6].result;

	return v4 == DNS_FOUND || (v6 == DNS_FOUND && round > 0) ||
	       (v4 != DNS_NOT_OURS && v6 != DNS_NOT_OURS);
}

/* Sends each question that has no response, and waits for one interval. A
 * server that failed is asked again as well: it may have recovered. */
static void
run_round(struct dns_client *client, struct deadline d)
{
	struct dns_client_question *q;
	size_t i;

	for (i = 0; i < DNS_CLIENT_QUESTIONS; i++) {
		q = &client->questions[i];
		if (q->result == DNS_NOT_OURS)
			send_question(client, q);
	}
	await_responses(client,
	    deadline_sooner(d, deadline_after(client->servers->interval)));
}

/* What the two questions mean together. */
static enum dns_result
verdict(const struct dns_client *client)
{
	const struct dns_client_question *v4 =
	    &client->questions[DNS_CLIENT_IPV4];
	const struct dns_client_question *v6 =
	    &client->questions[DNS_CLIENT_IPV6];

	if (v4->result == DNS_FOUND || v6->result == DNS_FOUND)
		return DNS_FOUND;
	if (v4->result != DNS_NOT_OURS && v6->result != DNS_NOT_OURS)
		return v4->result;
	if (count_servers(client) == 0 || v4->failures + v6->failures > 0)
		return DNS_FAILED;
	return DNS_NOT_OURS;
}

int
dns_client_ask(struct dns_client *client, const char *name, struct deadline d,
    struct error *e)
{
	static const enum dns_type types[DNS_CLIENT_QUESTIONS] = {
	    [DNS_CLIENT_IPV4] = DNS_A, [DNS_CLIENT_IPV6] = DNS_AAAA};
	uint16_t ids[DNS_CLIENT_QUESTIONS];
	struct dns_client_question *q;
	uint32_t round;
	size_t i;

	if (process_entropy(ids, sizeof(ids), e) < 0)
		return -1;
	for (i = 0; i < DNS_CLIENT_QUESTIONS; i++) {
		q = &client->questions[i];
		q->result = DNS_NOT_OURS;
		q->failures = 0;
		q->found.count = 0;
		if (dns_ask(&q->query, ids[i], name, types[i]) < 0)
			return DNS_NO_NAME;
	}
	log_trace("looking up %s", name);
	for (round = 0; round < client->servers->attempts &&
			!is_done(client, round) && !deadline_passed(d);
	     round++)
		run_round(client, d);
	return (int)verdict(client);
}

static void
append(const struct dns_addresses *from, uint16_t port, struct addresses *out)
{
	size_t i;

	for (i = 0; i < from->count; i++)
		addresses_add(out, from->list[i], from->size, port);
}

void
dns_client_addresses(
    const struct dns_client *client, uint16_t port, struct addresses *out)
{
	append(&client->questions[DNS_CLIENT_IPV6].found, port, out);
	append(&client->questions[DNS_CLIENT_IPV4].found, port, out);
}
