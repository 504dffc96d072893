/* retry.c - the rules are searched in order; the last one of each phase fits
 * whatever is left. The README has the same rows, worded as the comments. */
#include "github/retry.h"

#include "base/array.h"
#include "base/error.h"

#define LONGEST_BACKOFF 30000 /* milliseconds */

static const struct retry_rule rules[] = {
    /* no connection: name, address, proxy, timeout, reset */
    {RETRY_CONNECT, 0, 0, RETRY_ANY, RETRY_BACKOFF, ERROR_CONNECT},
    /* the proxy refused the connection */
    {RETRY_PROXY, 0, 0, RETRY_ANY, RETRY_NEVER, ERROR_CONNECT},
    /* the server ended the TLS handshake */
    {RETRY_HANDSHAKE, 0, 0, RETRY_ANY, RETRY_BACKOFF, ERROR_TLS},
    /* TLS failed: certificate, host name, protocol */
    {RETRY_TRUST, 0, 0, RETRY_ANY, RETRY_NEVER, ERROR_TLS},
    /* the request was not completely written */
    {RETRY_PARTLY_SENT, 0, 0, RETRY_ANY, RETRY_BACKOFF, ERROR_CONNECT},
    /* no valid response, or a 2xx before all of the request was written */
    {RETRY_SENT, 0, 0, RETRY_ANY, RETRY_NEVER, ERROR_UNKNOWN},
    /* 204 */
    {RETRY_RESPONSE, 204, 204, RETRY_ANY, RETRY_DONE, ERROR_NONE},
    /* another 2xx with X-GitHub-Request-Id */
    {RETRY_RESPONSE, 200, 299, RETRY_IDENTIFIED, RETRY_DONE, ERROR_NONE},
    /* another 2xx without it */
    {RETRY_RESPONSE, 200, 299, RETRY_ANY, RETRY_NEVER, ERROR_UNKNOWN},
    /* 301 or 302 to the same origin */
    {RETRY_RESPONSE, 301, 302, RETRY_ANY, RETRY_REDIRECT, ERROR_REFUSED},
    /* 307 or 308 to the same origin */
    {RETRY_RESPONSE, 307, 308, RETRY_ANY, RETRY_REDIRECT, ERROR_REFUSED},
    /* any other redirect */
    {RETRY_RESPONSE, 300, 399, RETRY_ANY, RETRY_NEVER, ERROR_REFUSED},
    /* 401 to an App's token that is less than a minute old */
    {RETRY_RESPONSE, 401, 401, RETRY_FRESH, RETRY_SETTLE, ERROR_UNAUTHORIZED},
    /* any other 401 */
    {RETRY_RESPONSE, 401, 401, RETRY_ANY, RETRY_NEVER, ERROR_UNAUTHORIZED},
    /* 403 that is a rate limit */
    {RETRY_RESPONSE, 403, 403, RETRY_LIMITED, RETRY_AFTER, ERROR_RATE_LIMITED},
    /* 429 */
    {RETRY_RESPONSE, 429, 429, RETRY_ANY, RETRY_AFTER, ERROR_RATE_LIMITED},
    /* another 403 to an App's token that is less than a minute old */
    {RETRY_RESPONSE, 403, 403, RETRY_FRESH, RETRY_SETTLE, ERROR_UNAUTHORIZED},
    /* any other 403 */
    {RETRY_RESPONSE, 403, 403, RETRY_ANY, RETRY_NEVER, ERROR_UNAUTHORIZED},
    /* 404 */
    {RETRY_RESPONSE, 404, 404, RETRY_ANY, RETRY_NEVER, ERROR_NOT_FOUND},
    /* any other 4xx */
    {RETRY_RESPONSE, 400, 499, RETRY_ANY, RETRY_NEVER, ERROR_REFUSED},
    /* 5xx */
    {RETRY_RESPONSE, 500, 599, RETRY_ANY, RETRY_NEVER, ERROR_UNKNOWN},
};

/* For a request that may have arrived, but dispatches nothing. */
static const struct retry_rule harmless = {
    .wait = RETRY_BACKOFF, .kind = ERROR_CONNECT};

static bool
fits(const struct retry_rule *rule, const struct retry_try *try)
{
	if (rule->phase != try->phase)
		return false;
	if (try->phase != RETRY_RESPONSE)
		return true;
	if (try->status < rule->first || try->status > rule->last)
		return false;
	return rule->condition == RETRY_ANY ||
	       (rule->condition == RETRY_FRESH && try->is_fresh) ||
	       (rule->condition == RETRY_LIMITED && try->is_limited) ||
	       (rule->condition == RETRY_IDENTIFIED && try->has_request_id);
}

const struct retry_rule *
retry_find(const struct retry_try *try)
{
	size_t i;

	for (i = 0; i + 1 < COUNT(rules); i++) {
		if (fits(&rules[i], try))
			break;
	}
	if (rules[i].kind == ERROR_UNKNOWN && !try->dispatches)
		return &harmless;
	return &rules[i];
}

uint32_t
retry_backoff(unsigned number, uint32_t random)
{
	uint32_t longest = number > 5 ? LONGEST_BACKOFF : 1000U << (number - 1);

	return longest / 2 + random % (longest / 2 + 1);
}

uint32_t
retry_settle(unsigned number)
{
	static const uint32_t waits[] = {1000, 2000, 4000, 8000, 15000};

	return number <= COUNT(waits) ? waits[number - 1] : 0;
}
