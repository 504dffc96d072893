/* socket.c - waiting advances the fake clock to the next arrival. */
#include "fakes/socket.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fakes/clock.h"
#include "os/socket.h"

#define SOCKETS 32
#define QUEUE 4
#define FIRST_FD 100
#define STEP 7 /* bytes that a stream takes or gives at once */

struct arrival {
	int64_t time;
	size_t taken; /* by the reader */
	struct fake_reply reply;
};

static struct fake_socket {
	bool is_open;
	int type, number;
	struct sockaddr_storage peer;
	int64_t connected_at; /* of a stream */
	int connect_error;
	size_t received; /* of the message in progress, with its length */
	unsigned char bytes[2 + 512];
	size_t count;
	struct arrival queue[QUEUE];
} sockets[SOCKETS];

static void (*play)(
    const struct fake_message *message, struct fake_reply *reply);
static struct fake_message sent[FAKE_SOCKET_LOG_MAX];
static size_t sent_count;
static int numbers;

void
fake_socket_play(
    void (*peer)(const struct fake_message *message, struct fake_reply *reply))
{
	play = peer;
	sent_count = 0;
}

size_t
fake_socket_count(void)
{
	return sent_count;
}

const struct fake_message *
fake_socket_message(size_t index)
{
	return &sent[index];
}

size_t
fake_socket_open_count(void)
{
	size_t i, count = 0;

	for (i = 0; i < SOCKETS; i++)
		count += sockets[i].is_open;
	return count;
}

static struct fake_socket *
socket_of(int fd)
{
	if (fd < FIRST_FD || fd >= FIRST_FD + SOCKETS ||
	    !sockets[fd - FIRST_FD].is_open)
		abort();
	return &sockets[fd - FIRST_FD];
}

/* Logs a message, and asks the test for the reply. */
static void
ask_peer(struct fake_socket *socket, const void *bytes, size_t length,
    struct fake_reply *reply)
{
	struct fake_message *m = &sent[sent_count];

	if (sent_count == FAKE_SOCKET_LOG_MAX || length > sizeof(m->bytes))
		abort();
	memset(m, 0, sizeof(*m));
	m->peer = (const struct sockaddr *)&socket->peer;
	m->type = socket->type;
	m->socket = socket->number;
	m->time = fake_clock_now();
	m->length = length;
	if (length > 0)
		memcpy(m->bytes, bytes, length);
	memset(reply, 0, sizeof(*reply));
	play(m, reply);
	sent_count += length > 0;
}

static void
deliver(struct fake_socket *socket, const void *bytes, size_t length)
{
	struct arrival *a;

	if (socket->count == QUEUE)
		abort();
	a = &socket->queue[socket->count];
	ask_peer(socket, bytes, length, &a->reply);
	a->time = fake_clock_now() + a->reply.milliseconds;
	a->taken = 0;
	if (a->reply.length > 0 || a->reply.error != 0 || a->reply.ends)
		socket->count++;
}

int
socket_open(int type, const struct sockaddr *peer, socklen_t length)
{
	static struct fake_reply reply;
	struct fake_socket *s = sockets;

	while (s < sockets + SOCKETS && s->is_open)
		s++;
	if (s == sockets + SOCKETS)
		abort();
	memset(s, 0, sizeof(*s));
	s->is_open = true;
	s->type = type;
	s->number = numbers++;
	memcpy(&s->peer, peer, length);
	if (type == SOCK_STREAM) {
		ask_peer(s, NULL, 0, &reply);
		s->connect_error = reply.error;
		s->connected_at = fake_clock_now() + reply.milliseconds;
	}
	return FIRST_FD + (int)(s - sockets);
}

int
socket_error(int fd)
{
	return socket_of(fd)->connect_error;
}

static ssize_t
fail(int reason)
{
	errno = reason;
	return -1;
}

static ssize_t
send_some(struct fake_socket *socket, const unsigned char *bytes, size_t length)
{
	size_t wanted, i;

	if (fake_clock_now() < socket->connected_at)
		return fail(EAGAIN);
	if (socket->connect_error != 0)
		return fail(socket->connect_error);
	length = length < STEP ? length : STEP;
	for (i = 0; i < length; i++) {
		socket->bytes[socket->received++] = bytes[i];
		wanted = 2 + ((size_t)socket->bytes[0] << 8 | socket->bytes[1]);
		if (socket->received >= 2 && socket->received == wanted) {
			deliver(socket, socket->bytes + 2, wanted - 2);
			socket->received = 0;
		}
	}
	return (ssize_t)length;
}

ssize_t
socket_send(int fd, const void *bytes, size_t length)
{
	struct fake_socket *s = socket_of(fd);

	if (s->type == SOCK_STREAM)
		return send_some(s, bytes, length);
	deliver(s, bytes, length);
	return (ssize_t)length;
}

/* The first arrival that has come, or NULL. */
static struct arrival *
next_arrival(struct fake_socket *socket)
{
	struct arrival *first = NULL;
	size_t i;

	for (i = 0; i < socket->count; i++) {
		if (first == NULL || socket->queue[i].time < first->time)
			first = &socket->queue[i];
	}
	return first;
}

static void
drop_arrival(struct fake_socket *socket, struct arrival *arrival)
{
	*arrival = socket->queue[--socket->count];
}

ssize_t
socket_receive(int fd, void *bytes, size_t size)
{
	struct fake_socket *s = socket_of(fd);
	struct arrival *a = next_arrival(s);
	size_t n;
	int reason;

	if (a == NULL || a->time > fake_clock_now())
		return fail(EAGAIN);
	if (a->reply.error != 0) {
		reason = a->reply.error;
		drop_arrival(s, a);
		return fail(reason);
	}
	n = a->reply.length - a->taken;
	if (s->type == SOCK_STREAM && n > STEP)
		n = STEP;
	n = n < size ? n : size;
	memcpy(bytes, a->reply.bytes + a->taken, n);
	a->taken += n;
	if (s->type == SOCK_DGRAM ||
	    (a->taken == a->reply.length && !a->reply.ends))
		drop_arrival(s, a);
	return (ssize_t)n;
}

/* When this socket is ready for what is waited for, or INT64_MAX. */
static int64_t
ready_at(const struct pollfd *poll)
{
	struct fake_socket *s;
	struct arrival *a;

	if (poll->fd < 0)
		return INT64_MAX;
	s = socket_of(poll->fd);
	if (poll->events == POLLOUT)
		return s->connected_at;
	a = next_arrival(s);
	return a != NULL ? a->time : INT64_MAX;
}

int
socket_wait(struct pollfd *polls, size_t count, struct deadline d)
{
	int64_t now = fake_clock_now(), next = now + deadline_left(d);
	size_t i;
	int ready = 0;

	for (i = 0; i < count; i++) {
		if (ready_at(&polls[i]) < next)
			next = ready_at(&polls[i]);
	}
	if (next > now)
		fake_clock_advance((uint32_t)(next - now));
	for (i = 0; i < count; i++) {
		polls[i].revents = ready_at(&polls[i]) <= fake_clock_now()
				       ? polls[i].events
				       : 0;
		ready += polls[i].revents != 0;
	}
	return ready;
}

void
socket_close(int fd)
{
	if (fd >= 0)
		socket_of(fd)->is_open = false;
}
