/* installation.h - how a GitHub App gets a token: a JWT signed with its key,
 * the installation that covers a repository, and a token of that installation,
 * valid for an hour and limited to what is needed. Facts: GitHub's REST docs,
 * "Get a repository installation for the authenticated app" and "Create an
 * installation access token for an app". */
#ifndef INSTALLATION_H
#define INSTALLATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "github/api.h"
#include "github/credential.h"
#include "github/jwt.h"
#include "github/session.h"
#include "github/target.h"
#include "os/clock.h"

#define INSTALLATION_REPOSITORIES_MAX 500 /* GitHub's limit of a list */
#define INSTALLATION_BODY_MAX 65536
#define INSTALLATION_KEPT_MAX 16 /* tokens, each of another owner */

/* Who the App is, and what its token must be able to do. */
struct installation_app {
	const char *id;           /* the App's or its client's; NULL: no App */
	char *key_text;           /* the key itself; it is wiped */
	const char *key_origin;   /* names the key's variable or option */
	const char *key_file;     /* if the text is NULL */
	const char *installation; /* its id; NULL: ask for the repository's */
	bool reads_runs;          /* needs Actions: read as well */
	bool starts_workflows;    /* needs Actions: write, and no Contents */
};

struct installation_kept {
	const struct target *target; /* a target of the owner, or NULL */
	int64_t renew_at;            /* by clock_milliseconds() */
	struct credential credential;
};

/* The contents are private. */
struct installation {
	const struct installation_app *app;
	struct session *session;
	const struct target_list *targets;
	struct installation_kept kept[INSTALLATION_KEPT_MAX];
	size_t next;         /* the kept token to replace next */
	int64_t clock_error; /* seconds that our clock is behind GitHub's */
	struct jwt_key key;
	struct credential jwt;
	char body[INSTALLATION_BODY_MAX];
};

/* Reads the App's key. app, session and targets must stay as long as the
 * installation.
 *
 * Returns 0, or -1. */
int installation_prepare(struct installation *installation,
    const struct installation_app *app, struct session *session,
    const struct target_list *targets, struct deadline d, struct error *e)
    __attribute__((warn_unused_result));

/* Sets credential to a token for the target of this call, valid for all targets
 * of its owner in the list. GitHub is asked only if no token is kept.
 *
 * Returns 0, or -1 with the call's error and outcome set. No event was
 * dispatched; outcome->next says whether to try again. */
int installation_hold(struct installation *installation,
    const struct api_call *call, struct credential *credential)
    __attribute__((warn_unused_result));

void installation_wipe(struct installation *installation);

#endif
