/* socket.h - connected sockets that never block and that exec(2) closes, and
 * waiting for several of them under one deadline. */
#ifndef SOCKET_H
#define SOCKET_H

#include <poll.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "os/clock.h"

/* Opens a socket of this type, SOCK_DGRAM or SOCK_STREAM, and connects it. A
 * stream may still be connecting afterwards: once poll(2) finds it writable,
 * socket_error() has the outcome.
 *
 * Through a datagram socket only the peer's datagrams arrive. The kernel picks
 * its port at random.
 *
 * Returns a descriptor, or -1 with errno set. */
int socket_open(int type, const struct sockaddr *peer, socklen_t length)
    __attribute__((warn_unused_result));

/* Returns 0, or the errno with which connecting or sending failed. */
int socket_error(int fd) __attribute__((warn_unused_result));

/* Sends what the socket takes now, without a SIGPIPE.
 *
 * Returns how many bytes, or -1 with errno set; EAGAIN: none now. */
ssize_t socket_send(int fd, const void *bytes, size_t length)
    __attribute__((warn_unused_result));

/* Receives what is there: a datagram, whose rest is lost if it does not fit, or
 * some bytes of a stream.
 *
 * Returns how many bytes, 0 at the end of a stream, or -1 with errno set;
 * EAGAIN: none now. */
ssize_t socket_receive(int fd, void *bytes, size_t size)
    __attribute__((warn_unused_result));

/* Waits until one of the sockets is ready; fd -1 is left out.
 *
 * Returns how many are, 0 after the deadline or a signal, or -1 with errno
 * set. */
int socket_wait(struct pollfd *sockets, size_t count, struct deadline d)
    __attribute__((warn_unused_result));

void socket_close(int fd);

#endif
