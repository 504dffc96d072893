/* installation_test.c - an App's requests for a token: which are sent, what
 * is made of the responses, and which tokens are kept. */
/* Fakes: os/clock os/process net/connection. */
#include "github/installation.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/error.h"
#include "base/span.h"
#include "fakes/clock.h"
#include "fakes/connection.h"
#include "fakes/key.h"
#include "fakes/process.h"
#include "tap.h"

#define HEAD(status) "HTTP/1.1 " status " X\r\nX-GitHub-Request-Id: A:1\r\n"
#define JSON(status, body) HEAD(status) "Connection: close\r\n\r\n" body
#define GIVES(body)                           \
	{                                     \
		.response = JSON("200", body) \
	}
#define TOKEN(text) GIVES("{\"token\":\"" text "\"}")
#define REFUSES(status)                                          \
	{                                                        \
		.response = JSON(status, "{\"message\":\"No\"}") \
	}

static struct installation_app app;
static char key_path[] = "/tmp/installation_test_XXXXXX";
static struct installation_app app;
static struct installation installation;
static struct session session;
static struct target_list targets;
static struct credential credential;
static struct api_outcome outcome;
static struct error error;
static const struct url api = {.host = "api.test", .port = 443};
static struct proxy no_proxy;

static void
add(const char *owner, const char *name)
{
	static const char *const types[] = {
	    "a", "b", "c", "d", "e", "f", "g", "h"};
	const struct target_rules rules = {
	    .api_host = api.host, .owner = span_text(owner)};

	/* Each has another event, so that a repository can be there twice. */
	if (target_add(&targets, &rules, span_text(name), types[targets.count],
		&error) < 0)
		abort();
}

static bool
prepare(const char *id)
{
	app = (struct installation_app){
	    .id = "7",
	    .key_file = key_path,
	    .installation = id,
	};
	session.api = &api;
	session.proxy = &no_proxy;
	error_clear(&error);
	return installation_prepare(&installation, &app, &session, &targets,
		   deadline_after(5000), &error) == 0;
}

/* Holds a token for a target while the connection plays these steps. */
static int
hold(size_t target, const struct fake_step *steps, size_t count)
{
	const struct api_call call = {
	    .target = &targets.list[target],
	    .deadline = deadline_after(60000),
	    .outcome = &outcome,
	    .error = &error,
	};

	session_close(&session);
	error_clear(&error);
	memset(&outcome, 0, sizeof(outcome));
	fake_connection_play(steps, count);
	return installation_hold(&installation, &call, &credential);
}

static bool
asked(size_t index, const char *line)
{
	return index < fake_connection_requests() &&
	       strncmp(fake_connection_request(index), line, strlen(line)) == 0;
}

static bool
has_body(size_t index, const char *body)
{
	const char *found = strstr(fake_connection_request(index), "\r\n\r\n");

	return found != NULL && strcmp(found + 4, body) == 0;
}

/* A token is held, after that many requests: none if it was kept. */
static void
check_requests(const char *name, int result, size_t requests)
{
	tap_number(result, 0, "%s: a token", name);
	tap_number(
	    fake_connection_requests(), requests, "%s: the requests", name);
}

/* What the token may do depends on what is done with it. */
static void
test_permissions(void)
{
	static const struct {
		bool reads_runs, cancels_runs, starts_workflows, is_waiting;
		const char *permissions;
	} rows[] = {
	    {false, false, false, false, "\"contents\":\"write\""},
	    {true, false, false, false,
		"\"contents\":\"write\",\"actions\":\"read\""},
	    {true, true, false, false,
		"\"contents\":\"write\",\"actions\":\"write\""},
	    {false, false, true, false, "\"actions\":\"write\""},
	    {true, false, true, false, "\"actions\":\"write\""},
	    {true, false, false, true, "\"actions\":\"read\""},
	    {true, false, true, true, "\"actions\":\"read\""},
	    {true, true, false, true, "\"actions\":\"write\""},
	};
	static const struct fake_step steps[] = {
	    GIVES("{\"id\":42}"), TOKEN("ghs_one")};
	char body[128];
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		target_clear(&targets);
		add("o", "a");
		tap_ok(prepare(NULL), "row %zu: the key of an App is read", i);
		app.reads_runs = rows[i].reads_runs;
		app.cancels_runs = rows[i].cancels_runs;
		app.starts_workflows = rows[i].starts_workflows;
		if (rows[i].is_waiting)
			installation_narrow(&installation);
		tap_ok(hold(0, steps, 2) == 0, "row %zu: a token", i);
		snprintf(body, sizeof(body),
		    "{\"permissions\":{%s},\"repositories\":[\"a\"]}",
		    rows[i].permissions);
		tap_ok(
		    has_body(1, body), "row %zu: %s", i, rows[i].permissions);
	}
}

static void
test_hold(void)
{
	static const struct fake_step steps[] = {
	    GIVES("{\"id\":42}"), TOKEN("ghs_one")};

	target_clear(&targets);
	add("o", "a");
	add("p", "b");
	add("O", "c");
	add("o", "A");
	tap_ok(prepare(NULL), "the key of an App is read");
	tap_ok(hold(0, steps, 2) == 0, "a token: %s", error.line);
	tap_ok(asked(0, "GET /repos/o/a/installation "), "the installation");
	tap_ok(
	    asked(1, "POST /app/installations/42/access_tokens "), "its token");
	tap_ok(has_body(1, "{\"permissions\":{\"contents\":\"write\"},"
			   "\"repositories\":[\"a\",\"c\"]}"),
	    "for the owner's repositories, each once");
	tap_bytes(
	    credential.token, credential.length, "ghs_one", "is handed over");
	tap_ok(outcome.delivered == API_NO, "and no event was delivered");
	check_requests("the same owner", hold(2, steps, 2), 0);
	check_requests("another owner", hold(1, steps, 2), 2);
	tap_ok(asked(0, "GET /repos/p/b/installation "),
	    "another owner: its installation");
	fake_clock_advance(2999999);
	check_requests("almost 50 minutes later", hold(0, steps, 2), 0);
	fake_clock_advance(1);
	check_requests("50 minutes later", hold(0, steps, 2), 3);
	tap_ok(asked(2, "DELETE /installation/token "),
	    "50 minutes later the old token is revoked");
}

/* A list that is rejected leads to a token for all. */
static void
test_widened(void)
{
	static const struct fake_step steps[] = {
	    REFUSES("422"), TOKEN("ghs_all")};

	target_clear(&targets);
	add("o", "a");
	add("o", "b");
	tap_ok(prepare("42"), "the key, for a token that is widened");
	check_requests("a token that is widened", hold(0, steps, 2), 2);
	tap_ok(installation_was_widened(&installation),
	    "that the token is for all is known");
	tap_ok(!installation_was_widened(&installation), "that is known once");
	fake_clock_advance(3000000);
	check_requests("the token is renewed", hold(0, &steps[1], 1), 2);
	tap_ok(!installation_was_widened(&installation),
	    "that it is for all again is no news");
}

/* What is asked for at the end, and which tokens that revokes. */
static void
test_revoke(void)
{
	static const struct fake_step made[] = {TOKEN("ghs_one")};
	static const struct fake_step good[] = {{.response = NULL}};
	static const struct fake_step slow[] = {
	    {.response = NULL, .milliseconds = 900}};
	static const struct fake_step bad[] = {REFUSES("500")};
	static const struct fake_step dead[] = {
	    {.result = CONNECTION_UNREACHABLE}};
	static const struct {
		const char *name;
		size_t owners; /* with a token */
		const struct fake_step *step;
		uint32_t later; /* milliseconds from the token to the end */
		int64_t signal; /* milliseconds from the end */
		bool keeps_tokens;
		size_t requests;
	} rows[] = {
	    {"no token", 0, good, 0, -1, false, 0},
	    {"a token", 1, good, 0, -1, false, 1},
	    {"tokens", 3, good, 0, -1, false, 3},
	    {"tokens that are kept", 3, good, 0, -1, true, 0},
	    {"a token that is almost an hour old", 1, good, 3599999, -1, false,
		1},
	    {"a token that has expired", 1, good, 3600000, -1, false, 0},
	    {"a server that fails", 2, bad, 0, -1, false, 2},
	    {"no connection", 2, dead, 0, -1, false, 0},
	    {"a slow server", 8, slow, 0, -1, false, 3},
	    {"a slow server, after a signal", 8, slow, 0, 0, false, 2},
	    {"a signal while a slow server responds", 8, slow, 0, 800, false,
		2},
	};
	char owner[2] = "a";
	size_t i, n;

	for (i = 0; i < COUNT(rows); i++) {
		target_clear(&targets);
		for (n = 0; n < 8; n++, owner[0]++)
			add(owner, "r");
		owner[0] = 'a';
		if (!tap_ok(prepare("42"), "%s: the key", rows[i].name))
			continue;
		for (n = 0; n < rows[i].owners; n++)
			(void)hold(n, made, 1);
		app.keeps_tokens = rows[i].keeps_tokens;
		fake_clock_advance(rows[i].later);
		session_close(&session);
		fake_connection_play(rows[i].step, 1);
		fake_process_signal_at(rows[i].signal < 0
					   ? FAKE_PROCESS_NO_SIGNAL
					   : fake_clock_now() + rows[i].signal);
		installation_revoke(&installation);
		fake_process_signal_at(FAKE_PROCESS_NO_SIGNAL);
		tap_number(fake_connection_requests(), rows[i].requests,
		    "%s: the requests", rows[i].name);
		installation_revoke(&installation);
		tap_ok(fake_connection_requests() >= rows[i].requests,
		    "%s: the end may come twice", rows[i].name);
	}
	tap_ok(strstr(fake_connection_request(0),
		   "Authorization: Bearer ghs_one\r\n") != NULL,
	    "a token revokes itself");
}

/* The body of the next request for a token. */
static void
test_narrow(void)
{
	static const struct fake_step steps[] = {
	    TOKEN("ghs_one"), {.response = NULL}};

	target_clear(&targets);
	add("o", "a");
	tap_ok(prepare("42"), "the key, for a wait");
	check_requests("before the wait", hold(0, steps, 2), 1);
	installation_narrow(&installation);
	check_requests("during the wait", hold(0, steps, 2), 0);
	fake_clock_advance(3000000);
	check_requests("50 minutes later", hold(0, steps, 2), 2);
	tap_ok(has_body(0, "{\"permissions\":{\"actions\":\"read\"},"
			   "\"repositories\":[\"a\"]}"),
	    "the new token has only the rights to wait");
}

/* What GitHub's refusal of an installation's id, or of its repositories, is
 * explained by. */
static void
test_wrong_installation(void)
{
#define SAYS(status, text)                                             \
	{                                                              \
		.response = JSON(status, "{\"message\":\"" text "\"}") \
	}
	static const struct fake_step gone[] = {SAYS("404", "Not Found")};
	static const struct fake_step found_then_gone[] = {
	    GIVES("{\"id\":42}"), SAYS("404", "Not Found")};
	static const struct fake_step foreign[] = {
	    SAYS("422", "not accessible to the parent installation.")};
	static const struct fake_step found_then_foreign[] = {
	    GIVES("{\"id\":42}"),
	    SAYS("422", "not accessible to the parent installation.")};
	static const struct fake_step rights[] = {
	    SAYS("422", "The permissions requested are not granted.")};
	static const struct {
		const char *name, *id;
		const struct fake_step *steps;
		size_t count;
		enum error_advice advice;
		const char *hint;
	} rows[] = {
	    {"an id that is not the App's", "42", gone, 1, ADVICE_INSTALLATION,
		NULL},
	    {"an installation without the repository", "42", foreign, 1,
		ADVICE_INSTALLATION, NULL},
	    {"an id, and a right that is not granted", "42", rights, 1,
		ADVICE_NONE, "approved"},
	    {"no id, and the App is not installed", NULL, gone, 1, ADVICE_NONE,
		"install the App"},
	    {"no id, and the installation is gone", NULL, found_then_gone, 2,
		ADVICE_NONE, "install the App"},
	    {"no id, and the repository is not included", NULL,
		found_then_foreign, 2, ADVICE_NONE, "include the repository"},
	};
	size_t i;

	target_clear(&targets);
	add("o", "a");
	for (i = 0; i < COUNT(rows); i++) {
		tap_ok(prepare(rows[i].id), "%s: the key", rows[i].name);
		tap_ok(hold(0, rows[i].steps, rows[i].count) < 0, "%s: %s",
		    rows[i].name, error.line);
		tap_number(error.advice, rows[i].advice, "%s: the advice",
		    rows[i].name);
		tap_part(
		    error.hint, rows[i].hint, "%s: the hint", rows[i].name);
	}
}

static void
test_failures(void)
{
	static const struct {
		const char *name;
		struct fake_step step;
		enum error_kind kind;
		enum retry_wait next;
		const char *hint;
	} rows[] = {
	    {"401", REFUSES("401"), ERROR_UNAUTHORIZED, RETRY_NEVER,
		"the key belongs to that App"},
	    {"403", REFUSES("403"), ERROR_UNAUTHORIZED, RETRY_NEVER,
		"suspended"},
	    {"404", REFUSES("404"), ERROR_NOT_FOUND, RETRY_NEVER, NULL},
	    {"422", REFUSES("422"), ERROR_REFUSED, RETRY_NEVER, "approved"},
	    {"500", REFUSES("500"), ERROR_CONNECT, RETRY_BACKOFF, NULL},
	    {"no response", {.response = ""}, ERROR_CONNECT, RETRY_BACKOFF,
		NULL},
	    {"no connection", {.result = CONNECTION_UNREACHABLE}, ERROR_CONNECT,
		RETRY_BACKOFF, NULL},
	    {"not JSON", GIVES("x"), ERROR_REFUSED, RETRY_NEVER, NULL},
	    {"a page", GIVES("<html>"), ERROR_CONNECT, RETRY_BACKOFF, NULL},
	    {"no token", GIVES("{\"id\":1}"), ERROR_REFUSED, RETRY_NEVER, NULL},
	    {"a number", GIVES("{\"token\":1}"), ERROR_REFUSED, RETRY_NEVER,
		NULL},
	    {"an empty token", TOKEN(""), ERROR_REFUSED, RETRY_NEVER, NULL},
	    {"a NUL", TOKEN("ghs_\\u0000x"), ERROR_REFUSED, RETRY_NEVER, NULL},
	    {"a line end", TOKEN("ghs_\\n"), ERROR_REFUSED, RETRY_NEVER, NULL},
	    {"redirects", {.response = HEAD("307") "Location: /x\r\n\r\n"},
		ERROR_REFUSED, RETRY_NEVER, NULL},
	};
	const char *name;
	size_t i;

	target_clear(&targets);
	add("o", "a");
	for (i = 0; i < COUNT(rows); i++) {
		name = rows[i].name;
		tap_ok(prepare("42"), "%s: the key", name);
		tap_ok(
		    hold(0, &rows[i].step, 1) < 0, "%s: %s", name, error.line);
		tap_number(error.kind, rows[i].kind, "%s: the kind", name);
		tap_number(
		    outcome.next, rows[i].next, "%s: what is next", name);
		tap_number(outcome.delivered, API_NO,
		    "%s: nothing was dispatched", name);
		tap_part(error.hint, rows[i].hint, "%s: the hint", name);
	}
}

/* Whatever is made of a response, a token in it is wiped. */
static void
test_no_remains(void)
{
	static const struct fake_step rows[] = {
	    TOKEN("ghs_left"),
	    {.response = "HTTP/1.1 201 C\r\nContent-Length: 20\r\n\r\n"
			 "{\"token\":\"ghs_left\"}"},
	    {.response = JSON("403", "{\"token\":\"ghs_left\"}")},
	    {.response = JSON("500", "{\"token\":\"ghs_left\"}")},
	    TOKEN("ghs_left\\n"),
	};
	const char *body = session.response.body;
	size_t i, at, found;

	for (i = 0; i < COUNT(rows); i++) {
		found = 0;
		(void)(prepare("42") && hold(0, &rows[i], 1) == 0);
		for (at = 0; at + 4 <= sizeof(session.response.body); at++)
			found += memcmp(body + at, "left", 4) == 0;
		tap_ok(fake_connection_requests() > 0,
		    "response %zu is asked for", i);
		tap_number(found, 0, "response %zu is wiped", i);
	}
}

static void
test_detours(void)
{
	static const struct fake_step listed[] = {
	    REFUSES("422"), TOKEN("ghs_all")};

	target_clear(&targets);
	add("o", "a");
	add("o", "b");
	tap_ok(prepare("42"), "the key, for a list that is rejected");
	check_requests("a list that is rejected", hold(0, listed, 2), 2);
	tap_ok(has_body(1, "{\"permissions\":{\"contents\":\"write\"}}"),
	    "a list that is rejected is left out");
	installation_wipe(&installation);
	tap_number(
	    installation.kept[0].credential.length, 0, "tokens are wiped");
	tap_number(installation.key.text[0], '\0', "the key is wiped");
}

#define REFUSED_AT(date)                                            \
	{                                                           \
		.response = HEAD("401") "Date: " date " GMT\r\n"    \
					"Content-Length: 0\r\n\r\n" \
	}

/* Here it is Fri, 15 Jan 2027 08:00:00 GMT. The request was sent up to a second
 * before the server's date. */
static void
test_clock(void)
{
	static const struct {
		const char *name;
		struct fake_step steps[2];
		size_t requests;
		int64_t error; /* of our clock, in seconds */
	} rows[] = {
	    {"slow", {REFUSED_AT("Fri, 15 Jan 2027 10:00:00"), TOKEN("ghs_a")},
		2, 7199},
	    {"fast", {REFUSED_AT("Fri, 15 Jan 2027 06:00:00"), TOKEN("ghs_a")},
		2, -7201},
	    {"a little slow",
		{REFUSED_AT("Fri, 15 Jan 2027 08:00:30"), TOKEN("ghs_a")}, 1,
		0},
	    {"a little fast",
		{REFUSED_AT("Fri, 15 Jan 2027 07:59:31"), TOKEN("ghs_a")}, 1,
		0},
	    {"days slow",
		{REFUSED_AT("Sun, 17 Jan 2027 08:00:00"), TOKEN("ghs_a")}, 1,
		0},
	    {"days fast",
		{REFUSED_AT("Wed, 13 Jan 2027 08:00:00"), TOKEN("ghs_a")}, 1,
		0},
	    {"slow, and the key is not valid either",
		{REFUSED_AT("Fri, 15 Jan 2027 10:00:00"),
		    REFUSED_AT("Fri, 15 Jan 2027 12:00:00")},
		2, 7199},
	};
	size_t i;

	target_clear(&targets);
	add("o", "a");
	for (i = 0; i < COUNT(rows); i++) {
		fake_clock_set_date(FAKE_CLOCK_DATE);
		tap_ok(
		    prepare("42"), "a clock that is %s: the key", rows[i].name);
		(void)hold(0, rows[i].steps, COUNT(rows[i].steps));
		tap_number(fake_connection_requests(), rows[i].requests,
		    "a clock that is %s: the requests", rows[i].name);
		tap_number(installation.clock_error, rows[i].error,
		    "a clock that is %s: how it is set", rows[i].name);
		installation_wipe(&installation);
	}
}

/* Nothing is known of the token of a target that has none. */
static void
test_not_held(void)
{
	static const struct fake_step steps[] = {
	    GIVES("{\"id\":42}"), TOKEN("ghs_one")};

	target_clear(&targets);
	add("o", "a");
	add("p", "b");
	tap_ok(prepare(NULL), "the key, for one of two owners");
	check_requests("the first owner", hold(0, steps, 2), 2);
	tap_text(installation_permission(&installation, &targets.list[1]), "",
	    "another owner: no permission is known");
	tap_ok(!installation_is_widened(&installation, &targets.list[1]),
	    "another owner: nothing is widened");
	installation_forget(&installation, &targets.list[0]);
	check_requests("a token that was forgotten", hold(0, steps, 2), 2);
}

int
main(void)
{
	if (!tap_ok(make_key(key_path, "genrsa 2048"), "a key"))
		return tap_done();
	test_permissions();
	test_hold();
	test_failures();
	test_no_remains();
	test_detours();
	test_clock();
	test_not_held();
	test_widened();
	test_revoke();
	test_narrow();
	test_wrong_installation();
	(void)unlink(key_path);
	return tap_done();
}
