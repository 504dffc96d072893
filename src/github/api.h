/* api.h - one request to GitHub's REST API, and what came of it.
 * Works on any stream.
 * Facts: GitHub's REST docs, "Create a repository dispatch event", "Create a
 * workflow dispatch event" and "Getting started with the REST API". */
#ifndef API_H
#define API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/url.h"
#include "github/credential.h"
#include "github/response.h"
#include "github/retry.h"
#include "github/target.h"
#include "http/exchange.h"
#include "os/clock.h"
#include "os/stream.h"

#define API_URL_SIZE 1024
#define API_ETAG_SIZE RESPONSE_ETAG_SIZE
#define API_PATH_SIZE RESPONSE_LOCATION_SIZE /* of a request target */

/* Whether an event was delivered. */
enum api_delivered { API_NO, API_YES, API_MAYBE };

/* What is known after one try. */
struct api_outcome {
	enum api_delivered delivered;
	int status; /* 0: no response */
	char request_id[64];
	enum retry_wait next;
	uint32_t wait;             /* RETRY_AFTER: seconds; 0: not reported */
	char moved[API_PATH_SIZE]; /* RETRY_REDIRECT: the request target */
	/* It may be accepted without return_run_details: response.h. */
	bool refuses_details;
	/* The server's time when the request was sent, or a little earlier. */
	int64_t time;
	/* When the token expires, in seconds since 1970; 0: not reported. */
	int64_t token_expires;
	/* RETRY_DONE: the state of what was asked for, or "". A status of 304
	 * says that it has not changed. */
	char etag[API_ETAG_SIZE];
	/* Of the rate limit, RESPONSE_ABSENT if it was not reported: what is
	 * left, and seconds until more is. */
	int64_t limit_remaining, limit_seconds;
};

struct api_request {
	const char *method;
	const char *path;                    /* the request target */
	const struct credential *credential; /* NULL: shown as hidden */
	const char *body;                    /* JSON, or NULL for none */
	size_t body_length;
	bool dispatches;  /* it sends an event, which must not happen twice */
	bool is_workflow; /* which is a workflow_dispatch */
	const char *etag; /* respond with 304 in this state; NULL: always */
	/* It dispatches nothing, but stands for a request that does: what helps
	 * after a failure is the same. */
	bool rehearses;
};

/* What travels with every request for a target: until when, and where to report
 * what came of it. The error does not name the target, whom the caller knows.
 */
struct api_call {
	const struct target *target;
	struct deadline deadline;
	struct api_outcome *outcome;
	struct error *error;
};

/* Writes the request target of a part of a repository, such as
 * "/dispatches". */
void api_write_path(char path[API_PATH_SIZE], const struct url *api,
    const struct target *target, const char *part);

/* Appends the URL of such a part, for people. */
void api_write_url(struct buffer *b, const struct url *api,
    const struct target *target, const char *part);

/* Appends the whole request, head and body.
 *
 * Returns 0, or -1 if it does not fit. */
int api_write_request(struct buffer *b, const struct url *api,
    const struct api_request *request, struct error *e)
    __attribute__((warn_unused_result));

/* The wire form of a request, and storage for the response to it. */
struct api_exchange {
	struct stream *stream;
	const struct url *api;
	const struct buffer *written; /* by api_write_request() */
	struct http_response *response;
};

/* Sends a request and judges the response.
 *
 * A 2xx whose body has a content coding is a failure, except for a dispatch,
 * whose body does not matter.
 *
 * The outcome is set in any case. The error stays clear if GitHub did what was
 * asked, or if a redirect is to be followed; otherwise it says what happened,
 * and for a dispatch what to do about it. */
void api_send(const struct api_exchange *exchange,
    const struct api_request *request, const struct api_call *call);

#endif
