/* server.c - the aliases of --token in their order; a rule for each says
 * whether it is for the server. */
#include "cli/server.h"

#include <stdbool.h>
#include <string.h>

#include "base/ascii.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/span.h"
#include "base/value.h"
#include "cli/option_table.h"
#include "github/host.h"

static const char host_variable[] = "GH_HOST";
static const char runner_variable[] = "GITHUB_API_URL";

static int
read_host(const struct argument *argument, const char *text, struct url *api,
    struct error *e)
{
	char url_text[URL_HOST_SIZE + 32];
	struct url host;
	struct buffer b;
	const char *why;

	if (url_read_authority(span_text(text), URL_HTTPS_PORT, &host, &why) <
	    0) {
		error_set(e, ERROR_USAGE, "%s is not a host", argument->origin);
		return error_hint(
		    e, "set it to a host such as NAME.ghe.com, not to a URL");
	}
	buffer_init(&b, url_text, sizeof(url_text));
	host_write_api(&b, &host);
	if (url_read(url_text, api, &why) < 0) {
		return error_set(
		    e, ERROR_USAGE, "%s %s", argument->origin, why);
	}
	return 0;
}

/* The value may hold a password. */
static int
refuse_url(const struct argument *argument, const char *text, const char *why,
    struct error *e)
{
	struct value shown;

	if (strchr(text, '@') != NULL) {
		error_set(e, ERROR_USAGE, "%s %s", argument->origin, why);
	} else {
		error_set(e, ERROR_USAGE, "%s \"%s\" %s", argument->origin,
		    value_show(&shown, span_text(text)), why);
	}
	return error_hint(e,
	    "it is https://api.github.com, https://api.NAME.ghe.com, or for "
	    "GitHub Enterprise Server https://HOST/api/v3");
}

/* Their runners set GITHUB_API_URL to their own API, which cannot send this
 * event (go-gitea/gitea#24132). */
static int
refuse_forge(const struct argument *argument, const char *text, struct error *e)
{
	struct value shown;

	error_set(e, ERROR_USAGE,
	    "%s \"%s\" is the API of Gitea or Forgejo, which have no "
	    "repository_dispatch",
	    argument->origin, value_show(&shown, span_text(text)));
	return error_hint(
	    e, "for an event on GitHub, use --api-url https://api.github.com");
}

int
server_read(const struct argument *argument, const char *text, struct url *api,
    struct error *e)
{
	char right[URL_HOST_SIZE + 32];
	struct value shown;
	struct buffer b;
	const char *why;

	if (strcmp(argument->origin, host_variable) == 0)
		return read_host(argument, text, api, e);
	if (url_read(text, api, &why) < 0)
		return refuse_url(argument, text, why, e);
	if (host_is_api(api))
		return 0;
	if (strcmp(api->path, "/api/v1") == 0)
		return refuse_forge(argument, text, e);
	buffer_init(&b, right, sizeof(right));
	host_write_api(&b, api);
	return error_set(e, ERROR_USAGE,
	    "%s \"%s\" is not the URL of an API: write %s", argument->origin,
	    value_show(&shown, span_text(text)), right);
}

/* Reads the server that GH_HOST or GITHUB_API_URL names. Returns false if it
 * names none. */
static bool
read_named(const char *variable, struct url *url)
{
	struct argument argument;
	struct error ignored;
	const char *why;

	error_clear(&ignored);
	if (arguments_read_variable(&argument, variable, &ignored) < 0 ||
	    argument.text == NULL)
		return false;
	if (strcmp(variable, host_variable) == 0) {
		return url_read_authority(span_text(argument.text),
			   URL_HTTPS_PORT, url, &why) == 0;
	}
	return url_read(argument.text, url, &why) == 0;
}

static bool
is_same_host(const struct url *one, const struct url *other)
{
	return host_is_same(span_text(one->host), span_text(other->host));
}

static bool
is_on_runner(void)
{
	const char *actions = arguments_variable("GITHUB_ACTIONS");

	return actions != NULL && strcmp(actions, "true") == 0 &&
	       arguments_variable(runner_variable) != NULL;
}

/* Returns whether the variables name github.com or a tenant, and not this
 * server. A runner of github.com may have a tenant's token, for GH_HOST. */
static bool
is_elsewhere(const struct url *api)
{
	struct url host, runner;
	bool has_host = read_named(host_variable, &host) &&
			host_kind(host.host) != HOST_SERVER;

	if (has_host && !is_same_host(&host, api))
		return true;
	return read_named(runner_variable, &runner) &&
	       host_kind(runner.host) != HOST_SERVER &&
	       !is_same_host(&runner, api) &&
	       (host_kind(runner.host) == HOST_TENANT || !has_host);
}

static bool
is_of_runner(const struct url *api)
{
	struct url runner;

	return read_named(runner_variable, &runner) &&
	       runner.port == api->port && is_same_host(&runner, api);
}

static bool
is_for_server(const char *variable, const struct url *api)
{
	bool is_server = host_kind(api->host) == HOST_SERVER;

	if (strcmp(variable, "GH_PAT") == 0)
		return true;
	if (ascii_contains(variable, "_ENTERPRISE_"))
		return is_server;
	if (strcmp(variable, "GITHUB_TOKEN") == 0 && is_on_runner())
		return is_of_runner(api);
	return !is_server && !is_elsewhere(api);
}

/* The variables whose token would be sent to the server. */
static const char *
variables_of(const struct url *api)
{
	if (host_kind(api->host) == HOST_SERVER)
		return "GH_ENTERPRISE_TOKEN or GH_PAT";
	return is_elsewhere(api) ? "GH_PAT" : "GH_TOKEN or GH_PAT";
}

int
server_read_token(
    struct arguments *arguments, const struct url *api, struct error *e)
{
	const char *aliases = option_table[OPTION_TOKEN].aliases;
	char name[OPTION_VARIABLE_SIZE], other[OPTION_VARIABLE_SIZE] = "";
	struct buffer b;
	size_t length;

	for (; *aliases != '\0';
	     aliases += length + strspn(aliases + length, " ")) {
		length = strcspn(aliases, " ");
		buffer_init(&b, name, sizeof(name));
		buffer_append(&b, aliases, length);
		if (!is_for_server(name, api)) {
			if (arguments_variable(name) != NULL)
				memcpy(other, name, sizeof(other));
			continue;
		}
		if (arguments_read_alias(arguments, OPTION_TOKEN, name, e) < 0)
			return -1;
		if (arguments->given[OPTION_TOKEN].text != NULL)
			return 0;
	}
	if (other[0] != '\0') {
		error_set(e, ERROR_USAGE,
		    "no token for %s: %s is for another server", api->host,
		    other);
		return error_advise_about(
		    e, ADVICE_GIVE_TOKEN, variables_of(api));
	}
	if (arguments->given[OPTION_TOKEN].blank[0] != '\0') {
		error_set(e, ERROR_USAGE, "no token: %s has only white space",
		    arguments->given[OPTION_TOKEN].blank);
	} else {
		error_set(e, ERROR_USAGE, "no token");
	}
	return error_advise(e, ADVICE_GIVE_TOKEN);
}
