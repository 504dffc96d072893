/* no_proxy_test.c - which hosts a list exempts. */
#include "net/no_proxy.h"

#include <stddef.h>

#include "base/array.h"
#include "tap.h"

/* Of a hundred times four characters: no host is as long. */
#define TEN(text) text text text text text text text text text text

static const struct {
	const char *list, *host;
	uint16_t port;
	bool exempt;
} exemptions[] = {
    {"", "a.test", 443, false},
    {"*", "a.test", 443, true},
    {"a.test", "a.test", 443, true},
    {"A.TEST", "a.test", 443, true},
    {"a.test", "b.a.test", 443, true},
    {".a.test", "a.test", 443, true},
    {".a.test", "b.a.test", 443, true},
    {"a.test", "ba.test", 443, false},
    {"a.test", "a.test.evil", 443, false},
    {"b.a.test", "a.test", 443, false},
    {"a.test.", "a.test", 443, true},
    {"a.test", "a.test.", 443, true},
    {"x, a.test ,y", "a.test", 443, true},
    {"x a.test", "a.test", 443, true},
    {"x,,", "a.test", 443, false},
    {".", "a.test", 443, false},
    {"*.a.test", "b.a.test", 443, false},
    {"a.test:443", "a.test", 443, true},
    {"a.test:443", "a.test", 8443, false},
    {"a.test:8443", "b.a.test", 8443, true},
    {"a.test:x", "a.test", 443, false},
    {"192.0.2.1", "192.0.2.1", 443, true},
    {"192.0.2.1", "192.0.2.10", 443, false},
    {"0.2.1", "192.0.2.1", 443, false},
    {"192.0.2.1:443", "192.0.2.1", 443, true},
    {"192.0.2.1:444", "192.0.2.1", 443, false},
    {"192.0.2.0/24", "192.0.2.200", 443, true},
    {"192.0.2.0/24", "192.0.3.1", 443, false},
    {"192.0.2.128/25", "192.0.2.127", 443, false},
    {"192.0.2.128/25", "192.0.2.129", 443, true},
    {"0.0.0.0/0", "192.0.2.1", 443, true},
    {"0.0.0.0/0", "2001:db8::1", 443, false},
    {"192.0.2.0/33", "192.0.2.0", 443, false},
    {"192.0.2.0/", "192.0.2.0", 443, false},
    {"192.0.2.0/24", "a.test", 443, false},
    {"2001:db8::1", "2001:db8:0::1", 443, true},
    {"[2001:db8::1]", "2001:db8::1", 443, true},
    {"[2001:db8::1]:443", "2001:db8::1", 443, true},
    {"[2001:db8::1]:80", "2001:db8::1", 443, false},
    {"2001:db8::/32", "2001:db8:ffff::1", 443, true},
    {"2001:db8::/32", "2001:db9::1", 443, false},
    {"[2001:db8::]/32", "2001:db8::1", 443, true},
    {"::/0", "::1", 443, true},
    {"192.0.2.1", "a.192.0.2.1", 443, true},
    {"[2001:db8::1", "2001:db8::1", 443, false},
    {"a]", "a.test", 443, false},
    {"a.test", "", 443, false},
    {TEN(TEN("long")) ",a.test", "a.test", 443, true},
    {TEN(TEN("long")), "a.test", 443, false},
};

int
main(void)
{
	size_t i;

	for (i = 0; i < COUNT(exemptions); i++) {
		tap_ok(no_proxy_matches(exemptions[i].list, exemptions[i].host,
			   exemptions[i].port) == exemptions[i].exempt,
		    "NO_PROXY=%s, %s:%d", exemptions[i].list,
		    exemptions[i].host, exemptions[i].port);
	}
	return tap_done();
}
