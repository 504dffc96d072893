/* dns_fuzz.c - any response to a query, over UDP and, in pieces, over TCP; the
 * addresses found fit, and are the same both ways. The first byte chooses the
 * query. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "net/dns.h"
#include "net/dns_tcp.h"

/* Receives a frame with this message, at most a few bytes at a time.
 *
 * Returns its length without the rest that does not fit. */
static size_t
receive(struct dns_frame *frame, const uint8_t *data, size_t size)
{
	const uint8_t prefix[2] = {(uint8_t)(size >> 8), (uint8_t)size};
	size_t taken = 0, n, missing;

	frame->received = 0;
	while ((missing = dns_frame_missing(frame)) > 0) {
		n = missing < 1 + taken % 5 ? missing : 1 + taken % 5;
		if (frame->received + n > sizeof(frame->bytes))
			abort();
		if (frame->received < 2) {
			n = 1;
			frame->bytes[frame->received] = prefix[frame->received];
		} else {
			memcpy(frame->bytes + frame->received, data + taken, n);
			taken += n;
		}
		frame->received += n;
	}
	return frame->received - 2;
}

static void
check_addresses(const struct dns_addresses *found, enum dns_result result)
{
	if (found->count > DNS_ADDRESSES_MAX ||
	    (result == DNS_FOUND && found->count == 0) ||
	    (result != DNS_FOUND && result != DNS_CUT && found->count > 0))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct dns_frame frame;
	struct dns_addresses found, framed;
	enum dns_result result, other;
	struct dns_query q;
	size_t length;

	if (size == 0 || size > 65535)
		return 0;
	memset(&found, 0, sizeof(found));
	memset(&framed, 0, sizeof(framed));
	if (dns_ask(&q, 0x1234, "api.test", data[0] & 1 ? DNS_A : DNS_AAAA,
		(data[0] & 2) != 0) < 0)
		abort();
	data++;
	size--;
	result = dns_read(&q, data, size, &found);
	check_addresses(&found, result);
	length = receive(&frame, data, size);
	other = dns_read(&q, frame.bytes + 2, length, &framed);
	check_addresses(&framed, other);
	if (length == size &&
	    (result != other || memcmp(&found, &framed, sizeof(found)) != 0))
		abort();
	return 0;
}
