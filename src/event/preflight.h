/* preflight.h - finds out before an event is sent whether it could be: the same
 * connection, token and targets, but GET {repository} in the place of each
 * dispatch. No request that changes a repository is sent.
 *
 * Whether a token may write is not asked anywhere in GitHub's API. Known are
 * the scopes of a classic token (REST docs, "Scopes for OAuth apps",
 * X-OAuth-Scopes) and the permissions of a token that was made here ("Create an
 * installation access token for an app"). permissions.push of a repository is
 * about its owner: of a fine-grained token it says nothing. */
#ifndef PREFLIGHT_H
#define PREFLIGHT_H

#include <stdbool.h>
#include <stdint.h>

#include "event/dispatch.h"
#include "github/credential.h"
#include "github/response.h"

enum preflight_verdict { PREFLIGHT_NOT_KNOWN, PREFLIGHT_YES, PREFLIGHT_NO };

/* What is known about a target. */
struct preflight_result {
	/* Its error is what the dispatch would fail with, as far as can be
	 * known. */
	struct dispatch_result result;
	enum preflight_verdict is_reachable;
	enum preflight_verdict can_write;
	const char *reason; /* of can_write; NULL: it was not found out */
};

/* Whose the token is. */
struct preflight_account {
	const char *app; /* an App's id, or NULL */
	enum credential_kind kind;
	char login[64]; /* "" if not known */
	bool has_scopes;
	char scopes[RESPONSE_TEXT_SIZE];
	struct dispatch_expiry expiry;
	bool has_limit; /* of requests, in an hour */
	uint64_t limit, remaining;
	int64_t reset; /* seconds since 1970 */
};

struct preflight_listener {
	void *context;
	/* After each target, in their order. */
	void (*checked)(void *context, const struct preflight_result *result);
	/* Waits, moves and widening; its finished() is not called. */
	struct dispatch_listener dispatch;
};

/* Checks all targets, once prepared, and then asks whose the token is and what
 * is left of the rate limit, if any target was responded to.
 *
 * job->checks_only must be set. What GitHub does not say leaves no failure.
 *
 * Sets e to ERROR_RATE_LIMITED if fewer requests are left than there are
 * targets, for longer than a target's time. */
void preflight_run(const struct dispatch_job *job,
    struct dispatch_storage *storage, const struct preflight_listener *listener,
    struct preflight_account *account, struct error *e);

#endif
