/* flow_server.h - GitHub on the fake clock, in place of net/connection.c, as
 * the input wants it. To each request it gives the response that GitHub gives,
 * if the input says 0, or something else, and remembers which events it
 * accepted. It tells the truth: after a 204 the event is accepted, after a 4xx
 * it is not. After anything that says neither, the input decides. */
#ifndef FLOW_SERVER_H
#define FLOW_SERVER_H

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>

#include "base/array.h"
#include "base/date.h"
#include "fakes/clock.h"
#include "fuzz.h"
#include "net/connection.h"
#include "os/clock.h"
#include "os/stream.h"

#define FLOW_TARGETS 3
#define FLOW_REQUESTS_MAX 5000
#define FLOW_ROOM 16384
#define FLOW_MINTED "ghs_canarymintedbyserver1234567890abcdef"
#define STATUS_LINE 13 /* "HTTP/1.1 204 " */

/* How a response ends. */
enum flow_end { FLOW_KEEPS, FLOW_CLOSES, FLOW_RESETS, FLOW_IS_SILENT };

struct flow_event {
	unsigned accepted; /* how often */
	int64_t time;      /* of the last one */
	char id[32];
	int64_t appears, ends; /* its run, after so many milliseconds */
	const char *conclusion;
	bool hides_id, has_run;
};

static struct {
	struct input in;
	struct flow_event events[FLOW_TARGETS];
	unsigned requests, dispatches;
	bool is_open, keeps;
	bool is_filtered; /* sandbox_enter() was called */
	char response[FLOW_ROOM + 1];
	size_t start, length;
	enum flow_end end;
	uint32_t delay;
} flow;

struct flow_request {
	const char *text;
	size_t length;
	char method[8], path[512];
	unsigned target;
	const char *rest; /* of the path, past the repository */
};

static void
flow_begin(struct input in)
{
	memset(&flow, 0, sizeof(flow));
	flow.in = in;
}

static void
flow_respond(const char *status, const char *fields, const char *body)
{
	int64_t now = FAKE_CLOCK_DATE + fake_clock_now() / 1000;
	time_t date = (time_t)now;
	struct tm parts;
	char written[40];
	bool is_bare = status[0] == '3' || strncmp(status, "204", 3) == 0;
	int n;

	(void)gmtime_r(&date, &parts);
	(void)strftime(
	    written, sizeof(written), "%a, %d %b %Y %H:%M:%S GMT", &parts);
	n = snprintf(flow.response, FLOW_ROOM,
	    "HTTP/1.1 %s\r\nDate: %s\r\nX-GitHub-Request-Id: A:1\r\n%s%s%zu\r\n"
	    "\r\n%s",
	    status, written, fields,
	    is_bare ? "X-Length: " : "Content-Length: ", strlen(body),
	    is_bare ? "" : body);
	check(n > 0 && n < FLOW_ROOM);
	flow.length = (size_t)n;
}

/* Returns false if the path is not one of a repository. */
static bool
flow_find_target(struct flow_request *r)
{
	int n = 0;

	if ((sscanf(r->path, "/repos/o/n%u%n", &r->target, &n) < 1 &&
		sscanf(r->path, "/repositories/9%u%n", &r->target, &n) < 1) ||
	    n == 0 || r->target >= FLOW_TARGETS)
		return false;
	r->rest = r->path + n;
	return true;
}

static bool
flow_is_dispatch(const struct flow_request *r)
{
	size_t length = r->rest != NULL ? strlen(r->rest) : 0;

	return strcmp(r->method, "POST") == 0 && length >= 11 &&
	       strcmp(r->rest + length - 11, "/dispatches") == 0;
}

/* What comes of an event is the input's to say. */
static void
flow_accept(const struct flow_request *r)
{
	static const char key[] = "\"dispatch_id\":\"";
	static const char *const conclusions[] = {
	    "success", "failure", "cancelled", "skipped"};
	struct flow_event *event = &flow.events[r->target];
	const char *id = strstr(r->text, key);
	unsigned kind = take(&flow.in);

	event->accepted++;
	event->time = fake_clock_now();
	event->id[0] = '\0';
	if (id != NULL)
		(void)sscanf(id + strlen(key), "%31[^\"]", event->id);
	event->has_run = (kind & 0xe0) != 0xe0;
	event->hides_id = kind >> 2 & 1;
	event->conclusion = conclusions[kind & 3];
	event->appears = take(&flow.in) * 100;
	event->ends = event->appears + take(&flow.in) * 2000;
}

static size_t
flow_write_run(char *out, size_t size, unsigned target)
{
	const struct flow_event *event = &flow.events[target];
	int64_t age = fake_clock_now() - event->time;
	bool has_ended = age >= event->ends;
	char created[DATE_SIZE], updated[DATE_SIZE];
	const char *quote = has_ended ? "\"" : "";
	int n;

	date_write(
	    created, FAKE_CLOCK_DATE + (event->time + event->appears) / 1000);
	date_write(updated,
	    FAKE_CLOCK_DATE +
		(event->time + (has_ended ? event->ends : event->appears)) /
		    1000);
	n = snprintf(out, size,
	    "{\"id\":%u,\"name\":\"R\",\"display_title\":\"deploy %s\","
	    "\"event\":\"repository_dispatch\",\"status\":\"%s\","
	    "\"conclusion\":%s%s%s,\"workflow_id\":1,\"run_attempt\":1,"
	    "\"path\":\".github/workflows/ci.yml\",\"html_url\":"
	    "\"https://github.com/o/n%u/actions/runs/%u\",\"created_at\":"
	    "\"%s\",\"run_started_at\":\"%s\",\"updated_at\":\"%s\","
	    "\"actor\":{\"login\":\"mona\"},"
	    "\"triggering_actor\":{\"login\":\"mona\"}}",
	    1000 + target, event->hides_id ? "" : event->id,
	    has_ended ? "completed" : "in_progress", quote,
	    has_ended ? event->conclusion : "null", quote, target,
	    1000 + target, created, created, updated);
	check(n > 0 && (size_t)n < size);
	return (size_t)n;
}

static bool
flow_shows_run(unsigned target)
{
	const struct flow_event *event = &flow.events[target];

	return event->accepted > 0 && event->has_run &&
	       fake_clock_now() - event->time >= event->appears;
}

static void
flow_respond_runs(const struct flow_request *r)
{
	char body[4096];
	unsigned number = 0;
	size_t n = 0;

	if (sscanf(r->rest, "/actions/runs/%u", &number) == 1) {
		if (strstr(r->rest, "/jobs") != NULL) {
			flow_respond("200 OK", "", "{\"jobs\":[]}");
		} else if (strstr(r->rest, "/pending_dep") != NULL) {
			flow_respond("200 OK", "", "[]");
		} else if (strstr(r->rest, "/cancel") != NULL) {
			flow_respond("202 Accepted", "", "{}");
		} else {
			(void)flow_write_run(body, sizeof(body), r->target);
			flow_respond("200 OK", "", body);
		}
		return;
	}
	strcpy(body, "{\"total_count\":1,\"workflow_runs\":[");
	n = strlen(body);
	if (flow_shows_run(r->target))
		n += flow_write_run(body + n, sizeof(body) - n - 2, r->target);
	strcpy(body + n, "]}");
	flow_respond("200 OK", "", body);
}

/* The response that GitHub gives. */
static void
flow_respond_well(const struct flow_request *r)
{
	char body[256];

	if (flow_is_dispatch(r)) {
		flow_respond("204 No Content", "", "");
	} else if (r->rest != NULL && r->rest[0] == '\0') {
		flow_respond("200 OK", "",
		    "{\"id\":9,\"full_name\":\"o/n\",\"archived\":false,"
		    "\"disabled\":false,\"default_branch\":\"main\","
		    "\"permissions\":{\"push\":true}}");
	} else if (r->rest != NULL &&
		   strncmp(r->rest, "/actions/runs", 13) == 0) {
		flow_respond_runs(r);
	} else if (r->rest != NULL && strcmp(r->rest, "/installation") == 0) {
		flow_respond("200 OK", "", "{\"id\":5,\"app_slug\":\"a\"}");
	} else if (strstr(r->path, "/access_tokens") != NULL) {
		(void)snprintf(
		    body, sizeof(body), "{\"token\":\"%s\"}", FLOW_MINTED);
		flow_respond("201 Created", "", body);
	} else if (strcmp(r->method, "DELETE") == 0) {
		flow_respond("204 No Content", "", "");
	} else if (strcmp(r->path, "/user") == 0) {
		flow_respond("200 OK", "", "{\"login\":\"mona\"}");
	} else {
		flow_respond("404 Not Found", "", "{\"message\":\"no\"}");
	}
}

/* Another status, with fields that matter, and what the client has sent if that
 * is wanted. Returns whether it says that an event was accepted; 2: or not. */
static unsigned
flow_respond_status(const struct flow_request *r)
{
	static const char *const statuses[] = {"500 X", "502 X", "503 X",
	    "403 X", "429 X", "401 X", "404 X", "422 X", "307 X", "308 X",
	    "301 X", "200 X", "201 X", "202 X", "400 X", "410 X", "408 X",
	    "304 X", "599 X", "405 X"};
	static const char *const fields[] = {"", "Retry-After: 1\r\n",
	    "Retry-After: 90\r\n", "X-RateLimit-Remaining: 0\r\n",
	    "X-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: 1800000030\r\n",
	    "Connection: close\r\n"};
	const char *status = statuses[take_below(&flow.in, COUNT(statuses))];
	const char *field = fields[take_below(&flow.in, COUNT(fields))];
	unsigned kind = take(&flow.in);
	char body[2048] = "{\"message\":\"secondary rate limit\"}", all[256];
	size_t i, length = r->length < 1000 ? r->length : 1000;

	if (kind & 1) {
		for (i = 0; i < length; i++)
			body[i] = r->text[i] < ' ' ? ' ' : r->text[i];
		body[i] = '\0';
	}
	(void)snprintf(all, sizeof(all), "%s%s%u%s", field,
	    status[0] == '3' ? "Location: /repositories/9" : "X-Target: ",
	    r->target,
	    status[0] != '3'      ? "\r\n"
	    : flow_is_dispatch(r) ? "/dispatches\r\n"
				  : "\r\n");
	flow_respond(status, all, body);
	if (status[0] == '2')
		return 1;
	return status[0] == '5' ? 2 : 0;
}

static void
flow_change(void)
{
	unsigned count = 1 + take_below(&flow.in, 8), at;

	for (; count > 0; count--) {
		at = take_two(&flow.in);
		if (flow.length > STATUS_LINE) {
			at = STATUS_LINE +
			     at % ((unsigned)flow.length - STATUS_LINE);
			flow.response[at] = (char)take(&flow.in);
		}
	}
}

/* Bytes that are not a response at all. */
static void
flow_respond_oddly(void)
{
	struct span bytes = take_rest(&flow.in, take(&flow.in));

	memcpy(flow.response, bytes.bytes, bytes.length);
	flow.length = bytes.length;
	if (flow.length > 0)
		flow.response[0] = (char)(flow.response[0] | 0x80);
	flow.end = FLOW_CLOSES;
}

/* Puts something before the response. */
static void
flow_put_interim(void)
{
	static const char interim[] = "HTTP/1.1 103 X\r\nLink: x\r\n\r\n";
	size_t length = strlen(interim), count = 1 + take_below(&flow.in, 10);

	for (; count > 0 && length + flow.length < FLOW_ROOM; count--) {
		memmove(flow.response + length, flow.response, flow.length);
		memcpy(flow.response, interim, length);
		flow.length += length;
	}
}

static void
flow_cut(enum flow_end end)
{
	flow.length = take_two(&flow.in) % (flow.length + 1);
	flow.end = end;
}

/* Returns whether an event of this request is accepted; 2: the input decides.
 */
static unsigned
flow_play(const struct flow_request *r)
{
	unsigned kind = take_below(&flow.in, 10);

	flow.end = FLOW_KEEPS;
	flow.start = 0;
	flow.delay = kind == 0 ? 50 : take(&flow.in) * 500U;
	if (kind == 1 || kind == 9)
		return flow_respond_status(r);
	flow_respond_well(r);
	switch (kind) {
	case 2:
	case 3:
	case 4:
		flow_cut((enum flow_end)(kind - 1));
		return flow.length > 0 ? 1 : 2;
	case 5:
		flow_change();
		return 1;
	case 6:
		flow_respond_oddly();
		return 2;
	case 8:
		flow_put_interim();
		return 1;
	default:
		return 1;
	}
}

static void
flow_read_request(struct flow_request *r, const char *text, size_t length)
{
	memset(r, 0, sizeof(*r));
	r->text = text;
	r->length = length;
	check(sscanf(text, "%7[A-Z] %511[!-~] HTTP/1.1\r\n", r->method,
		  r->path) == 2);
	check(strstr(text, "\r\nHost: api.github.com\r\n") != NULL);
	check(strstr(text, "\r\nUser-Agent: ") != NULL);
	(void)flow_find_target(r);
	if (r->path[strcspn(r->path, "?")] != '\0' && r->rest == NULL)
		r->path[strcspn(r->path, "?")] = '\0';
}

static int
flow_write_stream(struct stream *stream, const void *bytes, size_t length,
    struct deadline d, struct error *e)
{
	static char text[65536];
	struct flow_request r;
	unsigned verdict;

	(void)stream;
	(void)d;
	check(length < sizeof(text) && flow.is_open);
	memcpy(text, bytes, length);
	text[length] = '\0';
	flow_read_request(&r, text, length);
	check(++flow.requests < FLOW_REQUESTS_MAX);
	if (take(&flow.in) == 7) {
		flow.length = flow.start = 0;
		flow.end = FLOW_CLOSES;
		return error_set(e, ERROR_CONNECT, "broken pipe");
	}
	verdict = flow_play(&r);
	if (!flow_is_dispatch(&r))
		return 0;
	flow.dispatches++;
	if (verdict == 1 || (verdict == 2 && (take(&flow.in) & 1)))
		flow_accept(&r);
	return 0;
}

/* Waits as long as the deadline allows. Returns false if it passes. */
static bool
flow_wait(uint32_t milliseconds, struct deadline d)
{
	uint32_t left = (uint32_t)deadline_left(d);

	fake_clock_advance(milliseconds < left ? milliseconds : left);
	return milliseconds < left;
}

static ssize_t
flow_read_stream(struct stream *stream, void *bytes, size_t size,
    struct deadline d, struct error *e)
{
	size_t n = flow.length - flow.start;
	uint32_t delay = flow.delay;

	(void)stream;
	flow.delay = 0;
	if (delay > 0 && !flow_wait(delay, d))
		return error_set(e, ERROR_CONNECT, "timed out");
	if (n == 0 && flow.end == FLOW_RESETS)
		return error_set(e, ERROR_CONNECT, "connection reset");
	if (n == 0 && flow.end != FLOW_CLOSES) {
		(void)flow_wait(UINT32_MAX, d);
		return error_set(e, ERROR_CONNECT, "timed out");
	}
	n = n < size ? n : size;
	memcpy(bytes, flow.response + flow.start, n);
	flow.start += n;
	return (ssize_t)n;
}

static void
flow_close_stream(struct stream *stream)
{
	(void)stream;
}

static const struct stream_class flow_class = {
    flow_read_stream, flow_write_stream, flow_close_stream};
static struct stream flow_stream = {&flow_class};

int
connection_check_hosts(
    const struct url *api, const struct proxy *proxy, struct error *e)
{
	(void)api;
	(void)proxy;
	(void)e;
	return 0;
}

void
connection_prepare(struct connection *connection, const struct url *api,
    const struct proxy *proxy)
{
	(void)connection;
	(void)api;
	(void)proxy;
	check(!flow.is_filtered);
}

enum connection_result
connection_open(struct connection *connection,
    const struct connection_peer *peer, struct deadline d, struct error *e)
{
	static const enum error_kind kinds[] = {
	    ERROR_LOCAL, ERROR_CONNECT, ERROR_CONNECT, ERROR_TLS, ERROR_TLS};
	unsigned kind = take(&flow.in);

	check(flow.is_filtered);
	(void)peer;
	if (kind > 0 && kind <= COUNT(kinds)) {
		(void)flow_wait(take(&flow.in) * 100U, d);
		(void)error_set(e, kinds[kind - 1], "no connection");
		return (enum connection_result) - (int)kind;
	}
	connection->is_open = flow.is_open = true;
	flow.keeps = kind != 6;
	flow.length = flow.start = 0;
	flow.end = FLOW_KEEPS;
	return CONNECTION_OPEN;
}

struct stream *
connection_stream(struct connection *connection)
{
	(void)connection;
	return &flow_stream;
}

bool
connection_is_idle(struct connection *connection, struct deadline d)
{
	(void)d;
	return connection->is_open && flow.end == FLOW_KEEPS &&
	       flow.start == flow.length && flow.keeps;
}

enum tls_demand
connection_unmet_demand(const struct connection *connection)
{
	(void)connection;
	return TLS_NOTHING;
}

void
connection_close(struct connection *connection)
{
	connection->is_open = flow.is_open = false;
}

#endif
