/* socket_test.c - sockets on loopback. */
#include "os/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "tap.h"

/* Makes a socket that others can reach, and its address. */
static int
listen_at(int type, struct sockaddr_in *address)
{
	socklen_t length = sizeof(*address);
	int fd = socket(AF_INET, type, 0);

	memset(address, 0, sizeof(*address));
	address->sin_family = AF_INET;
	address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)address, length) < 0 ||
	    (type == SOCK_STREAM && listen(fd, 1) < 0) ||
	    getsockname(fd, (struct sockaddr *)address, &length) < 0)
		return -1;
	return fd;
}

static int
open_to(int type, const struct sockaddr_in *address)
{
	return socket_open(
	    type, (const struct sockaddr *)address, sizeof(*address));
}

static bool
wait_for(int fd, short events)
{
	struct pollfd p[2] = {
	    {.fd = -1, .events = events}, {.fd = fd, .events = events}};

	return socket_wait(p, 2, deadline_after(5000)) == 1 &&
	       p[1].revents != 0;
}

/* A call has just returned this. */
static void
check_fails(const char *name, ssize_t result, int expected)
{
	int number = errno;

	tap_ok(result < 0, "%s: fails", name);
	tap_number(number, expected, "%s: errno", name);
}

static void
test_datagrams(void)
{
	struct sockaddr_in to, from;
	socklen_t size = sizeof(from);
	int server = listen_at(SOCK_DGRAM, &to), fd = open_to(SOCK_DGRAM, &to);
	char bytes[16];

	tap_ok(server >= 0, "a server's datagram socket");
	tap_ok(fd >= 0, "a datagram socket");
	tap_ok((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0, "exec closes it");
	check_fails("reading, which does not block",
	    socket_receive(fd, bytes, sizeof(bytes)), EAGAIN);
	tap_ok(socket_send(fd, "query", 5) == 5, "sending");
	tap_ok(recvfrom(server, bytes, sizeof(bytes), 0,
		   (struct sockaddr *)&from, &size) == 5,
	    "it arrives");
	tap_ok(
	    sendto(server, "longer", 6, 0, (struct sockaddr *)&from, size) == 6,
	    "a response is sent");
	tap_ok(wait_for(fd, POLLIN), "a response is waited for");
	tap_ok(socket_receive(fd, bytes, 4) == 4, "its beginning is received");
	check_fails("reading the rest, which is lost",
	    socket_receive(fd, bytes, 4), EAGAIN);
	(void)close(server);
	tap_ok(socket_send(fd, "query", 5) == 5,
	    "a port where nobody listens is sent to");
	tap_ok(wait_for(fd, POLLIN), "a report is waited for");
	check_fails("a port where nobody listens", socket_receive(fd, bytes, 4),
	    ECONNREFUSED);
	socket_close(fd);
}

static void
test_streams(void)
{
	struct sockaddr_in to;
	int server = listen_at(SOCK_STREAM, &to), fd, peer;
	char bytes[16];

	fd = open_to(SOCK_STREAM, &to);
	tap_ok(server >= 0, "a server's stream");
	tap_ok(fd >= 0, "a stream");
	tap_ok(wait_for(fd, POLLOUT), "it connects");
	tap_ok(socket_error(fd) == 0, "without an error");
	peer = accept(server, NULL, NULL);
	tap_ok(socket_send(fd, "query", 5) == 5, "sending to a stream");
	tap_ok(
	    recv(peer, bytes, sizeof(bytes), 0) == 5, "what is sent arrives");
	(void)close(peer);
	tap_ok(wait_for(fd, POLLIN), "the end of a stream is waited for");
	tap_ok(socket_receive(fd, bytes, 4) == 0, "the end of a stream");
	tap_ok(socket_send(fd, "query", 5) == 5,
	    "sending once after the end of a stream");
	tap_ok(wait_for(fd, POLLIN), "the reset is waited for");
	check_fails("a stream that is closed, which raises no signal",
	    socket_send(fd, "query", 5), EPIPE);
	socket_close(fd);
	(void)close(server);
	fd = open_to(SOCK_STREAM, &to);
	tap_ok(fd < 0 ||
		   (wait_for(fd, POLLOUT) && socket_error(fd) == ECONNREFUSED),
	    "a connection that is refused");
	socket_close(fd);
	socket_close(-1);
}

static void
test_failures(void)
{
	struct sockaddr_in to = {.sin_family = AF_UNIX};
	int fd = open_to(SOCK_DGRAM, &to), number = errno;

	tap_ok(fd < 0, "an address that no socket takes");
	tap_ok(number != 0, "an address that no socket takes: errno");
	tap_ok(socket_wait(NULL, 0, deadline_after(1)) == 0,
	    "waiting for nothing");
}

static void
ignore(int number)
{
	(void)number;
}

/* A signal comes while nothing does. Later than the wait begins, as a rule: if
 * not, the wait ends by its deadline, with the same result. */
static void
test_interrupted(void)
{
	const struct sigaction action = {.sa_handler = ignore};
	const struct itimerval soon = {.it_value = {.tv_usec = 20000}};
	struct sockaddr_in to;
	int fd = listen_at(SOCK_DGRAM, &to);
	struct pollfd p = {.fd = fd, .events = POLLIN};

	tap_ok(fd >= 0, "a socket that gets nothing");
	tap_number(sigaction(SIGALRM, &action, NULL), 0, "a signal's handler");
	tap_number(setitimer(ITIMER_REAL, &soon, NULL), 0, "its time");
	tap_number(socket_wait(&p, 1, deadline_after(1000)), 0,
	    "a wait that a signal ends is not a failure");
	socket_close(fd);
}

int
main(void)
{
	test_datagrams();
	test_streams();
	test_failures();
	test_interrupted();
	return tap_done();
}
