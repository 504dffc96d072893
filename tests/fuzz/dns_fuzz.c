/* dns_fuzz.c - any response to one query; the addresses found fit. */
#include <stdlib.h>
#include <string.h>

#include "net/dns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dns_addresses found;
	struct dns_query q;
	enum dns_result result;

	if (dns_ask(&q, 0x1234, "api.test", DNS_AAAA) < 0)
		abort();
	result = dns_read(&q, data, size, &found);
	if ((result == DNS_FOUND) != (found.count > 0) ||
	    found.count > DNS_ADDRESSES_MAX)
		abort();
	return 0;
}
