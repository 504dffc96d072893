/* url_test.c - https URLs, and texts that are not. */
#include "base/url.h"

#include <string.h>

#include "base/array.h"
#include "tap.h"

static const struct {
	const char *url, *host, *path;
	uint16_t port;
} urls[] = {
    {"https://api.github.com", "api.github.com", "", 443},
    {"https://api.github.com/", "api.github.com", "", 443},
    {"HTTPS://API.GitHub.com", "api.github.com", "", 443},
    {"https://ghe.example/api/v3", "ghe.example", "/api/v3", 443},
    {"https://ghe.example:8443/api/v3//", "ghe.example", "/api/v3", 8443},
    {"https://[::1]:444", "0:0:0:0:0:0:0:1", "", 444},
    {"https://[2001:DB8::1]", "2001:db8:0:0:0:0:0:1", "", 443},
    {"https://127.0.0.1:1", "127.0.0.1", "", 1},
    {"https://x:65535", "x", "", 65535},
    {"https://api.GitHub.com./", "api.github.com.", "", 443},
};

static const struct {
	const char *url, *why;
} refused[] = {
    {"http://api.github.com", "must begin with https://"},
    {"api.github.com", "must begin with https://"},
    {"https://", "must have a host of 1 to 253 characters"},
    {"https:///x", "must have a host of 1 to 253 characters"},
    {"https://:1", "must have a host of 1 to 253 characters"},
    {"https://[]", "must have a host of 1 to 253 characters"},
    {"https://-x", "must not have a host that begins with . or -"},
    {"https://.x", "must not have a host that begins with . or -"},
    {"https://x y", "has a character in its host that is not allowed"},
    {"https://x\r\nHost: y", "has a character in its host that is not allowed"},
    {"https://[::1%lo]", "has a character in its host that is not allowed"},
    {"https://[1::2::3]", "must have an IPv6 address between its brackets"},
    {"https://[1.2.3.4]", "must have an IPv6 address between its brackets"},
    {"https://[abc]", "must have an IPv6 address between its brackets"},
    {"https://[::1", "must have a closing bracket after an IPv6 address"},
    {"https://x:", "must have a port from 1 to 65535, or none"},
    {"https://x:0", "must have a port from 1 to 65535, or none"},
    {"https://x:65536", "must have a port from 1 to 65535, or none"},
    {"https://x:4 4", "must have a port from 1 to 65535, or none"},
    {"https://[::1]4", "must have a port from 1 to 65535, or none"},
    {"https://user@x", "must not contain a user name or password"},
    {"https://user:pw@x:1/y", "must not contain a user name or password"},
    {"https://x?y", "must not contain a query or a fragment"},
    {"https://x/?y", "must not contain a query or a fragment"},
    {"https://x/#y", "must not contain a query or a fragment"},
    {"https://x/a b", "has a character in its path that is not allowed"},
    {"https://x/a@b", "has a character in its path that is not allowed"},
    {"https://x/%2e", "has a character in its path that is not allowed"},
    {"https://x/\r\nHost: y",
	"has a character in its path that is not allowed"},
    {"https://::1", "must have a host of 1 to 253 characters"},
};

static const struct {
	const char *host, *other;
	size_t length;
	bool is_same;
} hosts[] = {
    {"api.test.", "api.test", 8, true},
    {"api.test", "api.test.", 8, true},
    {"api.test.", "api.test.", 8, true},
    {"api.test", "api.test", 8, true},
    {"api.test..", "api.test", 9, false},
    {"api.test", "api.tes", 8, false},
    {"api.test", "api.test.com", 8, false},
    {".", "", 0, true},
    {"", ".", 0, true},
};

static void
test_hosts(void)
{
	size_t i;

	for (i = 0; i < COUNT(hosts); i++) {
		tap_number(url_name_length(hosts[i].host), hosts[i].length,
		    "\"%s\": its length without a dot", hosts[i].host);
		tap_ok(url_same_host(hosts[i].host, hosts[i].other) ==
			   hosts[i].is_same,
		    "\"%s\" and \"%s\" are %sthe same", hosts[i].host,
		    hosts[i].other, hosts[i].is_same ? "" : "not ");
	}
}

static void
test_urls(void)
{
	struct url u;
	const char *why;
	size_t i;

	for (i = 0; i < COUNT(urls); i++) {
		memset(&u, 0, sizeof(u));
		tap_ok(url_read(urls[i].url, &u, &why) == 0, "URL %s: read",
		    urls[i].url);
		tap_text(u.host, urls[i].host, "URL %s: the host", urls[i].url);
		tap_text(u.path, urls[i].path, "URL %s: the path", urls[i].url);
		tap_number(
		    u.port, urls[i].port, "URL %s: the port", urls[i].url);
	}
	for (i = 0; i < COUNT(refused); i++) {
		why = "";
		tap_ok(url_read(refused[i].url, &u, &why) < 0,
		    "URL %zu is refused", i);
		tap_text(why, refused[i].why, "URL %zu is refused: it %s", i,
		    refused[i].why);
	}
}

static void
test_long_urls(void)
{
	char url[700] = "https://";
	struct url u;
	const char *why;

	memset(url + 8, 'a', 253);
	tap_ok(url_read(url, &u, &why) == 0, "a host of 253 characters");
	memset(url + 8, 'a', 254);
	tap_ok(url_read(url, &u, &why) < 0, "not one of 254");
	memset(url + 8, 'a', 300);
	url[9] = '/';
	url[8 + 1 + 255] = '\0';
	tap_ok(url_read(url, &u, &why) == 0, "a path of 255 characters");
	url[8 + 1 + 255] = 'a';
	url[8 + 1 + 256] = '\0';
	tap_ok(url_read(url, &u, &why) < 0, "not one of 256");
}

static const struct {
	const char *host;
	uint16_t port, default_port;
	const char *text;
} authorities[] = {
    {"api.github.com", 443, 443, "api.github.com"},
    {"api.github.com", 8443, 443, "api.github.com:8443"},
    {"api.github.com", 443, 0, "api.github.com:443"},
    {"2001:db8:0:0:0:0:0:1", 443, 443, "[2001:db8:0:0:0:0:0:1]"},
    {"2001:db8:0:0:0:0:0:1", 80, 443, "[2001:db8:0:0:0:0:0:1]:80"},
};

static void
test_authorities(void)
{
	char out[64];
	struct buffer b;
	struct url u;
	const char *why;
	size_t i;

	for (i = 0; i < COUNT(authorities); i++) {
		buffer_init(&b, out, sizeof(out));
		url_write_authority(&b, authorities[i].host,
		    authorities[i].port, authorities[i].default_port);
		tap_ok(strcmp(out, authorities[i].text) == 0, "%s", out);
		memset(&u, 0, sizeof(u));
		tap_ok(url_read_authority(span_text(out),
			   authorities[i].default_port, &u, &why) == 0,
		    "%s is read again", out);
		tap_text(u.host, authorities[i].host, "%s: the host", out);
		tap_number(u.port, authorities[i].port, "%s: the port", out);
	}
}

static const struct {
	const char *text, *decoded; /* decoded NULL: refused */
} escapes[] = {
    {"", ""},
    {"abc", "abc"},
    {"a%20b%2Dc%2d", "a b-c-"},
    {"%", NULL},
    {"%2", NULL},
    {"%2g", NULL},
    {"%zz", NULL},
};

static void
test_decoding(void)
{
	char out[64];
	struct buffer b;
	size_t i;
	int result;

	for (i = 0; i < COUNT(escapes); i++) {
		buffer_init(&b, out, sizeof(out));
		result = url_decode(&b, span_text(escapes[i].text));
		tap_number(result, escapes[i].decoded == NULL ? -1 : 0,
		    "decoding \"%s\": the result", escapes[i].text);
		if (escapes[i].decoded == NULL)
			continue;
		tap_text(out, escapes[i].decoded, "decoding \"%s\": the text",
		    escapes[i].text);
	}
}

static void
test_encode(void)
{
	static const struct {
		const char *text, *encoded;
	} rows[] = {
	    {"", ""},
	    {"a-Z_0.9~", "a-Z_0.9~"},
	    {"a b/c", "a%20b%2Fc"},
	    {"%2f?#", "%252f%3F%23"},
	    {"\xc3\xbc\x01", "%C3%BC%01"},
	};
	char text[64], back[64];
	struct buffer b;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		buffer_init(&b, text, sizeof(text));
		url_encode(&b, span_text(rows[i].text));
		tap_text(text, rows[i].encoded, "row %zu is encoded", i);
		buffer_init(&b, back, sizeof(back));
		tap_number(url_decode(&b, span_text(text)), 0,
		    "row %zu can be decoded", i);
		tap_text(back, rows[i].text, "row %zu is the same again", i);
	}
}

int
main(void)
{
	test_urls();
	test_hosts();
	test_authorities();
	test_decoding();
	test_long_urls();
	test_encode();
	return tap_done();
}
