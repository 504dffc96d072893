/* api.c - a request is written field by field into the caller's buffer; the
 * retry table and response.c say what the response means. */
#include "github/api.h"

#include <string.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/secrets.h"
#include "base/span.h"
#include "base/url.h"
#include "github/response.h"
#include "github/retry.h"
#include "http/exchange.h"
#include "os/clock.h"
#include "os/log.h"

/* The version that the facts here are about; GitHub supports a version for at
 * least two years (REST docs, "API Versions"). */
#define API_VERSION "2022-11-28"

static const char unknown_hint[] =
    "the event may have been recorded: check the repository's runs before you "
    "send it again";

static void
append_path(struct buffer *b, const struct url *api,
    const struct target *target, const char *part)
{
	buffer_format(b, "%s/repos/%s/%s%s", api->path, target->owner,
	    target->name, part);
}

void
api_write_path(char path[API_PATH_SIZE], const struct url *api,
    const struct target *target, const char *part)
{
	struct buffer b;

	buffer_init(&b, path, API_PATH_SIZE);
	append_path(&b, api, target, part);
}

void
api_write_url(struct buffer *b, const struct url *api,
    const struct target *target, const char *part)
{
	buffer_text(b, "https://");
	url_write_authority(b, api->host, api->port, URL_HTTPS_PORT);
	append_path(b, api, target, part);
}

int
api_write_request(struct buffer *b, const struct url *api,
    const struct api_request *request, struct error *e)
{
	http_request_begin(
	    b, request->method, request->path, api->host, api->port);
	http_request_field(b, "User-Agent", "repository-dispatch");
	http_request_field(b, "Accept", "application/vnd.github+json");
	http_request_field(b, "X-GitHub-Api-Version", API_VERSION);
	if (request->body != NULL)
		http_request_field(b, "Content-Type", "application/json");
	if (request->etag != NULL)
		http_request_field(b, "If-None-Match", request->etag);
	if (request->credential != NULL) {
		credential_write_field(request->credential, b);
	} else {
		http_request_field(b, "Authorization", "Bearer [hidden]");
	}
	http_request_end(b, request->body, request->body_length);
	if (b->overflowed) {
		return error_set(e, ERROR_PAYLOAD,
		    "the request is larger than %zu bytes", b->capacity);
	}
	return 0;
}

static enum api_delivered
delivered(const struct retry_rule *rule, const struct api_request *request)
{
	if (!request->dispatches)
		return API_NO;
	return rule->kind == ERROR_NONE      ? API_YES
	       : rule->kind == ERROR_UNKNOWN ? API_MAYBE
					     : API_NO;
}

/* Sets the error to a response that is a failure. */
static int
explain(const struct response *response, const struct api_request *request,
    const struct retry_rule *rule, const struct api_call *call)
{
	char text[RESPONSE_LINE_SIZE];
	struct buffer b;
	const char *hint;

	buffer_init(&b, text, sizeof(text));
	response_describe(response, &b);
	error_set(call->error, rule->kind, "%s", text);
	/* What helps depends on what stands in the way of another try. */
	if (rule->wait == RETRY_AFTER)
		return -1;
	if (response_is_page(response))
		return error_advise(call->error, ADVICE_NOT_A_PAGE);
	if (!request->dispatches && !request->rehearses)
		return -1;
	hint = response_hint(response, credential_kind(request->credential),
	    request->is_workflow);
	return error_hint(call->error, hint != NULL ? hint
				       : rule->kind == ERROR_UNKNOWN
					   ? unknown_hint
					   : NULL);
}

/* A request without Accept-Encoding leaves it to the server (RFC 9110, 12.5.3),
 * but only one that compresses whatever it is asked does so. */
static int
refuse_compressed(const struct response *response, const struct api_call *call)
{
	call->outcome->next = RETRY_NEVER;
	error_set(call->error, ERROR_REFUSED,
	    "HTTP %d, but its body is compressed (Content-Encoding), which was "
	    "not requested",
	    response->status);
	return error_hint(call->error,
	    "turn off compression in the server or proxy before the API, for "
	    "requests without Accept-Encoding");
}

static int
judge(const struct response *response, const struct url *api,
    const struct api_request *request, const struct api_call *call)
{
	const struct retry_rule *rule = response_judge(response,
	    request->dispatches, credential_is_fresh(request->credential));
	struct api_outcome *outcome = call->outcome;
	struct buffer id;

	outcome->status = response->status;
	buffer_init(&id, outcome->request_id, sizeof(outcome->request_id));
	secrets_hide_peer(&id, span_text(response->request_id));
	memcpy(outcome->etag, response->etag, sizeof(outcome->etag));
	outcome->limit_remaining = response->limit_remaining;
	outcome->limit_seconds = response->limit_reset;
	if (response->limit_reset != RESPONSE_ABSENT) {
		outcome->limit_seconds = response->limit_reset -
					 response_time(response, clock_date());
	}
	outcome->next = rule->wait;
	outcome->delivered = delivered(rule, request);
	/* RFC 9110, 15.4.5: only in response to a condition. */
	if (response->status == 304 && request->etag != NULL) {
		outcome->next = RETRY_DONE;
		return 0;
	}
	outcome->refuses_details =
	    request->is_workflow && response_refuses_details(response);
	if (rule->wait == RETRY_DONE && response->is_compressed &&
	    !request->dispatches)
		return refuse_compressed(response, call);
	if (rule->wait == RETRY_DONE)
		return 0;
	if (rule->wait == RETRY_AFTER)
		outcome->wait = response_wait(response, clock_date());
	if (rule->wait == RETRY_REDIRECT) {
		if (response_follow(response, api, outcome->moved) == 0)
			return 0;
		outcome->next = RETRY_NEVER;
	}
	return explain(response, request, rule, call);
}

/* Judges a request without a response. */
static int
fail(enum http_progress progress, const struct error *cause,
    const struct api_request *request, const struct api_call *call)
{
	static const enum retry_phase phases[] = {
	    [HTTP_NOT_SENT] = RETRY_PARTLY_SENT,
	    [HTTP_UNHEARD] = RETRY_TRUST,
	    [HTTP_PARTLY_SENT] = RETRY_PARTLY_SENT,
	    [HTTP_SENT] = RETRY_SENT,
	    [HTTP_RESPONDED] = RETRY_SENT,
	};
	const struct retry_try target = {
	    .phase = phases[progress],
	    .dispatches = request->dispatches,
	};
	const struct retry_rule *rule = retry_find(&target);
	struct api_outcome *outcome = call->outcome;

	outcome->delivered = delivered(rule, request);
	outcome->next = cause->kind == ERROR_LOCAL ? RETRY_NEVER : rule->wait;
	error_set(call->error,
	    cause->kind == ERROR_UNKNOWN ? rule->kind : cause->kind, "%s",
	    cause->line);
	if (outcome->delivered == API_MAYBE)
		return error_hint(call->error, unknown_hint);
	return -1;
}

void
api_send(const struct api_exchange *exchange, const struct api_request *request,
    const struct api_call *call)
{
	int64_t began = clock_milliseconds();
	struct response response;
	struct error cause;

	memset(call->outcome, 0, sizeof(*call->outcome));
	error_clear(&cause);
	if (http_exchange(exchange->stream, exchange->written,
		exchange->response, call->deadline, &cause) < 0) {
		/* Without an error it would pass for success. One that is there
		 * is kept. */
		(void)error_set(&cause, ERROR_UNKNOWN,
		    "internal error: no response, and no reason");
		(void)fail(exchange->response->progress, &cause, request, call);
		return;
	}
	(void)log_phase("the response", began);
	response_read(&response, exchange->response);
	(void)judge(&response, exchange->api, request, call);
	if (response.token_end != RESPONSE_ABSENT)
		call->outcome->token_expires = response.token_end;
	/* A date of whole seconds, written after we began to wait. */
	call->outcome->time = response_time(&response, clock_date()) - 1 -
			      (clock_milliseconds() - began + 999) / 1000;
}
