/* response.h - a response of GitHub's REST API, parsed once into a struct.
 * What it means for a request, how it is explained, and how long it asks to
 * wait are pure functions of that struct.
 * Facts: GitHub's REST docs, "Getting started with the REST API",
 * "Troubleshooting the REST API" and "Rate limits for the REST API". */
#ifndef RESPONSE_H
#define RESPONSE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/url.h"
#include "github/credential.h"
#include "github/retry.h"
#include "github/target.h"
#include "http/exchange.h"

#define RESPONSE_LOCATION_SIZE 640 /* of a request target, too */
#define RESPONSE_TEXT_SIZE 256
#define RESPONSE_ETAG_SIZE 96 /* GitHub's have some 70 characters */
/* With OWNER/NAME before it, it fits in the line of an error. */
#define RESPONSE_LINE_SIZE (ERROR_LINE_SIZE - 2 * TARGET_NAME_SIZE - 4)
#define RESPONSE_ABSENT (-1) /* a number or a date that is not there */

struct response {
	int status;
	bool is_html; /* says so, or its body begins as HTML or XML does */
	bool is_compressed; /* its body has a content coding (RFC 9110, 8.4) */
	bool has_retry_after;  /* whether or not its value is valid */
	bool has_token_scopes; /* it reports them, though there may be none */
	/* From the head. A text is "" if it is absent or too long, a number is
	 * RESPONSE_ABSENT if it is absent or not valid. Dates are in seconds
	 * since 1970. */
	char request_id[64];
	char etag[RESPONSE_ETAG_SIZE];
	char location[RESPONSE_LOCATION_SIZE];
	char needed_permissions[RESPONSE_TEXT_SIZE];
	char needed_scopes[RESPONSE_TEXT_SIZE];
	char token_scopes[RESPONSE_TEXT_SIZE];
	char sso[RESPONSE_TEXT_SIZE];
	char token_expires[RESPONSE_TEXT_SIZE];
	int64_t date;
	int64_t token_end;   /* token_expires, if it is a date */
	int64_t retry_after; /* seconds */
	int64_t retry_date;
	int64_t limit_remaining;
	int64_t limit_reset;
	/* From the body of a response that is not 2xx; "" if absent. */
	char message[512];
	char documentation_url[RESPONSE_TEXT_SIZE];
	/* The first of errors[]: a text, or an object with a message, or with a
	 * field and a code. */
	char error_text[RESPONSE_TEXT_SIZE];
	char error_message[RESPONSE_TEXT_SIZE];
	char error_field[RESPONSE_TEXT_SIZE];
	char error_code[RESPONSE_TEXT_SIZE];
};

/* Fills response from the head and the body, in one pass over each.
 *
 * The body of a 2xx is not read, except for its first character: it is the
 * requested data, and may contain a secret. */
void response_read(struct response *response, const struct http_response *http);

/* Returns the rule for this response to a request that dispatches an event, or
 * to one that does not, with a token that is fresh (retry.h) or not. */
const struct retry_rule *response_judge(
    const struct response *response, bool dispatches, bool is_fresh);

/* Returns the server's time, or now, in seconds since 1970, if the response
 * does not have it. */
int64_t response_time(const struct response *response, int64_t now);

/* Returns how many seconds the response asks to wait, at least 1, or 0 if it
 * does not say. now is our time, for a response without a date. */
uint32_t response_wait(const struct response *response, int64_t now);

/* Finds out where a redirect leads.
 *
 * It must stay within the origin: an absolute URL with the same host and port,
 * or a path. A request target must be able to carry it.
 *
 * Returns 0 with path set, or -1. */
int response_follow(const struct response *response, const struct url *api,
    char path[RESPONSE_LOCATION_SIZE]) __attribute__((warn_unused_result));

/* Appends one line that explains a failed response: the status, GitHub's own
 * message, the facts of its head that help, and the request id.
 *
 * b has room for RESPONSE_LINE_SIZE. What does not fit is left out, a whole
 * message or fact at a time, but the request id always fits. */
void response_describe(const struct response *response, struct buffer *b);

/* Returns whether this is a page for people: the API sends HTML only for
 * failures of the server itself. */
bool response_is_page(const struct response *response);

/* Returns what the user can do about a dispatch, of an event or of a workflow,
 * that got this response with this kind of token, or NULL. */
const char *response_hint(const struct response *response,
    enum credential_kind credential, bool is_workflow);

/* Returns whether the server refuses a body with return_run_details, which came
 * in 2026-02: with a 422 that names it (GitHub Enterprise Server 3.19,
 * benc-uk/workflow-dispatch#86: "is not a permitted key"), or with any 400
 * (cli/cli#12672: that is what "unknown fields" get up to 3.20). Nothing was
 * accepted then. */
bool response_refuses_details(const struct response *response);

#endif
