/* tcp.c - dialling is one loop over a table of attempts: start the next one
 * when it is due, poll all that are pending, take the first that is connected
 * and close the others. Reading and writing try the call first and poll only if
 * it would block; but the first read after a write polls first, since a
 * response takes a round trip. That saves a system call most times. */
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
	int64_t due; /* next start, clock_milliseconds(); 0: now */
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
	dial->due = 0;
	if (dial->polls[i].fd < 0) {
		dial->reasons[i] = errno;
		return;
	}
	dial->pending++;
	if (dial->started < dial->count)
		dial->due = clock_milliseconds() + ATTEMPT_DELAY;
}

static void
end_attempt(struct dial *dial, size_t index, int reason)
{
	socket_close(dial->polls[index].fd);
	dial->polls[index].fd = -1;
	dial->reasons[index] = reason;
	dial->pending--;
	dial->due = 0;
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

static bool
has_next(const struct dial *dial)
{
	return dial->started < dial->count;
}

static bool
next_is_due(const struct dial *dial)
{
	return has_next(dial) &&
	       (dial->pending == 0 || clock_milliseconds() >= dial->due);
}

/* Returns milliseconds until the next attempt is due, but no more than are
 * left. */
static int
wait_time(const struct dial *dial, int left)
{
	int64_t due;

	if (!has_next(dial))
		return left;
	due = dial->due - clock_milliseconds();
	if (due >= left)
		return left;
	return due > 0 ? (int)due : 0;
}

static void
end_pending(struct dial *dial, int reason)
{
	size_t i;

	for (i = 0; i < dial->started; i++) {
		if (dial->polls[i].fd >= 0)
			end_attempt(dial, i, reason);
	}
}

/* Returns a connected socket, or -1 if all attempts failed or the time is up.
 */
static int
race(struct dial *dial, struct deadline d)
{
	int fd = -1, ready, left;

	while (fd < 0 && (left = deadline_step(d)) >= 0) {
		if (next_is_due(dial)) {
			start_next(dial);
			continue;
		}
		if (dial->pending == 0)
			return -1;
		ready = poll(
		    dial->polls, (nfds_t)dial->started, wait_time(dial, left));
		if (ready > 0) {
			fd = take_connected(dial);
		} else if (ready < 0 && errno != EINTR) {
			end_pending(dial, errno);
			return -1;
		}
	}
	return fd;
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
wait_for(struct tcp *tcp, short events, int milliseconds, struct error *e)
{
	struct pollfd p = {.fd = tcp->fd, .events = events, .revents = 0};

	if (poll(&p, 1, milliseconds) >= 0 || errno == EINTR)
		return 0;
	return error_set_errno(
	    e, ERROR_CONNECT, errno, "cannot wait for the network");
}

/* The deadline is checked before every call, so that a peer that always has a
 * byte ready cannot stretch it. */
static ssize_t
tcp_read(struct stream *stream, void *bytes, size_t size, struct deadline d,
    struct error *e)
{
	struct tcp *t = (struct tcp *)(void *)stream;
	int left = deadline_step(d);
	ssize_t got;

	if (t->has_written && left >= 0 && wait_for(t, POLLIN, left, e) < 0)
		return -1;
	t->has_written = false;
	for (;;) {
		left = deadline_step(d);
		if (left < 0)
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
		if (left == 0)
			return time_out(POLLIN, e);
		if (wait_for(t, POLLIN, left, e) < 0)
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
	int left;

	t->has_written = true;
	while (length > 0) {
		left = deadline_step(d);
		if (left < 0)
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
		if (left == 0)
			return time_out(POLLOUT, e);
		if (wait_for(t, POLLOUT, left, e) < 0)
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
	tcp->has_written = false;
	put_in_order(&dial, addresses);
	tcp->fd = race(&dial, d);
	end_pending(&dial, ETIMEDOUT);
	if (tcp->fd < 0)
		return fail(&dial, host, e);
	log_trace("connected");
	return 0;
}

/* A signal would interrupt even a poll(2) that does not wait. */
bool
tcp_is_quiet(const struct tcp *tcp)
{
	char byte;

	return tcp->fd >= 0 && recv(tcp->fd, &byte, 1, MSG_PEEK) < 0 &&
	       (errno == EAGAIN || errno == EWOULDBLOCK);
}
