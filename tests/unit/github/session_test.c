/* session_test.c - when a connection is opened, kept and replaced, and what
 * a connection that fails means for the next try. */
/* Fakes: os/clock os/process net/connection. */
#include "github/session.h"

#include <string.h>

#include "base/array.h"
#include "base/error.h"
#include "fakes/connection.h"
#include "tap.h"

#define STATUS(number) "HTTP/1.1 " number " X\r\nX-GitHub-Request-Id: A:1\r\n"

static struct session session;
static struct credential credential = {
    .length = 22, .token = "ghp_0123456789abcdefgh"};
static const struct url api = {.host = "api.test", .port = 443};
static struct proxy no_proxy;

static void
send_one(struct api_outcome *outcome, struct error *e)
{
	static const struct target target = {.owner = "o", .name = "n"};
	const struct api_request request = {
	    .method = "POST",
	    .path = "/x",
	    .credential = &credential,
	    .body = "{}",
	    .body_length = 2,
	    .dispatches = true,
	};
	const struct api_call call = {
	    .target = &target,
	    .deadline = deadline_after(60000),
	    .outcome = outcome,
	    .error = e,
	};

	session.api = &api;
	session.proxy = &no_proxy;
	session.connect_timeout = 1000;
	error_clear(e);
	session_send(&session, &request, &call);
}

static void
test_connect(void)
{
	static const struct {
		struct fake_step step;
		enum retry_wait next;
		enum error_kind kind;
	} rows[] = {
	    {{.result = CONNECTION_UNREACHABLE}, RETRY_BACKOFF, ERROR_CONNECT},
	    {{.result = CONNECTION_PROXY_REFUSED}, RETRY_NEVER, ERROR_CONNECT},
	    {{.result = CONNECTION_HANDSHAKE_ENDED}, RETRY_BACKOFF, ERROR_TLS},
	    {{.result = CONNECTION_NOT_TRUSTED}, RETRY_NEVER, ERROR_TLS},
	    {{.result = CONNECTION_LOCAL}, RETRY_NEVER, ERROR_LOCAL},
	    {{.speaks_first = true}, RETRY_BACKOFF, ERROR_CONNECT},
	    {{.result = CONNECTION_UNREACHABLE, .has_no_reason = true},
		RETRY_BACKOFF, ERROR_LOCAL},
	    {{.write_fails = true, .has_no_reason = true}, RETRY_BACKOFF,
		ERROR_CONNECT},
	};
	struct api_outcome o;
	struct error e;
	char name[64];
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		fake_connection_play(&rows[i].step, 1);
		send_one(&o, &e);
		(void)snprintf(name, sizeof(name),
		    "a connection with result %d", (int)rows[i].step.result);
		tap_number(o.next, rows[i].next, "%s: what is next", name);
		tap_number(e.kind, rows[i].kind, "%s: the kind", name);
		tap_number(o.delivered, API_NO, "%s: not delivered", name);
		tap_number(o.status, 0, "%s: no status", name);
		tap_number(fake_connection_requests(), 0,
		    "%s: nothing is written", name);
	}
}

static void
test_keep(void)
{
	static const struct {
		const char *response;
		size_t opened; /* by two requests */
	} rows[] = {
	    {STATUS("204") "\r\n", 1},
	    {STATUS("204") "Connection: close\r\n\r\n", 2},
	    {STATUS("404") "Content-Length: 0\r\n\r\n", 1},
	    {STATUS("404") "\r\nuntil the end", 2},
	    {STATUS("204") "\r\nbytes that belong to nothing", 2},
	    {"", 2},
	    {"not HTTP", 2},
	};
	struct fake_step step = {.response = NULL};
	struct api_outcome o;
	struct error e;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		session_close(&session);
		step.response = rows[i].response;
		fake_connection_play(&step, 1);
		send_one(&o, &e);
		send_one(&o, &e);
		tap_number(
		    fake_connection_requests(), 2, "row %zu: two requests", i);
		tap_number(fake_connection_opened(), rows[i].opened,
		    "row %zu: the connections", i);
	}
}

static void
test_wipe(void)
{
	static const struct fake_step step = {.response = NULL};
	struct api_outcome o;
	struct error e;
	size_t i;

	fake_connection_play(&step, 1);
	send_one(&o, &e);
	for (i = 0; i < sizeof(session.request); i++) {
		if (session.request[i] != '\0')
			break;
	}
	tap_number(e.kind, ERROR_NONE, "a request is written");
	tap_number(i, sizeof(session.request), "the written request is wiped");
}

int
main(void)
{
	test_connect();
	test_keep();
	test_wipe();
	return tap_done();
}
