/* response_fuzz.c - the input is what a server sends in response to a dispatch.
 * Whatever it is, the promise on delivery holds: only a 2xx of GitHub's counts
 * as delivered, only a request that was certainly not accepted is sent again,
 * and a redirect leads to a place that a request can be written for. A request
 * that dispatches nothing is never in doubt. */
#include <string.h>

#include "../unit/memory_stream.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/url.h"
#include "fuzz.h"
#include "github/api.h"
#include "os/clock.h"

static struct http_response response;
static struct memory_stream memory;
static char text[4096];

static const struct url api = {.host = "localhost", .port = 443};
static const struct target target = {.owner = "o", .name = "n"};
static const struct credential credential = {.length = 1, .token = "t"};

static void
check_dispatch(const struct api_outcome *outcome, const struct error *e)
{
	bool is_retried =
	    outcome->next == RETRY_BACKOFF || outcome->next == RETRY_AFTER;

	check((outcome->delivered == API_YES) == (outcome->next == RETRY_DONE));
	check(outcome->status != 0 || outcome->delivered == API_MAYBE);
	check(outcome->status / 100 != 5 || outcome->delivered == API_MAYBE);
	check(!is_retried || outcome->status == 403 || outcome->status == 429);
	check((outcome->delivered == API_MAYBE) == (e->kind == ERROR_UNKNOWN));
}

static void
check_other(const struct api_outcome *outcome, const struct error *e)
{
	check(outcome->delivered == API_NO && e->kind != ERROR_UNKNOWN);
}

/* A request can be written for where a redirect leads. */
static void
check_moved(const char *moved)
{
	const struct api_request request = {
	    .method = "POST", .path = moved, .body = "{}", .body_length = 2};
	struct buffer b;
	struct error e;

	error_clear(&e);
	buffer_init(&b, text, sizeof(text));
	check(
	    moved[0] == '/' && api_write_request(&b, &api, &request, &e) == 0);
}

static void
send_one(const uint8_t *data, size_t size, bool dispatches)
{
	const struct api_request request = {
	    .method = "POST",
	    .path = "/repos/o/n/dispatches",
	    .credential = &credential,
	    .body = "{}",
	    .body_length = 2,
	    .dispatches = dispatches,
	};
	struct api_outcome o;
	struct buffer b;
	struct error e;
	const struct api_exchange exchange = {
	    .stream = &memory.stream,
	    .api = &api,
	    .written = &b,
	    .response = &response,
	};
	const struct api_call call = {
	    .target = &target,
	    .deadline = deadline_after(60000),
	    .outcome = &o,
	    .error = &e,
	};

	error_clear(&e);
	buffer_init(&b, text, sizeof(text));
	check(api_write_request(&b, &api, &request, &e) == 0);
	memory_open(&memory, data, size);
	api_send(&exchange, &request, &call);
	check((e.kind == ERROR_NONE) ==
	      (o.next == RETRY_DONE || o.next == RETRY_REDIRECT));
	check(o.next != RETRY_DONE || o.status / 100 == 2);
	if (dispatches)
		check_dispatch(&o, &e);
	else
		check_other(&o, &e);
	if (o.next == RETRY_REDIRECT)
		check_moved(o.moved);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	send_one(data, size, true);
	send_one(data, size, false);
	return 0;
}
