/* address_test.c - addresses with ports and zones, in and out. */
#include "net/address.h"

#include <net/if.h>
#include <string.h>

#include "base/array.h"
#include "tap.h"

static const struct {
	const char *text, *written; /* written NULL: refused */
} literals[] = {
    {"127.0.0.1", "127.0.0.1"},
    {"::1", "0:0:0:0:0:0:0:1"},
    {"2001:DB8::a", "2001:db8:0:0:0:0:0:a"},
    {"fe80::1%lo", "fe80:0:0:0:0:0:0:1"},
    {"fe80::1%7", "fe80:0:0:0:0:0:0:1"},
    {"fe80::1%no-such-interface", NULL},
    {"fe80::1%0", NULL},
    {"fe80::1%4294967296", NULL},
    {"fe80::1%1x", NULL},
    {"fe80::1%", NULL},
    {"127.0.0.1%lo", NULL},
    {"[::1]", NULL},
    {"256.0.0.1", NULL},
    {"localhost", NULL},
    {"", NULL},
    {"0000:0000:0000:0000:0000:0000:0000:0000:0000:0000", NULL},
};

static void
test_literals(void)
{
	char written[IP_SIZE];
	struct address a;
	size_t i;
	int result;

	for (i = 0; i < COUNT(literals); i++) {
		result = address_read(&a, literals[i].text, 8443);
		if (literals[i].written == NULL) {
			tap_ok(
			    result < 0, "\"%s\" is refused", literals[i].text);
			continue;
		}
		address_write(written, &a);
		tap_ok(result == 0, "\"%s\" is read", literals[i].text);
		tap_text(written, literals[i].written, "\"%s\" is %s",
		    literals[i].text, written);
		tap_number(address_port(&a), 8443, "and has its port");
		tap_ok(address_is_ipv6(&a) ==
			   (strchr(literals[i].text, ':') != NULL),
		    "and its family");
	}
}

static void
test_zones(void)
{
	struct address a;

	tap_ok(address_read(&a, "fe80::1%lo", 1) == 0, "a zone by name");
	tap_number(a.to.v6.sin6_scope_id, if_nametoindex("lo"),
	    "it is the interface's number");
	tap_ok(address_read(&a, "fe80::1%7", 1) == 0, "a zone by number");
	tap_number(a.to.v6.sin6_scope_id, 7, "it is that number");
}

static void
test_list(void)
{
	static const unsigned char bytes[4] = {192, 0, 2, 1};
	struct addresses list = {.count = 0};
	char written[IP_SIZE];
	size_t i;

	for (i = 0; i <= ADDRESSES_MAX; i++)
		addresses_add(&list, bytes, sizeof(bytes), 1);
	address_write(written, &list.list[ADDRESSES_MAX - 1]);
	tap_ok(list.count == ADDRESSES_MAX, "a full list takes no more");
	tap_ok(
	    strcmp(written, "192.0.2.1") == 0, "its last one is %s", written);
}

int
main(void)
{
	test_literals();
	test_zones();
	test_list();
	return tap_done();
}
