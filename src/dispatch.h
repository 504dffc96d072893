/* dispatch.h - one event to its target, from what is asked to the outcome.
 * Owns the order of things around the wire: everything that can fail here
 * fails before anything is dialled. */
#ifndef DISPATCH_H
#define DISPATCH_H

#include <stdint.h>

#include "connection.h"
#include "credential.h"
#include "error.h"
#include "github.h"
#include "payload.h"
#include "roots.h"
#include "text.h"

/* The head of a request takes under 8 KiB beside the largest body. */
#define DISPATCH_REQUEST_MAX (PAYLOAD_BODY_MAX + 8192)

struct dispatch_job {
	const struct text_url *api;
	const struct github_target *target;
	struct payload_parts parts;
	char *token; /* wiped once it is taken; or NULL ... */
	const char *token_origin;
	const char *token_file;   /* ... where this is set */
	const char *ca_file;      /* NULL: the built-in roots */
	uint32_t connect_timeout; /* milliseconds */
	struct deadline deadline;
};

/* The big storage of a transaction, for its owner to place. */
struct dispatch_storage {
	struct credential credential;
	struct payload payload;
	struct roots roots;
	struct connection connection;
	struct http_answer answer;
	char request[DISPATCH_REQUEST_MAX];
};

/* Takes the token, makes the body, reads the roots. Returns 0 or -1. */
int dispatch_prepare(const struct dispatch_job *job, struct dispatch_storage *s,
    struct error *e) __attribute__((warn_unused_result));

/* Once prepared: sends the event once. Returns 0 when GitHub recorded it, or
 * -1; the outcome is filled in either way. The request is wiped. */
int dispatch_send(const struct dispatch_job *job, struct dispatch_storage *s,
    struct github_outcome *o, struct error *e);

/* Once prepared: what would be sent, into s->request, the token hidden.
 * Returns its length or -1. */
ssize_t dispatch_preview(
    const struct dispatch_job *job, struct dispatch_storage *s, struct error *e)
    __attribute__((warn_unused_result));

void dispatch_wipe(struct dispatch_storage *s);

#endif
