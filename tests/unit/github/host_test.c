/* host_test.c - hosts that are the same, and URLs of APIs. */
#include "github/host.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/error.h"
#include "tap.h"

static void
test_same(void)
{
	static const struct {
		const char *one, *other;
		bool is_same;
	} rows[] = {
	    {"github.com", "api.github.com", true},
	    {"GitHub.com", "api.github.com", true},
	    {"www.github.com", "api.github.com", true},
	    {"ssh.github.com", "api.github.com", true},
	    {"acme.ghe.com", "api.acme.ghe.com", true},
	    {"ACME.GHE.COM", "api.acme.ghe.com", true},
	    {"ghes.example", "ghes.example", true},
	    {"www.ghes.example", "ghes.example", true},
	    {"localhost", "localhost", true},
	    {"github.com.", "api.github.com", true},
	    {"acme.ghe.com.", "api.acme.ghe.com.", true},
	    {"ghes.example.", "ghes.example", true},
	    {"ghes.example..", "ghes.example", false},
	    {"acme.ghe.com", "api.github.com", false},
	    {"acme.ghe.com", "api.other.ghe.com", false},
	    {"ghes.example", "api.github.com", false},
	    {"api.ghes.example", "ghes.example", false},
	    {"github.com.example", "api.github.com", false},
	    {"notgithub.com", "api.github.com", false},
	    {"xghe.com", "api.acme.ghe.com", false},
	    {"ghe.com", "api.acme.ghe.com", false},
	    {"www.", "x", false},
	    {"", "api.github.com", false},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		tap_ok(host_is_same(span_text(rows[i].one),
			   span_text(rows[i].other)) == rows[i].is_same,
		    "%s is %s%s", rows[i].one, rows[i].is_same ? "" : "not ",
		    rows[i].other);
		tap_ok(host_is_same(span_text(rows[i].other),
			   span_text(rows[i].one)) == rows[i].is_same,
		    "%s is %s%s", rows[i].other, rows[i].is_same ? "" : "not ",
		    rows[i].one);
	}
}

static void
test_apis(void)
{
	static const struct {
		const char *url;
		enum host_kind kind;
		bool is_api;
		const char *api;
	} rows[] = {
	    {"https://api.github.com", HOST_GITHUB, true,
		"https://api.github.com"},
	    {"https://API.GITHUB.COM:443/", HOST_GITHUB, true,
		"https://api.github.com"},
	    {"https://api.github.com./", HOST_GITHUB, true,
		"https://api.github.com"},
	    {"https://github.com.", HOST_GITHUB, false,
		"https://api.github.com"},
	    {"https://api.acme.ghe.com.", HOST_TENANT, true,
		"https://api.acme.ghe.com"},
	    {"https://ghes.example.", HOST_SERVER, true,
		"https://ghes.example./api/v3"},
	    {"https://github.com", HOST_GITHUB, false,
		"https://api.github.com"},
	    {"https://www.github.com", HOST_GITHUB, false,
		"https://api.github.com"},
	    {"https://uploads.github.com", HOST_GITHUB, false,
		"https://api.github.com"},
	    {"https://github.com/api/v3", HOST_GITHUB, false,
		"https://api.github.com"},
	    {"https://api.github.com/api/v3", HOST_GITHUB, false,
		"https://api.github.com"},
	    {"https://api.github.com/repos/o/n/dispatches", HOST_GITHUB, false,
		"https://api.github.com"},
	    {"https://api.acme.ghe.com", HOST_TENANT, true,
		"https://api.acme.ghe.com"},
	    {"https://acme.ghe.com", HOST_TENANT, false,
		"https://api.acme.ghe.com"},
	    {"https://acme.ghe.com/api/v3", HOST_TENANT, false,
		"https://api.acme.ghe.com"},
	    {"https://api.acme.ghe.com/api/v3", HOST_TENANT, false,
		"https://api.acme.ghe.com"},
	    {"https://x.acme.ghe.com", HOST_TENANT, false,
		"https://api.acme.ghe.com"},
	    {"https://ghes.example", HOST_SERVER, true,
		"https://ghes.example/api/v3"},
	    {"https://ghes.example:8443/api/v3/", HOST_SERVER, true,
		"https://ghes.example:8443/api/v3"},
	    {"https://ghes.example/api", HOST_SERVER, false,
		"https://ghes.example/api/v3"},
	    {"https://ghes.example/api/graphql", HOST_SERVER, false,
		"https://ghes.example/api/v3"},
	    {"https://ghes.example/api/v1", HOST_SERVER, false,
		"https://ghes.example/api/v3"},
	    {"https://ghes.example/api/v3/repos", HOST_SERVER, false,
		"https://ghes.example/api/v3"},
	    {"https://ghes.example/octo/app", HOST_SERVER, false,
		"https://ghes.example/api/v3"},
	    {"https://[::1]:8443", HOST_SERVER, true,
		"https://[0:0:0:0:0:0:0:1]:8443/api/v3"},
	};
	char text[URL_HOST_SIZE + 32];
	const char *why;
	struct buffer b;
	struct url url;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		if (url_read(rows[i].url, &url, &why) < 0) {
			tap_ok(false, "%s %s", rows[i].url, why);
			continue;
		}
		tap_ok(host_kind(url.host) == rows[i].kind, "the kind of %s",
		    rows[i].url);
		tap_ok(host_is_api(&url) == rows[i].is_api, "%s is %s",
		    rows[i].url, rows[i].is_api ? "an API" : "not an API");
		buffer_init(&b, text, sizeof(text));
		host_write_api(&b, &url);
		tap_ok(strcmp(text, rows[i].api) == 0, "the API of %s is %s",
		    rows[i].url, text);
	}
}

int
main(void)
{
	test_same();
	test_apis();
	return tap_done();
}
