/* retry.c - rows are looked through in their order; the last of each phase
 * takes what is left. The comments are as the README has them. */
#include "github/retry.h"

#include "base/array.h"
#include "base/error.h"

static const struct retry_rule rules[] = {
    /* no connection: name, address, proxy, time, a reset */
    {RETRY_CONNECT, 0, 0, false, false, RETRY_BACKOFF, ERROR_CONNECT},
    /* the proxy said no */
    {RETRY_PROXY, 0, 0, false, false, RETRY_NEVER, ERROR_CONNECT},
    /* the server ended the TLS handshake */
    {RETRY_HANDSHAKE, 0, 0, false, false, RETRY_BACKOFF, ERROR_TLS},
    /* TLS refused: certificate, host name, protocol */
    {RETRY_TRUST, 0, 0, false, false, RETRY_NEVER, ERROR_TLS},
    /* the request was not completely written */
    {RETRY_PARTLY_SENT, 0, 0, false, false, RETRY_BACKOFF, ERROR_CONNECT},
    /* the request was written, and no valid answer came */
    {RETRY_SENT, 0, 0, false, false, RETRY_NEVER, ERROR_UNKNOWN},
    /* 204 */
    {RETRY_RESPONSE, 204, 204, false, false, RETRY_DONE, ERROR_NONE},
    /* another 2xx with X-GitHub-Request-Id */
    {RETRY_RESPONSE, 200, 299, false, true, RETRY_DONE, ERROR_NONE},
    /* another 2xx without it */
    {RETRY_RESPONSE, 200, 299, false, false, RETRY_NEVER, ERROR_UNKNOWN},
    /* 301 or 302 to the same origin */
    {RETRY_RESPONSE, 301, 302, false, false, RETRY_REDIRECT, ERROR_REFUSED},
    /* 307 or 308 to the same origin */
    {RETRY_RESPONSE, 307, 308, false, false, RETRY_REDIRECT, ERROR_REFUSED},
    /* any other redirect */
    {RETRY_RESPONSE, 300, 399, false, false, RETRY_NEVER, ERROR_REFUSED},
    /* 401 */
    {RETRY_RESPONSE, 401, 401, false, false, RETRY_NEVER, ERROR_UNAUTHORIZED},
    /* 403 that is a rate limit */
    {RETRY_RESPONSE, 403, 403, true, false, RETRY_AFTER, ERROR_RATE_LIMITED},
    /* 429 */
    {RETRY_RESPONSE, 429, 429, false, false, RETRY_AFTER, ERROR_RATE_LIMITED},
    /* any other 403 */
    {RETRY_RESPONSE, 403, 403, false, false, RETRY_NEVER, ERROR_UNAUTHORIZED},
    /* 404 */
    {RETRY_RESPONSE, 404, 404, false, false, RETRY_NEVER, ERROR_NOT_FOUND},
    /* any other 4xx */
    {RETRY_RESPONSE, 400, 499, false, false, RETRY_NEVER, ERROR_REFUSED},
    /* 5xx */
    {RETRY_RESPONSE, 500, 599, false, false, RETRY_NEVER, ERROR_UNKNOWN},
};

const struct retry_rule *
retry_find(const struct retry_try *t)
{
	const struct retry_rule *r = rules;

	for (; r < rules + COUNT(rules) - 1; r++) {
		if (r->phase != t->phase)
			continue;
		if (t->phase != RETRY_RESPONSE)
			break;
		if (t->status >= r->first && t->status <= r->last &&
		    (!r->limited || t->limited) && (!r->ours || t->ours))
			break;
	}
	return r;
}

uint32_t
retry_backoff(unsigned number, uint32_t random)
{
	uint32_t longest = number > 5 ? 30000 : 1000U << (number - 1);

	if (longest > 30000)
		longest = 30000;
	return longest / 2 + random % (longest / 2 + 1);
}
