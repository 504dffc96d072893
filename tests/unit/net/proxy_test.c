/* proxy_test.c - what a proxy's URL may say, and how a proxy may respond. */
#include "net/proxy.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/error.h"
#include "base/secrets.h"
#include "memory_stream.h"
#include "os/clock.h"
#include "tap.h"

static const struct {
	const char *text, *host;
	uint16_t port;
	const char *secret; /* NULL: refused */
} urls[] = {
    {"http://p.test:3128", "p.test", 3128, ""},
    {"p.test:3128", "p.test", 3128, ""},
    {"HTTP://P.test", "p.test", 80, ""},
    {"http://p.test:3128/", "p.test", 3128, ""},
    {"http://[::1]:3128", "0:0:0:0:0:0:0:1", 3128, ""},
    {"http://[::1]", "0:0:0:0:0:0:0:1", 80, ""},
    {"http://Aladdin:open%20sesame@p.test", "p.test", 80,
	"QWxhZGRpbjpvcGVuIHNlc2FtZQ=="},
    {"u@p.test:1", "p.test", 1, "dTo="},
    {"@p.test:1", "p.test", 1, "Og=="},
    {"u:p@ss@p.test:1", "p.test", 1, "dTpwQHNz"},
    {"u:p@s:s@p.test:1/", "p.test", 1, "dTpwQHM6cw=="},
    {"u%3ap@p.test:1", "p.test", 1, "dTpwOg=="},
    {"http://u:%zz@p.test", "", 0, NULL},
    {"http://u:%zz/x@p.test", "", 0, NULL},
    {"http://u:first@%zz/third@p.test", "", 0, NULL},
    {"http://u:p/%zz@p.test", "", 0, NULL},
    {"http://u:p?%zz@p.test", "", 0, NULL},
    {"http://u:p#%zz@p.test", "", 0, NULL},
    {"http://u:p@p.test/%zz", "", 0, NULL},
    {"http://u:p@p.test//", "", 0, NULL},
    {"http://p.test/?%zz", "", 0, NULL},
    {"http://ghp_0123456789abcdef0123456789abcdefghij:80", "", 0, NULL},
    {"http://neighs_in:80", "neighs_in", 80, ""},
    {"http://u:%4@p.test", "", 0, NULL},
    {"https://p.test", "", 0, NULL},
    {"socks5://p.test", "", 0, NULL},
    {"http://", "", 0, NULL},
    {"http://p.test:0", "", 0, NULL},
    {"http://p.test:x", "", 0, NULL},
    {"http://p test", "", 0, NULL},
};

#define INTERIM "HTTP/1.1 100 Continue\r\n\r\n"

static const struct {
	const char *response;
	enum proxy_result result;
	const char *line;
} responses[] = {
    {"HTTP/1.1 200 Connection established\r\n\r\n", PROXY_CONNECTED, ""},
    {"HTTP/1.0 200 OK\r\nProxy-agent: x\r\n\r\n", PROXY_CONNECTED, ""},
    {"HTTP/1.1 200 OK\r\n\r\nx", PROXY_FAILED,
	"it sent bytes after its response that cannot be the server's"},
    {"HTTP/1.1 407 Auth\r\n\r\n<html>", PROXY_REFUSED,
	"it responded with status 407"},
    {"HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno", PROXY_REFUSED,
	"it responded with status 403"},
    {"HTTP/1.1 407 Auth\r\nProxy-Authenticate: NTLM, basic realm=x\r\n\r\n",
	PROXY_REFUSED, "it responded with status 407"},
    {"HTTP/1.1 502 Bad\r\n\r\n", PROXY_FAILED, "it responded with status 502"},
    {"HTTP/1.1 503 Bad\r\n\r\n<html>", PROXY_FAILED,
	"it responded with status 503"},
    {"HTTP/1.1 302 Found\r\n\r\n", PROXY_REFUSED,
	"it responded with status 302"},
    {INTERIM "HTTP/1.1 200 OK\r\n\r\n", PROXY_CONNECTED, ""},
    {"HTTP/1.1 103 E\r\nA: b\r\n\r\n" INTERIM INTERIM INTERIM INTERIM INTERIM
	    INTERIM INTERIM "HTTP/1.1 200 OK\r\n\r\n",
	PROXY_CONNECTED, ""},
    {INTERIM INTERIM INTERIM INTERIM INTERIM INTERIM INTERIM INTERIM INTERIM
	"HTTP/1.1 200 OK\r\n\r\n",
	PROXY_FAILED,
	"its response is not valid HTTP: more than 8 interim responses"},
    {INTERIM "HTTP/1.1 200 OK\r\n\r\nx", PROXY_FAILED,
	"it sent bytes after its response that cannot be the server's"},
    {INTERIM, PROXY_FAILED, "it closed the connection before it responded"},
    {INTERIM "x", PROXY_FAILED, "its response is not valid HTTP: "},
    {"HTTP/1.1 101 S\r\n\r\n", PROXY_FAILED,
	"its response is not valid HTTP: 101 Switching"},
    {"", PROXY_FAILED, "it closed the connection before it responded"},
    {"HTTP/1.1 200", PROXY_FAILED,
	"it closed the connection before it responded"},
    {"SSH-2.0-x\r\n", PROXY_FAILED, "its response is not valid HTTP: "},
};

static void
test_urls(void)
{
	struct proxy p;
	struct error e;
	const char *text;
	int result;
	size_t i;

	for (i = 0; i < COUNT(urls); i++) {
		text = urls[i].text;
		error_clear(&e);
		result = proxy_read(&p, text, &e);
		if (urls[i].secret == NULL) {
			tap_ok(result < 0, "%s is refused: %s", text, e.line);
			tap_number(e.kind, ERROR_USAGE, "%s: the kind", text);
			tap_ok(strstr(e.line, "%zz") == NULL,
			    "%s: a password is not shown", text);
			continue;
		}
		tap_ok(result == 0, "%s is read %s", text, e.line);
		tap_ok(p.is_used, "%s: it is used", text);
		tap_text(p.url.host, urls[i].host, "%s: the host", text);
		tap_number(p.url.port, urls[i].port, "%s: the port", text);
		tap_text(p.secret, urls[i].secret, "%s: the secret", text);
	}
	error_clear(&e);
	tap_ok(proxy_read(&p, "", &e) == 0, "none is read");
	tap_ok(!p.is_used, "none is used");
}

/* Base64 of 765 bytes is as long as a multiple of four can be. */
static void
test_longest_secret(void)
{
	char text[800];
	struct proxy p;
	struct error e;

	(void)snprintf(text, sizeof(text), "u:%0763d@p.test", 0);
	error_clear(&e);
	tap_ok(proxy_read(&p, text, &e) == 0,
	    "user and password of 765 bytes: %s", e.line);
	tap_number(strlen(p.secret), PROXY_SECRET_SIZE - 4,
	    "user and password of 765 bytes: the secret's length");
	(void)snprintf(text, sizeof(text), "u:%0764d@p.test", 0);
	error_clear(&e);
	tap_ok(proxy_read(&p, text, &e) < 0, "one more: %s", e.line);
}

static void
test_responses(void)
{
	static const char request[] =
	    "CONNECT [2001:db8::1]:443 HTTP/1.1\r\nHost: [2001:db8::1]:443\r\n"
	    "User-Agent: repository-dispatch\r\n"
	    "Proxy-Authorization: Basic dTpw\r\n\r\n";
	static struct memory_stream memory;
	struct proxy p;
	struct error e;
	size_t i;
	struct url to = {.host = "2001:db8::1", .port = 443};

	error_clear(&e);
	tap_ok(proxy_read(&p, "u:p@p.test", &e) == 0, "a proxy");
	for (i = 0; i < COUNT(responses); i++) {
		memory_open(&memory, responses[i].response,
		    strlen(responses[i].response));
		error_clear(&e);
		tap_number(proxy_connect(&p, &memory.stream, &to,
			       deadline_after(1000), &e),
		    responses[i].result, "response %zu", i);
		tap_ok(strncmp(e.line, responses[i].line,
			   strlen(responses[i].line)) == 0,
		    "its line: %s", e.line);
		tap_bytes(memory.output, memory.output_length, request,
		    "and the request");
	}
}

/* A proxy may send back what it was sent, as the name of a scheme. */
static void
test_echo(void)
{
	static const char refusal[] =
	    "HTTP/1.1 407 A\r\nProxy-Authenticate: pa55w0, Hm-pa55w0-q, "
	    "Ym9iYnk6cGE1NXcw, bobby\r\n\r\n";
	static struct memory_stream memory;
	const struct url to = {.host = "api.test", .port = 443};
	struct proxy p;
	struct error e;

	error_clear(&e);
	tap_ok(proxy_read(&p, "bobby:pa55w0@p.test", &e) == 0,
	    "a user and a short password");
	memory_open(&memory, refusal, sizeof(refusal) - 1);
	tap_number(
	    proxy_connect(&p, &memory.stream, &to, deadline_after(1000), &e),
	    PROXY_REFUSED, "schemes that repeat them are refused");
	tap_text(e.line,
	    "it responded with status 407: it offers the authentication "
	    "[hidden], Hm-[hidden]-q, [hidden], [hidden], and only Basic is "
	    "supported",
	    "no part of them is shown");
	secrets_wipe();
}

/* After a 407 without Basic nobody sees the credentials again. */
static void
test_no_basic(void)
{
	static const char refusal[] =
	    "HTTP/1.1 407 A\r\nProxy-Authenticate: Negotiate\r\n"
	    "Proxy-Authenticate: NTLM\r\n\r\n";
	static struct memory_stream memory;
	const struct url to = {.host = "api.test", .port = 443};
	struct proxy p;
	struct error e;
	unsigned i;

	error_clear(&e);
	tap_ok(proxy_read(&p, "u:p@p.test", &e) == 0, "a proxy and a user");
	for (i = 0; i < 2; i++) {
		memory_open(&memory, refusal, sizeof(refusal) - 1);
		error_clear(&e);
		tap_number(proxy_connect(&p, &memory.stream, &to,
			       deadline_after(1000), &e),
		    PROXY_REFUSED, "Negotiate and NTLM are refused");
		tap_text(e.line,
		    "it responded with status 407: it offers the "
		    "authentication Negotiate, NTLM, and only Basic is "
		    "supported",
		    "the message names both");
		memory.output[memory.output_length] = '\0';
		tap_ok((strstr(memory.output, "Proxy-Authorization") != NULL) ==
			   (i == 0),
		    "request %u: credentials are sent only before", i + 1);
	}
}

static void
test_many_schemes(void)
{
	static struct memory_stream memory;
	const struct url to = {.host = "api.test", .port = 443};
	static char reply[4096];
	struct proxy p;
	struct error e;

	(void)snprintf(reply, sizeof(reply),
	    "HTTP/1.1 407 A\r\nProxy-Authenticate: Negotiate, %01000d\r\n\r\n",
	    7);
	error_clear(&e);
	tap_ok(proxy_read(&p, "p.test", &e) == 0, "a proxy without a user");
	memory_open(&memory, reply, strlen(reply));
	(void)!proxy_connect(&p, &memory.stream, &to, deadline_after(1000), &e);
	tap_ok(strstr(e.line, " Negotiate ..., and only") != NULL,
	    "a scheme that is too long is left out: %s", e.line);
}

int
main(void)
{
	test_urls();
	test_longest_secret();
	test_responses();
	test_echo();
	test_no_basic();
	test_many_schemes();
	return tap_done();
}
