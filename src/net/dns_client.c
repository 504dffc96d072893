/* dns_client.c - the two questions of a name, for IPv4 and for IPv6, go to all
 * servers at once, and each server's responses are kept apart. The sockets are
 * connected, so that the kernel drops what others send and reports a server
 * where nobody listens. libc's look-up is not used: it has no deadline, and
 * fails as a whole if one of the two does. */
#include "net/dns_client.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "net/dns_choice.h"
#include "os/log.h"
#include "os/process.h"
#include "os/socket.h"

/* A server that failed is asked again: it may have been restarting. But it is
 * not asked in a hurry, nor as often as a server that is silent. */
#define PACE 250 /* milliseconds, doubled with each round */
#define FAILED_ROUNDS 3

/* A server that drops queries with EDNS gets one without. */
#define ROUNDS_MIN 2

/* Some servers send more than they are allowed to. */
#define DATAGRAM_SIZE 4096

/* The sockets of a server: UDP, and one over TCP for each question. */
#define SERVER_SOCKETS (1 + DNS_CLIENT_QUESTIONS)
#define SOCKETS (NAME_FILES_SERVERS * SERVER_SOCKETS)

void
dns_client_open(struct dns_client *client, const struct name_servers *servers)
{
	size_t i, j;

	client->servers = servers;
	client->chosen = NULL;
	for (i = 0; i < servers->count; i++) {
		client->list[i].address = &servers->list[i];
		client->list[i].socket = -1;
		client->list[i].reason = 0;
		client->list[i].lacks_edns = client->list[i].is_late = false;
		for (j = 0; j < DNS_CLIENT_QUESTIONS; j++)
			client->list[i].questions[j].tcp.fd = -1;
	}
}

static void
close_server(struct dns_client_server *server)
{
	size_t i;

	socket_close(server->socket);
	server->socket = -1;
	for (i = 0; i < DNS_CLIENT_QUESTIONS; i++)
		dns_tcp_close(&server->questions[i].tcp);
}

void
dns_client_close(struct dns_client *client)
{
	size_t i;

	for (i = 0; i < client->servers->count; i++)
		close_server(&client->list[i]);
}

static void
trace(const struct dns_client_server *server, const char *what)
{
	char shown[IP_SIZE];

	address_write(shown, server->address);
	log_trace("the name server %s %s", shown, what);
}

static void
list_results(const struct dns_client *client, struct dns_choice *results)
{
	const struct dns_client_server *server;
	size_t i;

	for (i = 0; i < client->servers->count; i++) {
		server = &client->list[i];
		results[i].ipv4 = server->questions[DNS_CLIENT_IPV4].result;
		results[i].ipv6 = server->questions[DNS_CLIENT_IPV6].result;
		results[i].is_late = server->is_late;
	}
}

static bool
has_edns(const struct dns_query *query)
{
	return query->length > query->question_end;
}

/* Whether a response over UDP is awaited. */
static bool
is_asked(const struct dns_client_question *question)
{
	return question->result == DNS_NOT_OURS && question->tcp.fd < 0;
}

/* Fails what the server was asked over UDP, with errno. */
static void
fail_server(struct dns_client_server *server)
{
	size_t i;

	server->reason = errno;
	trace(server, "cannot be reached");
	socket_close(server->socket);
	server->socket = -1;
	for (i = 0; i < DNS_CLIENT_QUESTIONS; i++) {
		if (is_asked(&server->questions[i]))
			server->questions[i].result = DNS_FAILED;
	}
}

/* Fails what all servers were asked over UDP, with errno. */
static void
fail_servers(struct dns_client *client)
{
	int reason = errno;
	size_t i;

	for (i = 0; i < client->servers->count; i++) {
		errno = reason;
		fail_server(&client->list[i]);
	}
}

/* A query that cannot be sent now is as good as lost on the way. */
static void
send_question(const struct dns_client *client, struct dns_client_server *server,
    size_t index, bool with_edns)
{
	static const enum dns_type types[DNS_CLIENT_QUESTIONS] = {
	    [DNS_CLIENT_IPV4] = DNS_A, [DNS_CLIENT_IPV6] = DNS_AAAA};
	struct dns_client_question *q = &server->questions[index];

	if (dns_ask(&q->query, q->ids[with_edns ? 0 : 1], client->name,
		types[index], with_edns) == 0 &&
	    socket_send(server->socket, q->query.bytes, q->query.length) < 0 &&
	    errno != EAGAIN && errno != ENOBUFS)
		fail_server(server);
}

/* Ends a question that TCP cannot answer: addresses before the cut are better
 * than none. */
static void
settle_for_cut(struct dns_client_question *question)
{
	dns_tcp_close(&question->tcp);
	question->result = question->found.count > 0 ? DNS_FOUND : DNS_CUT;
}

static void
ask_over_tcp(
    struct dns_client_server *server, struct dns_client_question *question)
{
	trace(server, "truncated its response: asking over TCP");
	if (dns_tcp_start(&question->tcp, server->address, &question->query) <
	    0)
		settle_for_cut(question);
}

/* Takes what a server sent over UDP for a response to this question, if it is
 * one. */
static void
take_response(const struct dns_client *client, struct dns_client_server *server,
    size_t index, const unsigned char *response, size_t length)
{
	struct dns_client_question *q = &server->questions[index];
	enum dns_result result =
	    dns_read(&q->query, response, length, &q->found);

	if (result == DNS_NOT_OURS)
		return;
	/* A server that responds only without EDNS. */
	server->lacks_edns =
	    server->lacks_edns || (server->is_late && !has_edns(&q->query));
	server->is_late = false;
	if (result == DNS_CUT) {
		ask_over_tcp(server, q);
		return;
	}
	if (result == DNS_NO_EDNS && has_edns(&q->query)) {
		trace(server, "does not understand EDNS");
		server->lacks_edns = true;
		send_question(client, server, index, false);
		return;
	}
	if (result == DNS_NO_EDNS)
		result = DNS_FAILED;
	if (result == DNS_FAILED)
		trace(server, "failed");
	q->result = result;
}

static void
read_datagram(const struct dns_client *client, struct dns_client_server *server)
{
	unsigned char response[DATAGRAM_SIZE];
	ssize_t n = socket_receive(server->socket, response, sizeof(response));
	size_t i;

	if (n < 0) {
		if (errno != EAGAIN)
			fail_server(server);
		return;
	}
	for (i = 0; i < DNS_CLIENT_QUESTIONS; i++) {
		if (is_asked(&server->questions[i]))
			take_response(client, server, i, response, (size_t)n);
	}
}

/* Not if there is no response yet, or only a failure: it is asked again. */
static bool
is_answer(enum dns_result result)
{
	return result == DNS_FOUND || result == DNS_NO_ADDRESS ||
	       result == DNS_NO_NAME;
}

/* A response over TCP counts unless it is a failure. */
static void
run_tcp(struct dns_client_server *server, struct dns_client_question *question)
{
	struct dns_tcp *tcp = &question->tcp;
	struct dns_addresses found;
	enum dns_result result;
	int step = dns_tcp_step(tcp);

	if (step == 0)
		return;
	if (step > 0) {
		result = dns_read(&tcp->query, tcp->response.bytes + 2,
		    tcp->response.received - 2, &found);
		if (found.count > 0)
			result = DNS_FOUND;
		if (is_answer(result)) {
			dns_tcp_close(tcp);
			question->found = found;
			question->result = result;
			return;
		}
	}
	trace(server, "failed over TCP");
	settle_for_cut(question);
}

static void
list_sockets(const struct dns_client *client, struct pollfd *sockets)
{
	const struct dns_client_server *server;
	const struct dns_tcp *tcp;
	size_t i, j;

	for (i = 0; i < client->servers->count; i++) {
		server = &client->list[i];
		*sockets++ =
		    (struct pollfd){.fd = server->socket, .events = POLLIN};
		for (j = 0; j < DNS_CLIENT_QUESTIONS; j++) {
			tcp = &server->questions[j].tcp;
			*sockets++ = (struct pollfd){
			    .fd = tcp->fd, .events = dns_tcp_events(tcp)};
		}
	}
}

static void
use_sockets(struct dns_client *client, const struct pollfd *sockets)
{
	struct dns_client_server *server;
	size_t i, j;

	for (i = 0; i < client->servers->count; i++) {
		server = &client->list[i];
		if ((sockets++)->revents != 0)
			read_datagram(client, server);
		for (j = 0; j < DNS_CLIENT_QUESTIONS; j++) {
			if ((sockets++)->revents != 0)
				run_tcp(server, &server->questions[j]);
		}
	}
}

/* Waits until the responses that count are there, or nobody can respond any
 * more, or the round ends. The clock is checked even if a server never stops
 * sending. */
static void
await_responses(struct dns_client *client, struct deadline d)
{
	struct dns_choice results[NAME_FILES_SERVERS];
	struct pollfd sockets[SOCKETS];
	size_t count = client->servers->count;
	uint32_t wait;
	int ready;

	while (!deadline_passed(d)) {
		list_results(client, results);
		wait = dns_choice_wait(results, count);
		if (wait == 0)
			return;
		if (wait != DNS_CHOICE_ROUND)
			d = deadline_sooner(d, deadline_after(wait));
		list_sockets(client, sockets);
		ready = socket_wait(sockets, count * SERVER_SOCKETS, d);
		if (ready < 0) {
			fail_servers(client);
			return;
		}
		if (ready > 0)
			use_sockets(client, sockets);
	}
}

/* Sends the server the questions that it has not answered. */
static void
ask_server(const struct dns_client *client, struct dns_client_server *server,
    bool edns)
{
	const struct address *to = server->address;
	size_t i;

	close_server(server);
	for (i = 0; i < DNS_CLIENT_QUESTIONS; i++) {
		if (is_answer(server->questions[i].result))
			continue;
		server->questions[i].result = DNS_NOT_OURS;
		if (server->socket < 0) {
			server->socket =
			    socket_open(SOCK_DGRAM, &to->to.any, to->length);
		}
		if (server->socket < 0) {
			fail_server(server);
		} else {
			send_question(client, server, i, edns);
		}
	}
}

/* Returns 0, or -1 with e set. */
static int
begin_round(struct dns_client *client, uint32_t round, struct error *e)
{
	uint16_t ids[NAME_FILES_SERVERS][DNS_CLIENT_QUESTIONS][2];
	struct dns_client_server *server;
	size_t i, j;

	if (process_entropy(ids, sizeof(ids), e) < 0)
		return -1;
	for (i = 0; i < client->servers->count; i++) {
		server = &client->list[i];
		for (j = 0; j < DNS_CLIENT_QUESTIONS; j++) {
			memcpy(server->questions[j].ids, ids[i][j],
			    sizeof(ids[i][j]));
		}
		ask_server(client, server, round == 0 && !server->lacks_edns);
	}
	return 0;
}

/* Closes everything, so that what comes later is not taken for a response to
 * the next name. */
static void
end_round(struct dns_client *client, bool is_over)
{
	struct dns_client_server *server;
	struct dns_client_question *q;
	size_t i, j;

	for (i = 0; i < client->servers->count; i++) {
		server = &client->list[i];
		for (j = 0; j < DNS_CLIENT_QUESTIONS; j++) {
			q = &server->questions[j];
			if (q->tcp.fd >= 0)
				settle_for_cut(q);
			if (is_over && q->result == DNS_NOT_OURS)
				server->is_late = true;
		}
		close_server(server);
	}
}

/* Why there is no response that counts. */
static enum dns_result
worst_result(const struct dns_choice *results, size_t count)
{
	enum dns_result worst = DNS_NOT_OURS;
	size_t i;

	for (i = 0; i < count; i++) {
		if (results[i].ipv4 == DNS_CUT || results[i].ipv6 == DNS_CUT)
			return DNS_CUT;
		if (results[i].ipv4 == DNS_FAILED ||
		    results[i].ipv6 == DNS_FAILED)
			worst = DNS_FAILED;
	}
	return worst;
}

/* Returns what the responses so far mean together. */
static enum dns_result
verdict(struct dns_client *client)
{
	struct dns_choice results[NAME_FILES_SERVERS];
	size_t count = client->servers->count;
	int server;

	list_results(client, results);
	server = dns_choice_server(results, count);
	if (server >= 0 && (results[server].ipv4 == DNS_FOUND ||
			       results[server].ipv6 == DNS_FOUND)) {
		client->chosen = &client->list[server];
		return DNS_FOUND;
	}
	if (server >= 0)
		return results[server].ipv4;
	return worst_result(results, count);
}

/* How long a round may take. The second one, which is without EDNS, has to fit
 * into the time as well. */
static uint32_t
round_time(const struct dns_client *client, uint32_t round, struct deadline d)
{
	uint32_t time = client->servers->interval << round;
	uint32_t half = ((uint32_t)deadline_left(d) + 1) / 2;

	return round == 0 && half < time ? half : time;
}

/* Runs one round.
 *
 * Returns as dns_client_ask() does. */
static int
run_round(struct dns_client *client, uint32_t round, struct deadline d,
    struct error *e)
{
	struct deadline end = deadline_after(round_time(client, round, d));

	if (begin_round(client, round, e) < 0)
		return -1;
	await_responses(client, deadline_sooner(d, end));
	end_round(client, deadline_passed(end));
	return (int)verdict(client);
}

static bool
every_server_failed(const struct dns_client *client)
{
	struct dns_choice results[NAME_FILES_SERVERS];

	list_results(client, results);
	return !dns_choice_is_open(results, client->servers->count);
}

/* Waits until the next round may begin. */
static void
pace(struct deadline next)
{
	while (!deadline_passed(next) && socket_wait(NULL, 0, next) >= 0)
		continue;
}

static void
reset(struct dns_client *client, const char *name)
{
	size_t i, j;

	client->name = name;
	client->chosen = NULL;
	for (i = 0; i < client->servers->count; i++) {
		for (j = 0; j < DNS_CLIENT_QUESTIONS; j++)
			client->list[i].questions[j].result = DNS_NOT_OURS;
	}
}

int
dns_client_ask(struct dns_client *client, const char *name, struct deadline d,
    struct error *e)
{
	uint32_t round, rounds = client->servers->attempts;
	struct deadline next;
	struct dns_query query;
	int result = DNS_NOT_OURS;

	if (dns_ask(&query, 0, name, DNS_A, false) < 0)
		return DNS_NO_NAME;
	log_trace("looking up %s", name);
	reset(client, name);
	if (rounds < ROUNDS_MIN)
		rounds = ROUNDS_MIN;
	for (round = 0; round < rounds && !deadline_passed(d); round++) {
		next = deadline_after((uint32_t)PACE << round);
		result = run_round(client, round, d, e);
		if (result < 0 || is_answer((enum dns_result)result))
			break;
		if (!every_server_failed(client))
			continue;
		if (round + 1 >= FAILED_ROUNDS)
			break;
		pace(deadline_sooner(next, d));
	}
	return result;
}

int
dns_client_reason(const struct dns_client *client)
{
	size_t i;

	for (i = 0; i < client->servers->count; i++) {
		if (client->list[i].reason != 0)
			return client->list[i].reason;
	}
	return 0;
}

static void
append(const struct dns_client_question *question, uint16_t port,
    struct addresses *out)
{
	const struct dns_addresses *found = &question->found;
	size_t i;

	if (question->result != DNS_FOUND)
		return;
	for (i = 0; i < found->count; i++)
		addresses_add(out, found->list[i], found->size, port);
}

void
dns_client_addresses(
    const struct dns_client *client, uint16_t port, struct addresses *out)
{
	if (client->chosen == NULL)
		return;
	append(&client->chosen->questions[DNS_CLIENT_IPV6], port, out);
	append(&client->chosen->questions[DNS_CLIENT_IPV4], port, out);
}
