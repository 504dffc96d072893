/* installation.h - a GitHub App's way to a token: a JWT made of its key, the
 * installation that covers a repository, and a token of that installation,
 * for an hour, narrowed to what is needed (GitHub's REST docs, "Get a
 * repository installation for the authenticated app", "Create an installation
 * access token for an app"). */
#ifndef INSTALLATION_H
#define INSTALLATION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "github/api.h"
#include "github/credential.h"
#include "github/jwt.h"
#include "github/session.h"
#include "github/target.h"
#include "os/clock.h"

#define INSTALLATION_REPOSITORIES_MAX 500 /* GitHub's; more are not listed */
#define INSTALLATION_BODY_MAX 65536

struct app {
	const char *id; /* the App's or its client's; NULL: no App */
	const char *key_file;
	const char *installation; /* its id, or NULL to ask for it */
	bool reads_runs;          /* Actions: read is needed, too */
};

#define INSTALLATION_KEPT_MAX 16 /* tokens, each of another owner */

struct installation {
	struct installation_kept {
		const struct target *target; /* of this one's owner, or NULL */
		int64_t renew_at; /* milliseconds of clock_milliseconds() */
		struct credential credential;
	} kept[INSTALLATION_KEPT_MAX];
	size_t next;         /* the one to give up for another owner */
	int64_t clock_error; /* seconds our clock is behind GitHub's */
	struct jwt_key key;
	struct credential jwt;
	char body[INSTALLATION_BODY_MAX];
};

/* Reads the key. Returns 0 or -1. */
int installation_prepare(struct installation *a, const struct app *app,
    struct deadline d, struct error *e) __attribute__((warn_unused_result));

/* Makes c hold a token good for this target, and for all of the list with its
 * owner; asks GitHub only where none is kept. Returns 0, or -1 with e and o
 * set, where o->next says whether to try again; nothing was dispatched. */
int installation_hold(struct installation *a, const struct app *app,
    struct session *s, const struct target_list *l, const struct target *t,
    struct credential *c, struct api_outcome *o, struct deadline d,
    struct error *e) __attribute__((warn_unused_result));

void installation_wipe(struct installation *a);

#endif
