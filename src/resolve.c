/* resolve.c - libc's getaddrinfo takes no deadline, so a child calls it and
 * writes one record into a pipe, which the parent polls; when the time is up
 * the child is killed. The record is shorter than PIPE_BUF: it is written and
 * read whole, or not at all. */
#include "resolve.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "buffer.h"
#include "sandbox.h"
#include "text.h"
#include "trace.h"

#define HOST_SIZE (TEXT_HOST_SIZE + 1) /* with a dot behind it */

struct reply {
	int code;   /* an EAI_* of the first try, or 0 */
	int errnum; /* for EAI_SYSTEM */
	struct resolve_addresses addresses;
};

_Static_assert(sizeof(struct reply) <= 4096, "Linux's PIPE_BUF is 4096");

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

static bool
resolve_literal(const char *host, uint16_t port, struct resolve_addresses *out)
{
	struct resolve_address *a = &out->list[0];

	if (inet_pton(AF_INET, host, &a->to.v4.sin_addr) == 1)
		set_v4(a, port);
	else if (inet_pton(AF_INET6, host, &a->to.v6.sin6_addr) == 1)
		set_v6(a, port);
	else
		return false;
	out->count = 1;
	return true;
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
	return text_equal_nocase(name, host + rest, sizeof(name) - 1) &&
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

/* No family may crowd the other out: either may be the one that works. */
static void
take_addresses(struct resolve_addresses *out, const struct addrinfo *found)
{
	unsigned v4 = 0, v6 = 0;
	struct resolve_address *a;
	bool fits;

	for (; found != NULL; found = found->ai_next) {
		a = &out->list[out->count];
		if (found->ai_family == AF_INET)
			fits = found->ai_addrlen == sizeof(a->to.v4) &&
			       v4++ < RESOLVE_MAX / 2;
		else
			fits = found->ai_family == AF_INET6 &&
			       found->ai_addrlen == sizeof(a->to.v6) &&
			       v6++ < RESOLVE_MAX / 2;
		if (!fits)
			continue;
		memcpy(&a->to, found->ai_addr, found->ai_addrlen);
		a->length = found->ai_addrlen;
		out->count++;
	}
}

/* The list is not given back: the process is about to end. */
static int
try_name(const char *name, int family, const char *port, struct reply *reply)
{
	const struct addrinfo hints = {
	    .ai_flags = AI_NUMERICSERV, /* /etc/services may be missing */
	    .ai_family = family,
	    .ai_socktype = SOCK_STREAM,
	};
	struct addrinfo *found = NULL;
	int code = getaddrinfo(name, port, &hints, &found);

	if (code == 0)
		take_addresses(&reply->addresses, found);
	return code == 0 && reply->addresses.count == 0 ? EAI_NONAME : code;
}

/* musl before 1.2.4 fails the whole look-up where only the AAAA question
 * fails, and where one search domain is broken (as with the ndots:5 of
 * Kubernetes). So the name is asked for again as an absolute one, and IPv4
 * only; last as it is, for names that only a search domain completes. */
static void
look_up(const char *host, uint16_t port, struct reply *reply)
{
	char absolute[HOST_SIZE], service[6];
	const struct {
		const char *name;
		int family;
	} tries[] = {{host, AF_UNSPEC}, {absolute, AF_INET}, {host, AF_INET}};
	size_t length = strlen(host), i;
	int code = EAI_NONAME;
	struct buffer b;

	buffer_init(&b, absolute, sizeof(absolute) - 1);
	buffer_append(&b, host, length);
	buffer_text(&b, length > 0 && host[length - 1] == '.' ? "" : ".");
	absolute[b.length] = '\0';
	buffer_init(&b, service, sizeof(service) - 1);
	buffer_decimal(&b, port);
	service[b.length] = '\0';
	for (i = 0; i < sizeof(tries) / sizeof(tries[0]) && code != 0; i++) {
		trace("looking up %s%s", tries[i].name,
		    tries[i].family == AF_INET ? " (IPv4 only)" : "");
		code = try_name(tries[i].name, tries[i].family, service, reply);
		if (i == 0) {
			reply->code = code;
			reply->errnum = errno;
		}
	}
	if (code == 0)
		reply->code = 0;
}

static void
child_main(
    const char *host, uint16_t port, int fd, pid_t parent, struct reply *reply)
{
	ssize_t n;

	sandbox_die_with_parent(parent);
	look_up(host, port, reply);
	n = write(fd, reply, sizeof(*reply));
	_exit(n == (ssize_t)sizeof(*reply) ? 0 : 1);
}

/* Returns 1 with the reply read, 0 when the time is up, -1 when the child
 * ended without a word. */
static int
await_reply(int fd, struct reply *reply, struct deadline d)
{
	struct pollfd p = {.fd = fd, .events = POLLIN, .revents = 0};
	ssize_t n;
	int ready;

	do {
		ready = poll(&p, 1, deadline_left(d));
	} while (ready < 0 && errno == EINTR);
	if (ready <= 0)
		return ready;
	do {
		n = read(fd, reply, sizeof(*reply));
	} while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof(*reply) ? 1 : -1;
}

static void
end_child(pid_t child)
{
	(void)kill(child, SIGKILL);
	while (waitpid(child, NULL, 0) == -1 && errno == EINTR)
		;
}

/* What await_reply() returns, or -1 with e set. */
static int
ask_child(const char *host, uint16_t port, struct reply *reply,
    struct deadline d, struct error *e)
{
	pid_t self = getpid(), child;
	int ends[2], got;

	if (pipe(ends) == -1)
		return error_set_errno(
		    e, ERROR_CONNECT, errno, "cannot look up %s", host);
	child = fork();
	if (child == 0)
		child_main(host, port, ends[1], self, reply);
	(void)close(ends[1]);
	if (child == -1) {
		(void)error_set_errno(e, ERROR_CONNECT, errno,
		    "cannot look up %s: cannot start a process", host);
		(void)close(ends[0]);
		return -1;
	}
	got = await_reply(ends[0], reply, d);
	end_child(child);
	(void)close(ends[0]);
	return got;
}

/* No libc text: it differs between them and costs space. */
static const char *
explain(int code)
{
	static const struct {
		int code;
		const char *text;
	} texts[] = {
	    {EAI_NONAME, "the name does not exist or has no address"},
#ifdef EAI_NODATA
	    {EAI_NODATA, "the name has no address"},
#endif
	    {EAI_AGAIN, "temporary failure: no name server answered"},
	    {EAI_FAIL, "the name server refused to answer"},
	    {EAI_MEMORY, "out of memory"},
	};
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (texts[i].code == code)
			return texts[i].text;
	}
	return "the look-up failed";
}

static void
hint_configuration(struct error *e)
{
	if (access("/etc/resolv.conf", F_OK) == -1)
		(void)error_hint(e,
		    "there is no /etc/resolv.conf here, so a name server on "
		    "127.0.0.1 was asked: mount one, or an /etc/hosts with "
		    "the name");
}

static int
fail(const char *host, const struct reply *reply, struct error *e)
{
	if (reply->code == EAI_SYSTEM)
		(void)error_set_errno(
		    e, ERROR_CONNECT, reply->errnum, "cannot look up %s", host);
	else
		(void)error_set(e, ERROR_CONNECT, "cannot look up %s: %s", host,
		    explain(reply->code));
	hint_configuration(e);
	return -1;
}

static int
resolve_name(const char *host, uint16_t port, struct resolve_addresses *out,
    struct deadline d, struct error *e)
{
	int limit = deadline_left(d), got;
	struct reply reply;

	memset(&reply, 0, sizeof(reply));
	if (limit == 0)
		return error_set(e, ERROR_CONNECT,
		    "cannot look up %s: the time is up", host);
	got = ask_child(host, port, &reply, d, e);
	if (got == -1)
		return error_set(e, ERROR_CONNECT,
		    "cannot look up %s: the look-up ended unexpectedly", host);
	if (got == 0) {
		(void)error_set(e, ERROR_CONNECT,
		    "cannot look up %s: no answer within %d.%d seconds", host,
		    limit / 1000, limit % 1000 / 100);
		hint_configuration(e);
		return -1;
	}
	if (reply.code != 0 || reply.addresses.count > RESOLVE_MAX)
		return fail(host, &reply, e);
	*out = reply.addresses;
	return 0;
}

int
resolve(const char *host, uint16_t port, struct resolve_addresses *out,
    struct deadline d, struct error *e)
{
	char shown[RESOLVE_SHOW_SIZE];
	size_t i;

	memset(out, 0, sizeof(*out));
	if (resolve_literal(host, port, out))
		return 0;
	if (strlen(host) >= TEXT_HOST_SIZE)
		return error_set(
		    e, ERROR_CONNECT, "cannot look up a name this long");
	if (is_localhost(host))
		resolve_localhost(port, out);
	else if (resolve_name(host, port, out, d, e) == -1)
		return -1;
	for (i = 0; i < out->count; i++) {
		resolve_show(&out->list[i], shown, sizeof(shown));
		trace("%s has the address %s", host, shown);
	}
	return 0;
}

void
resolve_show(const struct resolve_address *a, char *out, size_t size)
{
	bool is_ipv6 = a->to.any.sa_family == AF_INET6;
	const void *bytes = is_ipv6 ? (const void *)&a->to.v6.sin6_addr
				    : (const void *)&a->to.v4.sin_addr;
	char shown[TEXT_IP_SIZE];

	text_show_ip(shown, bytes, is_ipv6 ? 16 : 4);
	(void)text_show(out, size, shown, strlen(shown));
}
