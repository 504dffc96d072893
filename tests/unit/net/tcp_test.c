/* tcp_test.c - dialling and socket I/O against sockets of this process. */
#include "net/tcp.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "os/clock.h"
#include "tap.h"

/* More than the kernel's socket buffers take, so that writes must wait. */
#define BIG (16u << 20)

struct listener {
	int fd;
	struct address address;
};

/* Listens on a free port; with backlog -1 the port is bound, but closed. */
static struct listener
listen_on(const char *ip, int backlog)
{
	struct listener l;

	l.fd = -1;
	if (address_read(&l.address, ip, 0) == 0)
		l.fd = socket(l.address.to.any.sa_family, SOCK_STREAM, 0);
	if (l.fd < 0 || bind(l.fd, &l.address.to.any, l.address.length) < 0 ||
	    (backlog >= 0 && listen(l.fd, backlog) < 0) ||
	    getsockname(l.fd, &l.address.to.any, &l.address.length) < 0) {
		perror("# cannot listen");
		exit(1);
	}
	return l;
}

/* A listener with room for one connection, which is taken: others hang. */
static struct listener
listen_full(int fillers[4])
{
	struct listener l = listen_on("127.0.0.1", 0);
	struct tcp n;
	struct addresses a = {1, {l.address}};
	struct error e;
	size_t i;

	for (i = 0; i < 4; i++) {
		error_clear(&e);
		(void)!tcp_dial(&n, "full", &a, deadline_after(100), &e);
		fillers[i] = n.fd;
	}
	return l;
}

static int
dial(struct tcp *tcp, const struct address *list, size_t count,
    uint32_t milliseconds, struct error *e)
{
	struct addresses a;

	memset(&a, 0, sizeof(a));
	a.count = count;
	memcpy(a.list, list, count * sizeof(*list));
	error_clear(e);
	return tcp_dial(
	    tcp, "api.example", &a, deadline_after(milliseconds), e);
}

static void
test_refused(void)
{
	struct listener l = listen_on("127.0.0.1", -1);
	struct address many[ADDRESSES_MAX];
	char expected[128];
	struct error e;
	struct tcp n;
	size_t i;

	snprintf(expected, sizeof(expected),
	    "cannot connect to api.example port %u: 127.0.0.1: "
	    "Connection refused",
	    address_port(&l.address));
	tap_ok(dial(&n, &l.address, 1, 10000, &e) < 0, "one is refused");
	tap_number(e.kind, ERROR_CONNECT, "one is refused: the kind");
	tap_text(e.line, expected, "one is refused: %s", e.line);
	stream_close(&n.stream);
	for (i = 0; i < ADDRESSES_MAX; i++)
		many[i] = l.address;
	tap_ok(dial(&n, many, ADDRESSES_MAX, 10000, &e) < 0,
	    "sixteen are refused");
	tap_part(e.line, "; 127.0.0.1: ", "the line has more than one");
	tap_ok(strlen(e.line) < ERROR_LINE_SIZE - 1, "the line is bounded");
	tap_ok(dial(&n, many, 0, 10000, &e) < 0, "none: %s", e.line);
	tap_ok(dial(&n, many, 1, 0, &e) < 0, "no time: %s", e.line);
	(void)close(l.fd);
}

static void
test_race(void)
{
	struct listener live = listen_on("127.0.0.1", 5), full, refusing;
	struct address list[3];
	int fillers[4];
	struct error e;
	struct tcp n;
	int64_t begin;
	size_t i;

	full = listen_full(fillers);
	refusing = listen_on("127.0.0.1", -1);
	list[0] = full.address;
	list[1] = refusing.address;
	list[2] = live.address;
	begin = clock_milliseconds();
	tap_ok(dial(&n, list, 3, 20000, &e) == 0,
	    "silent, refusing, live: the live one is found %s", e.line);
	tap_ok(clock_milliseconds() - begin < 10000, "without waiting for all");
	stream_close(&n.stream);
	tap_ok(
	    dial(&n, list, 2, 700, &e) < 0, "silent and refusing: %s", e.line);
	tap_ok(n.fd < 0, "no socket is left");
	tap_part(e.line, "refused", "the reason of the one");
	tap_part(e.line, "timed out", "the reason of the other");
	for (i = 0; i < 4; i++) {
		if (fillers[i] >= 0)
			(void)close(fillers[i]);
	}
	(void)close(full.fd);
	(void)close(refusing.fd);
	(void)close(live.fd);
}

/* Two ends of one connection. */
static int
connect_pair(struct tcp *tcp)
{
	struct listener l = listen_on("127.0.0.1", 5);
	struct error e;
	int peer = -1;

	if (dial(tcp, &l.address, 1, 10000, &e) == 0)
		peer = accept(l.fd, NULL, NULL);
	tap_ok(peer >= 0, "connected %s", e.line);
	(void)close(l.fd);
	return peer;
}

static void
test_end(void)
{
	struct error e;
	struct tcp n;
	char bytes[16];
	int peer = connect_pair(&n);

	error_clear(&e);
	tap_ok(stream_read(
		   &n.stream, bytes, sizeof(bytes), deadline_after(20), &e) < 0,
	    "silence: %s", e.line);
	tap_number(e.kind, ERROR_CONNECT, "silence: the kind");
	error_clear(&e);
	tap_ok(
	    stream_write(&n.stream, "ping", 4, deadline_after(10000), &e) == 0,
	    "four bytes are written");
	tap_number(recv(peer, bytes, sizeof(bytes), 0), 4, "four bytes there");
	(void)send(peer, "pong!", 5, MSG_NOSIGNAL);
	(void)close(peer);
	tap_ok(stream_read(&n.stream, bytes, sizeof(bytes),
		   deadline_after(10000), &e) == 5,
	    "five bytes back");
	tap_ok(stream_read(&n.stream, bytes, sizeof(bytes),
		   deadline_after(10000), &e) == 0,
	    "then the end");
	tap_ok(stream_read(
		   &n.stream, bytes, sizeof(bytes), deadline_after(0), &e) < 0,
	    "an expired deadline: %s", e.line);
	stream_close(&n.stream);
	stream_close(&n.stream);
	tap_ok(n.fd < 0, "closed twice");
	error_clear(&e);
	tap_ok(stream_read(&n.stream, bytes, sizeof(bytes),
		   deadline_after(10000), &e) < 0,
	    "nothing is read after it: %s", e.line);
}

static void
test_reset(void)
{
	const struct linger reset = {1, 0};
	struct error e;
	struct tcp n;
	char bytes[16];
	int peer = connect_pair(&n);

	(void)setsockopt(peer, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	(void)close(peer);
	error_clear(&e);
	tap_ok(stream_read(&n.stream, bytes, sizeof(bytes),
		   deadline_after(10000), &e) < 0,
	    "a read after a reset fails");
	tap_part(e.line, "reset", "a read after a reset: %s", e.line);
	error_clear(&e);
	tap_ok(stream_write(&n.stream, "x", 1, deadline_after(10000), &e) < 0,
	    "and no SIGPIPE: %s", e.line);
	tap_number(e.kind, ERROR_CONNECT, "a write after a reset: the kind");
	stream_close(&n.stream);
}

/* Reads with pauses until the end. Returns whether all BIG bytes came. */
static bool
drain(int fd)
{
	static char part[1u << 20];
	const struct timespec pause = {0, 2000000};
	size_t total = 0;
	ssize_t n;

	while ((n = recv(fd, part, sizeof(part), 0)) > 0) {
		total += (size_t)n;
		(void)nanosleep(&pause, NULL);
	}
	return n == 0 && total == BIG;
}

static void
test_slow_reader(void)
{
	static char big[BIG];
	struct error e;
	struct tcp n;
	int status = 1, peer = connect_pair(&n);
	pid_t child;

	(void)fflush(stdout);
	child = fork();
	if (child == 0) {
		(void)close(n.fd);
		_exit(drain(peer) ? 0 : 1);
	}
	(void)close(peer);
	error_clear(&e);
	tap_ok(stream_write(
		   &n.stream, big, sizeof(big), deadline_after(30000), &e) == 0,
	    "16 MiB to a slow reader %s", e.line);
	stream_close(&n.stream);
	(void)waitpid(child, &status, 0);
	tap_ok(status == 0, "all of it came");

	peer = connect_pair(&n);
	error_clear(&e);
	tap_ok(stream_write(
		   &n.stream, big, sizeof(big), deadline_after(100), &e) < 0,
	    "to a peer that reads nothing: %s", e.line);
	tap_number(e.kind, ERROR_CONNECT, "that reads nothing: the kind");
	stream_close(&n.stream);
	(void)close(peer);
}

int
main(void)
{
	test_refused();
	test_race();
	test_end();
	test_reset();
	test_slow_reader();
	return tap_done();
}
