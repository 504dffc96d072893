/* arguments_test.c - which text an option gets, and from where. Each row is a
 * command line and an environment; what one option got is "ORIGIN=TEXT", "" if
 * it was not given, or else the error's line. */
#include "cli/arguments.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/error.h"
#include "tap.h"

extern char **environ;

static const struct {
	enum option option;
	const char *arguments; /* separated by spaces */
	const char *variables; /* separated by spaces */
	const char *result;
} rows[] = {
    /* Forms. */
    {OPTION_EVENT_TYPE, "--event-type x", "", "--event-type=x"},
    {OPTION_EVENT_TYPE, "--event-type=x", "", "--event-type=x"},
    {OPTION_EVENT_TYPE, "--event-type=", "", "--event-type="},
    {OPTION_EVENT_TYPE, "-e x", "", "--event-type=x"},
    {OPTION_EVENT_TYPE, "-ex", "", "--event-type=x"},
    {OPTION_EVENT_TYPE, "-qnex", "", "--event-type=x"},
    {OPTION_EVENT_TYPE, "-e x -e y", "", "--event-type=y"},
    {OPTION_EVENT_TYPE, "-e --json", "", "--event-type=--json"},
    {OPTION_EVENT_TYPE, "-e x --", "", "--event-type=x"},
    {OPTION_JSON, "--json", "", "--json=--json"},
    /* Precedence. */
    {OPTION_API_URL, "", "GH_HOST=1 GITHUB_API_URL=2", "GH_HOST=1"},
    {OPTION_API_URL, "", "GH_HOST= GITHUB_API_URL=2", "GITHUB_API_URL=2"},
    /* The server is not known yet. */
    {OPTION_TOKEN, "", "GH_PAT=1 GH_TOKEN=2 GITHUB_TOKEN=3", ""},
    {OPTION_TOKEN, "", "GH_PAT=1 DISPATCH_TOKEN=4", "DISPATCH_TOKEN=4"},
    {OPTION_TOKEN, "-t 5", "DISPATCH_TOKEN=4", "--token=5"},
    {OPTION_PROXY, "", "all_proxy=4 HTTPS_PROXY=1", "HTTPS_PROXY=1"},
    {OPTION_CA_FILE, "", "", ""},
    {OPTION_CA_FILE, "", "DISPATCH_CA_FILE=", ""},
    {OPTION_HELP, "", "DISPATCH_HELP=1", ""},
    {OPTION_VERSION, "", "DISPATCH_VERSION=1", ""},
    /* Two options for one thing. */
    {OPTION_TOKEN, "--token-file f", "DISPATCH_TOKEN=4 GH_PAT=1", ""},
    {OPTION_TOKEN_FILE, "-t 5", "DISPATCH_TOKEN_FILE=f", ""},
    {OPTION_TOKEN_FILE, "", "DISPATCH_TOKEN_FILE=f GH_PAT=1",
	"DISPATCH_TOKEN_FILE=f"},
    {OPTION_PAYLOAD, "--client-payload 1", "DISPATCH_PAYLOAD=2", ""},
    {OPTION_CLIENT_PAYLOAD, "-p 1", "DISPATCH_CLIENT_PAYLOAD=2", ""},
    {OPTION_VERBOSE, "-q", "DEBUG=1", ""},
    {OPTION_VERBOSE, "", "DEBUG=1", "DEBUG=1"},
    {OPTION_VERBOSE, "", "ACTIONS_STEP_DEBUG=true", "ACTIONS_STEP_DEBUG=true"},
    {OPTION_VERBOSE, "", "DEBUG=app:* RUNNER_DEBUG=1", "RUNNER_DEBUG=1"},
    {OPTION_VERBOSE, "", "DEBUG=0 ACTIONS_STEP_DEBUG=true",
	"ACTIONS_STEP_DEBUG=true"},
    {OPTION_VERBOSE, "", "DEBUG=app:*", ""},
    {OPTION_VERBOSE, "", "DISPATCH_VERBOSE=0 DEBUG=1", "DISPATCH_VERBOSE=0"},
    /* Refusals. */
    {OPTION_JSON, "--json=1", "", "--json takes no value"},
    {OPTION_JSON, "--payload", "", "--payload needs a value: --payload JSON"},
    {OPTION_JSON, "-ne", "", "-e needs a value: -e TYPE"},
    {OPTION_JSON, "-nz", "", "unknown option -z"},
    {OPTION_JSON, "--jsn", "", "unknown option --jsn; did you mean --json?"},
    {OPTION_JSON, "--json-fields a=1", "",
	"unknown option --json-fields; did you mean --field?"},
    {OPTION_JSON, "--cacert a", "",
	"unknown option --cacert; did you mean --ca-file?"},
    {OPTION_JSON, "--retry=3", "",
	"unknown option --retry; did you mean --retries?"},
    {OPTION_JSON, "x", "", "unexpected argument \"x\""},
    {OPTION_JSON, "-", "", "unexpected argument \"-\""},
    {OPTION_JSON, "-- x", "", "unexpected argument \"x\""},
    {OPTION_JSON, "-- --json", "", "unexpected argument \"--json\""},
    /* A secret in a wrong place is not shown. */
    {OPTION_JSON, "-- ghu_0123456789abcdef0123456789abcdefghij", "",
	"unexpected argument \"[hidden]\""},
    {OPTION_JSON, "-----BEGIN", "", "unknown option --"},
    {OPTION_EVENT_TYPE, "-e ghp_deploy_preview_site", "",
	"--event-type=ghp_deploy_preview_site"},
    {OPTION_OWNER, "-o MIIntegrationPlatform", "",
	"--owner=MIIntegrationPlatform"},
    {OPTION_JSON, "-o ghp_0123456789abcdef0123456789abcdefghij", "",
	"--owner does not take a secret; this looks like a token or a private "
	"key"},
    {OPTION_JSON, "", "SSL_CERT_FILE=-----BEGIN",
	"SSL_CERT_FILE takes a file name; this looks like a token or a "
	"private key"},
    {OPTION_APP_KEY, "",
	"DISPATCH_APP_KEY=ghp_0123456789abcdef0123456789abcdefghij",
	"DISPATCH_APP_KEY takes a private key or the name of a file with one; "
	"this looks like a token"},
    {OPTION_APP_KEY, "", "DISPATCH_APP_KEY=-----BEGIN",
	"DISPATCH_APP_KEY takes a private key or the name of a file with one; "
	"this looks like a key that is cut"},
    {OPTION_TOKEN, "-t ghp_0123456789abcdef0123456789abcdefghij", "",
	"--token=ghp_0123456789abcdef0123456789abcdefghij"},
};

static int
split(char *text, char **out, int count)
{
	char *word;

	for (word = strtok(text, " "); word != NULL; word = strtok(NULL, " "))
		out[count++] = word;
	out[count] = NULL;
	return count;
}

static struct arguments arguments;

static int
read_both(const char *line, const char *variables, struct error *e)
{
	static char copy[256], environment[256];
	static char program[] = "repository-dispatch";
	static char *argv[32], *values[32];
	int argc;

	snprintf(copy, sizeof(copy), "%s", line);
	snprintf(environment, sizeof(environment), "%s", variables);
	argv[0] = program;
	argc = split(copy, argv, 1);
	(void)split(environment, values, 0);
	environ = values;
	error_clear(e);
	return arguments_read(&arguments, argc, argv, e);
}

static void
test_rows(void)
{
	const struct argument *argument;
	char got[ERROR_LINE_SIZE];
	struct error e;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		argument = &arguments.given[rows[i].option];
		if (read_both(rows[i].arguments, rows[i].variables, &e) < 0) {
			snprintf(got, sizeof(got), "%s", e.line);
		} else if (argument->text == NULL) {
			got[0] = '\0';
		} else {
			snprintf(got, sizeof(got), "%s=%s", argument->origin,
			    argument->text);
		}
		tap_text(got, rows[i].result, "%s | %s", rows[i].arguments,
		    rows[i].variables);
	}
}

/* A variable that is read later, as GH_PAT is. */
static void
test_alias(void)
{
	const struct argument *argument = &arguments.given[OPTION_TOKEN];
	struct error e;

	tap_ok(read_both("", "GH_PAT=t GH_TOKEN=\"u\"", &e) == 0,
	    "no alias is read at first");
	tap_ok(arguments_read_alias(
		   &arguments, OPTION_TOKEN, "GITHUB_TOKEN", &e) == 0,
	    "an alias that is not set");
	tap_ok(argument->text == NULL, "gives no value");
	tap_ok(
	    arguments_read_alias(&arguments, OPTION_TOKEN, "GH_PAT", &e) == 0,
	    "an alias that is set");
	tap_text(argument->text, "t", "gives its value");
	tap_ok(strcmp(argument->origin, "GH_PAT") == 0, "and its name");
	tap_ok(
	    arguments_read_alias(&arguments, OPTION_TOKEN, "GH_TOKEN", &e) < 0,
	    "an alias with quotes around its value");
}

static void
test_repeated(void)
{
	static const enum option expected[] = {
	    OPTION_FIELD, OPTION_REPO, OPTION_RAW_FIELD, OPTION_FIELD};
	const struct argument_repeated *repeated = arguments.repeated;
	struct error e;
	size_t i;

	tap_ok(read_both("-F a=1 -r o/n -f b=2 -e x -F c=3", "", &e) == 0,
	    "repeatable options are read");
	tap_number(arguments.repeated_count, COUNT(expected),
	    "repeatable options are kept");
	for (i = 0; i < COUNT(expected); i++)
		tap_ok(repeated[i].option == expected[i], "in their order");
	tap_ok(strcmp(repeated[2].text, "b=2") == 0, "with their text");
}

/* Reads one variable only, "NAME=VALUE". */
static const struct argument *
read_one(enum option option, const char *variable, struct error *e)
{
	static char program[] = "repository-dispatch", copy[64];
	char *argv[] = {program, NULL}, *values[] = {copy, NULL};

	snprintf(copy, sizeof(copy), "%s", variable);
	environ = values;
	error_clear(e);
	if (arguments_read(&arguments, 1, argv, e) < 0)
		return NULL;
	return &arguments.given[option];
}

/* White space and quotes around values. */
static void
test_surrounded(void)
{
	static const struct {
		enum option option;
		const char *variable;
		const char *text; /* NULL: not given */
		bool is_trimmed;
	} values[] = {
	    {OPTION_EVENT_TYPE, "DISPATCH_EVENT_TYPE=x", "x", false},
	    {OPTION_EVENT_TYPE, "DISPATCH_EVENT_TYPE=a b\r", "a b", true},
	    {OPTION_EVENT_TYPE, "DISPATCH_EVENT_TYPE=\xc2\xa0x", "x", true},
	    {OPTION_EVENT_TYPE, "DISPATCH_EVENT_TYPE=\r\n", NULL, false},
	    /* Its quotes are refused later, with another exit status. */
	    {OPTION_EVENT_TYPE, "DISPATCH_EVENT_TYPE=\"x\"", "\"x\"", false},
	    {OPTION_API_URL, "GITHUB_API_URL= https://h\n", "https://h", true},
	    {OPTION_TIMEOUT, "DISPATCH_TIMEOUT=7\r", "7", true},
	    {OPTION_JSON, "DISPATCH_JSON=1\r", "1", true},
	    {OPTION_JSON, "DISPATCH_JSON='1'", "'1'", false},
	    {OPTION_TOKEN, "DISPATCH_TOKEN=t\r\n\n", "t", false},
	    {OPTION_TOKEN, "DISPATCH_TOKEN= t\n", "t", true},
	    {OPTION_TOKEN, "DISPATCH_TOKEN=\n", NULL, false},
	    {OPTION_REPO, "DISPATCH_REPO=a/b\nc/d\n", "a/b\nc/d\n", false},
	    {OPTION_PAYLOAD, "DISPATCH_PAYLOAD= \"x\"\n", " \"x\"\n", false},
	    {OPTION_RAW_FIELD, "DISPATCH_RAW_FIELD=\" ", "\" ", false},
	    {OPTION_FIELD, "DISPATCH_FIELD=\na=\n", "\na=\n", false},
	    {OPTION_APP_KEY, "DISPATCH_APP_KEY=\"MIIEpAIBAAKCAQEA\"\n",
		"\"MIIEpAIBAAKCAQEA\"\n", false},
	    {OPTION_APP_KEY, "DISPATCH_APP_KEY=/k.pem\r\n", "/k.pem", true},
	    {OPTION_APP_KEY, "DISPATCH_APP_KEY=\r", NULL, false},
	    {OPTION_ENV_FIELD, "DISPATCH_ENV_FIELD=a=X\n", "a=X\n", false},
	};
	static const char *const quoted[] = {"DISPATCH_REPO=\"o/n\"",
	    "OWNER='o'", "DISPATCH_TOKEN=\"t\"", "DISPATCH_TOKEN=\"t\"\r\n",
	    "HTTPS_PROXY=\"http://h\"", "DISPATCH_TOKEN_FILE=`f`",
	    "DISPATCH_APP_KEY=\"/k.pem\"", "DISPATCH_APP_KEY=\"/k.pem\"\r",
	    "DISPATCH_ENV_FIELD=\"a=X\""};
	const struct argument *got;
	struct error e;
	size_t i;

	for (i = 0; i < COUNT(values); i++) {
		got = read_one(values[i].option, values[i].variable, &e);
		if (!tap_ok(got != NULL, "%s is read", values[i].variable))
			continue;
		if (values[i].text == NULL) {
			tap_ok(got->text == NULL, "%s is not a value",
			    values[i].variable);
		} else {
			tap_text(got->text, values[i].text, "the value of %s",
			    values[i].variable);
		}
		tap_ok(got->is_trimmed == values[i].is_trimmed,
		    "whether %s is trimmed", values[i].variable);
	}
	for (i = 0; i < COUNT(quoted); i++) {
		tap_ok(read_one(OPTION_JSON, quoted[i], &e) == NULL,
		    "%s is refused", quoted[i]);
		tap_number(e.kind, ERROR_USAGE, "%s: the kind", quoted[i]);
		tap_part(e.line, "has quotes around its value", "%s has quotes",
		    quoted[i]);
	}
}

int
main(void)
{
	char **kept = environ;

	test_rows();
	test_repeated();
	test_surrounded();
	test_alias();
	environ = kept;
	return tap_done();
}
