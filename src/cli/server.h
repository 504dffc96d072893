/* server.h - which API is meant, and which variable has the token for it.
 * The rules are those of gh (its manual, "gh help environment"; cli/go-gh,
 * pkg/auth), with what a runner of GitHub Actions sets added. */
#ifndef SERVER_H
#define SERVER_H

#include "base/error.h"
#include "base/url.h"
#include "cli/arguments.h"

/* Reads the value of --api-url, or of a variable in its place: GH_HOST has the
 * host of the web pages, the others a URL.
 *
 * A URL that is not that of an API is refused with the right one.
 *
 * Returns 0, or -1 with an ERROR_USAGE. */
int server_read(const struct argument *argument, const char *text,
    struct url *api, struct error *e) __attribute__((warn_unused_result));

/* Reads the token for this API from the strongest alias that is set.
 *
 * GH_PAT is for any server. GH_ENTERPRISE_TOKEN and GITHUB_ENTERPRISE_TOKEN are
 * for servers other than github.com and ghe.com, GH_TOKEN and GITHUB_TOKEN for
 * these two. If GH_HOST or GITHUB_API_URL names one of the two, they are only
 * for that one: a tenant's token must not reach another server. Only where
 * GITHUB_API_URL names github.com, GH_HOST is stronger. On a runner, where
 * GITHUB_ACTIONS is true and GITHUB_API_URL is set, GITHUB_TOKEN is only for
 * the server of the runner, whichever that is.
 *
 * Returns 0, or -1 with an ERROR_USAGE if none is set, which names a variable
 * that is set for another server. */
int server_read_token(struct arguments *arguments, const struct url *api,
    struct error *e) __attribute__((warn_unused_result));

#endif
