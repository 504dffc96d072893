/* dispatch.h - one event to its targets, one after the other. Owns the order
 * of things around the wire: everything that can fail here fails before
 * anything is dialled; one connection serves all targets; what may be sent
 * again is, inside the time of its target (retry.h). */
#ifndef DISPATCH_H
#define DISPATCH_H

#include <stdint.h>

#include "base/error.h"
#include "base/url.h"
#include "event/payload.h"
#include "github/api.h"
#include "github/credential.h"
#include "github/installation.h"
#include "github/session.h"
#include "github/target.h"
#include "os/clock.h"

#define DISPATCH_REDIRECTS_MAX 5

/* GitHub's advice for many writes (REST docs, "Best practices for using the
 * REST API", and "Rate limits", "secondary rate limits"): one after the other,
 * a second apart, not over 500 an hour. Held where there are more targets. */
#define DISPATCH_UNPACED_MAX 10
#define DISPATCH_PACE 1000 /* milliseconds between two beginnings */
#define DISPATCH_HOURLY_MAX 500
#define DISPATCH_PACE_DEFAULT UINT32_MAX

struct dispatch_job {
	const struct url *api;
	const struct proxy *proxy; /* which may say that none is used */
	const struct target_list *targets;
	const char *event_type; /* of targets without one of their own */
	struct payload_parts parts;
	struct app app; /* its id NULL: there is a token, of which ... */
	char *token;    /* wiped once it is taken; or NULL ... */
	const char *token_origin;
	const char *token_file;   /* ... where this is set */
	const char *ca_file;      /* NULL: the built-in roots */
	uint32_t connect_timeout; /* milliseconds, of each connection */
	uint32_t timeout;         /* of each target, waits included */
	uint32_t retries;         /* tries after the first */
	uint32_t pace;            /* milliseconds, or DISPATCH_PACE_DEFAULT */
};

/* The big storage of a run, for its owner to place. */
struct dispatch_storage {
	struct credential credential;
	struct installation installation;
	struct payload payload;
	struct session session;
	int64_t starts[DISPATCH_HOURLY_MAX]; /* of the last targets */
};

/* What became of a target. */
struct dispatch_result {
	const struct url *api;
	const struct target *target;
	const char *event_type;
	char path[API_PATH_SIZE]; /* the last request target */
	struct api_outcome outcome;
	struct error error; /* kind ERROR_NONE: GitHub recorded the event */
};

/* Who is told while a run goes on. */
struct dispatch_listener {
	void *context;
	/* Each target once, in their order. */
	void (*finished)(void *context, const struct dispatch_result *r);
	/* Before a wait; why is what failed. */
	void (*waits)(void *context, const struct target *t,
	    uint32_t milliseconds, const struct error *why);
	/* The repository is somewhere else; path is a request target. */
	void (*moved)(void *context, const struct target *t, const char *path);
};

/* Takes the token, makes the payload, which must not hold it (an App's is not
 * known yet), looks at the event types, reads the roots; d is for what is
 * read. Returns 0 or -1. */
int dispatch_prepare(const struct dispatch_job *job, struct dispatch_storage *s,
    struct deadline d, struct error *e) __attribute__((warn_unused_result));

/* Once prepared: sends the event to all targets; one that fails stops none of
 * the others, a remembered signal does. Requests are wiped. Returns the kind
 * of the first failure in their order. */
enum error_kind dispatch_send(const struct dispatch_job *job,
    struct dispatch_storage *s, const struct dispatch_listener *l);

/* Once prepared: what would be sent to a target, into s->session.request, the
 * token hidden. Returns its length or -1. */
ssize_t dispatch_preview(const struct dispatch_job *job,
    struct dispatch_storage *s, const struct target *t, struct error *e)
    __attribute__((warn_unused_result));

/* Once prepared: makes sure of an App's token that is good for this target; a
 * token that was given is. Returns 0, or -1 as installation_hold does. */
int dispatch_renew(const struct dispatch_job *job, struct dispatch_storage *s,
    const struct target *t, struct api_outcome *o, struct deadline d,
    struct error *e) __attribute__((warn_unused_result));

void dispatch_wipe(struct dispatch_storage *s);

#endif
