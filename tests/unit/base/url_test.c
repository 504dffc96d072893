/* url_test.c - https URLs, and what is not one. */
#include "base/url.h"

#include <string.h>

#include "base/array.h"
#include "tap.h"

static const struct {
	const char *url, *host, *path; /* host NULL: refused */
	uint16_t port;
	bool is_ipv6;
} urls[] = {
    {"https://api.github.com", "api.github.com", "", 443, false},
    {"https://api.github.com/", "api.github.com", "", 443, false},
    {"HTTPS://API.GitHub.com", "api.github.com", "", 443, false},
    {"https://ghe.example/api/v3", "ghe.example", "/api/v3", 443, false},
    {"https://ghe.example:8443/api/v3//", "ghe.example", "/api/v3", 8443,
	false},
    {"https://[::1]:444", "::1", "", 444, true},
    {"https://127.0.0.1:1", "127.0.0.1", "", 1, false},
    {"https://x:65535", "x", "", 65535, false},
    {"http://api.github.com", NULL, "", 0, false},
    {"api.github.com", NULL, "", 0, false},
    {"https://", NULL, "", 0, false},
    {"https:///x", NULL, "", 0, false},
    {"https://x:", NULL, "", 0, false},
    {"https://x:0", NULL, "", 0, false},
    {"https://x:65536", NULL, "", 0, false},
    {"https://x:4 4", NULL, "", 0, false},
    {"https://user@x", NULL, "", 0, false},
    {"https://x?y", NULL, "", 0, false},
    {"https://x/?y", NULL, "", 0, false},
    {"https://x/#y", NULL, "", 0, false},
    {"https://x/a b", NULL, "", 0, false},
    {"https://x/%2e", NULL, "", 0, false},
    {"https://x\r\nHost: y", NULL, "", 0, false},
    {"https://x/\r\nHost: y", NULL, "", 0, false},
    {"https://-x", NULL, "", 0, false},
    {"https://.x", NULL, "", 0, false},
    {"https://[::1", NULL, "", 0, false},
    {"https://[]", NULL, "", 0, false},
    {"https://::1", NULL, "", 0, false},
};

static void
test_urls(void)
{
	struct url u;
	const char *why;
	size_t i;
	int result;

	for (i = 0; i < COUNT(urls); i++) {
		why = NULL;
		result = url_read(urls[i].url, &u, &why);
		if (urls[i].host == NULL)
			tap_ok(
			    result == -1 && why != NULL, "URL %zu refused", i);
		else
			tap_ok(result == 0 &&
				   strcmp(u.host, urls[i].host) == 0 &&
				   strcmp(u.path, urls[i].path) == 0 &&
				   u.port == urls[i].port &&
				   u.is_ipv6 == urls[i].is_ipv6,
			    "URL %s", urls[i].url);
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
	tap_ok(url_read(url, &u, &why) == -1, "not one of 254");
	memset(url + 8, 'a', 300);
	url[9] = '/';
	url[8 + 1 + 255] = '\0';
	tap_ok(url_read(url, &u, &why) == 0, "a path of 255 characters");
	url[8 + 1 + 255] = 'a';
	url[8 + 1 + 256] = '\0';
	tap_ok(url_read(url, &u, &why) == -1, "not one of 256");
}

int
main(void)
{
	test_urls();
	test_long_urls();
	return tap_done();
}
