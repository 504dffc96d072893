/* github.h - one call of GitHub's REST API and what its answer means.
 * Works on any stream; knows request targets, fields, statuses and bodies.
 * Facts: GitHub's REST docs, "Create a repository dispatch event",
 * "Getting started with the REST API" and "Troubleshooting the REST API". */
#ifndef GITHUB_H
#define GITHUB_H

#include "buffer.h"
#include "credential.h"
#include "deadline.h"
#include "error.h"
#include "http.h"
#include "stream.h"
#include "text.h"

/* GitHub's longest names are 39 and 100 characters; a server of one's own may
 * be more generous. */
#define GITHUB_NAME_SIZE 128
#define GITHUB_URL_SIZE 1024

struct github_target {
	char owner[GITHUB_NAME_SIZE];
	char name[GITHUB_NAME_SIZE];
};

enum github_delivered { GITHUB_NO, GITHUB_YES, GITHUB_MAYBE };

/* What is known after one dispatch. */
struct github_outcome {
	enum github_delivered delivered;
	int status; /* 0: no answer */
	char request_id[64];
};

/* Letters, digits and -._ only, since both become part of a path; "." and
 * ".." are refused. Returns 0, or -1 with an ERROR_USAGE. */
int github_set_target(struct github_target *t, const char *owner,
    size_t owner_length, const char *name, struct error *e)
    __attribute__((warn_unused_result));

/* The dispatch's URL, for people. */
void github_write_url(struct buffer *b, const struct text_url *api,
    const struct github_target *t);

/* The whole request: head and body. A credential of NULL is shown as hidden,
 * for a dry run. Returns 0, or -1 if it does not fit. */
int github_write_dispatch(struct buffer *request, const struct text_url *api,
    const struct github_target *t, const struct credential *c, const char *body,
    size_t body_length, struct error *e) __attribute__((warn_unused_result));

/* Sends it and reads what the answer means. Returns 0 if GitHub recorded the
 * event, or -1 with e saying what happened and what to do; o is filled in
 * either way. */
int github_dispatch(struct stream *s, const struct buffer *request,
    const struct github_target *t, struct http_answer *a,
    struct github_outcome *o, struct deadline d, struct error *e)
    __attribute__((warn_unused_result));

#endif
