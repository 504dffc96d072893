/* resolve_test.c - names that resolve without a name server, and names that do
 * not; dns_client_test.c and tests/e2e/names.py have the name servers. */
#include "net/resolve.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/error.h"
#include "base/url.h"
#include "os/clock.h"
#include "tap.h"

/* No name server is asked, so they resolve after the deadline, too. */
static const struct {
	const char *host;
	const char *addresses;
} local[] = {
    {"127.0.0.1", "127.0.0.1 "},
    {"192.0.2.255", "192.0.2.255 "},
    {"::1", "0:0:0:0:0:0:0:1 "},
    {"2001:DB8:0::1", "2001:db8:0:0:0:0:0:1 "},
    {"localhost", "0:0:0:0:0:0:0:1 127.0.0.1 "},
    {"LocalHost.", "0:0:0:0:0:0:0:1 127.0.0.1 "},
    {"api.localhost", "0:0:0:0:0:0:0:1 127.0.0.1 "},
    {"a.b.localhost.", "0:0:0:0:0:0:0:1 127.0.0.1 "},
};

/* These need a name server, which an expired deadline forbids. */
static const char *const asked[] = {
    "notlocalhost", "localhost.example", "api.example", "256.1.1.1", "::g", ""};

static struct deadline
expired(void)
{
	struct deadline d = {0};

	return d;
}

/* Prepares and resolves. */
static enum resolve_result
look_up(
    const char *host, struct addresses *out, struct deadline d, struct error *e)
{
	static struct resolver resolver;

	error_clear(e);
	resolve_prepare(&resolver, host, 8443);
	return resolve(&resolver, out, d, e);
}

static void
list(const struct addresses *addresses, char *out, size_t size)
{
	char shown[IP_SIZE];
	size_t i, n = 0;

	out[0] = '\0';
	for (i = 0; i < addresses->count && n < size; i++) {
		address_write(shown, &addresses->list[i]);
		n += (size_t)snprintf(out + n, size - n, "%s ", shown);
	}
}

static void
test_local(void)
{
	struct addresses a;
	struct error e;
	char found[256];
	size_t i, j;

	for (i = 0; i < COUNT(local); i++) {
		tap_ok(
		    look_up(local[i].host, &a, expired(), &e) == RESOLVE_FOUND,
		    "%s resolves", local[i].host);
		list(&a, found, sizeof(found));
		tap_ok(
		    strcmp(found, local[i].addresses) == 0, "with %s", found);
		for (j = 0; j < a.count; j++) {
			tap_ok(
			    address_port(&a.list[j]) == 8443, "and the port");
		}
	}
}

static void
test_expired(void)
{
	struct addresses a;
	struct error e;
	size_t i;

	for (i = 0; i < COUNT(asked); i++) {
		tap_number(look_up(asked[i], &a, expired(), &e), RESOLVE_FAILED,
		    "'%s': %s", asked[i], e.line);
		tap_number(e.kind, ERROR_CONNECT, "'%s': the kind", asked[i]);
		tap_number(a.count, 0, "'%s': no address", asked[i]);
	}
}

/* The first name of /etc/hosts that is not localhost's, if there is one. */
static bool
name_of_this_machine(char name[URL_HOST_SIZE])
{
	char line[512], address[64];
	FILE *f = fopen("/etc/hosts", "r");
	bool found = false;

	while (f != NULL && !found && fgets(line, sizeof(line), f) != NULL) {
		found = sscanf(line, "%63s %253s", address, name) == 2 &&
			address[0] != '#' && strstr(name, "local") == NULL;
	}
	if (f != NULL)
		(void)fclose(f);
	return found;
}

static void
test_asking(void)
{
	char name[URL_HOST_SIZE], longer[300], found[1024] = "";
	struct addresses a;
	struct error e;

	if (name_of_this_machine(name)) {
		tap_ok(look_up(name, &a, deadline_after(20000), &e) ==
			   RESOLVE_FOUND,
		    "a name of /etc/hosts is found %s", e.line);
		list(&a, found, sizeof(found));
		tap_ok(a.count >= 1, "with addresses: %s", found);
	}
	tap_number(
	    look_up("no.such.name.invalid", &a, deadline_after(3000), &e),
	    RESOLVE_FAILED, "a name that does not exist");
	tap_number(
	    e.kind, ERROR_CONNECT, "a name that does not exist: the kind");
	tap_ok(
	    strstr(e.line, "cannot look up no.such.name.invalid: ") == e.line,
	    "a name that does not exist: %s", e.line);
	tap_ok(look_up("slow.invalid", &a, deadline_after(1), &e) ==
		   RESOLVE_FAILED,
	    "a millisecond: %s", e.line);
	memset(longer, 'a', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	tap_ok(look_up(longer, &a, deadline_after(3000), &e) == RESOLVE_FAILED,
	    "a name longer than any: %s", e.line);
}

int
main(void)
{
	test_local();
	test_expired();
	test_asking();
	return tap_done();
}
