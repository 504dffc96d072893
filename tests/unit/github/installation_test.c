/* installation_test.c - an App's requests for a token: which are sent, what
 * is made of the responses, and which tokens are kept. */
/* Fakes: os/clock os/process net/connection. */
#include "github/installation.h"

#include <string.h>

#include "base/array.h"
#include "base/error.h"
#include "base/span.h"
#include "fakes/clock.h"
#include "fakes/connection.h"
#include "fakes/key.h"
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

static char key_path[] = "/tmp/installation_test_XXXXXX";
static struct installation installation;
static struct session session;
static struct target_list targets;
static struct credential credential;
static struct api_outcome outcome;
static struct error error;
static const struct url api = {.host = "api.test", .port = 443};
static const struct proxy no_proxy;

static void
add(const char *owner, const char *name)
{
	struct target *target = &targets.list[targets.count++];

	if (target_set(target, span_text(owner), span_text(name), &error) < 0)
		targets.count = 0;
}

static bool
prepare(const char *id)
{
	static struct installation_app app;

	app = (struct installation_app){
	    .id = "7", .key_file = key_path, .installation = id};
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

static void
test_hold(void)
{
	static const struct fake_step steps[] = {
	    GIVES("{\"id\":42}"), TOKEN("ghs_one")};

	targets.count = 0;
	add("o", "a");
	add("p", "b");
	add("O", "c");
	add("o", "A");
	tap_ok(
	    prepare(NULL) && hold(0, steps, 2) == 0, "a token: %s", error.line);
	tap_ok(asked(0, "GET /repos/o/a/installation "), "the installation");
	tap_ok(
	    asked(1, "POST /app/installations/42/access_tokens "), "its token");
	tap_ok(has_body(1, "{\"permissions\":{\"contents\":\"write\"},"
			   "\"repositories\":[\"a\",\"c\"]}"),
	    "for the owner's repositories, each once");
	tap_ok(credential.length == 7 &&
		   memcmp(credential.token, "ghs_one", 7) == 0,
	    "is handed over");
	tap_ok(outcome.delivered == API_NO, "and no event was delivered");
	tap_ok(hold(2, steps, 2) == 0 && fake_connection_requests() == 0,
	    "it is kept for the owner");
	tap_ok(
	    hold(1, steps, 2) == 0 && asked(0, "GET /repos/p/b/installation "),
	    "and another one is asked for another owner");
	fake_clock_advance(2999999);
	tap_ok(hold(0, steps, 2) == 0 && fake_connection_requests() == 0,
	    "for almost 50 minutes");
	fake_clock_advance(1);
	tap_ok(hold(0, steps, 2) == 0 && fake_connection_requests() == 2,
	    "and then renewed");
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
	    {"404", REFUSES("404"), ERROR_NOT_FOUND, RETRY_NEVER,
		"install the App"},
	    {"422", REFUSES("422"), ERROR_REFUSED, RETRY_NEVER, "approved"},
	    {"500", REFUSES("500"), ERROR_CONNECT, RETRY_BACKOFF, NULL},
	    {"no response", {.response = ""}, ERROR_CONNECT, RETRY_BACKOFF,
		NULL},
	    {"no connection", {.result = CONNECTION_UNREACHABLE}, ERROR_CONNECT,
		RETRY_BACKOFF, NULL},
	    {"not JSON", GIVES("<html>"), ERROR_REFUSED, RETRY_NEVER, NULL},
	    {"no token", GIVES("{\"id\":1}"), ERROR_REFUSED, RETRY_NEVER, NULL},
	    {"a number", GIVES("{\"token\":1}"), ERROR_REFUSED, RETRY_NEVER,
		NULL},
	    {"an empty token", TOKEN(""), ERROR_REFUSED, RETRY_NEVER, NULL},
	    {"a NUL", TOKEN("ghs_\\u0000x"), ERROR_REFUSED, RETRY_NEVER, NULL},
	    {"a line end", TOKEN("ghs_\\n"), ERROR_REFUSED, RETRY_NEVER, NULL},
	    {"redirects", {.response = HEAD("307") "Location: /x\r\n\r\n"},
		ERROR_REFUSED, RETRY_NEVER, NULL},
	};
	size_t i;

	targets.count = 0;
	add("o", "a");
	for (i = 0; i < COUNT(rows); i++) {
		tap_ok(prepare("42") && hold(0, &rows[i].step, 1) < 0 &&
			   error.kind == rows[i].kind &&
			   outcome.next == rows[i].next,
		    "%s: %s", rows[i].name, error.line);
		tap_ok(outcome.delivered == API_NO, "nothing was dispatched");
		tap_ok(rows[i].hint == NULL
			   ? error.hint == NULL
			   : error.hint != NULL &&
				 strstr(error.hint, rows[i].hint) != NULL,
		    "the hint: %s", error.hint != NULL ? error.hint : "none");
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
		tap_ok(fake_connection_requests() > 0 && found == 0,
		    "response %zu is wiped", i);
	}
}

static void
test_detours(void)
{
	static const struct fake_step listed[] = {
	    REFUSES("422"), TOKEN("ghs_all")};
	static const struct fake_step clock[] = {
	    {.response = HEAD("401") "Date: Fri, 15 Jan 2027 10:00:00 GMT\r\n"
				     "Content-Length: 0\r\n\r\n"},
	    TOKEN("ghs_later")};

	targets.count = 0;
	add("o", "a");
	add("o", "b");
	tap_ok(prepare("42") && hold(0, listed, 2) == 0 &&
		   has_body(1, "{\"permissions\":{\"contents\":\"write\"}}"),
	    "a list that is rejected is left out");
	tap_ok(prepare("42") && hold(0, clock, 2) == 0 &&
		   installation.clock_error > 3000,
	    "a clock that is wrong is set by the server's");
	installation_wipe(&installation);
	tap_ok(installation.kept[0].credential.length == 0 &&
		   installation.key.text[0] == '\0',
	    "tokens and key are wiped");
}

int
main(void)
{
	if (!tap_ok(make_key(key_path, "genrsa 2048"), "a key"))
		return tap_done();
	test_hold();
	test_failures();
	test_no_remains();
	test_detours();
	(void)unlink(key_path);
	return tap_done();
}
