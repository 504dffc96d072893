/* server_test.c - which API a value means, and which token is for it. */
#include "cli/server.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/error.h"
#include "tap.h"

extern char **environ;

static void
test_urls(void)
{
	static const struct {
		const char *origin, *text;
		const char *host, *path; /* NULL: the line of the error */
	} rows[] = {
	    {"--api-url", "https://api.github.com", "api.github.com", ""},
	    {"--api-url", "https://h:1/api/v3/", "h", "/api/v3"},
	    {"GITHUB_API_URL", "https://ghes.example/api/v3", "ghes.example",
		"/api/v3"},
	    {"GH_HOST", "github.com", "api.github.com", ""},
	    {"GH_HOST", "GitHub.com", "api.github.com", ""},
	    {"GH_HOST", "acme.ghe.com", "api.acme.ghe.com", ""},
	    {"GH_HOST", "api.acme.ghe.com", "api.acme.ghe.com", ""},
	    {"GH_HOST", "ghes.example", "ghes.example", "/api/v3"},
	    {"GH_HOST", "ghes.example:8443", "ghes.example", "/api/v3"},
	    {"GH_HOST", "https://acme.ghe.com", NULL, "GH_HOST is not a host"},
	    {"GH_HOST", "acme.ghe.com/", NULL, "GH_HOST is not a host"},
	    {"GH_HOST", "a b", NULL, "GH_HOST is not a host"},
	    {"--api-url", "api.github.com", NULL,
		"--api-url \"api.github.com\" must begin with https://"},
	    {"--api-url", "https://u:p@h", NULL,
		"--api-url must not contain a user name or password"},
	    {"--api-url", "https://www.github.com/", NULL,
		"--api-url \"https://www.github.com/\" is not the URL of an "
		"API: write https://api.github.com"},
	    {"DISPATCH_API_URL", "https://acme.ghe.com", NULL,
		"DISPATCH_API_URL \"https://acme.ghe.com\" is not the URL of "
		"an API: write https://api.acme.ghe.com"},
	    {"--api-url", "https://h:8443/api/graphql", NULL,
		"--api-url \"https://h:8443/api/graphql\" is not the URL of "
		"an API: write https://h:8443/api/v3"},
	    {"GITHUB_API_URL", "https://gitea.example/api/v1", NULL,
		"GITHUB_API_URL \"https://gitea.example/api/v1\" is the API "
		"of Gitea or Forgejo, which have no repository_dispatch"},
	};
	struct argument argument = {.text = NULL};
	struct url url;
	struct error e;
	size_t i;
	int result;

	for (i = 0; i < COUNT(rows); i++) {
		(void)snprintf(argument.origin, sizeof(argument.origin), "%s",
		    rows[i].origin);
		error_clear(&e);
		result = server_read(&argument, rows[i].text, &url, &e);
		if (rows[i].host == NULL) {
			tap_ok(result < 0, "%s is refused", rows[i].text);
			tap_number(
			    e.kind, ERROR_USAGE, "%s: the kind", rows[i].text);
			tap_text(e.line, rows[i].path, "%s", rows[i].path);
			continue;
		}
		if (!tap_ok(result == 0, "%s is read", rows[i].text))
			continue;
		tap_text(
		    url.host, rows[i].host, "the host of %s", rows[i].text);
		tap_text(
		    url.path, rows[i].path, "the path of %s", rows[i].text);
	}
}

#define RUNNER(url) "GITHUB_ACTIONS=true GITHUB_API_URL=" url

static const struct {
	const char *host, *variables; /* separated by spaces */
	const char *origin;           /* or the error */
} tokens[] = {
    {"api.github.com", "GH_PAT=1 GH_TOKEN=2", "GH_PAT"},
    {"api.github.com", "GH_TOKEN=2 GITHUB_TOKEN=3", "GH_TOKEN"},
    {"api.github.com", "GH_PAT= GITHUB_TOKEN=3", "GITHUB_TOKEN"},
    {"api.github.com", "GH_ENTERPRISE_TOKEN=4 GITHUB_TOKEN=3", "GITHUB_TOKEN"},
    {"api.github.com", "GH_ENTERPRISE_TOKEN=4",
	"no token for api.github.com: GH_ENTERPRISE_TOKEN is for another "
	"server"},
    {"api.github.com", "GITHUB_ENTERPRISE_TOKEN=4",
	"no token for api.github.com: GITHUB_ENTERPRISE_TOKEN is for another "
	"server"},
    {"api.github.com", "", "no token"},
    {"api.acme.ghe.com", "GH_TOKEN=2 GH_HOST=acme.ghe.com", "GH_TOKEN"},
    {"api.acme.ghe.com", "GH_TOKEN=2", "GH_TOKEN"},
    {"api.acme.ghe.com", "GH_ENTERPRISE_TOKEN=4",
	"no token for api.acme.ghe.com: GH_ENTERPRISE_TOKEN is for another "
	"server"},
    /* A tenant's token for github.com, and the other way. */
    {"api.github.com", "GH_TOKEN=2 GH_HOST=acme.ghe.com",
	"no token for api.github.com: GH_TOKEN is for another server"},
    {"api.acme.ghe.com", "GH_TOKEN=2 GH_HOST=github.com",
	"no token for api.acme.ghe.com: GH_TOKEN is for another server"},
    {"api.github.com", "GH_TOKEN=2 GH_HOST=acme.ghe.com:443",
	"no token for api.github.com: GH_TOKEN is for another server"},
    {"api.github.com", "GH_TOKEN=2 " RUNNER("https://api.acme.ghe.com"),
	"no token for api.github.com: GH_TOKEN is for another server"},
    {"api.github.com",
	"GH_TOKEN=2 GH_HOST=github.com " RUNNER("https://api.acme.ghe.com"),
	"no token for api.github.com: GH_TOKEN is for another server"},
    {"api.github.com", "GITHUB_TOKEN=3 GITHUB_API_URL=https://api.acme.ghe.com",
	"no token for api.github.com: GITHUB_TOKEN is for another server"},
    {"api.github.com", "GH_TOKEN=2 GITHUB_API_URL=https://acme.ghe.com\r",
	"no token for api.github.com: GH_TOKEN is for another server"},
    {"api.github.com", "GH_PAT=1 " RUNNER("https://api.acme.ghe.com"),
	"GH_PAT"},
    {"api.acme.ghe.com", "GH_TOKEN=2 " RUNNER("https://api.other.ghe.com"),
	"no token for api.acme.ghe.com: GH_TOKEN is for another server"},
    {"api.acme.ghe.com", "GH_TOKEN=2 " RUNNER("https://api.github.com"),
	"no token for api.acme.ghe.com: GH_TOKEN is for another server"},
    {"api.acme.ghe.com",
	"GH_TOKEN=2 GH_HOST=acme.ghe.com " RUNNER("https://api.github.com"),
	"GH_TOKEN"},
    {"api.acme.ghe.com", "GH_TOKEN=2 " RUNNER("https://api.acme.ghe.com"),
	"GH_TOKEN"},
    {"api.github.com", "GH_TOKEN=2 GH_HOST=ghes.example", "GH_TOKEN"},
    {"ghes.example", "GH_PAT=1 GH_ENTERPRISE_TOKEN=4", "GH_PAT"},
    {"ghes.example", "GITHUB_ENTERPRISE_TOKEN=5 GH_ENTERPRISE_TOKEN=4",
	"GH_ENTERPRISE_TOKEN"},
    {"ghes.example", "GITHUB_ENTERPRISE_TOKEN=5 GH_TOKEN=2",
	"GITHUB_ENTERPRISE_TOKEN"},
    {"ghes.example", "GH_TOKEN=2",
	"no token for ghes.example: GH_TOKEN is for another server"},
    {"ghes.example", "GITHUB_TOKEN=3",
	"no token for ghes.example: GITHUB_TOKEN is for another server"},
    /* On a runner GITHUB_TOKEN is for its server. */
    {"ghes.example", "GITHUB_TOKEN=3 " RUNNER("https://ghes.example/api/v3"),
	"GITHUB_TOKEN"},
    {"ghes.example",
	"GITHUB_TOKEN=3 GH_TOKEN=2 " RUNNER("https://ghes.example/api/v3"),
	"GITHUB_TOKEN"},
    {"ghes.example",
	"GITHUB_TOKEN=3 GH_ENTERPRISE_TOKEN=4 " RUNNER(
	    "https://ghes.example/api/v3"),
	"GH_ENTERPRISE_TOKEN"},
    {"ghes.example", "GITHUB_TOKEN=3 GITHUB_API_URL=https://ghes.example",
	"no token for ghes.example: GITHUB_TOKEN is for another server"},
    {"ghes.example", "GITHUB_TOKEN=3 " RUNNER("https://api.github.com"),
	"no token for ghes.example: GITHUB_TOKEN is for another server"},
    {"ghes.example", "GITHUB_TOKEN=3 " RUNNER("https://ghes.example:8443"),
	"no token for ghes.example: GITHUB_TOKEN is for another server"},
    {"api.github.com", "GITHUB_TOKEN=3 " RUNNER("https://api.github.com"),
	"GITHUB_TOKEN"},
    {"api.github.com", "GITHUB_TOKEN=3 " RUNNER("https://ghes.example/api/v3"),
	"no token for api.github.com: GITHUB_TOKEN is for another server"},
    {"api.github.com", "GITHUB_TOKEN=3 " RUNNER("https://api.acme.ghe.com"),
	"no token for api.github.com: GITHUB_TOKEN is for another server"},
    {"api.github.com", "GH_TOKEN=2 " RUNNER("https://ghes.example/api/v3"),
	"GH_TOKEN"},
};

static void
test_tokens(void)
{
	static char copy[256], *values[16];
	static struct arguments arguments;
	struct url api = {.port = URL_HTTPS_PORT};
	const char *got;
	struct error e;
	size_t i, count;
	char *word;
	int result;

	environ = values;
	for (i = 0; i < COUNT(tokens); i++) {
		(void)snprintf(copy, sizeof(copy), "%s", tokens[i].variables);
		count = 0;
		for (word = strtok(copy, " "); word != NULL;
		     word = strtok(NULL, " "))
			values[count++] = word;
		values[count] = NULL;
		(void)snprintf(
		    api.host, sizeof(api.host), "%s", tokens[i].host);
		arguments.given[OPTION_TOKEN].text = NULL;
		error_clear(&e);
		result = server_read_token(&arguments, &api, &e);
		got =
		    result < 0 ? e.line : arguments.given[OPTION_TOKEN].origin;
		if (!tap_ok(strcmp(got, tokens[i].origin) == 0, "%s: %s",
			tokens[i].host, tokens[i].variables))
			printf("# got %s\n", got);
		if (result < 0) {
			tap_ok(e.advice == ADVICE_GIVE_TOKEN, "%s: %s: a hint",
			    tokens[i].host, tokens[i].variables);
		}
	}
}

int
main(void)
{
	char **kept = environ;

	test_urls();
	test_tokens();
	environ = kept;
	return tap_done();
}
