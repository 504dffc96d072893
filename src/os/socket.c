/* socket.c - thin wrappers: the flags that POSIX did not have before 2024, and
 * calls that a signal interrupts. The caller waits under its deadline before it
 * tries such a call again. */
#include "os/socket.h"

#include <errno.h>
#include <unistd.h>

#include "os/clock.h"

int
socket_open(int type, const struct sockaddr *peer, socklen_t length)
{
	/* The flags are POSIX.1-2024's and Linux's since 2.6.27. */
	int fd =
	    socket(peer->sa_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int reason;

	if (fd < 0 || connect(fd, peer, length) == 0 || errno == EINPROGRESS ||
	    errno == EINTR)
		return fd;
	reason = errno;
	(void)close(fd);
	errno = reason;
	return -1;
}

int
socket_error(int fd)
{
	int reason = 0;
	socklen_t length = sizeof(reason);

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &reason, &length) < 0)
		return errno;
	return reason;
}

ssize_t
socket_send(int fd, const void *bytes, size_t length)
{
	ssize_t n = send(fd, bytes, length, MSG_NOSIGNAL);

	if (n < 0 && errno == EINTR)
		errno = EAGAIN;
	return n;
}

ssize_t
socket_receive(int fd, void *bytes, size_t size)
{
	ssize_t n = recv(fd, bytes, size, 0);

	if (n < 0 && errno == EINTR)
		errno = EAGAIN;
	return n;
}

int
socket_wait(struct pollfd *sockets, size_t count, struct deadline d)
{
	int ready = poll(sockets, (nfds_t)count, deadline_nap(d));

	return ready < 0 && errno == EINTR ? 0 : ready;
}

void
socket_close(int fd)
{
	if (fd >= 0)
		(void)close(fd);
}
