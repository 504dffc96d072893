/* environment_test.c - names of variables that are nearly those of options. */
#include "cli/environment.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/error.h"
#include "base/secrets.h"
#include "base/span.h"
#include "tap.h"

extern char **environ;

static const struct {
	const char *variable;
	const char *meant; /* NULL: it is not refused */
} rows[] = {
    {"DISPATCH_DRYRUN=1", "DISPATCH_DRY_RUN, for --dry-run"},
    {"DISPATCH_DRY-RUN=1", "DISPATCH_DRY_RUN, for --dry-run"},
    {"DISPATCH-DRY-RUN=1", "DISPATCH_DRY_RUN, for --dry-run"},
    {"DISPATCH.DRY.RUN=1", "DISPATCH_DRY_RUN, for --dry-run"},
    {"DISPATCH_dry_run=1", "DISPATCH_DRY_RUN, for --dry-run"},
    {"dispatch_dry_run=1", "DISPATCH_DRY_RUN, for --dry-run"},
    {"dispatch_dryrun=1", "DISPATCH_DRY_RUN, for --dry-run"},
    {"Dispatch_EventType=x", "DISPATCH_EVENT_TYPE, for --event-type"},
    {"DISPATCH_RAW_FIELDS=a=b", "DISPATCH_RAW_FIELD, for --raw-field"},
    {"DISPATCH_FIELDS=a=b", "DISPATCH_FIELD, for --field"},
    {"DISPATCH_JSON_FIELDS=a=b", "DISPATCH_FIELD, for --field"},
    {"DISPATCH_JSON_FIELD=a=b", "DISPATCH_FIELD, for --field"},
    {"DISPATCH_PAYLOADS={}", "DISPATCH_PAYLOAD, for --payload"},
    {"DISPATCH_PAYLAOD={}", "DISPATCH_PAYLOAD, for --payload"},
    {"DISPATCH_CLIENTPAYLOAD={}",
	"DISPATCH_CLIENT_PAYLOAD, for --client-payload"},
    {"DISPATCH_EVENTTYPE=x", "DISPATCH_EVENT_TYPE, for --event-type"},
    {"DISPATCH_EVENT=x", "DISPATCH_EVENT_TYPE, for --event-type"},
    {"DISPATCH_REPOSITORY=o/n", "DISPATCH_REPO, for --repo"},
    {"DISPATCH_REPOS=o/n", "DISPATCH_REPO, for --repo"},
    {"DISPATCH_TARGET=o/n", "DISPATCH_TARGETS, for --targets"},
    {"DISPATCH_TOKENFILE=f", "DISPATCH_TOKEN_FILE, for --token-file"},
    {"DISPATCH_APP_PRIVATE_KEY=k", "DISPATCH_APP_KEY, for --app-key"},
    {"DISPATCH_GITHUB_TOKEN=t", "DISPATCH_TOKEN, for --token"},
    {"DISPATCH_GH_PAT=t", "DISPATCH_TOKEN, for --token"},
    {"DISPATCH_GITHUB_API_URL=u", "DISPATCH_API_URL, for --api-url"},
    {"DISPATCH__REPO=o/n", "DISPATCH_REPO, for --repo"},
    {"DISPATCH_DRY=1", "DISPATCH_DRY_RUN, for --dry-run"},
    {"DISPATCH_DRYRUN_ONLY=1", "DISPATCH_DRY_RUN, for --dry-run"},
    {"DISPATCH_API=https://h", "DISPATCH_API_URL, for --api-url"},
    {"DISPATCH_RAW=a=1", "DISPATCH_RAW_FIELD, for --raw-field"},
    {"DISPATCH_CONNECT=5", "DISPATCH_CONNECT_TIMEOUT, for --connect-timeout"},
    {"DISPATCH_ID_KEY=k", "DISPATCH_DISPATCH_ID_KEY, for --dispatch-id-key"},
    /* Not refused. */
    {"DISPATCH_EVENT_TYPE_NAME=x", NULL},
    {"DISPATCH_PAYLOAD_ID=5", NULL},
    {"DISPATCH_JSON_FILE=f", NULL},
    {"DISPATCH_DR=1", NULL},
    {"DISPATCH_CON=1", NULL},
    {"DISPATCH_ID=1", NULL},
    {"dispatch_dry=1", NULL},
    {"DISPATCH_DRY_RUN=1", NULL},
    {"DISPATCH_DRYRUN=", NULL},
    {"DISPATCH_DRYRUN", NULL},
    {"DISPATCH_SOMETHING=1", NULL},
    {"DISPATCH_VERSION=1", NULL},
    {"DISPATCH_HELP=1", NULL},
    {"DISPATCH_=1", NULL},
    {"DISPATCH=1", NULL},
    {"DISPATCHER_TOKENS=1", NULL},
    {"DISPATCHES=1", NULL},
    {"MY_DISPATCH_DRYRUN=1", NULL},
    {"dispatch_id=42", NULL},
    {"dispatch_time=42", NULL},
    {"DISPATCH_SERVICE_HOST=10.0.0.1", NULL},
    {"DISPATCH_SERVICE_PORT=443", NULL},
    {"DISPATCH_SERVICE_PORT_HTTPS=443", NULL},
    {"DISPATCH_PORT=tcp://10.0.0.1:443", NULL},
    {"DISPATCH_PORT_443_TCP=tcp://10.0.0.1:443", NULL},
    {"DISPATCH_PORT_443_TCP_ADDR=10.0.0.1", NULL},
    {"DISPATCH_TOKEN_PORT=tcp://10.0.0.1:443", NULL},
    {"DISPATCH_REPO_SERVICE_HOST=10.0.0.1", NULL},
    {"DISPATCH_A_NAME_THAT_IS_LONGER_THAN_THAT_OF_ANY_OPTION_MAY_BE=1", NULL},
    {"", NULL},
    {"=DISPATCH_DRYRUN=1", NULL},
};

static void
test_asks(void)
{
	static const struct {
		const char *variable;
		bool asks;
	} asked[] = {
	    {"DISPATCH_EVENT_TYPE=x", true},
	    {"DISPATCH_EVENTTYPE=x", true},
	    {"DISPATCH_REPO= ", true},
	    {"DISPATCH_EVENT_TYPE=", false},
	    {"DISPATCH_EVENT_TYPE", false},
	    {"DISPATCH=1", false},
	    {"DISPATCHES=1", false},
	    {"dispatch_id=7", false},
	    {"MY_DISPATCH_REPO=o/n", false},
	    {"GH_PAT=t", false},
	    {"GITHUB_REPOSITORY=o/n", false},
	    {"", false},
	};
	static char variable[64], *variables[] = {variable, NULL},
				  *none[] = {NULL};
	size_t i;

	environ = none;
	tap_ok(!environment_asks(), "no variable asks for nothing");
	environ = variables;
	for (i = 0; i < COUNT(asked); i++) {
		snprintf(variable, sizeof(variable), "%s", asked[i].variable);
		tap_ok(environment_asks() == asked[i].asks, "\"%s\" asks %s",
		    variable, asked[i].asks ? "for something" : "for nothing");
	}
}

static void
test_look_up(void)
{
	static const struct {
		const char *name;
		const char *value; /* NULL: refused */
		const char *why;
	} looked_up[] = {
	    {"SHA", "abc", ""},
	    {"EMPTY", "", ""},
	    {"DISPATCH_EVENT_TYPE", " x ", ""},
	    {"NONE", NULL, "is not set"},
	    {"", NULL, "is not set"},
	    {"SHA=abc", NULL, "is not set"},
	    {"GH_TOKEN", NULL, "holds a secret"},
	    {"GH_ENTERPRISE_TOKEN", NULL, "holds a secret"},
	    {"DISPATCH_TOKEN", NULL, "holds a secret"},
	    {"DISPATCH_APP_KEY", NULL, "holds a secret"},
	    {"PASSED_ON", NULL, "holds a secret"},
	    {"https_proxy", NULL, "holds a secret"},
	    {"ALL_PROXY", "http://h", ""},
	    {"HTTP_PROXY", NULL, "holds a secret"},
	    {"KNOWN", NULL, "holds a secret"},
	    /* What outsiders choose: whoever opens an issue. */
	    {"TITLE", "Explain the ghp_ prefix", ""},
	    {"BRANCH", "weighs_in", ""},
	    {"LINE", "strip -----BEGIN RSA PRIVATE KEY-----", ""},
	    {"NAME", "MIIntegrationPlatformDocs", ""},
	    {"$SHA", NULL, "is not set; write the name without $"},
	    {"${SHA}", NULL, "is not set; write the name without $"},
	};
	static char sha[] = "SHA=abc",
		    empty[] = "EMPTY=", type[] = "DISPATCH_EVENT_TYPE= x ",
		    gh_token[] = "GH_TOKEN=t",
		    enterprise[] = "GH_ENTERPRISE_TOKEN=t",
		    token[] = "DISPATCH_TOKEN=t", key[] = "DISPATCH_APP_KEY=k",
		    other[] =
			"PASSED_ON=x ghp_0123456789abcdefghijklmnopqrstuvwxyz",
		    proxy[] = "https_proxy=http://u:p@h",
		    bare_proxy[] = "ALL_PROXY=http://h",
		    http_proxy[] = "HTTP_PROXY=http://u:pw12@h",
		    known[] = "KNOWN=x/unchosen-secret/y",
		    title[] = "TITLE=Explain the ghp_ prefix",
		    branch[] = "BRANCH=weighs_in",
		    line[] = "LINE=strip -----BEGIN RSA PRIVATE KEY-----",
		    name[] = "NAME=MIIntegrationPlatformDocs";
	char *variables[] = {sha, empty, type, gh_token, enterprise, token, key,
	    other, proxy, bare_proxy, http_proxy, known, title, branch, line,
	    name, NULL};
	const char *value, *why;
	size_t i;

	environ = variables;
	secrets_add(span_text("unchosen-secret"), SECRETS_LASTING);
	for (i = 0; i < COUNT(looked_up); i++) {
		why = "";
		value = environment_look_up(looked_up[i].name, &why);
		if (looked_up[i].value == NULL) {
			tap_ok(value == NULL, "the variable \"%s\" is refused",
			    looked_up[i].name);
		} else {
			tap_text(value, looked_up[i].value, "the value of %s",
			    looked_up[i].name);
		}
		tap_part(why,
		    looked_up[i].why[0] != '\0' ? looked_up[i].why : NULL,
		    "why \"%s\" is refused", looked_up[i].name);
	}
}

int
main(void)
{
	char copy[128], line[256], **kept = environ;
	char other[] = "DISPATCH_REPO=o/n";
	char *variables[] = {other, copy, NULL};
	struct error e;
	size_t i;
	int result;

	environ = variables;
	for (i = 0; i < COUNT(rows); i++) {
		(void)snprintf(copy, sizeof(copy), "%s", rows[i].variable);
		error_clear(&e);
		result = environment_check(&e);
		if (rows[i].meant == NULL) {
			tap_ok(result == 0, "%s is accepted", rows[i].variable);
			continue;
		}
		(void)snprintf(line, sizeof(line),
		    "unknown variable %.*s; did you mean %s?",
		    (int)strcspn(copy, "="), copy, rows[i].meant);
		tap_ok(result < 0, "%s is refused", rows[i].variable);
		tap_number(
		    e.kind, ERROR_USAGE, "%s: the kind", rows[i].variable);
		tap_text(e.line, line, "%s means %s", rows[i].variable,
		    rows[i].meant);
	}
	test_asks();
	test_look_up();
	environ = kept;
	return tap_done();
}
