/*
 * delay_line.c - a network of a chosen length, within one machine: a packet
 * that is sent into a TUN device comes out of it again after a delay.
 *
 * The device has the address 198.18.0.1. The two addresses of a packet to
 * 198.18.0.2 are exchanged on the way, which changes no checksum. So who
 * connects to 198.18.0.2 reaches the server that listens on 198.18.0.1, and
 * each of them takes the other for 198.18.0.2. It is the kernel's TCP whose
 * packets are delayed, from the first SYN on.
 *
 * A line on standard input is the delay each way, in microseconds, of the
 * packets after it. In response a line on standard output says what passed
 * since the line before: connections, flights, and packets. A flight is payload
 * in one direction until there is some in the other, as the client sees it:
 * what it sends counts when it enters the line, what it receives when that
 * leaves. What follows the last payload from the server is not counted, since
 * the client does not wait for it. Payload that is sent again does not count
 * either.
 *
 * The client is who sent the last SYN: one connection after the other can be
 * counted, not two at a time.
 */
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define DEVICE "line0"
#define PROTOCOL_TCP 6

enum { LIMIT = 2048, CAPACITY = 4096 };
enum side { CLIENT, SERVER, NOBODY };

struct packet {
	int64_t due;
	size_t length;
	unsigned char bytes[LIMIT];
};

static struct packet line[CAPACITY];
static size_t first, held;
static int64_t delay;

/* What passed since the last report, and the connection of the last SYN. */
static struct {
	int connections, flights, packets;
} passed;
static struct {
	int port, flights;
	enum side talking;
	uint32_t next[2];
} current;

static int64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static int
number_16(const unsigned char *bytes)
{
	return bytes[0] << 8 | bytes[1];
}

static uint32_t
number_32(const unsigned char *bytes)
{
	return (uint32_t)number_16(bytes) << 16 |
	       (uint32_t)number_16(bytes + 2);
}

/* Counts new payload of one side. */
static void
count_payload(enum side side, uint32_t begin, uint32_t length)
{
	uint32_t end = begin + length;

	if (length == 0 || (int32_t)(end - current.next[side]) <= 0)
		return;
	current.next[side] = end;
	if (side == current.talking)
		return;
	current.talking = side;
	current.flights++;
	if (side == SERVER) {
		passed.flights += current.flights;
		current.flights = 0;
	}
}

/* Counts a packet if it is of TCP and of this side, with the headers of
 * RFC 791, 3.1 and RFC 9293, 3.1. */
static void
count_packet(const struct packet *packet, enum side side)
{
	const unsigned char *ip = packet->bytes, *tcp;
	size_t ip_length = (size_t)(ip[0] & 15) * 4, tcp_length;
	uint32_t sequence;
	int is_syn;

	if (ip[9] != PROTOCOL_TCP || packet->length < ip_length + 20)
		return;
	tcp = ip + ip_length;
	tcp_length = (size_t)(tcp[12] >> 4) * 4;
	if (packet->length < ip_length + tcp_length)
		return;
	sequence = number_32(tcp + 4);
	is_syn = tcp[13] & 2;
	if (side == CLIENT && is_syn && !(tcp[13] & 16)) {
		passed.connections++;
		memset(&current, 0, sizeof(current));
		current.port = number_16(tcp);
		current.talking = NOBODY;
	}
	if (number_16(side == CLIENT ? tcp : tcp + 2) != current.port)
		return;
	if (is_syn)
		current.next[side] = sequence + 1;
	else
		count_payload(side, sequence,
		    (uint32_t)(packet->length - ip_length - tcp_length));
}

static void
exchange_addresses(unsigned char *ip)
{
	unsigned char source[4];

	memcpy(source, ip + 12, 4);
	memcpy(ip + 12, ip + 16, 4);
	memcpy(ip + 16, source, 4);
}

/* Takes a packet in. The line is never full: both ends send less than that in
 * twice the longest delay. What is not IPv4 is dropped. */
static int
receive(int device)
{
	struct packet *packet = &line[(first + held) % CAPACITY];
	ssize_t length = read(device, packet->bytes, LIMIT);

	if (length < 20 || packet->bytes[0] >> 4 != 4)
		return length < 0 ? -1 : 0;
	if (held == CAPACITY)
		return -1;
	packet->length = (size_t)length;
	packet->due = now() + delay;
	held++;
	count_packet(packet, CLIENT);
	exchange_addresses(packet->bytes);
	return 0;
}

/* Lets out what is due. Returns the time until the next packet is, or -1. */
static int64_t
send_due(int device)
{
	int64_t left;

	for (; held > 0; held--) {
		left = line[first].due - now();
		if (left > 0)
			return left;
		count_packet(&line[first], SERVER);
		if (write(device, line[first].bytes, line[first].length) < 0)
			perror("delay_line: write");
		passed.packets++;
		first = (first + 1) % CAPACITY;
	}
	return -1;
}

static int
obey(void)
{
	char text[32];
	ssize_t length = read(0, text, sizeof(text) - 1);

	if (length <= 0)
		return -1;
	text[length] = '\0';
	delay = strtoll(text, NULL, 10) * 1000;
	printf(
	    "%d %d %d\n", passed.connections, passed.flights, passed.packets);
	fflush(stdout);
	memset(&passed, 0, sizeof(passed));
	return 0;
}

int
main(void)
{
	struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
	struct pollfd files[2] = {{.events = POLLIN}, {.events = POLLIN}};
	struct timespec wait;
	int64_t left;

	memcpy(request.ifr_name, DEVICE, sizeof(DEVICE));
	files[1].fd = open("/dev/net/tun", O_RDWR);
	if (files[1].fd < 0 || ioctl(files[1].fd, TUNSETIFF, &request) < 0) {
		perror("delay_line: /dev/net/tun");
		return 1;
	}
	for (;;) {
		left = send_due(files[1].fd);
		wait.tv_sec = left / 1000000000;
		wait.tv_nsec = left % 1000000000;
		if (ppoll(files, 2, left < 0 ? NULL : &wait, NULL) < 0)
			return 1;
		if (files[0].revents != 0 && obey() < 0)
			return 0;
		if (files[1].revents != 0 && receive(files[1].fd) < 0)
			return 1;
	}
}
