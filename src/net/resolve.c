/* resolve.c - each source of addresses in turn, and the order in which a name
 * is tried within the search domains. */
#include "net/resolve.h"

#include <stdbool.h>
#include <string.h>

#include "base/ascii.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/url.h"
#include "net/dns_client.h"
#include "net/name_files.h"
#include "os/clock.h"
#include "os/log.h"

/* RFC 6761, 6.3: localhost and all names below it are loopback addresses, and
 * no name server is asked. */
static bool
is_localhost(const char *host)
{
	static const char name[] = "localhost";
	size_t length = strlen(host), rest;

	if (length > 0 && host[length - 1] == '.')
		length--;
	if (length < sizeof(name) - 1)
		return false;
	rest = length - (sizeof(name) - 1);
	return ascii_equal_nocase(name, host + rest, sizeof(name) - 1) &&
	       (rest == 0 || host[rest - 1] == '.');
}

static void
resolve_localhost(uint16_t port, struct addresses *out)
{
	static const unsigned char v6[16] = {[15] = 1}; /* ::1 */
	static const unsigned char v4[4] = {127, 0, 0, 1};

	addresses_add(out, v6, sizeof(v6), port);
	addresses_add(out, v4, sizeof(v4), port);
}

/* Asks for the name within each search domain.
 *
 * Returns as dns_client_ask() does. */
static int
ask_within(struct dns_client *client, const char *host, struct deadline d,
    struct error *e)
{
	const char *domain = client->servers->search;
	char name[URL_HOST_SIZE + NAME_FILES_SEARCH_SIZE];
	int result = DNS_NO_NAME;
	struct buffer b;

	for (; *domain != '\0' && result >= 0 && result != DNS_FOUND &&
	       !deadline_passed(d);
	     domain += strlen(domain) + 1) {
		buffer_init(&b, name, sizeof(name));
		buffer_format(&b, "%s.%s", host, domain);
		result = dns_client_ask(client, name, d, e);
	}
	return result;
}

/* A name with a dot is asked for as it is, and only then within the search
 * domains; a name without a dot is first asked for there. That is
 * resolv.conf's ndots:1, whatever the file says: with Kubernetes' ndots:5 every
 * look-up of a public name would begin with a wrong name for each domain. */
static int
ask_in_order(struct dns_client *client, const char *host, struct deadline d,
    struct error *e)
{
	bool has_dot = strchr(host, '.') != NULL;
	size_t length = strlen(host);
	int result = DNS_NO_NAME, within = DNS_NO_NAME;

	if (!has_dot)
		within = ask_within(client, host, d, e);
	if (within < 0 || within == DNS_FOUND)
		return within;
	result = dns_client_ask(client, host, d, e);
	if (result < 0 || result == DNS_FOUND || result == DNS_NOT_OURS ||
	    !has_dot || host[length - 1] == '.')
		return result;
	within = ask_within(client, host, d, e);
	return within < 0 || within == DNS_FOUND ? within : result;
}

static enum resolve_result
fail(const char *host, const char *reason, struct error *e)
{
	error_set(e, ERROR_CONNECT, "cannot look up %s: %s", host, reason);
	return RESOLVE_FAILED;
}

static enum resolve_result
explain(const char *host, enum dns_result result,
    const struct dns_client *client, struct error *e)
{
	static const char *const reasons[] = {
	    [DNS_NOT_OURS] = "no name server responded in time",
	    [DNS_FOUND] = "",
	    [DNS_NO_ADDRESS] = "the name has no address",
	    [DNS_NO_NAME] = "the name does not exist",
	    [DNS_FAILED] = "the name server failed or cannot be reached",
	    [DNS_NO_EDNS] = "",
	    [DNS_CUT] = "the response was truncated, and TCP failed",
	};
	int reason = dns_client_reason(client);

	(void)fail(host, reasons[result], e);
	if (result == DNS_FAILED && reason != 0)
		error_append(e, ": %s", strerror(reason));
	if (client->servers->is_missing) {
		error_hint(e,
		    "/etc/resolv.conf is missing, so a name server on "
		    "127.0.0.1 was asked: mount that file, or an /etc/hosts "
		    "with the name");
	}
	return RESOLVE_FAILED;
}

static bool
is_too_long(const char *host)
{
	return strlen(host) >= URL_HOST_SIZE;
}

void
resolve_prepare(struct resolver *resolver, const char *host, uint16_t port)
{
	struct addresses *known = &resolver->known;

	resolver->host = host;
	resolver->port = port;
	known->count = 0;
	resolver->is_literal = strchr(host, '%') == NULL &&
			       address_read(&known->list[0], host, port) == 0;
	if (resolver->is_literal) {
		known->count = 1;
	} else if (is_localhost(host)) {
		resolve_localhost(port, known);
	} else if (!is_too_long(host)) {
		name_files_hosts("/etc/hosts", host, port, known);
	}
	if (known->count == 0)
		name_files_servers("/etc/resolv.conf", &resolver->servers);
}

static enum resolve_result
ask(struct resolver *resolver, struct addresses *out, struct deadline d,
    struct error *e)
{
	const char *host = resolver->host;
	struct dns_client *client = &resolver->client;
	int result;

	dns_client_open(client, &resolver->servers);
	result = ask_in_order(client, host, d, e);
	dns_client_close(client);
	if (result < 0)
		return RESOLVE_LOCAL;
	if (result != DNS_FOUND)
		return explain(host, (enum dns_result)result, client, e);
	dns_client_addresses(client, resolver->port, out);
	return RESOLVE_FOUND;
}

static void
trace(const char *host, const struct addresses *found)
{
	char shown[IP_SIZE];
	size_t i;

	for (i = 0; i < found->count; i++) {
		address_write(shown, &found->list[i]);
		log_trace("%s has the address %s", host, shown);
	}
}

enum resolve_result
resolve(struct resolver *resolver, struct addresses *out, struct deadline d,
    struct error *e)
{
	const char *host = resolver->host;
	enum resolve_result result = RESOLVE_FOUND;

	*out = resolver->known;
	if (is_too_long(host)) {
		error_set(e, ERROR_CONNECT,
		    "cannot look up a name of over %d characters",
		    URL_HOST_SIZE - 1);
		return RESOLVE_FAILED;
	}
	if (out->count == 0) {
		if (deadline_passed(d))
			return fail(host, "the time is up", e);
		result = ask(resolver, out, d, e);
	}
	if (!resolver->is_literal)
		trace(host, out);
	return result;
}
