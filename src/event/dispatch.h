/* dispatch.h - sends one event to its targets, one after the other, over one
 * connection. It is a repository_dispatch, or the workflow_dispatch of one
 * workflow. Everything that can fail on this machine fails before the first
 * connection. Requests are sent again as retry.h allows, within the time of
 * their target. */
#ifndef DISPATCH_H
#define DISPATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/url.h"
#include "event/dispatch_id.h"
#include "event/payload.h"
#include "event/run.h"
#include "github/api.h"
#include "github/credential.h"
#include "github/installation.h"
#include "github/session.h"
#include "github/target.h"
#include "github/workflow.h"
#include "os/clock.h"

#define DISPATCH_REDIRECTS_MAX 5

/* GitHub's advice for many writes (REST docs, "Best practices for using the
 * REST API", and "Rate limits", "secondary rate limits"): one after the other,
 * a second apart, at most 500 an hour. Applied to more than this many
 * targets. */
#define DISPATCH_UNPACED_MAX 10
#define DISPATCH_PACE 1000 /* milliseconds from one target to the next */
#define DISPATCH_HOURLY_MAX 500
#define DISPATCH_PACE_DEFAULT UINT32_MAX
#define DISPATCH_PAUSE_MIN 10000 /* milliseconds */

struct dispatch_job {
	const struct url *api;
	struct proxy *proxy; /* may say that none is used */
	const struct target_list *targets;
	const char *event_type; /* of targets without one of their own */
	/* The workflow to start in place of an event type, or NULL. */
	const struct workflow *workflow;
	struct payload_parts parts;
	/* The property of the payload with an id by which runs are found, or
	 * NULL: they are not searched for (dispatch_id.h). */
	const char *id_key;
	/* The credential: an App if its id is set, else the file if it is set,
	 * else the token, which is wiped once it is taken. */
	struct installation_app app;
	const char *token_file;
	char *token;
	const char
	    *token_origin;     /* names the option of the file or the token */
	const char *ca_file;   /* NULL: the built-in roots */
	const char *ca_origin; /* names the file's option */
	bool checks_only;      /* GET {repository} in place of every dispatch */
	enum tls_choice tls;   /* which version is spoken */
	uint32_t connect_timeout; /* milliseconds, of each connection */
	uint32_t timeout;         /* of each target, waits included */
	uint32_t retries;         /* tries after the first */
	uint32_t pace;            /* milliseconds, or DISPATCH_PACE_DEFAULT */
};

/* The large storage of a run, for its owner to place. What most runs use stands
 * together: each page that is touched costs time. */
struct dispatch_storage {
	bool omits_details;        /* the server refuses return_run_details */
	char id[DISPATCH_ID_SIZE]; /* of the user's in the payload, or "" */
	int64_t starts[DISPATCH_HOURLY_MAX]; /* of the last targets: a ring */
	struct credential credential;
	struct installation installation;
	struct payload payload;
	struct session session;
};

/* What came of a target. */
struct dispatch_result {
	const struct url *api;
	const struct target *target;
	const char *event_type;          /* NULL for a workflow */
	const struct workflow *workflow; /* NULL for an event */
	char path[API_PATH_SIZE];        /* the last request target */
	struct api_outcome outcome;
	/* The run that the workflow started, "" if GitHub did not say: a number
	 * as it is written, and its page. Only a workflow's is known. */
	char run_id[RUN_ID_SIZE];
	char run_url[RUN_URL_SIZE];
	int64_t sent; /* clock_milliseconds() when the last try began */
	/* By which runs are found; "": none. */
	char dispatch_id[DISPATCH_ID_SIZE];
	bool id_is_ours; /* this program added it */
	/* Begins with the target. Kind ERROR_NONE: GitHub recorded the
	 * event. */
	struct error error;
};

/* Who is notified during a run. */
struct dispatch_listener {
	void *context;
	/* After each target, in their order. */
	void (*finished)(void *context, const struct dispatch_result *result);
	/* Before a wait; why is the failure. */
	void (*waits)(void *context, const struct target *target,
	    uint32_t milliseconds, const struct error *why);
	/* Before a pause of DISPATCH_PAUSE_MIN or more, since
	 * DISPATCH_HOURLY_MAX targets were begun within an hour: so many of all
	 * are finished. Not before checks, which have no pace. */
	void (*pauses)(void *context, size_t finished, uint32_t milliseconds);
	/* The repository has moved to this request target. */
	void (*moved)(
	    void *context, const struct target *target, const char *path);
	/* The App's token for this target's owner is for all repositories of
	 * the installation, which cannot access one of the targets. */
	void (*widened)(void *context, const struct target *target);
};

/* Takes the token, or reads it or the App's key. Nothing else is read before
 * that, so that every message about it can hide the secret.
 *
 * The deadline is for reading a file or standard input.
 *
 * Returns 0, or -1. */
int dispatch_take_credential(const struct dispatch_job *job,
    struct dispatch_storage *storage, struct deadline d, struct error *e)
    __attribute__((warn_unused_result));

/* Builds the payload, checks its id and all event types, and reads the trusted
 * CAs, once the credential is taken.
 *
 * An id of the user's is an error if a repository gets two events. A payload
 * that contains the token, or 20 characters of another secret that
 * secrets.h knows, is an error. The token of an App does not exist yet. The
 * deadline is for reading files and standard input.
 *
 * Returns 0, or -1. */
int dispatch_prepare(const struct dispatch_job *job,
    struct dispatch_storage *storage, struct deadline d, struct error *e)
    __attribute__((warn_unused_result));

/* Appends the URL that the event of a result is sent to, for people. */
void dispatch_write_url(struct buffer *b, const struct dispatch_result *result);

/* Returns whether the prepared payload has a part of a secret, which may be
 * there by chance: dispatch_prepare() refuses long ones. */
bool dispatch_has_secret(const struct dispatch_storage *storage);

/* Sends the event to all targets, once prepared.
 *
 * A target that fails does not stop the others; a remembered signal does.
 * Requests are wiped. The listener gets every result. The connection stays
 * open, for the runs or for dispatch_end(). */
void dispatch_send(const struct dispatch_job *job,
    struct dispatch_storage *storage, const struct dispatch_listener *listener);

/* Writes the request for a target into storage->session.request, once prepared,
 * with the token hidden. The caller wipes it: the payload is in it.
 *
 * Returns its length, or -1 with nothing there. */
ssize_t dispatch_preview(const struct dispatch_job *job,
    struct dispatch_storage *storage, const struct target *target,
    struct error *e) __attribute__((warn_unused_result));

/* Makes sure, once prepared, that an App's token is valid for the target of
 * this call. Does nothing for another credential.
 *
 * Returns 0, or -1 as installation_hold() does. */
int dispatch_renew(const struct dispatch_job *job,
    struct dispatch_storage *storage, const struct api_call *call)
    __attribute__((warn_unused_result));

/* When the token that was given expires, by GitHub's responses so far. */
struct dispatch_expiry {
	int64_t time;     /* seconds since 1970; 0: not known */
	int64_t seconds;  /* from the last response until then */
	bool is_personal; /* somebody has to make a new one */
};

/* Returns that; of an App's token nothing, since another one can be made. */
struct dispatch_expiry dispatch_expiry(
    const struct dispatch_job *job, const struct dispatch_storage *storage);

/* Revokes an App's tokens, as installation_revoke() does, and closes the
 * connection. Nothing may be sent after it. */
void dispatch_end(struct dispatch_storage *storage);

/* Overwrites the credential, the payload, the last response, and the files that
 * they were read from. The connection must be closed. */
void dispatch_wipe(struct dispatch_storage *storage);

#endif
