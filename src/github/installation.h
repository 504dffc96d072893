/* installation.h - how a GitHub App gets a token: a JWT signed with its key,
 * the installation that covers a repository, and a token of that installation,
 * valid for an hour and limited to what is needed; and how it gives the token
 * back. Facts: GitHub's REST docs, "Get a repository installation for the
 * authenticated app", "Create an installation access token for an app" and
 * "Revoke an installation access token". */
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
#define INSTALLATION_SLUG_SIZE 48

/* How long tokens are revoked for at the end. */
#define INSTALLATION_REVOKE_EACH 1000 /* milliseconds */
#define INSTALLATION_REVOKE_ALL 2000
#define INSTALLATION_REVOKE_STOPPED 1000 /* once a signal is remembered */

/* Who the App is, and what its token must be able to do. */
struct installation_app {
	const char *id;           /* the App's or its client's; NULL: no App */
	char *key_text;           /* the key itself; it is wiped */
	const char *key_origin;   /* names the key's variable or option */
	const char *key_file;     /* if the text is NULL */
	const char *installation; /* its id; NULL: ask for the repository's */
	bool reads_runs;          /* needs Actions: read as well */
	bool cancels_runs;        /* needs Actions: write as well */
	bool starts_workflows;    /* needs Actions: write, and no Contents */
	bool keeps_tokens;        /* they are not revoked */
};

struct installation_kept {
	const struct target *target; /* a target of the owner, or NULL */
	int64_t renew_at;            /* by clock_milliseconds() */
	int64_t valid_until;         /* 0: it has no token */
	bool is_widened;             /* it is for all of the owner's */
	char permission[8];          /* to send: "write", or "" */
	struct credential credential;
};

/* The contents are private. All zero it is one of no App, of which nothing but
 * the first members is ever touched. */
struct installation {
	const struct installation_app *app;
	struct session *session;
	const struct target_list *targets;
	size_t next;         /* the kept token to replace next */
	bool is_waiting;     /* installation_narrow() was called */
	bool was_widened;    /* since installation_was_widened() */
	int64_t clock_error; /* seconds that our clock is behind GitHub's */
	char slug[INSTALLATION_SLUG_SIZE]; /* the App's name in URLs, or "" */
	struct jwt_key key;
	struct installation_kept kept[INSTALLATION_KEPT_MAX];
	struct credential jwt;
	struct credential made; /* a token until it is kept */
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
 * A kept token that is replaced is revoked if it is still valid.
 *
 * If GitHub refuses the list because the App cannot access one of the
 * repositories, the token is for all repositories of the installation.
 *
 * Returns 0, or -1 with the call's error and outcome set. No event was
 * dispatched; outcome->next says whether to try again. */
int installation_hold(struct installation *installation,
    const struct api_call *call, struct credential *credential)
    __attribute__((warn_unused_result));

/* From now on no event is sent: tokens are requested with the rights to follow
 * runs only. A token that is kept stays until it has to be renewed. */
void installation_narrow(struct installation *installation);

/* Returns whether the kept token for the owner of a target is for all of the
 * owner's repositories. */
bool installation_is_widened(
    const struct installation *installation, const struct target *target);

/* Returns the permission to send events, by Contents or by Actions, that GitHub
 * reported with that token: "write" or less, or "" if it did not. */
const char *installation_permission(
    const struct installation *installation, const struct target *target);

/* Returns whether a token had to be for all repositories of its installation
 * since this was last called. A renewed token is not counted again. */
bool installation_was_widened(struct installation *installation);

/* Returns the App's name in URLs, as GitHub gave it with the installation of a
 * repository, or "" if the installation's id was given. The login of the App is
 * this and "[bot]". */
const char *installation_slug(const struct installation *installation);

/* Revokes all tokens that are kept and still valid, unless the App keeps them.
 *
 * This is a courtesy, for which nobody waits long: within the time above, on
 * the open connection, or on a new one if the server has closed it. What goes
 * wrong is only traced. Such a token expires within the hour. */
void installation_revoke(struct installation *installation);

/* Drops the kept token for this target's owner, which GitHub refused: the next
 * installation_hold() asks for another. */
void installation_forget(
    struct installation *installation, const struct target *target);

void installation_wipe(struct installation *installation);

#endif
