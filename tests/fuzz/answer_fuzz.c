/* answer_fuzz.c - the input is what a server says to a dispatch. Whatever it
 * is, the promise on delivery holds: only GitHub's 2xx delivers, only what is
 * surely not accepted may be sent again, and a redirect is one that a request
 * can be written for. */
#include <stdlib.h>
#include <string.h>

#include "../unit/memory_stream.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/url.h"
#include "github/api.h"
#include "os/clock.h"

static struct http_response answer;
static struct memory_stream memory;
static char text[4096];

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
check(const struct api_outcome *o, const struct error *e)
{
	bool sent_again = o->next == RETRY_BACKOFF || o->next == RETRY_AFTER;

	must((e->kind == ERROR_NONE) ==
	     (o->next == RETRY_DONE || o->next == RETRY_REDIRECT));
	must((o->delivered == API_YES) == (o->next == RETRY_DONE));
	must(o->next != RETRY_DONE || o->status / 100 == 2);
	must(o->status != 0 || o->delivered == API_MAYBE);
	must(o->status / 100 != 5 || o->delivered == API_MAYBE);
	must(!sent_again || o->status == 403 || o->status == 429);
	must((o->delivered == API_MAYBE) == (e->kind == ERROR_UNKNOWN));
}

/* The redirect's target stands in a request. */
static void
check_moved(const struct url *api, const char *moved)
{
	const struct api_request request = {
	    "POST", moved, NULL, "{}", sizeof("{}") - 1};
	struct buffer b;
	struct error e;

	error_clear(&e);
	buffer_init(&b, text, sizeof(text));
	must(moved[0] == '/' && api_write_request(&b, api, &request, &e) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct url api = {.host = "localhost", .port = 443};
	static const struct target target = {.owner = "o", .name = "n"};
	const struct api_call call = {&api, &target, CREDENTIAL_OTHER};
	const struct api_request request = {
	    "POST", "/repos/o/n/dispatches", NULL, "{}", sizeof("{}") - 1};
	struct api_outcome o;
	struct buffer b;
	struct error e;

	error_clear(&e);
	buffer_init(&b, text, sizeof(text));
	must(api_write_request(&b, &api, &request, &e) == 0);
	memory_open(&memory, data, size);
	api_send(
	    &memory.stream, &b, &call, &answer, &o, deadline_after(60000), &e);
	check(&o, &e);
	if (o.next == RETRY_REDIRECT)
		check_moved(&api, o.moved);
	return 0;
}
