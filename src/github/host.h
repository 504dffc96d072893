/* host.h - the hosts of GitHub: which one has the web pages, which one the API,
 * and whether two names mean the same server.
 * Facts: GitHub's docs, "Getting started with the REST API" (GitHub Enterprise
 * Server: https://HOST/api/v3; ghe.com: https://api.SUBDOMAIN.ghe.com); the
 * rules are those of gh (cli/go-gh, pkg/auth, NormalizeHostname and
 * IsTenancy). */
#ifndef HOST_H
#define HOST_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/span.h"
#include "base/url.h"

enum host_kind {
	HOST_GITHUB, /* github.com */
	HOST_TENANT, /* a tenant on ghe.com */
	HOST_SERVER  /* any other */
};

enum host_kind host_kind(const char *host);

/* Returns whether two hosts, in any case, are names of the same server:
 * github.com, www.github.com, ssh.github.com and api.github.com are. */
bool host_is_same(struct span one, struct span other);

/* Appends the URL of the API of a host: https://api.github.com,
 * https://api.NAME.ghe.com, or https://HOST[:PORT]/api/v3. */
void host_write_api(struct buffer *b, const struct url *host);

/* Returns whether a URL can be that of an API.
 *
 * On github.com and on ghe.com it must be what host_write_api() writes. On
 * another server the path must be empty or /api/v3. The port does not matter.
 */
bool host_is_api(const struct url *url);

#endif
