/* ip_test.c - addresses, held against the C library's reader. */
#include "base/ip.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <string.h>

#include "base/array.h"
#include "tap.h"

static void
test_addresses(void)
{
	static const unsigned char ipv6[16] = {
	    0x20, 0x01, 0x0d, 0xb8, [15] = 1};
	char out[IP_SIZE];

	ip_write(out, (const unsigned char *)"\xff\0\x0a\x01", 4);
	tap_ok(strcmp(out, "255.0.10.1") == 0, "IPv4");
	ip_write(out, ipv6, 16);
	tap_ok(strcmp(out, "2001:db8:0:0:0:0:0:1") == 0, "IPv6");
	ip_write(out,
	    (const unsigned char *)"\xff\xff\xff\xff\xff\xff"
				   "\xff\xff\xff\xff\xff\xff"
				   "\xff\xff\xff\xff",
	    16);
	tap_ok(strlen(out) == IP_SIZE - 1, "the longest fits");
}

/* What libc makes of it. */
static size_t
libc_ip(const char *text, unsigned char bytes[16])
{
	if (inet_pton(AF_INET, text, bytes) == 1)
		return 4;
	return inet_pton(AF_INET6, text, bytes) == 1 ? 16 : 0;
}

static bool
reads_as_libc(const char *text)
{
	unsigned char ours[16] = {0}, theirs[16] = {0};
	size_t size = ip_read(text, ours);

	return size == libc_ip(text, theirs) && memcmp(ours, theirs, size) == 0;
}

/* Texts that nearly are addresses, and a million pieces put together. */
static void
test_read_addresses(void)
{
	static const char *const texts[] = {"", "1.2.3.4", "1.2.3", "1.2.3.4.",
	    "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "0.0.0.0", "1..2.3", "a.b",
	    "::", ":::", ":", "::1", "1::", "1:2:3:4:5:6:7:8",
	    "1:2:3:4:5:6:7:8:9",
	    "1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:8::", "::2:3:4:5:6:7:8",
	    "1::2::3", "12345::", "::12345", "::ffff:1.2.3.4",
	    "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3.4:1",
	    "1:", ":1", "fe80::1%1", "g::", "::1 ", "A:b::C"};
	static const char *const pieces[] = {":", "::", ".", "0", "1", "25",
	    "255", "256", "ffff", "ABCD", "1.2.3.4", "00", ":1:2", "f:"};
	uint32_t random = 1;
	char text[64];
	bool same = true;
	size_t i, n;

	for (i = 0; i < COUNT(texts); i++)
		tap_ok(reads_as_libc(texts[i]), "an address? %s", texts[i]);
	for (i = 0; i < 1000000 && same; i++) {
		text[0] = '\0';
		for (n = random >> 20 & 15; n > 0; n--) {
			random = random * 1664525 + 1013904223;
			if (strlen(text) < 48)
				strcat(text, pieces[(random >> 16) % 14]);
		}
		random = random * 1664525 + 1013904223;
		same = reads_as_libc(text);
	}
	tap_ok(same, "reads what libc does: %s", text);
}

int
main(void)
{
	test_addresses();
	test_read_addresses();
	return tap_done();
}
