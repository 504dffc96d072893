/* dns_tcp.c - each read asks for the bytes that are missing and no more, so
 * that nothing past the message is read. */
#include "net/dns_tcp.h"

#include <errno.h>
#include <string.h>

#include "os/socket.h"

#define PREFIX 2 /* bytes of the length */

size_t
dns_frame_missing(const struct dns_frame *frame)
{
	size_t length;

	if (frame->received < PREFIX)
		return PREFIX - frame->received;
	length = (size_t)frame->bytes[0] << 8 | frame->bytes[1];
	if (length > DNS_TCP_SIZE)
		length = DNS_TCP_SIZE;
	return PREFIX + length - frame->received;
}

int
dns_tcp_start(struct dns_tcp *tcp, const struct address *server,
    const struct dns_query *query)
{
	tcp->query = *query;
	tcp->sent = tcp->response.received = 0;
	tcp->fd = socket_open(SOCK_STREAM, &server->to.any, server->length);
	return tcp->fd < 0 ? -1 : 0;
}

static bool
is_sent(const struct dns_tcp *tcp)
{
	return tcp->sent == PREFIX + tcp->query.length;
}

short
dns_tcp_events(const struct dns_tcp *tcp)
{
	return is_sent(tcp) ? POLLIN : POLLOUT;
}

/* Returns what a call that returned n means: -1 if the connection is over, or
 * 0. */
static int
check(ssize_t count)
{
	return count < 0 && errno != EAGAIN ? -1 : 0;
}

/* The length goes along with the query: a server may take a segment for a
 * message (RFC 7766, 8). */
static int
send_query(struct dns_tcp *tcp)
{
	unsigned char bytes[PREFIX + DNS_QUERY_MAX];
	ssize_t n;

	bytes[0] = (unsigned char)(tcp->query.length >> 8);
	bytes[1] = (unsigned char)tcp->query.length;
	memcpy(bytes + PREFIX, tcp->query.bytes, tcp->query.length);
	n = socket_send(
	    tcp->fd, bytes + tcp->sent, PREFIX + tcp->query.length - tcp->sent);
	if (n > 0)
		tcp->sent += (size_t)n;
	return check(n);
}

int
dns_tcp_step(struct dns_tcp *tcp)
{
	struct dns_frame *frame = &tcp->response;
	ssize_t n;

	if (!is_sent(tcp))
		return send_query(tcp);
	n = socket_receive(
	    tcp->fd, frame->bytes + frame->received, dns_frame_missing(frame));
	if (n <= 0)
		return n == 0 ? -1 : check(n);
	frame->received += (size_t)n;
	return dns_frame_missing(frame) == 0 ? 1 : 0;
}

void
dns_tcp_close(struct dns_tcp *tcp)
{
	socket_close(tcp->fd);
	tcp->fd = -1;
}
