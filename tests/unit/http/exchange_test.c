/* exchange_test.c - exchanges over a stream from memory: the bytes sent, the
 * responses accepted, and how far a failed exchange had come. */
#include "http/exchange.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/buffer.h"
#include "base/error.h"
#include "memory_stream.h"
#include "os/clock.h"
#include "os/log.h"
#include "tap.h"

#define TEXT(literal) literal, sizeof(literal) - 1
#define OK "HTTP/1.1 200 OK\r\n"
#define TOKEN "ghp_secretsecretsecret"

static struct http_response response;
static struct memory_stream memory;
static struct error error;
static char big[2 * HTTP_BODY_MAX];

static void
request_make(struct buffer *request, char *storage, size_t size)
{
	buffer_init(request, storage, size);
	http_request_begin(request, "POST", "/x", "api.github.com", 443);
	http_request_field(request, "authorization", "Bearer " TOKEN);
	http_request_end(request, "{}", 2);
}

/* One exchange on the stream as it stands. */
static int
exchange(struct deadline d)
{
	struct buffer r;
	char storage[256];

	request_make(&r, storage, sizeof(storage));
	error_clear(&error);
	response.progress = HTTP_RESPONDED;
	return http_exchange(&memory.stream, &r, &response, d, &error);
}

static int
exchange_with(const void *input, size_t length, size_t step)
{
	memory_open(&memory, input, length);
	memory.step = step;
	return exchange(deadline_after(60000));
}

static bool
line_has(const char *part)
{
	return strstr(error.line, part) != NULL;
}

static bool
failed_with(enum http_progress progress, enum error_kind kind, const char *part)
{
	return response.progress == progress && error.kind == kind &&
	       line_has(part);
}

/* The failure of an exchange that returned result: how far it came, what kind
 * it is, and a part of its line. */
static void
check_failed(const char *name, int result, enum http_progress progress,
    enum error_kind kind, const char *part)
{
	tap_ok(result < 0, "%s: fails", name);
	tap_number(response.progress, progress, "%s: how far it came", name);
	tap_number(error.kind, kind, "%s: the kind of the failure", name);
	tap_ok(line_has(part), "%s: %s (%s)", name, part, error.line);
}

static void
check_body(const char *name, const char *body)
{
	tap_bytes(
	    response.body, response.body_length, body, "%s: the body", name);
}

static void
test_request(void)
{
	static const struct {
		const char *host;
		uint16_t port;
		const char *expected;
	} hosts[] = {
	    {"api.github.com", 443, "Host: api.github.com\r\n"},
	    {"ghe.test", 8443, "Host: ghe.test:8443\r\n"},
	    {"::1", 443, "Host: [::1]\r\n"},
	    {"2001:db8::2", 80, "Host: [2001:db8::2]:80\r\n"},
	};
	struct buffer r;
	char storage[256], expected[256];
	size_t i;

	for (i = 0; i < COUNT(hosts); i++) {
		buffer_init(&r, storage, sizeof(storage));
		http_request_begin(
		    &r, "GET", "/a?b=%20", hosts[i].host, hosts[i].port);
		http_request_field(&r, "X-Y", "one two \xc3\xa4");
		http_request_end(&r, NULL, 0);
		(void)snprintf(expected, sizeof(expected),
		    "GET /a?b=%%20 HTTP/1.1\r\n%sX-Y: one "
		    "two \xc3\xa4\r\n\r\n",
		    hosts[i].expected);
		tap_ok(!r.overflowed, "a request to %s fits", hosts[i].host);
		tap_bytes(r.bytes, r.length, expected, "a request to %s",
		    hosts[i].host);
	}
	request_make(&r, storage, sizeof(storage));
	tap_bytes(r.bytes, r.length,
	    "POST /x HTTP/1.1\r\nHost: api.github.com\r\n"
	    "authorization: Bearer " TOKEN "\r\n"
	    "Content-Length: 2\r\n\r\n{}",
	    "a request with a body");
	buffer_init(&r, storage, sizeof(storage));
	http_request_end(&r, "", 0);
	tap_bytes(r.bytes, r.length, "Content-Length: 0\r\n\r\n",
	    "an empty body has a length");
}

static void
test_refused_requests(void)
{
	static const struct {
		const char *method, *target, *host, *name, *value;
	} cases[] = {
	    {"GET", "/ x", "h", "A", "b"},
	    {"GET", "/\r\nX: y", "h", "A", "b"},
	    {"GET", "/\x80", "h", "A", "b"},
	    {"GET", "/\x7f", "h", "A", "b"},
	    {"GET", "", "h", "A", "b"},
	    {"G T", "/", "h", "A", "b"},
	    {"", "/", "h", "A", "b"},
	    {"GET", "/", "", "A", "b"},
	    {"GET", "/", "h\r\n", "A", "b"},
	    {"GET", "/", "h x", "A", "b"},
	    {"GET", "/", "h", "A:", "b"},
	    {"GET", "/", "h", "", "b"},
	    {"GET", "/", "h", "A", "b\r\nC: d"},
	    {"GET", "/", "h", "A", "b\n"},
	    {"GET", "/", "h", "A", "b\r"},
	    {"GET", "/", "h", "A", "\x1b"},
	    {"GET", "/", "h", "A", "\x7f"},
	    {"GET", "/", "h", "A", "b\tc"},
	};
	struct buffer r;
	char storage[256], name[32];
	size_t i;
	int result;

	for (i = 0; i < COUNT(cases); i++) {
		memory_open(&memory, TEXT("HTTP/1.1 204 N\r\n\r\n"));
		error_clear(&error);
		buffer_init(&r, storage, sizeof(storage));
		http_request_begin(
		    &r, cases[i].method, cases[i].target, cases[i].host, 443);
		http_request_field(&r, cases[i].name, cases[i].value);
		http_request_end(&r, NULL, 0);
		result = http_exchange(&memory.stream, &r, &response,
		    deadline_after(1000), &error);
		(void)snprintf(name, sizeof(name), "invalid request %zu", i);
		check_failed(
		    name, result, HTTP_NOT_SENT, ERROR_LOCAL, "request");
		tap_number(memory.output_length, 0, "%s: is never sent", name);
	}
	error_clear(&error);
	request_make(&r, storage, 100);
	tap_ok(http_exchange(&memory.stream, &r, &response,
		   deadline_after(1000), &error) < 0,
	    "a request that did not fit fails");
	tap_number(memory.output_length, 0,
	    "a request that did not fit is never sent");
}

static const struct {
	const char *bytes;
	size_t length;
	int status;
	const char *body;
	bool reusable;
	bool until_close; /* a shorter one is as good */
} good[] = {
    {TEXT("HTTP/1.1 204 No Content\r\nX: y\r\n\r\n"), 204, "", true, false},
    {TEXT("HTTP/1.0 204 No Content\r\n\r\n"), 204, "", false, false},
    {TEXT(OK "Content-Length: 5\r\n\r\nhello"), 200, "hello", true, false},
    {TEXT(OK "Content-Length: 0\r\n\r\n"), 200, "", true, false},
    {TEXT(OK "Content-Length: 2\r\nConnection: close\r\n\r\nhi"), 200, "hi",
	false, false},
    {TEXT("HTTP/1.1 422 U\r\nTransfer-Encoding: chunked\r\n\r\n"
	  "3\r\nhel\r\n2;a=b\r\nlo\r\n0\r\nT: u\r\n\r\n"),
	422, "hello", true, false},
    {TEXT(OK "\r\nto the end"), 200, "to the end", false, true},
    {TEXT("HTTP/1.0 403 F\r\n\r\n<html>"), 403, "<html>", false, true},
    {TEXT("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n"
	  "Link: </x>\r\n\r\n" OK "Content-Length: 2\r\nA: b\r\n\r\nhi"),
	200, "hi", true, false},
};

static bool
is_good(size_t row)
{
	return response.progress == HTTP_RESPONDED &&
	       error.kind == ERROR_NONE &&
	       response.status == good[row].status &&
	       response.reusable == good[row].reusable &&
	       memcmp(response.head, "HTTP/1.", 7) == 0 &&
	       memcmp(response.head + response.head_length - 4, "\r\n\r\n",
		   4) == 0 &&
	       ascii_equal(good[row].body, response.body, response.body_length);
}

/* The response of a row, after an exchange that returned result. */
static void
check_good(const char *name, size_t row, int result)
{
	const char *end = response.head + response.head_length - 4;

	tap_number(result, 0, "%s: the result", name);
	tap_number(
	    response.progress, HTTP_RESPONDED, "%s: how far it came", name);
	tap_number(error.kind, ERROR_NONE, "%s: no failure", name);
	tap_number(response.status, good[row].status, "%s: the status", name);
	tap_ok(response.reusable == good[row].reusable,
	    "%s: whether the stream is reusable", name);
	tap_bytes(response.head, 7, "HTTP/1.", "%s: its head begins", name);
	tap_bytes(end, 4, "\r\n\r\n", "%s: its head ends", name);
	check_body(name, good[row].body);
}

/* A response that ends early is never taken for a complete one. */
static bool
truncated(size_t row, size_t length, bool reset)
{
	const char *end = strstr(good[row].bytes, "\r\n\r\n") + 4;
	int result;

	memory_open(&memory, good[row].bytes, length);
	memory.read_fails = reset;
	result = exchange(deadline_after(60000));
	if (!reset && good[row].until_close && good[row].bytes + length >= end)
		return result == 0 && response.status == good[row].status;
	return result < 0 &&
	       failed_with(HTTP_SENT, ERROR_UNKNOWN,
		   reset         ? "connection reset"
		   : length == 0 ? "closed the connection without a response"
				 : "closed the connection in the middle");
}

static void
test_good(void)
{
	char name[64];
	size_t i, n, step;
	bool fine, closed, reset;

	for (i = 0; i < COUNT(good); i++) {
		n = good[i].length;
		(void)snprintf(name, sizeof(name), "response %zu", i);
		check_good(name, i, exchange_with(good[i].bytes, n, 0));
		for (fine = true, step = 1; step <= n; step++) {
			fine = fine &&
			       exchange_with(good[i].bytes, n, step) == 0 &&
			       is_good(i);
		}
		tap_ok(fine, "%s in steps of every size", name);
		for (closed = true, reset = true; n-- > 0;) {
			closed = closed && truncated(i, n, false);
			reset = reset && truncated(i, n, true);
		}
		tap_ok(closed, "%s closed anywhere", name);
		tap_ok(reset, "%s reset anywhere", name);
	}
}

/* What comes after a response that says where it ends. */
static void
test_after_the_end(void)
{
	char longer[512], name[64];
	size_t i, n;

	for (i = 0; i < COUNT(good); i++) {
		if (good[i].until_close)
			continue;
		n = good[i].length;
		memcpy(longer, good[i].bytes, n);
		longer[n] = '\n';
		(void)snprintf(
		    name, sizeof(name), "response %zu with a byte after it", i);
		tap_ok(
		    exchange_with(longer, n + 1, 0) == 0, "%s: accepted", name);
		tap_ok(!response.reusable, "%s: ends the stream", name);
		tap_number(
		    response.status, good[i].status, "%s: the status", name);
		check_body(name, good[i].body);
		memory_open(&memory, good[i].bytes, n);
		memory.read_fails = 1;
		(void)snprintf(
		    name, sizeof(name), "response %zu before a reset", i);
		check_good(name, i, exchange(deadline_after(60000)));
	}
}

static void
test_bad(void)
{
	static const struct {
		const char *bytes;
		const char *line;
	} cases[] = {
	    {"<html>", "not valid HTTP: it does not begin"},
	    {"\r\n" OK "\r\n", "not valid HTTP: it does not begin"},
	    {OK "A: b\n\r\n", "not valid HTTP: a bare line feed"},
	    {"HTTP/1.1 101 S\r\n\r\n", "not valid HTTP: 101"},
	    {"HTTP/1.1 100 C\r\n\r\nx", "not valid HTTP: it does not begin"},
	    {"HTTP/1.1 100 C\r\nContent-Length: 2\r\n\r\nhi" OK "\r\n",
		"not valid HTTP: it does not begin"},
	    {OK "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
		"not valid HTTP: both"},
	    {OK "Content-Length: x\r\n\r\n", "not valid HTTP: a Content"},
	    {OK "Content-Length: 1048577\r\n\r\n", "body is larger than 1 MiB"},
	    {OK "Transfer-Encoding: chunked\r\n\r\nx\r\n",
		"not valid HTTP: a chunk size"},
	    {OK "Transfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n",
		"not valid HTTP: a chunk longer"},
	};
	size_t i, step;
	bool fine;

	for (i = 0; i < COUNT(cases); i++) {
		for (fine = true, step = 0; step < 4; step++) {
			fine = fine &&
			       exchange_with(cases[i].bytes,
				   strlen(cases[i].bytes), step) < 0 &&
			       failed_with(
				   HTTP_SENT, ERROR_UNKNOWN, cases[i].line);
		}
		tap_ok(fine, "invalid response %zu: %s", i, error.line);
	}
}

static void
test_interim(void)
{
	static const char interim[] = "HTTP/1.1 103 E\r\nA: b\r\n\r\n";
	static const char final[] = "HTTP/1.1 204 N\r\nC: d\r\n\r\n";
	char bytes[512];
	size_t count, length, n = sizeof(interim) - 1;
	int result;

	for (count = 8; count <= 9; count++) {
		for (length = 0; length < count * n; length += n)
			memcpy(bytes + length, interim, n);
		memcpy(bytes + length, final, sizeof(final) - 1);
		length += sizeof(final) - 1;
		result = exchange_with(bytes, length, 0);
		if (count == 8) {
			tap_number(result, 0, "8 interim responses: accepted");
			tap_number(response.status, 204,
			    "8 interim responses: the final status");
			tap_bytes(response.head, response.head_length, final,
			    "8 interim responses are skipped");
			continue;
		}
		check_failed("9 interim responses", result, HTTP_SENT,
		    ERROR_UNKNOWN, "interim");
	}
}

static void
test_two_exchanges(void)
{
	static const char two[] = OK "Content-Length: 5\r\n\r\nhello"
				     "HTTP/1.1 404 N\r\n\r\ngone";
	const size_t first = strlen(OK "Content-Length: 5\r\n\r\nhello");
	size_t half;

	/* The second response comes only after its request. */
	memory_open(&memory, two, first);
	tap_ok(
	    exchange(deadline_after(60000)) == 0, "the first of two exchanges");
	tap_ok(response.reusable, "the first: the stream is reusable");
	tap_number(response.status, 200, "the first: the status");
	check_body("the first", "hello");
	memory.input_length = sizeof(two) - 1 - first;
	tap_ok(exchange(deadline_after(60000)) == 0,
	    "the second on the same stream");
	tap_ok(!response.reusable, "the second: the stream is not reusable");
	tap_number(response.status, 404, "the second: the status");
	check_body("the second", "gone");
	half = memory.output_length / 2;
	tap_number(memory.output_length, 2 * half, "sent two of one length");
	tap_ok(memcmp(memory.output, memory.output + half, half) == 0,
	    "sent the same bytes twice");
}

/* Whoever wipes the body has wiped all that came of it. */
static void
test_one_copy(void)
{
	static const char *const responses[] = {OK
	    "Content-Length: 6\r\n\r\nSECRET",
	    OK "Transfer-Encoding: chunked\r\n\r\n2\r\nSE\r\n4\r\nCRET\r\n"
	       "0\r\n\r\n",
	    "HTTP/1.1 103 E\r\n\r\n" OK "Content-Length: 6\r\n\r\nSECRET"};
	const char *all = (const char *)&response;
	size_t step, i, at, found;

	for (step = 0; step < 3; step++) {
		for (i = 0; i < COUNT(responses); i++) {
			memset(&response, 0, sizeof(response));
			if (exchange_with(responses[i], strlen(responses[i]),
				step * 50) < 0)
				abort();
			memset(response.body, 0, response.body_length);
			found = 0;
			for (at = 0; at + 4 <= sizeof(response); at++)
				found += memcmp(all + at, "CRET", 4) == 0;
			tap_number(response.body_length, 6,
			    "response %zu, %zu bytes at a time: the length", i,
			    step * 50);
			tap_number(found, 0,
			    "response %zu, %zu bytes at a time, is in one "
			    "place",
			    i, step * 50);
		}
	}
}

/* A response that is not complete may have held a secret, too. */
static void
test_no_remains(void)
{
	static const char *const responses[] = {OK
	    "Content-Length: 8\r\n\r\nSECRET",
	    OK "Content-Length: 1048577\r\n\r\nSECRET",
	    OK "Content-Length: 6, 7\r\n\r\nSECRET",
	    OK "Transfer-Encoding: chunked\r\n\r\n6\r\nSECRET",
	    OK "Transfer-Encoding: chunked\r\n\r\n2\r\nSE\r\n4\r\nCRETx",
	    OK "Transfer-Encoding: chunked\r\n\r\n6\r\nSECRET\r\nx"};
	const char *all = (const char *)&response;
	size_t step, i, at, found;

	for (step = 0; step < 3; step++) {
		for (i = 0; i < COUNT(responses); i++) {
			memset(&response, 0, sizeof(response));
			if (exchange_with(responses[i], strlen(responses[i]),
				step * 50) == 0)
				abort();
			found = 0;
			for (at = 0; at + 4 <= sizeof(response); at++)
				found += memcmp(all + at, "CRET", 4) == 0;
			tap_number(response.body_length, 0,
			    "invalid response %zu, %zu bytes at a time, has no "
			    "body",
			    i, step * 50);
			tap_number(found, 0,
			    "invalid response %zu, %zu bytes at a time, leaves "
			    "nothing of its body",
			    i, step * 50);
		}
	}
}

/* The write fails, with this to be read afterwards. */
static int
exchange_unwritten(const char *early, int read_fails)
{
	memory_open(&memory, early, strlen(early));
	memory.fail_write_after = 1;
	memory.read_fails = read_fails;
	return exchange(deadline_after(60000));
}

static void
test_early_response(void)
{
	static const struct {
		const char *input;
		int read_fails;
		int status; /* 0: the write's own error; -1: in doubt */
	} cases[] = {
	    {"HTTP/1.1 413 L\r\nContent-Length: 2\r\n\r\nno", 1, 413},
	    {"HTTP/1.1 307 M\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", 1,
		307},
	    {"HTTP/1.1 503 U\r\nContent-Length: 0\r\n\r\n", 1, 503},
	    {"HTTP/1.1 503 U\r\nContent-Length: 3\r\n\r\nno", 1, -1},
	    {"HTTP/1.1 204 N\r\n\r\n", 0, -1},
	    {"HTTP/1.1 204 N\r\n\r\n", 1, -1},
	    {"HTTP/1.1 100 C\r\n\r\nHTTP/1.1 204 N\r\n\r\n", 0, -1},
	    {"HTTP/1.1 200 K\r\nContent-Length: 2\r\n\r\n{}", 0, -1},
	    {"HTTP/1.1 200 K\r\nContent-Length: 3\r\n\r\n{}", 1, -1},
	    {"HTTP/1.1 201 K\r\n\r\n{}", 1, -1},
	    {"HTTP/1.1 200 K\r\nContent-Length: x\r\n\r\n", 0, -1},
	    {"HTTP/1.1 204 N\r\n", 0, -1},
	    {"HTTP/1.1 204 N\r\nX: ", 1, -1},
	    {"HTTP/1.1 200 K\r\nno field\r\n\r\n", 0, -1},
	    {"HTTP/1.1 100 C\r\n\r\nHTTP/1.1 204 ", 1, -1},
	    {"HTTP/1.1 307 M\r\nX: ", 1, 0},
	    {"HTTP/1.1 2", 1, 0},
	    {"HTTP/1.1 400 B\r\n\r\nno", 0, 400},
	    {"HTTP/1.1 400 B\r\n\r\nno", 1, 0},
	    {"HTTP/1.1 413 L\r\nContent-Length: 3\r\n\r\nno", 0, 0},
	    {"HTTP/1.1 100 C\r\n\r\n", 0, 0},
	    {"<html>", 0, 0},
	    {"", 0, 0},
	    {"", 1, 0},
	    /* An idle connection that was closed: a new one would do. */
	    {"HTTP/1.1 408 T\r\nContent-Length: 0\r\n\r\n", 0, 0},
	};
	char name[64];
	size_t i;
	int result;

	for (i = 0; i < COUNT(cases); i++) {
		result =
		    exchange_unwritten(cases[i].input, cases[i].read_fails);
		(void)snprintf(name, sizeof(name), "early response %zu", i);
		if (cases[i].status == 0) {
			check_failed(name, result, HTTP_PARTLY_SENT,
			    ERROR_CONNECT, "broken pipe");
			continue;
		}
		if (cases[i].status < 0) {
			check_failed(name, result, HTTP_SENT, ERROR_UNKNOWN,
			    "before the request was completely written");
			tap_number((long long)response.body_length, 0,
			    "%s: nothing of its body is kept", name);
			continue;
		}
		tap_number(result, 0, "%s counts", name);
		tap_number(error.kind, ERROR_NONE, "%s: no failure", name);
		tap_number(response.progress, HTTP_RESPONDED,
		    "%s: how far it came", name);
		tap_number(
		    response.status, cases[i].status, "%s: the status", name);
		tap_ok(
		    !response.reusable, "%s: the stream is not reusable", name);
	}
}

/* The stream knows that the server acted on nothing, whether all of the request
 * was written or not. */
static void
test_unheard(void)
{
	memory_open(&memory, "", 0);
	memory.is_unheard = true;
	check_failed("unheard", exchange(deadline_after(60000)), HTTP_UNHEARD,
	    ERROR_TLS, "the server refuses");
	memory_open(&memory, "", 0);
	memory.is_unheard = true;
	memory.fail_write_after = 1;
	check_failed("unheard and unwritten", exchange(deadline_after(60000)),
	    HTTP_UNHEARD, ERROR_TLS, "the server refuses");
}

static void
test_deadline(void)
{
	memory_open(
	    &memory, TEXT("HTTP/1.1 413 L\r\nContent-Length: 0\r\n\r\n"));
	memory.fail_write_after = 1;
	tap_number(exchange((struct deadline){0}), 0,
	    "an early response, read once the deadline has passed");
	tap_number(response.status, 413, "its status");
	tap_ok(memory.never_waited, "without waiting for it");
	memory_open(&memory, TEXT("HTTP/1.1 2"));
	memory.read_fails = 1;
	check_failed("a deadline that has passed",
	    exchange((struct deadline){0}), HTTP_SENT, ERROR_UNKNOWN,
	    "no response within the time limit");
}

static int
exchange_head(size_t length)
{
	static const char first[] = "HTTP/1.1 204 N\r\nA: ";

	memset(big, 'x', length);
	memcpy(big, first, sizeof(first) - 1);
	memcpy(big + length - 4, "\r\n\r\n", 4);
	return exchange_with(big, length, 0);
}

static int
exchange_body(const char *fields, size_t length, size_t step)
{
	size_t at = (size_t)snprintf(big, sizeof(big), OK "%s\r\n", fields);

	memset(big + at, 'b', length);
	return exchange_with(big, at + length, step);
}

/* Chunks of 4096 bytes, and one for the rest. */
static int
exchange_chunked(size_t length)
{
	size_t at = (size_t)snprintf(
		   big, sizeof(big), OK "Transfer-Encoding: chunked\r\n\r\n"),
	       n;

	for (; length > 0; length -= n) {
		n = length < 4096 ? length : 4096;
		at +=
		    (size_t)snprintf(big + at, sizeof(big) - at, "%zX\r\n", n);
		memset(big + at, 'b', n);
		memcpy(big + at + n, "\r\n", 2);
		at += n + 2;
	}
	memcpy(big + at, "0\r\n\r\n", 5);
	return exchange_with(big, at + 5, 0);
}

/* The largest body, after an exchange that returned result. */
static void
check_full(const char *name, int result, bool reusable)
{
	size_t i;

	tap_number(result, 0, "%s: accepted", name);
	tap_number(
	    response.progress, HTTP_RESPONDED, "%s: how far it came", name);
	tap_number(response.body_length, HTTP_BODY_MAX, "%s: its length", name);
	for (i = 0; i < HTTP_BODY_MAX && response.body[i] == 'b'; i++)
		;
	tap_number(i, HTTP_BODY_MAX, "%s: its bytes", name);
	tap_ok(response.reusable == reusable, "%s: the stream's reuse is %d",
	    name, reusable);
}

static void
check_too_large(const char *name, int result)
{
	check_failed(name, result, HTTP_SENT, ERROR_UNKNOWN,
	    "body is larger than 1 MiB");
}

static void
test_head_limit(void)
{
	tap_ok(exchange_head(HTTP_HEAD_MAX) == 0, "a head of 64 KiB: accepted");
	tap_number(response.head_length, HTTP_HEAD_MAX,
	    "a head of 64 KiB: its length");
	tap_ok(response.reusable, "a head of 64 KiB: the stream is reusable");
	check_failed("a head of one byte more",
	    exchange_head(HTTP_HEAD_MAX + 1), HTTP_SENT, ERROR_UNKNOWN,
	    "64 KiB");
}

static void
test_body_limit(void)
{
	static const size_t steps[] = {0, 4096, 65535};
	static const char fields[] = "Content-Length: 1048576\r\n";
	size_t i, step;

	for (i = 0; i < COUNT(steps); i++) {
		step = steps[i];
		check_full("a body of 1 MiB",
		    exchange_body(fields, HTTP_BODY_MAX, step), true);
		check_full("a body of 1 MiB and a byte after it",
		    exchange_body(fields, HTTP_BODY_MAX + 1, step), false);
		check_full("a body of 1 MiB until the close",
		    exchange_body("", HTTP_BODY_MAX, step), false);
		check_too_large("a body of one byte more until the close",
		    exchange_body("", HTTP_BODY_MAX + 1, step));
	}
	check_full(
	    "a body of 1 MiB in chunks", exchange_chunked(HTTP_BODY_MAX), true);
	check_too_large("a body of one byte more in chunks",
	    exchange_chunked(HTTP_BODY_MAX + 1));
}

/* Interim heads use up the room of the final one. */
static void
test_head_budget(void)
{
	static const char interim[] = "HTTP/1.1 100 Continue..\r\n\r\n";
	const size_t n = sizeof(interim) - 1;
	static char rest[HTTP_HEAD_MAX + 64];
	size_t over, length;
	int result;

	for (over = 0; over <= 1; over++) {
		length = HTTP_HEAD_MAX + over;
		memset(rest, 'x', length);
		memcpy(rest, interim, n);
		memcpy(rest + n, "HTTP/1.1 204 N\r\nA:", 18);
		memcpy(rest + length - 4, "\r\n\r\n", 4);
		result = exchange_with(rest, length, 0);
		if (over == 0) {
			tap_number(result, 0, "heads of 64 KiB together");
			tap_number(response.status, 204,
			    "heads of 64 KiB together: the status");
			continue;
		}
		check_failed("heads of one byte more together", result,
		    HTTP_SENT, ERROR_UNKNOWN, "64 KiB");
	}
}

/* Runs one exchange with the trace on, and returns what it showed. */
static const char *
traced(const char *bytes, size_t length)
{
	static char shown[8192];
	int ends[2], saved = dup(STDERR_FILENO);
	ssize_t n;

	shown[0] = '\0';
	if (saved < 0 || pipe(ends) != 0)
		return shown;
	(void)dup2(ends[1], STDERR_FILENO);
	log_set_level(LOG_VERBOSE);
	(void)exchange_with(bytes, length, 0);
	log_set_level(LOG_NORMAL);
	(void)dup2(saved, STDERR_FILENO);
	(void)close(saved);
	(void)close(ends[1]);
	n = read(ends[0], shown, sizeof(shown) - 1);
	(void)close(ends[0]);
	shown[n > 0 ? n : 0] = '\0';
	return shown;
}

static void
test_trace(void)
{
	static const char expected[] = "> POST /x HTTP/1.1\n"
				       "> Host: api.github.com\n"
				       "> authorization: [hidden]\n"
				       "> Content-Length: 2\n"
				       "< HTTP/1.1 100 C\n"
				       "< HTTP/1.1 200 OK\n"
				       "< A: \\xe4:\\x3aerror\n"
				       "< set-cookie: [hidden]\n"
				       "< Content-Length: 4\n";
	static char long_head[4096];
	const char *shown =
	    traced(TEXT("HTTP/1.1 100 C\r\n\r\n" OK "A: \xe4::error\r\n"
			"set-cookie: a=b\r\nContent-Length: 4\r\n\r\n"
			"body"));

	tap_ok(strcmp(shown, expected) == 0, "the trace shows both heads");
	tap_ok(strstr(shown, TOKEN) == NULL, "and no token");
	memset(long_head, 0x80, sizeof(long_head));
	memcpy(long_head, "HTTP/1.1 204 ", 13);
	memcpy(long_head + sizeof(long_head) - 4, "\r\n\r\n", 4);
	shown = traced(long_head, sizeof(long_head));
	tap_ok(strlen(shown) < 1200, "a long line is cut in the trace");
	tap_ok(strlen(shown) > 800, "much of a long line is in the trace");
}

int
main(void)
{
	test_request();
	test_refused_requests();
	test_good();
	test_after_the_end();
	test_bad();
	test_interim();
	test_two_exchanges();
	test_one_copy();
	test_no_remains();
	test_early_response();
	test_unheard();
	test_deadline();
	test_head_limit();
	test_body_limit();
	test_head_budget();
	test_trace();
	return tap_done();
}
