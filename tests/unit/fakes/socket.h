/* socket.h - sockets whose peers are a function of the test, on the fake clock.
 * Streams take and give a few bytes at a time. Link it in place of
 * src/os/socket.c. */
#ifndef FAKE_SOCKET_H
#define FAKE_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define FAKE_SOCKET_REPLY_MAX 12000
#define FAKE_SOCKET_LOG_MAX 256

struct fake_reply {
	uint32_t milliseconds; /* until it arrives */
	int error;             /* in place of bytes: ECONNREFUSED and so on */
	size_t length;         /* 0: silence */
	bool ends;             /* the stream ends after it */
	unsigned char bytes[FAKE_SOCKET_REPLY_MAX];
};

/* A datagram, or a DNS message over a stream without its length, that was
 * sent. */
struct fake_message {
	const struct sockaddr *peer;
	int type;   /* SOCK_DGRAM or SOCK_STREAM */
	int socket; /* a number that is never used again */
	int64_t time;
	size_t length; /* 0: a stream connects */
	unsigned char bytes[512];
};

/* Sets what peers do: fill in a reply, which is all zeros before. Clears the
 * log. */
void fake_socket_play(
    void (*peer)(const struct fake_message *message, struct fake_reply *reply));

/* The messages that were sent. */
size_t fake_socket_count(void);
const struct fake_message *fake_socket_message(size_t index);

/* How many sockets are open. */
size_t fake_socket_open_count(void);

#endif
