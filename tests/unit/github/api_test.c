/* api_test.c - the bytes of a request, and what one exchange comes to. */
#include "github/api.h"

#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "base/error.h"
#include "memory_stream.h"
#include "os/clock.h"
#include "tap.h"

#define ID "X-GitHub-Request-Id: A:1\r\n"

static const struct url api = {
    .host = "ghe.test", .port = 8443, .path = "/api/v3"};
static const struct target target = {.owner = "o", .name = "n"};
static struct credential credential = {.length = 10, .token = "ghp_secret"};
static struct http_response response;
static struct memory_stream memory;

static void
test_write(void)
{
	static const char expected[] =
	    "POST /api/v3/repos/o/n/dispatches HTTP/1.1\r\n"
	    "Host: ghe.test:8443\r\n"
	    "User-Agent: repository-dispatch\r\n"
	    "Accept: application/vnd.github+json\r\n"
	    "X-GitHub-Api-Version: 2022-11-28\r\n"
	    "Content-Type: application/json\r\n"
	    "Authorization: Bearer ghp_secret\r\n"
	    "Content-Length: 2\r\n\r\n{}";
	char path[API_PATH_SIZE], text[1024];
	struct api_request request = {
	    .method = "POST",
	    .path = path,
	    .credential = &credential,
	    .body = "{}",
	    .body_length = 2,
	};
	struct buffer b;
	struct error e;

	error_clear(&e);
	api_write_path(path, &api, &target, "/dispatches");
	buffer_init(&b, text, sizeof(text));
	tap_ok(api_write_request(&b, &api, &request, &e) == 0,
	    "a request with a body is written");
	tap_text(text, expected, "a request with a body");
	request.credential = NULL;
	request.body = NULL;
	buffer_init(&b, text, sizeof(text));
	tap_ok(api_write_request(&b, &api, &request, &e) == 0,
	    "a request without a body is written");
	tap_part(text, "Bearer [hidden]", "without a credential: the token");
	tap_ok(strstr(text, "Content-") == NULL,
	    "without a body: no field about it");
	buffer_init(&b, text, 64);
	tap_ok(api_write_request(&b, &api, &request, &e) < 0,
	    "a request that does not fit");
	tap_number(
	    e.kind, ERROR_PAYLOAD, "a request that does not fit: the kind");
	buffer_init(&b, text, sizeof(text));
	api_write_url(&b, &api, &target, "/dispatches");
	tap_text(text, "https://ghe.test:8443/api/v3/repos/o/n/dispatches",
	    "the URL");
}

static void
send_one(const char *input, size_t fail_write_after, bool dispatches,
    struct api_outcome *outcome, struct error *e)
{
	char text[1024];
	const struct api_request request = {
	    .method = "POST",
	    .path = "/x",
	    .credential = &credential,
	    .body = "{}",
	    .body_length = 2,
	    .dispatches = dispatches,
	};
	struct buffer b;
	const struct api_exchange exchange = {
	    .stream = &memory.stream,
	    .api = &api,
	    .written = &b,
	    .response = &response,
	};
	const struct api_call call = {
	    .target = &target,
	    .deadline = deadline_after(60000),
	    .outcome = outcome,
	    .error = e,
	};

	error_clear(e);
	buffer_init(&b, text, sizeof(text));
	if (api_write_request(&b, &api, &request, e) < 0)
		return;
	memory_open(&memory, input, strlen(input));
	memory.fail_write_after = fail_write_after;
	api_send(&exchange, &request, &call);
}

static void
test_send(void)
{
	static const struct {
		const char *input;
		size_t fail_write_after;
		bool dispatches;
		enum api_delivered delivered;
		enum retry_wait next;
		enum error_kind kind;
		const char *line, *hint; /* a part of it, or NULL */
	} rows[] = {
	    {"HTTP/1.1 204 N\r\n" ID "\r\n", 0, true, API_YES, RETRY_DONE,
		ERROR_NONE, NULL, NULL},
	    {"HTTP/1.1 204 N\r\n" ID "\r\n", 0, false, API_NO, RETRY_DONE,
		ERROR_NONE, NULL, NULL},
	    {"HTTP/1.1 404 N\r\n" ID "\r\n{\"message\":\"Not Found\"}", 0, true,
		API_NO, RETRY_NEVER, ERROR_NOT_FOUND,
		"HTTP 404: Not Found (request A:1)", "owner and name"},
	    /* A content coding that no request asks for. */
	    {"HTTP/1.1 200 N\r\n" ID "Content-Encoding: gzip\r\n\r\n\x1f", 0,
		false, API_NO, RETRY_NEVER, ERROR_REFUSED,
		"HTTP 200, but its body is compressed", "turn off"},
	    {"HTTP/1.1 200 N\r\n" ID "Content-Encoding: Identity\r\n\r\n{}", 0,
		false, API_NO, RETRY_DONE, ERROR_NONE, NULL, NULL},
	    {"HTTP/1.1 200 N\r\n" ID "Content-Encoding: utf-8\r\n\r\n[]", 0,
		false, API_NO, RETRY_DONE, ERROR_NONE, NULL, NULL},
	    {"HTTP/1.1 204 N\r\n" ID "Content-Encoding: gzip\r\n\r\n", 0, false,
		API_NO, RETRY_DONE, ERROR_NONE, NULL, NULL},
	    {"HTTP/1.1 200 N\r\n" ID "Content-Encoding: gzip\r\n\r\n\x1f", 0,
		true, API_YES, RETRY_DONE, ERROR_NONE, NULL, NULL},
	    {"HTTP/1.1 422 N\r\nContent-Encoding: gzip\r\n\r\n\x1f", 0, true,
		API_NO, RETRY_NEVER, ERROR_REFUSED,
		"HTTP 422 (its body is compressed)", "compare"},
	    {"HTTP/1.1 404 N\r\n\r\n", 0, false, API_NO, RETRY_NEVER,
		ERROR_NOT_FOUND, "HTTP 404", NULL},
	    {"HTTP/1.1 500 N\r\n\r\n", 0, true, API_MAYBE, RETRY_NEVER,
		ERROR_UNKNOWN, "HTTP 500", "may have been recorded"},
	    {"HTTP/1.1 500 N\r\n\r\n", 0, false, API_NO, RETRY_BACKOFF,
		ERROR_CONNECT, "HTTP 500", NULL},
	    {"", 0, true, API_MAYBE, RETRY_NEVER, ERROR_UNKNOWN,
		"without a response", "may have been recorded"},
	    {"", 0, false, API_NO, RETRY_BACKOFF, ERROR_CONNECT,
		"without a response", NULL},
	    {"", 1, true, API_NO, RETRY_BACKOFF, ERROR_CONNECT, "broken pipe",
		NULL},
	    {"HTTP/1.1 307 N\r\nLocation: /y\r\n\r\n", 0, true, API_NO,
		RETRY_REDIRECT, ERROR_NONE, NULL, NULL},
	    {"HTTP/1.1 307 N\r\nLocation: https://x.test/y\r\n\r\n", 0, true,
		API_NO, RETRY_NEVER, ERROR_REFUSED,
		"HTTP 307 (to https:", "same host"},
	    {"HTTP/1.1 304 N\r\n" ID "\r\n", 0, false, API_NO, RETRY_NEVER,
		ERROR_REFUSED, "HTTP 304", NULL},
	};
	struct api_outcome o;
	struct error e;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		send_one(rows[i].input, rows[i].fail_write_after,
		    rows[i].dispatches, &o, &e);
		tap_number(
		    o.delivered, rows[i].delivered, "row %zu: delivered", i);
		tap_number(o.next, rows[i].next, "row %zu: what is next", i);
		tap_number(e.kind, rows[i].kind, "row %zu: the kind", i);
		tap_part(
		    e.line, rows[i].line, "row %zu says \"%s\"", i, e.line);
		tap_part(e.hint, rows[i].hint, "row %zu hints \"%s\"", i,
		    e.hint != NULL ? e.hint : "");
	}
	send_one("HTTP/1.1 429 N\r\nRetry-After: 9\r\n\r\n", 0, true, &o, &e);
	tap_number(o.next, RETRY_AFTER, "a rate limit: a wait is next");
	tap_number(o.wait, 9, "a rate limit says how long to wait");
	tap_number(e.advice, ADVICE_NONE, "a rate limit: no advice yet");
	send_one(
	    "HTTP/1.1 204 N\r\nDate: Fri, 15 Jan 2027 08:00:00 GMT\r\n\r\n", 0,
	    true, &o, &e);
	tap_ok(o.time <= 1799999999, "the server's time, or earlier");
	tap_ok(o.time >= 1799999990, "it is only a little earlier");
}

int
main(void)
{
	test_write();
	test_send();
	return tap_done();
}
