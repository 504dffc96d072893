/* api.h - one call of GitHub's REST API and what its answer means.
 * Works on any stream; knows request targets, fields, statuses and bodies.
 * Facts: GitHub's REST docs, "Create a repository dispatch event",
 * "Getting started with the REST API" and "Troubleshooting the REST API". */
#ifndef API_H
#define API_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/url.h"
#include "github/credential.h"
#include "github/retry.h"
#include "github/target.h"
#include "http/exchange.h"
#include "os/clock.h"
#include "os/stream.h"

#define API_URL_SIZE 1024
#define API_PATH_SIZE 640 /* of a request target */

enum api_delivered { API_NO, API_YES, API_MAYBE };

/* What is known after one try. */
struct api_outcome {
	enum api_delivered delivered;
	int status; /* 0: no answer */
	char request_id[64];
	enum retry_wait next;      /* what the retry table says */
	uint32_t wait;             /* RETRY_AFTER: seconds, 0: not told */
	char moved[API_PATH_SIZE]; /* RETRY_REDIRECT: the request target */
	int64_t time; /* the server's, when it was asked, or earlier */
};

/* The request target of something of a repository, such as "/dispatches". */
void api_write_path(char path[API_PATH_SIZE], const struct url *api,
    const struct target *t, const char *what);

/* The dispatch's URL, for people. */
void api_write_url(
    struct buffer *b, const struct url *api, const struct target *t);

struct api_request {
	const char *method;
	const char *path;                    /* the request target */
	const struct credential *credential; /* NULL: shown as hidden */
	const char *body;                    /* JSON, or NULL for none */
	size_t body_length;
};

/* The whole request: head and body. Returns 0, or -1 if it does not fit. */
int api_write_request(struct buffer *b, const struct url *api,
    const struct api_request *request, struct error *e)
    __attribute__((warn_unused_result));

/* What is known of who asks. */
struct api_call {
	const struct url *api;
	const struct target *target;
	enum credential_kind credential;
};

/* Sends it and reads what the answer means, in the terms of a dispatch, whose
 * retry table fits what else is asked, too: e stays clear if GitHub did what
 * was asked, or if a redirect is to be followed; else it says what happened
 * and what to do. */
void api_send(struct stream *s, const struct buffer *request,
    const struct api_call *call, struct http_response *a, struct api_outcome *o,
    struct deadline d, struct error *e);

#endif
