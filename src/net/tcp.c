/* tcp.c - dialling is one loop over a table of attempts: start the next one
 * when it is due, poll all that are pending, take the first that is connected
 * and close the others. Reading and writing try the call first and poll only if
 * it would block, which saves a system call most times. */
#include "net/tcp.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>

#include "base/buffer.h"
#include "base/error.h"
#include "os/clock.h"
#include "os/log.h"
#include "os/socket.h"

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
put_in_order(struct dial *dial, const struct addresses *from)
{
	size_t next[2] = {0, 0}, *at;
	int turn = 0; /* 0: IPv6, 1: IPv4 */

	memset(dial, 0, sizeof(*dial));
	while (dial->count < from->count && dial->count < ADDRESSES_MAX) {
		at = &next[turn];
		while (*at < from->count &&
		       address_is_ipv6(&from->list[*at]) == turn)
			(*at)++;
		if (*at < from->count)
			dial->order[dial->count++] = &from->list[(*at)++];
		turn = !turn;
	}
}

/* Returns a socket that is connecting, or -1 with errno set. */
static int
begin_connection(const struct address *address)
{
	const int on = 1;
	int fd = socket_open(SOCK_STREAM, &address->to.any, address->length);
	int reason;

	/* Without TCP_NODELAY a handshake of several small records waits for
	 * the peer's delayed acknowledgement, 40 ms on Linux. */
	if (fd < 0 ||
	    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == 0)
		return fd;
	reason = errno;
	socket_close(fd);
	errno = reason;
	return -1;
}

static void
start_next(struct dial *dial)
{
	size_t i = dial->started++;
	char shown[IP_SIZE];

	address_write(shown, dial->order[i]);
	log_trace("connecting to %s", shown);
	dial->polls[i].events = POLLOUT;
	dial->polls[i].fd = begin_connection(dial->order[i]);
	if (dial->polls[i].fd < 0) {
		dial->reasons[i] = errno;
		dial->due = clock_milliseconds();
		return;
	}
	dial->pending++;
	dial->due = clock_milliseconds() + ATTEMPT_DELAY;
}

static void
end_attempt(struct dial *dial, size_t index, int reason)
{
	socket_close(dial->polls[index].fd);
	dial->polls[index].fd = -1;
	dial->reasons[index] = reason;
	dial->pending--;
	dial->due = clock_milliseconds();
}

/* Takes the first connected socket out of the table, and ends the attempts that
 * failed before it.
 *
 * Returns the socket, or -1. */
static int
take_connected(struct dial *dial)
{
	size_t i;
	int reason, fd;

	for (i = 0; i < dial->started; i++) {
		fd = dial->polls[i].fd;
		if (fd < 0 || dial->polls[i].revents == 0)
			continue;
		reason = socket_error(fd);
		if (reason == 0) {
			dial->polls[i].fd = -1;
			dial->pending--;
			return fd;
		}
		end_attempt(dial, i, reason);
	}
	return -1;
}

/* Milliseconds until the next attempt is due, or the deadline. */
static int
wait_time(const struct dial *dial, struct deadline d)
{
	int left = deadline_nap(d);
	int64_t due = dial->due - clock_milliseconds();

	if (dial->started == dial->count || due >= left)
		return left;
	return due > 0 ? (int)due : 0;
}

/* Returns a connected socket, or -1 if all attempts failed or the time is up.
 */
static int
race(struct dial *dial, struct deadline d)
{
	int fd = -1, ready;

	while (fd < 0 && !deadline_passed(d)) {
		if (dial->started < dial->count &&
		    (dial->pending == 0 || clock_milliseconds() >= dial->due)) {
			start_next(dial);
			continue;
		}
		if (dial->pending == 0)
			return -1;
		ready = poll(
		    dial->polls, (nfds_t)dial->started, wait_time(dial, d));
		if (ready > 0) {
			fd = take_connected(dial);
		} else if (ready < 0 && errno != EINTR) {
			return -1;
		}
	}
	return fd;
}

static void
end_others(struct dial *dial)
{
	size_t i;

	for (i = 0; i < dial->started; i++) {
		if (dial->polls[i].fd >= 0)
			end_attempt(dial, i, ETIMEDOUT);
	}
}

/* Writes "192.0.2.1: Connection refused; 2001:db8:...: Network is unreachable".
 * The address is left out if the host is that address. */
static void
write_reasons(const struct dial *dial, const char *host, struct buffer *b)
{
	char shown[IP_SIZE];
	size_t i;

	for (i = 0; i < dial->started; i++) {
		address_write(shown, dial->order[i]);
		if (i > 0)
			buffer_text(b, "; ");
		if (strcmp(shown, host) != 0) {
			buffer_text(b, shown);
			buffer_text(b, ": ");
		}
		buffer_text(b, strerror(dial->reasons[i]));
	}
	if (dial->started == 0)
		buffer_text(b, "the time is up");
}

static int
fail(const struct dial *dial, const char *host, struct error *e)
{
	unsigned port = dial->count > 0 ? address_port(dial->order[0]) : 0;
	char reasons[640];
	struct buffer b;

	buffer_init(&b, reasons, sizeof(reasons));
	write_reasons(dial, host, &b);
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
wait_for(struct tcp *tcp, short events, struct deadline d, struct error *e)
{
	struct pollfd p = {.fd = tcp->fd, .events = events, .revents = 0};
	int ready = poll(&p, 1, deadline_nap(d));

	if (ready > 0 || (ready < 0 && errno == EINTR) ||
	    (ready == 0 && deadline_left(d) > 0))
		return 0;
	if (ready < 0) {
		return error_set_errno(
		    e, ERROR_CONNECT, errno, "cannot wait for the network");
	}
	return time_out(events, e);
}

/* The deadline is checked before every call, so that a peer that always has a
 * byte ready cannot stretch it. */
static ssize_t
tcp_read(struct stream *stream, void *bytes, size_t size, struct deadline d,
    struct error *e)
{
	struct tcp *t = (struct tcp *)(void *)stream;
	ssize_t got;

	for (;;) {
		if (deadline_passed(d))
			return time_out(POLLIN, e);
		got = recv(t->fd, bytes, size, 0);
		if (got >= 0)
			return got;
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN && errno != EWOULDBLOCK) {
			return error_set_errno(e, ERROR_CONNECT, errno,
			    "the connection broke while reading");
		}
		if (wait_for(t, POLLIN, d, e) < 0)
			return -1;
	}
}

static int
tcp_write(struct stream *stream, const void *bytes, size_t length,
    struct deadline d, struct error *e)
{
	struct tcp *t = (struct tcp *)(void *)stream;
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
		if (errno != EAGAIN && errno != EWOULDBLOCK) {
			return error_set_errno(e, ERROR_CONNECT, errno,
			    "the connection broke while writing");
		}
		if (wait_for(t, POLLOUT, d, e) < 0)
			return -1;
	}
	return 0;
}

static void
tcp_close(struct stream *stream)
{
	struct tcp *t = (struct tcp *)(void *)stream;

	socket_close(t->fd);
	t->fd = -1;
}

int
tcp_dial(struct tcp *tcp, const char *host, const struct addresses *addresses,
    struct deadline d, struct error *e)
{
	static const struct stream_class class = {
	    tcp_read, tcp_write, tcp_close};
	struct dial dial;

	tcp->stream.class = &class;
	put_in_order(&dial, addresses);
	tcp->fd = race(&dial, d);
	end_others(&dial);
	if (tcp->fd < 0)
		return fail(&dial, host, e);
	log_trace("connected");
	return 0;
}

bool
tcp_is_quiet(const struct tcp *tcp)
{
	struct pollfd p = {.fd = tcp->fd, .events = POLLIN, .revents = 0};

	return tcp->fd >= 0 && poll(&p, 1, 0) == 0;
}
