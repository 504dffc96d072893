/* proxy_test.c - whose name is exempt, what a proxy's URL may say, and what a
 * proxy may answer. */
#include "net/proxy.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/error.h"
#include "memory_stream.h"
#include "os/clock.h"
#include "tap.h"

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
};

static const struct {
	const char *text, *host;
	uint16_t port;
	const char *secret; /* NULL: refused */
} urls[] = {
    {"http://p.test:3128", "p.test", 3128, ""},
    {"p.test:3128", "p.test", 3128, ""},
    {"HTTP://P.test", "p.test", 80, ""},
    {"http://p.test:3128/", "p.test", 3128, ""},
    {"http://[::1]:3128", "::1", 3128, ""},
    {"http://[::1]", "::1", 80, ""},
    {"http://Aladdin:open%20sesame@p.test", "p.test", 80,
	"QWxhZGRpbjpvcGVuIHNlc2FtZQ=="},
    {"u@p.test:1", "p.test", 1, "dTo="},
    {"u:p@ss@p.test:1", "p.test", 1, "dTpwQHNz"},
    {"http://u:%zz@p.test", "", 0, NULL},
    {"http://u:%4@p.test", "", 0, NULL},
    {"https://p.test", "", 0, NULL},
    {"socks5://p.test", "", 0, NULL},
    {"http://", "", 0, NULL},
    {"http://p.test:0", "", 0, NULL},
    {"http://p.test:x", "", 0, NULL},
    {"http://p test", "", 0, NULL},
};

static const struct {
	const char *answer;
	enum proxy_result result;
	const char *line;
} answers[] = {
    {"HTTP/1.1 200 Connection established\r\n\r\n", PROXY_CONNECTED, ""},
    {"HTTP/1.0 200 OK\r\nProxy-agent: x\r\n\r\n", PROXY_CONNECTED, ""},
    {"HTTP/1.1 200 OK\r\n\r\nx", PROXY_FAILED,
	"there are bytes behind its answer that "
	"are not the server's"},
    {"HTTP/1.1 407 Auth\r\n\r\n<html>", PROXY_REFUSED, "it answered 407"},
    {"HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno", PROXY_REFUSED,
	"it answered 403"},
    {"HTTP/1.1 502 Bad\r\n\r\n", PROXY_REFUSED, "it answered 502"},
    {"", PROXY_FAILED, "it closed the connection before it answered"},
    {"HTTP/1.1 200", PROXY_FAILED,
	"it closed the connection before it answered"},
    {"SSH-2.0-x\r\n", PROXY_FAILED, "its answer is not valid HTTP: "},
};

static void
test_urls(void)
{
	struct proxy p;
	struct error e;
	size_t i;
	bool right;

	for (i = 0; i < COUNT(urls); i++) {
		error_clear(&e);
		right = proxy_read(&p, urls[i].text, &e) == 0;
		if (urls[i].secret == NULL)
			right = !right && e.kind == ERROR_USAGE &&
				strstr(e.line, "%zz") == NULL;
		else
			right = right && p.is_used &&
				strcmp(p.url.host, urls[i].host) == 0 &&
				p.url.port == urls[i].port &&
				strcmp(p.secret, urls[i].secret) == 0;
		tap_ok(right, "%s: %s", urls[i].text, e.line);
	}
	error_clear(&e);
	tap_ok(proxy_read(&p, "", &e) == 0 && !p.is_used, "none");
}

static void
test_answers(void)
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
	for (i = 0; i < COUNT(answers); i++) {
		memory_open(
		    &memory, answers[i].answer, strlen(answers[i].answer));
		error_clear(&e);
		tap_ok(proxy_connect(&p, &memory.stream, &to,
			   deadline_after(1000), &e) == answers[i].result &&
			   strncmp(e.line, answers[i].line,
			       strlen(answers[i].line)) == 0,
		    "answer %zu: %s", i, e.line);
		tap_ok(memory.output_length == sizeof(request) - 1 &&
			   memcmp(memory.output, request,
			       sizeof(request) - 1) == 0,
		    "and the request");
	}
}

int
main(void)
{
	size_t i;

	for (i = 0; i < COUNT(exemptions); i++)
		tap_ok(proxy_is_exempt(exemptions[i].list, exemptions[i].host,
			   exemptions[i].port) == exemptions[i].exempt,
		    "NO_PROXY=%s, %s:%d", exemptions[i].list,
		    exemptions[i].host, exemptions[i].port);
	test_urls();
	test_answers();
	return tap_done();
}
