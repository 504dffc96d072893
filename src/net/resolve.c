/* resolve.c - hosts file, then name servers. The two questions of a name, for
 * IPv4 and for IPv6, go to all servers at once over connected sockets, so that
 * the kernel drops what others send and says when nobody listens. libc's
 * look-up takes no deadline, fails as a whole where one question does, and
 * brings 20 KB of stdio and locks. */
#include "net/resolve.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/escape.h"
#include "base/ip.h"
#include "base/url.h"
#include "net/dns.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/log.h"
#include "os/process.h"

#define SERVERS_MAX 3   /* as resolv.conf(5) has it */
#define SEARCH_SIZE 512 /* bytes of all search domains */
#define NAME_SERVER_PORT 53

/* A connection can begin without IPv6 addresses, but not without the others:
 * once there is an IPv4 address the rest is waited for this long (RFC 8305, 3,
 * "Resolution Delay"). */
#define IPV6_DELAY 50 /* milliseconds */

struct configuration {
	struct resolve_address servers[SERVERS_MAX];
	size_t server_count;
	char search[SEARCH_SIZE]; /* each domain with a NUL, "" at the end */
	uint32_t interval;        /* milliseconds until asked again */
	uint32_t attempts;
	bool is_missing; /* there is no file */
};

enum { IPV4, IPV6, QUESTIONS };

struct question {
	struct dns_query query;
	struct dns_addresses found;
	enum dns_result result; /* DNS_NOT_OURS: there is none yet */
	size_t failures;        /* answers that were none, in this round */
};

struct look_up {
	const struct configuration *configuration;
	struct pollfd servers[SERVERS_MAX]; /* fd -1: cannot be reached */
	struct question questions[QUESTIONS];
};

static void
set_v4(struct resolve_address *a, uint16_t port)
{
	a->to.v4.sin_family = AF_INET;
	a->to.v4.sin_port = htons(port);
	a->length = sizeof(a->to.v4);
}

static void
set_v6(struct resolve_address *a, uint16_t port)
{
	a->to.v6.sin6_family = AF_INET6;
	a->to.v6.sin6_port = htons(port);
	a->length = sizeof(a->to.v6);
}

/* An IP literal. A zone, as in fe80::1%eth0, is for name servers only. */
static bool
read_address(const char *text, uint16_t port, struct resolve_address *a)
{
	char address[INET6_ADDRSTRLEN];
	size_t length = strcspn(text, "%"), size;
	unsigned char bytes[16];

	memset(a, 0, sizeof(*a));
	if (length >= sizeof(address))
		return false;
	memcpy(address, text, length);
	address[length] = '\0';
	size = ip_read(address, bytes);
	if (size == 4) {
		memcpy(&a->to.v4.sin_addr, bytes, 4);
		set_v4(a, port);
		return text[length] == '\0';
	}
	if (size == 0)
		return false;
	memcpy(&a->to.v6.sin6_addr, bytes, 16);
	set_v6(a, port);
	if (text[length] == '%')
		a->to.v6.sin6_scope_id = if_nametoindex(text + length + 1);
	return text[length] == '\0' || a->to.v6.sin6_scope_id != 0;
}

/* RFC 6761, 6.3: localhost and all names below it, with no one asked. */
static bool
is_localhost(const char *host)
{
	static const char name[] = "localhost";
	size_t length = strlen(host), rest;

	if (length > 0 && host[length - 1] == '.')
		length--;
	if (length < sizeof(name) - 1)
		return false;
	rest = length - (sizeof(name) - 1);
	return ascii_equal_nocase(name, host + rest, sizeof(name) - 1) &&
	       (rest == 0 || host[rest - 1] == '.');
}

static void
resolve_localhost(uint16_t port, struct resolve_addresses *out)
{
	set_v4(&out->list[0], port);
	out->list[0].to.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	set_v6(&out->list[1], port);
	out->list[1].to.v6.sin6_addr.s6_addr[15] = 1; /* ::1 */
	out->count = 2;
}

/* The next word of a line, cut off with a NUL, or NULL. */
static char *
next_word(char **line)
{
	char *word = *line + strspn(*line, " \t\r");
	size_t length = strcspn(word, " \t\r");

	if (length == 0)
		return NULL;
	*line = word + length;
	if (**line != '\0')
		*(*line)++ = '\0';
	return word;
}

struct wanted {
	const char *host;
	uint16_t port;
	struct resolve_addresses *out;
};

/* "192.0.2.1 name other-name # comment" */
static void
take_hosts_line(void *context, char *line)
{
	struct wanted *w = context;
	struct resolve_address a;
	const char *word;

	line[strcspn(line, "#")] = '\0';
	word = next_word(&line);
	if (word == NULL || !read_address(word, w->port, &a))
		return;
	while ((word = next_word(&line)) != NULL) {
		if (ascii_equal_nocase(w->host, word, strlen(word)) &&
		    w->out->count < RESOLVE_MAX) {
			w->out->list[w->out->count++] = a;
			return;
		}
	}
}

static void
take_server(struct configuration *c, const char *word)
{
	if (c->server_count < SERVERS_MAX &&
	    read_address(word, NAME_SERVER_PORT, &c->servers[c->server_count]))
		c->server_count++;
}

/* The last line of this kind counts. */
static void
take_search(struct configuration *c, char *line)
{
	struct buffer b;
	char *word;

	buffer_init(&b, c->search, sizeof(c->search));
	while ((word = next_word(&line)) != NULL)
		buffer_append(&b, word, strlen(word) + 1);
}

static void
take_option(struct configuration *c, const char *word)
{
	uint64_t number;

	if (strncmp(word, "timeout:", 8) == 0 &&
	    ascii_decimal(word + 8, strlen(word + 8), 60, &number) == 0 &&
	    number > 0)
		c->interval = (uint32_t)number * 1000;
	if (strncmp(word, "attempts:", 9) == 0 &&
	    ascii_decimal(word + 9, strlen(word + 9), 10, &number) == 0 &&
	    number > 0)
		c->attempts = (uint32_t)number;
}

/* resolv.conf(5); what is not known there is passed over. */
static void
take_configuration_line(void *context, char *line)
{
	struct configuration *c = context;
	const char *keyword, *word;

	line[strcspn(line, "#;")] = '\0';
	keyword = next_word(&line);
	if (keyword == NULL)
		return;
	if (strcmp(keyword, "search") == 0 || strcmp(keyword, "domain") == 0) {
		take_search(c, line);
		return;
	}
	while ((word = next_word(&line)) != NULL) {
		if (strcmp(keyword, "nameserver") == 0)
			take_server(c, word);
		else if (strcmp(keyword, "options") == 0)
			take_option(c, word);
	}
}

static void
read_configuration(struct configuration *c)
{
	memset(c, 0, sizeof(*c));
	c->interval = 2000;
	c->attempts = 5;
	c->is_missing =
	    file_lines("/etc/resolv.conf", take_configuration_line, c) == -1;
	if (c->server_count == 0)
		take_server(c, "127.0.0.1");
}

static void
connect_servers(struct look_up *l)
{
	const struct resolve_address *a;
	size_t i;
	int fd;

	for (i = 0; i < SERVERS_MAX; i++) {
		l->servers[i] = (struct pollfd){.fd = -1, .events = POLLIN};
		if (i >= l->configuration->server_count)
			continue;
		a = &l->configuration->servers[i];
		fd = socket(a->to.any.sa_family, SOCK_DGRAM, 0);
		if (fd != -1 && connect(fd, &a->to.any, a->length) == -1) {
			(void)close(fd);
			fd = -1;
		}
		l->servers[i].fd = fd;
	}
}

static void
drop_server(struct look_up *l, size_t i)
{
	if (l->servers[i].fd != -1)
		(void)close(l->servers[i].fd);
	l->servers[i].fd = -1;
}

static size_t
count_servers(const struct look_up *l)
{
	size_t i, count = 0;

	for (i = 0; i < SERVERS_MAX; i++)
		count += l->servers[i].fd != -1;
	return count;
}

static void
send_question(struct look_up *l, struct question *q)
{
	size_t i;

	q->failures = 0;
	for (i = 0; i < SERVERS_MAX; i++) {
		if (l->servers[i].fd != -1 &&
		    send(l->servers[i].fd, q->query.bytes, q->query.length,
			MSG_NOSIGNAL | MSG_DONTWAIT) == -1)
			drop_server(l, i);
	}
}

/* Whether an answer may still come. */
static bool
is_open(const struct look_up *l, const struct question *q)
{
	return q->result == DNS_NOT_OURS && q->failures < count_servers(l);
}

static void
take_answer(struct look_up *l, const unsigned char *answer, size_t length)
{
	struct question *q;
	enum dns_result result;

	for (q = l->questions; q < l->questions + QUESTIONS; q++) {
		if (q->result != DNS_NOT_OURS)
			continue;
		result = dns_read(&q->query, answer, length, &q->found);
		if (result == DNS_FAILED)
			q->failures++;
		else
			q->result = result;
	}
}

/* Reads what a server sent. One where nobody listens is not asked again. */
static void
read_server(struct look_up *l, size_t i)
{
	unsigned char answer[DNS_ANSWER_MAX];
	ssize_t n =
	    recv(l->servers[i].fd, answer, sizeof(answer), MSG_DONTWAIT);

	if (n >= 0)
		take_answer(l, answer, (size_t)n);
	else if (errno != EAGAIN && errno != EINTR)
		drop_server(l, i);
}

/* Until both questions are answered, or one is and its delay has passed, or
 * no server is left, or until the end of the round. */
static void
await_answers(struct look_up *l, struct deadline d)
{
	const struct question *q = l->questions;
	bool delayed = false;
	size_t i;
	int n;

	/* The clock is looked at also where bytes never end. */
	while ((is_open(l, &q[IPV4]) || is_open(l, &q[IPV6])) &&
	       !deadline_passed(d)) {
		if (q[IPV4].result == DNS_FOUND && !delayed) {
			d = deadline_sooner(d, deadline_after(IPV6_DELAY));
			delayed = true;
		}
		n = poll(l->servers, SERVERS_MAX, deadline_left(d));
		if (n == 0 || (n < 0 && errno != EINTR))
			return;
		for (i = 0; n > 0 && i < SERVERS_MAX; i++) {
			if (l->servers[i].revents != 0)
				read_server(l, i);
		}
	}
}

/* Whether to stop asking. IPv6 addresses alone do after a whole round, in
 * which an answer about IPv4 had its time. */
static bool
is_answered(const struct look_up *l, uint32_t round)
{
	const struct question *q = l->questions;

	return q[IPV4].result == DNS_FOUND ||
	       (q[IPV6].result == DNS_FOUND && round > 0) ||
	       (q[IPV4].result != DNS_NOT_OURS &&
		   q[IPV6].result != DNS_NOT_OURS);
}

/* Asks both questions for a name, again and again until there is a response. A
 * server that failed is asked again as well: the next try may succeed.
 *
 * Returns an enum dns_result, or -1 with an ERROR_LOCAL. */
static int
ask(struct look_up *l, const char *name, struct deadline d, struct error *e)
{
	static const enum dns_type types[QUESTIONS] = {DNS_A, DNS_AAAA};
	struct question *q = l->questions;
	uint16_t ids[QUESTIONS];
	uint32_t round;
	size_t i;

	if (process_entropy(ids, sizeof(ids), e) < 0)
		return -1;
	for (i = 0; i < QUESTIONS; i++) {
		q[i].result = DNS_NOT_OURS;
		q[i].found.count = 0;
		if (dns_ask(&q[i].query, ids[i], name, types[i]) == -1)
			return DNS_NO_NAME;
	}
	log_trace("looking up %s", name);
	for (round = 0; round < l->configuration->attempts &&
			!is_answered(l, round) && !deadline_passed(d);
	     round++) {
		for (i = 0; i < QUESTIONS; i++) {
			if (q[i].result == DNS_NOT_OURS)
				send_question(l, &q[i]);
		}
		await_answers(
		    l, deadline_sooner(
			   d, deadline_after(l->configuration->interval)));
	}
	if (q[IPV4].result == DNS_FOUND || q[IPV6].result == DNS_FOUND)
		return DNS_FOUND;
	if (q[IPV4].result == DNS_NOT_OURS || q[IPV6].result == DNS_NOT_OURS)
		return count_servers(l) == 0 ||
			       q[IPV4].failures + q[IPV6].failures > 0
			   ? DNS_FAILED
			   : DNS_NOT_OURS;
	return q[IPV4].result;
}

/* IPv6 first, as RFC 6724 has it; net tries the families in turn. */
static void
take_addresses(
    const struct look_up *l, uint16_t port, struct resolve_addresses *out)
{
	const struct dns_addresses *v4 = &l->questions[IPV4].found;
	const struct dns_addresses *v6 = &l->questions[IPV6].found;
	struct resolve_address *a = out->list;
	size_t i;

	for (i = 0; i < v6->count; i++, a++) {
		set_v6(a, port);
		memcpy(&a->to.v6.sin6_addr, v6->list[i], 16);
	}
	for (i = 0; i < v4->count; i++, a++) {
		set_v4(a, port);
		memcpy(&a->to.v4.sin_addr, v4->list[i], 4);
	}
	out->count = (size_t)(a - out->list);
}

/* Asks for the name within each search domain. Returns as ask() does. */
static int
ask_within(
    struct look_up *l, const char *host, struct deadline d, struct error *e)
{
	const char *domain = l->configuration->search;
	int result = DNS_NO_NAME;
	char name[URL_HOST_SIZE + SEARCH_SIZE];
	struct buffer b;

	for (; *domain != '\0' && result >= 0 && result != DNS_FOUND &&
	       !deadline_passed(d);
	     domain += strlen(domain) + 1) {
		buffer_init(&b, name, sizeof(name));
		buffer_text(&b, host);
		buffer_byte(&b, '.');
		buffer_text(&b, domain);
		result = ask(l, name, d, e);
	}
	return result;
}

/* A name with a dot is asked for as it is, and only then within the search
 * domains; one without is first asked for there. That is resolv.conf's
 * ndots:1 always: with Kubernetes' ndots:5 every look-up of a public name
 * would begin with as many wrong ones as there are domains. */
static int
ask_in_turn(
    struct look_up *l, const char *host, struct deadline d, struct error *e)
{
	bool has_dot = strchr(host, '.') != NULL;
	size_t length = strlen(host);
	int result = DNS_NO_NAME, within = DNS_NO_NAME;

	if (!has_dot)
		within = ask_within(l, host, d, e);
	if (within < 0 || within == DNS_FOUND)
		return within;
	result = ask(l, host, d, e);
	if (result < 0 || result == DNS_FOUND || result == DNS_NOT_OURS ||
	    !has_dot || host[length - 1] == '.')
		return result;
	within = ask_within(l, host, d, e);
	return within < 0 || within == DNS_FOUND ? within : result;
}

static enum resolve_result
fail(const char *host, int result, const struct configuration *c,
    struct error *e)
{
	static const char *const reasons[] = {
	    [DNS_NOT_OURS] = "no name server answered in time",
	    [DNS_FOUND] = "",
	    [DNS_NO_ADDRESS] = "the name has no address",
	    [DNS_NO_NAME] = "the name does not exist",
	    [DNS_FAILED] = "the name server failed or cannot be reached",
	};

	error_set(
	    e, ERROR_CONNECT, "cannot look up %s: %s", host, reasons[result]);
	if (c->is_missing)
		error_hint(e,
		    "there is no /etc/resolv.conf here, so a name server on "
		    "127.0.0.1 was asked: mount one, or an /etc/hosts with "
		    "the name");
	return RESOLVE_FAILED;
}

static enum resolve_result
resolve_name(const char *host, uint16_t port, struct resolve_addresses *out,
    struct deadline d, struct error *e)
{
	struct wanted wanted = {host, port, out};
	struct configuration configuration;
	struct look_up l = {.configuration = &configuration};
	int result;
	size_t i;

	if (deadline_passed(d)) {
		error_set(e, ERROR_CONNECT, "cannot look up %s: the time is up",
		    host);
		return RESOLVE_FAILED;
	}
	(void)file_lines("/etc/hosts", take_hosts_line, &wanted);
	if (out->count > 0)
		return RESOLVE_FOUND;
	read_configuration(&configuration);
	connect_servers(&l);
	result = ask_in_turn(&l, host, d, e);
	for (i = 0; i < SERVERS_MAX; i++)
		drop_server(&l, i);
	if (result < 0)
		return RESOLVE_LOCAL;
	if (result != DNS_FOUND)
		return fail(host, result, &configuration, e);
	take_addresses(&l, port, out);
	return RESOLVE_FOUND;
}

enum resolve_result
resolve(const char *host, uint16_t port, struct resolve_addresses *out,
    struct deadline d, struct error *e)
{
	char shown[RESOLVE_SHOW_SIZE];
	enum resolve_result result = RESOLVE_FOUND;
	size_t i;

	memset(out, 0, sizeof(*out));
	if (strchr(host, '%') == NULL &&
	    read_address(host, port, &out->list[0])) {
		out->count = 1;
		return RESOLVE_FOUND;
	}
	memset(out, 0, sizeof(*out));
	if (strlen(host) >= URL_HOST_SIZE) {
		error_set(e, ERROR_CONNECT, "cannot look up a name this long");
		return RESOLVE_FAILED;
	}
	if (is_localhost(host))
		resolve_localhost(port, out);
	else
		result = resolve_name(host, port, out, d, e);
	for (i = 0; i < out->count; i++) {
		resolve_show(&out->list[i], shown, sizeof(shown));
		log_trace("%s has the address %s", host, shown);
	}
	return result;
}

void
resolve_show(const struct resolve_address *a, char *out, size_t size)
{
	bool is_ipv6 = a->to.any.sa_family == AF_INET6;
	const void *bytes = is_ipv6 ? (const void *)&a->to.v6.sin6_addr
				    : (const void *)&a->to.v4.sin_addr;
	char shown[IP_SIZE];

	ip_write(shown, bytes, is_ipv6 ? 16 : 4);
	(void)escape(out, size, shown, strlen(shown));
}
