/* github.h - one call of GitHub's REST API and what its answer means.
 * Works on any stream; knows request targets, fields, statuses and bodies.
 * Facts: GitHub's REST docs, "Create a repository dispatch event",
 * "Getting started with the REST API" and "Troubleshooting the REST API". */
#ifndef GITHUB_H
#define GITHUB_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/text.h"
#include "github/credential.h"
#include "github/retry.h"
#include "github/target.h"
#include "http/http.h"
#include "os/deadline.h"
#include "os/stream.h"

#define GITHUB_URL_SIZE 1024
#define GITHUB_PATH_SIZE 640 /* of a request target */

enum github_delivered { GITHUB_NO, GITHUB_YES, GITHUB_MAYBE };

/* What is known after one try. */
struct github_outcome {
	enum github_delivered delivered;
	int status; /* 0: no answer */
	char request_id[64];
	enum retry_wait next;         /* what the retry table says */
	uint32_t wait;                /* RETRY_AS_TOLD: seconds, 0: not told */
	char moved[GITHUB_PATH_SIZE]; /* RETRY_ELSEWHERE: the request target */
	int64_t time; /* the server's, when it was asked, or earlier */
};

/* The request target of something of a repository, such as "/dispatches". */
void github_write_path(char path[GITHUB_PATH_SIZE], const struct text_url *api,
    const struct target *t, const char *what);

/* The dispatch's URL, for people. */
void github_write_url(
    struct buffer *b, const struct text_url *api, const struct target *t);

struct github_request {
	const char *method;
	const char *path;                    /* the request target */
	const struct credential *credential; /* NULL: shown as hidden */
	const char *body;                    /* JSON, or NULL for none */
	size_t body_length;
};

/* The whole request: head and body. Returns 0, or -1 if it does not fit. */
int github_write_request(struct buffer *b, const struct text_url *api,
    const struct github_request *request, struct error *e)
    __attribute__((warn_unused_result));

/* What is known of who asks. */
struct github_call {
	const struct text_url *api;
	const struct target *target;
	enum credential_kind credential;
};

/* Sends it and reads what the answer means, in the terms of a dispatch, whose
 * retry table fits what else is asked, too: e stays clear if GitHub did what
 * was asked, or if a redirect is to be followed; else it says what happened
 * and what to do. */
void github_send(struct stream *s, const struct buffer *request,
    const struct github_call *call, struct http_answer *a,
    struct github_outcome *o, struct deadline d, struct error *e);

#endif
