/* connection.c - one stream for all connections; a write selects the step,
 * reads deliver its response. */
#include "fakes/connection.h"

#include <string.h>

#include "base/error.h"
#include "fakes/clock.h"
#include "os/stream.h"

static const char kept[] =
    "HTTP/1.1 204 No Content\r\nX-GitHub-Request-Id: A:1\r\n\r\n";

static const struct fake_step *step, *last;
static const char *unread; /* of the response */
static const char *(*server)(const char *request);
static size_t requests, opened;
static bool speaks_first; /* the server of the open connection */
static struct {
	char text[2048];
	int64_t time;
} written[FAKE_REQUESTS_MAX];

static struct fake_step
next_step(void)
{
	const struct fake_step *taken = step;

	if (step < last)
		step++;
	return *taken;
}

static ssize_t
fake_read(struct stream *stream, void *bytes, size_t size, struct deadline d,
    struct error *e)
{
	size_t length = strlen(unread);

	(void)stream;
	(void)d;
	(void)e;
	length = length < size ? length : size;
	memcpy(bytes, unread, length);
	unread += length;
	return (ssize_t)length;
}

static int
fake_write(struct stream *stream, const void *bytes, size_t length,
    struct deadline d, struct error *e)
{
	struct fake_step taken = next_step();
	size_t shown = length;

	(void)stream;
	(void)d;
	unread = taken.response != NULL ? taken.response : kept;
	if (taken.write_fails) {
		unread = "";
		if (taken.has_no_reason)
			return -1;
		return error_set(e, ERROR_CONNECT, "broken pipe");
	}
	if (requests < FAKE_REQUESTS_MAX) {
		if (shown > sizeof(written[0].text) - 1)
			shown = sizeof(written[0].text) - 1;
		memcpy(written[requests].text, bytes, shown);
		written[requests].text[shown] = '\0';
		written[requests].time = fake_clock_now();
	}
	requests++;
	fake_clock_advance(taken.milliseconds);
	if (server != NULL)
		unread = server(bytes);
	return 0;
}

static void
fake_close(struct stream *stream)
{
	(void)stream;
}

static const struct stream_class class = {fake_read, fake_write, fake_close};
static struct stream the_stream = {&class};

void
fake_connection_play(const struct fake_step *steps, size_t count)
{
	step = steps;
	last = steps + count - 1;
	requests = opened = 0;
	server = NULL;
}

void
fake_connection_serve(const char *(*respond)(const char *request))
{
	static const struct fake_step at_once;

	fake_connection_play(&at_once, 1);
	server = respond;
}

size_t
fake_connection_requests(void)
{
	return requests;
}

size_t
fake_connection_opened(void)
{
	return opened;
}

const char *
fake_connection_request(size_t index)
{
	return written[index].text;
}

int64_t
fake_connection_time(size_t index)
{
	return written[index].time;
}

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
}

enum connection_result
connection_open(struct connection *connection,
    const struct connection_peer *peer, struct deadline d, struct error *e)
{
	enum connection_result result = step->result;
	bool has_no_reason = step->has_no_reason;

	(void)peer;
	(void)d;
	if (result == CONNECTION_OPEN) {
		opened++;
		connection->is_open = true;
		speaks_first = step->speaks_first;
		if (speaks_first)
			(void)next_step();
		return result;
	}
	(void)next_step();
	if (has_no_reason)
		return result;
	(void)error_set(e,
	    result == CONNECTION_LOCAL ? ERROR_LOCAL
	    : result == CONNECTION_HANDSHAKE_ENDED ||
		    result == CONNECTION_NOT_TRUSTED
		? ERROR_TLS
		: ERROR_CONNECT,
	    "no connection");
	return result;
}

struct stream *
connection_stream(struct connection *connection)
{
	(void)connection;
	return &the_stream;
}

bool
connection_is_idle(struct connection *connection, struct deadline d)
{
	(void)d;
	return connection->is_open && !speaks_first;
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
	connection->is_open = false;
}
