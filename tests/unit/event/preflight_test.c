/* preflight_test.c - what is made of the response to GET {repository}, by kind
 * of token, and which requests are sent. */
/* Fakes: os/clock os/process net/connection. */
#include "event/preflight.h"

#include <string.h>

#include "base/array.h"
#include "base/error.h"
#include "base/secrets.h"
#include "base/span.h"
#include "fakes/connection.h"
#include "fakes/key.h"
#include "tap.h"

#define HEAD(status, fields) \
	"HTTP/1.1 " status " X\r\nX-GitHub-Request-Id: A:1\r\n" fields
#define SAYS(fields, body)                                               \
	{                                                                \
		.response =                                              \
		    HEAD("200", fields "Connection: close\r\n\r\n") body \
	}
#define REFUSES(status)                                               \
	{                                                             \
		.response = HEAD(status, "Content-Length: 0\r\n\r\n") \
	}
#define SCOPES(list) "X-OAuth-Scopes: " list "\r\n"

static struct dispatch_storage storage;
static struct target_list targets;
static struct field_list fields;
static const struct url api = {.host = "api.test", .port = 443};
static struct proxy no_proxy;
static struct preflight_result last;
static struct preflight_account account;
static struct error error;
static const struct workflow *workflow; /* to be started, or NULL */
static const char *app_key;             /* its file, in place of a token */

static void
checked(void *context, const struct preflight_result *result)
{
	(void)context;
	last = *result;
}

static void
waits(void *context, const struct target *target, uint32_t milliseconds,
    const struct error *why)
{
	(void)context;
	(void)target;
	(void)milliseconds;
	(void)why;
}

static void
run(const char *token, const struct fake_step *steps, size_t count)
{
	const struct preflight_listener listener = {
	    .checked = checked, .dispatch = {.waits = waits}};
	char copy[64];
	struct dispatch_job job = {
	    .api = &api,
	    .proxy = &no_proxy,
	    .targets = &targets,
	    .event_type = workflow != NULL ? NULL : "deploy",
	    .workflow = workflow,
	    .parts = {.json = "{}", .fields = &fields},
	    .token = copy,
	    .token_origin = "GH_PAT",
	    .checks_only = true,
	    .connect_timeout = 10000,
	    .timeout = 60000,
	    .pace = DISPATCH_PACE_DEFAULT,
	};

	if (app_key != NULL) {
		job.app = (struct installation_app){.id = "7",
		    .key_file = app_key,
		    .starts_workflows = workflow != NULL};
	}
	error_clear(&error);
	(void)snprintf(copy, sizeof(copy), "%s0123456789abcdefghij", token);
	target_clear(&targets);
	if (target_set(
		&targets.list[0], span_text("o"), span_text("n"), &error) == 0)
		targets.count = 1;
	fake_connection_play(steps, count);
	if (dispatch_take_credential(
		&job, &storage, deadline_after(1000), &error) < 0 ||
	    dispatch_prepare(&job, &storage, deadline_after(1000), &error) <
		0) {
		tap_ok(false, "prepared: %s", error.line);
		return;
	}
	preflight_run(&job, &storage, &listener, &account, &error);
	dispatch_end(&storage);
	dispatch_wipe(&storage);
}

#define READABLE "{\"private\":false,\"permissions\":{\"push\":true}}"
#define PRIVATE "{\"private\":true}"
#define NO_PUSH "{\"permissions\":{\"push\":false}}"

static void
test_verdicts(void)
{
	static const struct {
		const char *name, *token;
		struct fake_step step;
		enum preflight_verdict is_reachable, can_write;
		enum error_kind kind;
	} rows[] = {
	    {"classic, repo", "ghp_", SAYS(SCOPES("gist, repo"), READABLE),
		PREFLIGHT_YES, PREFLIGHT_YES, ERROR_NONE},
	    {"classic, a scope that begins so", "ghp_",
		SAYS(SCOPES("repo:status"), READABLE), PREFLIGHT_YES,
		PREFLIGHT_NO, ERROR_UNAUTHORIZED},
	    {"classic, public_repo", "ghp_",
		SAYS(SCOPES("public_repo"), READABLE), PREFLIGHT_YES,
		PREFLIGHT_YES, ERROR_NONE},
	    {"classic, public_repo, private", "ghp_",
		SAYS(SCOPES("public_repo"), PRIVATE), PREFLIGHT_YES,
		PREFLIGHT_NO, ERROR_UNAUTHORIZED},
	    {"classic, no scopes", "ghp_", SAYS(SCOPES(""), READABLE),
		PREFLIGHT_YES, PREFLIGHT_NO, ERROR_UNAUTHORIZED},
	    {"classic, scopes that are not reported", "ghp_",
		SAYS("", READABLE), PREFLIGHT_YES, PREFLIGHT_NOT_KNOWN,
		ERROR_NONE},
	    {"classic, of somebody who cannot push", "ghp_",
		SAYS(SCOPES("repo"), NO_PUSH), PREFLIGHT_YES,
		PREFLIGHT_NOT_KNOWN, ERROR_NONE},
	    {"classic, not JSON", "ghp_", SAYS(SCOPES("repo"), "x"),
		PREFLIGHT_YES, PREFLIGHT_YES, ERROR_NONE},
	    {"OAuth, public_repo", "gho_",
		SAYS(SCOPES("public_repo"), READABLE), PREFLIGHT_YES,
		PREFLIGHT_YES, ERROR_NONE},
	    {"old, repo", "0123456789abcdef", SAYS(SCOPES("repo"), READABLE),
		PREFLIGHT_YES, PREFLIGHT_YES, ERROR_NONE},
	    {"old, no scopes", "0123456789abcdef", SAYS(SCOPES(""), READABLE),
		PREFLIGHT_YES, PREFLIGHT_NOT_KNOWN, ERROR_NONE},
	    {"fine-grained, may push", "github_pat_",
		SAYS(SCOPES("repo"), READABLE), PREFLIGHT_YES,
		PREFLIGHT_NOT_KNOWN, ERROR_NONE},
	    {"fine-grained, may not push", "github_pat_", SAYS("", NO_PUSH),
		PREFLIGHT_YES, PREFLIGHT_NOT_KNOWN, ERROR_NONE},
	    {"a job's", "ghs_", SAYS("", READABLE), PREFLIGHT_YES,
		PREFLIGHT_NOT_KNOWN, ERROR_NONE},
	    {"archived", "ghp_", SAYS(SCOPES("repo"), "{\"archived\":true}"),
		PREFLIGHT_YES, PREFLIGHT_NO, ERROR_UNAUTHORIZED},
	    {"archived, in words", "ghp_",
		SAYS(SCOPES("repo"), "{\"archived\":\"true\"}"), PREFLIGHT_YES,
		PREFLIGHT_YES, ERROR_NONE},
	    {"disabled", "github_pat_", SAYS("", "{\"disabled\":true}"),
		PREFLIGHT_YES, PREFLIGHT_NO, ERROR_UNAUTHORIZED},
	    {"404", "ghp_", REFUSES("404"), PREFLIGHT_NO, PREFLIGHT_NOT_KNOWN,
		ERROR_NOT_FOUND},
	    {"401", "ghp_", REFUSES("401"), PREFLIGHT_NO, PREFLIGHT_NOT_KNOWN,
		ERROR_UNAUTHORIZED},
	    {"500", "ghp_", REFUSES("500"), PREFLIGHT_NOT_KNOWN,
		PREFLIGHT_NOT_KNOWN, ERROR_CONNECT},
	    {"no connection", "ghp_", {.result = CONNECTION_UNREACHABLE},
		PREFLIGHT_NOT_KNOWN, PREFLIGHT_NOT_KNOWN, ERROR_CONNECT},
	};
	const char *name;
	size_t i, k, writes;

	for (i = 0; i < COUNT(rows); i++) {
		name = rows[i].name;
		run(rows[i].token, &rows[i].step, 1);
		tap_number(last.is_reachable, rows[i].is_reachable,
		    "%s: is it reachable", name);
		tap_number(last.can_write, rows[i].can_write,
		    "%s: can it be written", name);
		tap_number(last.result.error.kind, rows[i].kind,
		    "%s: the failure", name);
		writes = 0;
		for (k = 0; k < fake_connection_requests(); k++) {
			writes +=
			    strncmp(fake_connection_request(k), "GET ", 4) != 0;
		}
		tap_number(writes, 0, "%s: only GET is sent", name);
	}
}

/* The first response is about the repository, the second about the workflow. */
static void
test_workflow(void)
{
	static const struct workflow deploy = {.name = "deploy.yml",
	    .part = "/actions/workflows/deploy.yml/dispatches",
	    .ref = "main"};
	static const struct {
		const char *name;
		struct fake_step steps[2];
		enum preflight_verdict can_write;
		enum error_kind kind;
		size_t requests; /* of these two kinds */
	} rows[] = {
	    {"active",
		{SAYS(SCOPES("repo"), READABLE),
		    SAYS("", "{\"state\":\"active\"}")},
		PREFLIGHT_YES, ERROR_NONE, 2},
	    {"disabled",
		{SAYS(SCOPES("repo"), READABLE),
		    SAYS("", "{\"state\":\"disabled_manually\"}")},
		PREFLIGHT_YES, ERROR_REFUSED, 2},
	    {"a page",
		{SAYS(SCOPES("repo"), READABLE), SAYS("", "{\"state\":")},
		PREFLIGHT_YES, ERROR_NONE, 2},
	    {"not there", {SAYS(SCOPES("repo"), READABLE), REFUSES("404")},
		PREFLIGHT_YES, ERROR_NOT_FOUND, 2},
	    {"not known", {SAYS(SCOPES("repo"), READABLE), REFUSES("403")},
		PREFLIGHT_YES, ERROR_NONE, 2},
	    {"public_repo only",
		{SAYS(SCOPES("public_repo"), READABLE),
		    SAYS("", "{\"state\":\"active\"}")},
		PREFLIGHT_NOT_KNOWN, ERROR_NONE, 2},
	    {"of a repository that is not there",
		{REFUSES("404"), REFUSES("404")}, PREFLIGHT_NOT_KNOWN,
		ERROR_NOT_FOUND, 1},
	};
	size_t i;

	workflow = &deploy;
	for (i = 0; i < COUNT(rows); i++) {
		run("ghp_", rows[i].steps, 2);
		tap_number(last.can_write, rows[i].can_write,
		    "a workflow, %s: can it be started", rows[i].name);
		tap_number(last.result.error.kind, rows[i].kind,
		    "a workflow, %s: the failure", rows[i].name);
		tap_ok((strstr(fake_connection_request(1),
			    "GET /repos/o/n/actions/workflows/deploy.yml ") !=
			   NULL) == (rows[i].requests == 2),
		    "a workflow, %s: whether it is asked for", rows[i].name);
	}
	workflow = NULL;
}

/* An App's token says what it was granted. */
static void
test_app(void)
{
	static const struct workflow deploy = {.name = "deploy.yml",
	    .part = "/actions/workflows/deploy.yml/dispatches",
	    .ref = "main"};
	static const struct {
		const char *name;
		bool starts;
		struct fake_step token;
		enum preflight_verdict can_write;
	} rows[] = {
	    {"contents: write", false,
		SAYS("", "{\"token\":\"ghs_a\",\"permissions\":"
			 "{\"contents\":\"write\"}}"),
		PREFLIGHT_YES},
	    {"contents: read", false,
		SAYS("", "{\"token\":\"ghs_a\",\"permissions\":"
			 "{\"contents\":\"read\"}}"),
		PREFLIGHT_NO},
	    {"nothing reported", false, SAYS("", "{\"token\":\"ghs_a\"}"),
		PREFLIGHT_NOT_KNOWN},
	    {"actions: write", true,
		SAYS("", "{\"token\":\"ghs_a\",\"permissions\":"
			 "{\"actions\":\"write\"}}"),
		PREFLIGHT_YES},
	    {"actions: read", true,
		SAYS("", "{\"token\":\"ghs_a\",\"permissions\":"
			 "{\"actions\":\"read\"}}"),
		PREFLIGHT_NO},
	};
	static char path[] = "/tmp/preflight_test_XXXXXX";
	struct fake_step steps[4] = {SAYS("", "{\"id\":42}"), REFUSES("404"),
	    SAYS("", READABLE), SAYS("", "{\"state\":\"active\"}")};
	size_t i;

	if (!tap_ok(make_key(path, "genrsa 2048"), "the key of an App"))
		return;
	app_key = path;
	for (i = 0; i < COUNT(rows); i++) {
		workflow = rows[i].starts ? &deploy : NULL;
		steps[1] = rows[i].token;
		run("", steps, COUNT(steps));
		tap_number(last.can_write, rows[i].can_write,
		    "an App, %s: can it be written", rows[i].name);
	}
	(void)unlink(path);
	app_key = NULL;
	workflow = NULL;
}

#define LIMIT(remaining, reset)                                               \
	SAYS("Date: Mon, 23 Nov 2026 20:00:00 GMT\r\n",                       \
	    "{\"resources\":{\"core\":{\"limit\":60,\"remaining\":" remaining \
	    ",\"reset\":" reset "}},\"login\":\"octocat\"}")

static void
test_account(void)
{
	static const struct fake_step left[] = {
	    SAYS(SCOPES("repo"), READABLE), LIMIT("1", "1795467600")};
	static const struct fake_step none[] = {
	    SAYS(SCOPES("repo"), READABLE), LIMIT("0", "1795467600")};
	static const struct fake_step soon[] = {
	    SAYS(SCOPES("repo"), READABLE), LIMIT("0", "1795464010")};
	static const struct fake_step odd[] = {
	    SAYS(SCOPES("repo"), READABLE), LIMIT("-1", "1795467600")};

	run("ghp_", left, COUNT(left));
	tap_ok(strcmp(account.login, "octocat") == 0, "whose the token is");
	tap_ok(account.has_limit, "the limit is known");
	tap_number(account.remaining, 1, "what is left");
	tap_number(error.kind, ERROR_NONE, "it is enough");
	run("ghp_", none, COUNT(none));
	tap_number(error.kind, ERROR_RATE_LIMITED, "nothing is left");
	run("ghp_", soon, COUNT(soon));
	tap_number(error.kind, ERROR_NONE, "nothing is left for ten seconds");
	run("ghp_", odd, COUNT(odd));
	tap_ok(!account.has_limit, "a limit that is no number is not known");
	run("ghs_", left, COUNT(left));
	tap_number(
	    fake_connection_requests(), 2, "a job's token: no GET /user");
}

/* A server may repeat what it was sent. */
static void
test_echo(void)
{
	static const struct fake_step steps[] = {
	    SAYS(SCOPES("repo, pa55wd"), READABLE)};

	secrets_add_proxy(span_text("proxyuser"), span_text("pa55wd"));
	run("ghp_", steps, COUNT(steps));
	tap_ok(strstr(account.scopes, "pa55wd") == NULL,
	    "a proxy's password in the scopes is hidden");
	tap_number(
	    last.can_write, PREFLIGHT_YES, "the scopes count as they were");
	secrets_wipe();
}

int
main(void)
{
	test_verdicts();
	test_workflow();
	test_app();
	test_account();
	test_echo();
	return tap_done();
}
