/* poll.h - one request about the runs of a target: its path, its way through
 * redirects, and what its failure means for the wait.
 *
 * A failure ends the wait only if it lasts: five in a row, for half a minute,
 * or a token that has expired. A response of another kind than was asked for
 * counts; a 5xx, no connection and a rate limit never do. A 403 to the first
 * request does at once, since a token does not gain rights. */
#ifndef POLL_H
#define POLL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/span.h"
#include "event/allowance.h"
#include "event/dispatch.h"
#include "event/run.h"
#include "event/runs.h"
#include "os/clock.h"

#define POLL_FAILURES 5        /* in a row, that may be a lasting one */
#define POLL_LASTS 30000       /* milliseconds that they take at least */
#define POLL_REQUEST_MAX 30000 /* milliseconds that one request may take */

/* What all polls share. */
struct poll {
	const struct runs_job *job;
	struct dispatch_storage *storage;
	struct runs_list *list;
	struct deadline deadline; /* of every request */
	struct allowance allowance;
	int64_t paused_until; /* clock_milliseconds(): a rate limit */
	bool knows_actor;     /* or knows that it is not to be known */
	char actor[RUN_ACTOR_SIZE];
};

struct poll_request {
	const char *method;
	const char *part; /* after the repository's path */
	const char *etag; /* NULL or "": no condition */
};

/* Prepares a target, whose result is there. */
void poll_begin(struct runs_target *target);

/* Sends a request for a target, to where redirects lead, which is remembered.
 * The response is in the storage's session. The time of the event becomes known
 * if it was not.
 *
 * Returns 0 if GitHub did what was asked, a status of 304 included, or -1 with
 * e set. */
int poll_send(struct poll *poll, struct runs_target *target,
    const struct poll_request *request, struct api_outcome *outcome,
    struct error *e) __attribute__((warn_unused_result));

/* Takes note of a poll that succeeded. */
void poll_succeed(struct runs_target *target);

/* Takes note of a poll that failed: the listener is notified of the first, and
 * a rate limit makes all polls pause.
 *
 * Returns whether the failure lasts: then the target has an error. */
bool poll_fail(struct poll *poll, struct runs_target *target,
    const struct api_outcome *outcome, const struct error *e);

/* The body of the response to the last request. */
struct span poll_body(const struct poll *poll);

/* Finds out who sends the events, once: the user of the token, or the App's bot
 * if its installation was looked up. What cannot be known is "": a workflow's
 * token belongs to no user. */
void poll_find_actor(struct poll *poll, const struct runs_target *target);

/* Notifies the listener of something about a target. */
void poll_notice(const struct poll *poll, struct runs_target *target,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Ends a target with a failure that begins with its repository. */
void poll_end(struct runs_target *target, enum error_kind kind,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
