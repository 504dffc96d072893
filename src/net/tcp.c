/* tcp.c - dialling is one loop over a table of attempts: start the next one
 * when it is due, poll all that are pending, take the first that is connected
 * and close the others. Reading and writing try the call first and poll only if
 * it would block, which saves a system call most times. */
#include "net/tcp.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/error.h"
#include "os/clock.h"
#include "os/log.h"

#define ATTEMPT_DELAY 250 /* milliseconds; RFC 8305, 5 */

struct dial {
	size_t count, started, pending;
	const struct address *order[ADDRESSES_MAX];
	struct pollfd polls[ADDRESSES_MAX]; /* fd -1: over, or not started */
	int reasons[ADDRESSES_MAX];         /* errno of each failure */
	int64_t due; /* next start, clock_milliseconds() */
};

/* The families take turns (RFC 8305, 4), so that a broken one delays the
 * connection by one attempt only. */
static void
put_in_order(struct dial *l, const struct addresses *from)
{
	size_t next[2] = {0, 0}, *at;
	int turn = 0; /* 0: IPv6, 1: IPv4 */

	memset(l, 0, sizeof(*l));
	while (l->count < from->count && l->count < ADDRESSES_MAX) {
		at = &next[turn];
		while (*at < from->count &&
		       address_is_ipv6(&from->list[*at]) == turn)
			(*at)++;
		if (*at < from->count)
			l->order[l->count++] = &from->list[(*at)++];
		turn = !turn;
	}
}

/* Returns a socket that is connecting, or -1 with errno set. */
static int
begin_connection(const struct address *a)
{
	const int on = 1;
	/* The flags are POSIX.1-2024's and Linux's since 2.6.27. */
	int fd = socket(
	    a->to.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int reason;

	if (fd < 0)
		return -1;
	/* Without TCP_NODELAY a handshake of several small records waits for
	 * the peer's delayed acknowledgement, 40 ms on Linux. */
	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == 0 &&
	    (connect(fd, &a->to.any, a->length) == 0 || errno == EINPROGRESS ||
		errno == EINTR))
		return fd;
	reason = errno;
	(void)close(fd);
	errno = reason;
	return -1;
}

static void
start_next(struct dial *l)
{
	size_t i = l->started++;
	char shown[IP_SIZE];

	address_write(shown, l->order[i]);
	log_trace("connecting to %s", shown);
	l->polls[i].events = POLLOUT;
	l->polls[i].fd = begin_connection(l->order[i]);
	if (l->polls[i].fd < 0) {
		l->reasons[i] = errno;
		l->due = clock_milliseconds();
		return;
	}
	l->pending++;
	l->due = clock_milliseconds() + ATTEMPT_DELAY;
}

static void
end_attempt(struct dial *l, size_t i, int reason)
{
	(void)close(l->polls[i].fd);
	l->polls[i].fd = -1;
	l->reasons[i] = reason;
	l->pending--;
	l->due = clock_milliseconds();
}

/* Takes the first connected socket out of the table, and ends the attempts that
 * failed before it.
 *
 * Returns the socket, or -1. */
static int
take_connected(struct dial *l)
{
	socklen_t length;
	size_t i;
	int reason, fd;

	for (i = 0; i < l->started; i++) {
		fd = l->polls[i].fd;
		if (fd < 0 || l->polls[i].revents == 0)
			continue;
		reason = 0;
		length = sizeof(reason);
		if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &reason, &length) < 0)
			reason = errno;
		if (reason == 0) {
			l->polls[i].fd = -1;
			l->pending--;
			return fd;
		}
		end_attempt(l, i, reason);
	}
	return -1;
}

/* Milliseconds until the next attempt is due, or the deadline. */
static int
wait_time(const struct dial *l, struct deadline d)
{
	int left = deadline_left(d);
	int64_t due = l->due - clock_milliseconds();

	if (l->started == l->count || due >= left)
		return left;
	return due > 0 ? (int)due : 0;
}

/* Returns a connected socket, or -1 if all attempts failed or the time is up.
 */
static int
race(struct dial *l, struct deadline d)
{
	int fd = -1, ready;

	while (fd < 0 && !deadline_passed(d)) {
		if (l->started < l->count &&
		    (l->pending == 0 || clock_milliseconds() >= l->due)) {
			start_next(l);
			continue;
		}
		if (l->pending == 0)
			return -1;
		ready = poll(l->polls, (nfds_t)l->started, wait_time(l, d));
		if (ready > 0)
			fd = take_connected(l);
		else if (ready < 0 && errno != EINTR)
			return -1;
	}
	return fd;
}

static void
end_others(struct dial *l)
{
	size_t i;

	for (i = 0; i < l->started; i++) {
		if (l->polls[i].fd >= 0)
			end_attempt(l, i, ETIMEDOUT);
	}
}

/* Writes "192.0.2.1: Connection refused; 2001:db8:...: Network is unreachable".
 * The address is left out if the host is that address. */
static void
write_reasons(const struct dial *l, const char *host, struct buffer *b)
{
	char shown[IP_SIZE];
	size_t i;

	for (i = 0; i < l->started; i++) {
		address_write(shown, l->order[i]);
		if (i > 0)
			buffer_text(b, "; ");
		if (strcmp(shown, host) != 0) {
			buffer_text(b, shown);
			buffer_text(b, ": ");
		}
		buffer_text(b, strerror(l->reasons[i]));
	}
	if (l->started == 0)
		buffer_text(b, "the time is up");
}

static int
fail(const struct dial *l, const char *host, struct error *e)
{
	unsigned port = l->count > 0 ? address_port(l->order[0]) : 0;
	char reasons[640];
	struct buffer b;

	buffer_init(&b, reasons, sizeof(reasons));
	write_reasons(l, host, &b);
	return error_set(e, ERROR_CONNECT, "cannot connect to %s port %u: %s%s",
	    host, port, reasons, b.overflowed ? " ..." : "");
}

static int
time_out(short events, struct error *e)
{
	return error_set(e, ERROR_CONNECT, "%s",
	    events == POLLIN
		? "timed out while reading: no response within the time limit"
		: "timed out while writing: the peer took no more data");
}

/* Returns 0 if reading or writing is worth another try, or -1 with e set. */
static int
wait_for(struct tcp *t, short events, struct deadline d, struct error *e)
{
	struct pollfd p = {.fd = t->fd, .events = events, .revents = 0};
	int ready = poll(&p, 1, deadline_left(d));

	if (ready > 0 || (ready < 0 && errno == EINTR))
		return 0;
	if (ready < 0)
		return error_set_errno(
		    e, ERROR_CONNECT, errno, "cannot wait for the network");
	return time_out(events, e);
}

/* The deadline is checked before every call, so that a peer that always has a
 * byte ready cannot stretch it. */
static ssize_t
tcp_read(struct stream *s, void *bytes, size_t size, struct deadline d,
    struct error *e)
{
	struct tcp *t = (struct tcp *)(void *)s;
	ssize_t got;

	for (;;) {
		if (deadline_passed(d))
			return time_out(POLLIN, e);
		got = recv(t->fd, bytes, size, 0);
		if (got >= 0)
			return got;
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN && errno != EWOULDBLOCK)
			return error_set_errno(e, ERROR_CONNECT, errno,
			    "the connection broke while reading");
		if (wait_for(t, POLLIN, d, e) < 0)
			return -1;
	}
}

static int
tcp_write(struct stream *s, const void *bytes, size_t length, struct deadline d,
    struct error *e)
{
	struct tcp *t = (struct tcp *)(void *)s;
	const unsigned char *p = bytes;
	ssize_t sent;

	while (length > 0) {
		if (deadline_passed(d))
			return time_out(POLLOUT, e);
		sent = send(t->fd, p, length, MSG_NOSIGNAL);
		if (sent >= 0) {
			p += sent;
			length -= (size_t)sent;
			continue;
		}
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN && errno != EWOULDBLOCK)
			return error_set_errno(e, ERROR_CONNECT, errno,
			    "the connection broke while writing");
		if (wait_for(t, POLLOUT, d, e) < 0)
			return -1;
	}
	return 0;
}

static void
tcp_close(struct stream *s)
{
	struct tcp *t = (struct tcp *)(void *)s;

	if (t->fd >= 0)
		(void)close(t->fd);
	t->fd = -1;
}

int
tcp_dial(struct tcp *t, const char *host, const struct addresses *addresses,
    struct deadline d, struct error *e)
{
	static const struct stream_class class = {
	    tcp_read, tcp_write, tcp_close};
	struct dial dial;

	t->stream.class = &class;
	put_in_order(&dial, addresses);
	t->fd = race(&dial, d);
	end_others(&dial);
	if (t->fd < 0)
		return fail(&dial, host, e);
	log_trace("connected");
	return 0;
}

bool
tcp_is_quiet(const struct tcp *t)
{
	struct pollfd p = {.fd = t->fd, .events = POLLIN, .revents = 0};

	return t->fd >= 0 && poll(&p, 1, 0) == 0;
}
