/* dns_tcp_test.c - framing; dns_client_test.c has what happens on
 * connections. */
#include "net/dns_tcp.h"

#include <string.h>

#include "base/array.h"
#include "tap.h"

static const struct {
	unsigned length;
	size_t missing; /* once the length is there */
} frames[] = {{0, 0}, {1, 1}, {512, 512}, {DNS_TCP_SIZE - 1, DNS_TCP_SIZE - 1},
    {DNS_TCP_SIZE, DNS_TCP_SIZE}, {DNS_TCP_SIZE + 1, DNS_TCP_SIZE},
    {65535, DNS_TCP_SIZE}};

int
main(void)
{
	static struct dns_frame f;
	size_t i;

	tap_number(dns_frame_missing(&f), 2, "first the length is missing");
	f.received = 1;
	tap_number(dns_frame_missing(&f), 1, "then its second byte");
	for (i = 0; i < COUNT(frames); i++) {
		f.bytes[0] = (unsigned char)(frames[i].length >> 8);
		f.bytes[1] = (unsigned char)frames[i].length;
		f.received = 2;
		tap_number(dns_frame_missing(&f), frames[i].missing,
		    "then the message, of %u bytes", frames[i].length);
		f.received += frames[i].missing;
		tap_number(dns_frame_missing(&f), 0, "and then nothing");
	}
	return tap_done();
}
