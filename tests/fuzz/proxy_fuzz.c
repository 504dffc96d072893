/* proxy_fuzz.c - the input is what a proxy sends in response to CONNECT, as a
 * whole and byte by byte. Whatever it is, a tunnel and an error exclude each
 * other, credentials are not sent again to a proxy that takes no Basic, and to
 * no other proxy are they denied, and a message repeats little of it. */
#define _GNU_SOURCE /* NOLINT: memmem(3), strncasecmp(3) */
#include <ctype.h>
#include <string.h>
#include <strings.h>

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

/* What a 407 offers, read without the program's parser. Lines that are neither
 * of these may be either. */
struct offer {
	bool is_407;
	bool has_basic; /* a field begins with it */
	bool has_other; /* a field is one word, and Basic is nowhere */
};

static bool
begins(const char *line, size_t length, const char *word)
{
	return length >= strlen(word) &&
	       strncasecmp(line, word, strlen(word)) == 0;
}

static void
read_line(struct offer *offer, const char *line, size_t length)
{
	static const char name[] = "Proxy-Authenticate:";
	size_t at = strlen(name), end;

	if (!begins(line, length, name))
		return;
	while (at < length && line[at] == ' ')
		at++;
	for (end = at; end < length && isalpha((unsigned char)line[end]);)
		end++;
	if (end == at || end != length)
		return;
	if (begins(line + at, length - at, "Basic") && end - at == 5)
		offer->has_basic = true;
	else
		offer->has_other = true;
}

static struct offer
read_offer(const char *text, size_t length)
{
	struct offer offer = {0};
	const char *end, *line, *next;

	while ((end = memmem(text, length, "\r\n\r\n", 4)) != NULL &&
	       end - text > 9 && text[9] == '1') {
		length -= (size_t)(end + 4 - text);
		text = end + 4;
	}
	if (end == NULL || end - text < 12)
		return offer;
	offer.is_407 = memcmp(text + 9, "407", 3) == 0;
	for (line = text; line < end; line = next + 2) {
		next = memmem(line, (size_t)(end + 2 - line), "\r\n", 2);
		/* It may go on in the next line. */
		if (next[2] != ' ' && next[2] != '\t')
			read_line(&offer, line, (size_t)(next - line));
	}
	for (line = text; line < end; line++) {
		if (begins(line, (size_t)(end - line), "Basic"))
			offer.has_other = false;
	}
	return offer;
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
	struct offer offer = read_offer((const char *)data, size);

	if (result == PROXY_REFUSED) {
		check(!whole.takes_no_basic ||
		      (offer.is_407 && !offer.has_basic));
		check(
		    !offer.is_407 || !offer.has_other || whole.takes_no_basic);
	}
	/* Only bytes after a head depend on how they arrive. */
	if (ask(&bytes, data, size, 1) != result)
		check(result == PROXY_FAILED);
	check(whole.takes_no_basic == bytes.takes_no_basic);
	(void)ask(&whole, data, size, 0);
	return 0;
}
