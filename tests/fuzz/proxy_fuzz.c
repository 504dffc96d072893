/* proxy_fuzz.c - the input is what a proxy sends in response to CONNECT, as a
 * whole and byte by byte. Whatever it is, a tunnel and an error exclude each
 * other, credentials are not sent again to a proxy that takes no Basic, and a
 * message repeats little of it. */
#include <string.h>

#include "../unit/memory_stream.h"
#include "base/error.h"
#include "fuzz.h"
#include "net/proxy.h"
#include "os/clock.h"

static struct memory_stream memory;

static bool
has_credentials(void)
{
	memory.output[memory.output_length] = '\0';
	return strstr(memory.output, "Proxy-Authorization: Basic dTpw\r\n") !=
	       NULL;
}

static enum proxy_result
ask(struct proxy *proxy, const uint8_t *data, size_t size, size_t step)
{
	const struct url to = {.host = "api.test", .port = 443};
	bool sends = !proxy->takes_no_basic;
	enum proxy_result result;
	struct error e;

	error_clear(&e);
	memory_open(&memory, data, size);
	memory.step = step;
	result = proxy_connect(
	    proxy, &memory.stream, &to, deadline_after(60000), &e);
	check(has_credentials() == sends);
	check((result == PROXY_CONNECTED) == (e.kind == ERROR_NONE));
	check(result == PROXY_CONNECTED || e.kind == ERROR_CONNECT);
	check((result == PROXY_REFUSED) <= (e.hint != NULL));
	check(strlen(e.line) < 100 + PROXY_SCHEMES_SIZE);
	check(!proxy->takes_no_basic || !sends || result == PROXY_REFUSED);
	return result;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct proxy whole = {.is_used = true, .secret = "dTpw"};
	struct proxy bytes = whole;
	enum proxy_result result = ask(&whole, data, size, 0);

	/* Only bytes after a head depend on how they arrive. */
	if (ask(&bytes, data, size, 1) != result)
		check(result == PROXY_FAILED);
	check(whole.takes_no_basic == bytes.takes_no_basic);
	(void)ask(&whole, data, size, 0);
	return 0;
}
