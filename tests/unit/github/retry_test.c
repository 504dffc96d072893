/* retry_test.c - the promise on delivery, row by row: which requests are sent
 * again, which never are, and how they end. */
#include "github/retry.h"

#include <stdio.h>

#include "base/array.h"
#include "base/error.h"
#include "tap.h"

enum { PLAIN = 0, LIMITED = 1, IDENTIFIED = 2, FRESH = 4 };

static const struct {
	enum retry_phase phase;
	int status;
	unsigned flags;
	enum retry_wait wait;
	enum error_kind kind;
} rows[] = {
    {RETRY_CONNECT, 0, PLAIN, RETRY_BACKOFF, ERROR_CONNECT},
    {RETRY_PROXY, 0, PLAIN, RETRY_NEVER, ERROR_CONNECT},
    {RETRY_HANDSHAKE, 0, PLAIN, RETRY_BACKOFF, ERROR_TLS},
    {RETRY_TRUST, 0, PLAIN, RETRY_NEVER, ERROR_TLS},
    {RETRY_PARTLY_SENT, 0, PLAIN, RETRY_BACKOFF, ERROR_CONNECT},
    {RETRY_SENT, 0, PLAIN, RETRY_NEVER, ERROR_UNKNOWN},
    {RETRY_RESPONSE, 204, PLAIN, RETRY_DONE, ERROR_NONE},
    {RETRY_RESPONSE, 200, IDENTIFIED, RETRY_DONE, ERROR_NONE},
    {RETRY_RESPONSE, 299, LIMITED | IDENTIFIED, RETRY_DONE, ERROR_NONE},
    {RETRY_RESPONSE, 200, PLAIN, RETRY_NEVER, ERROR_UNKNOWN},
    {RETRY_RESPONSE, 300, IDENTIFIED, RETRY_NEVER, ERROR_REFUSED},
    {RETRY_RESPONSE, 301, IDENTIFIED, RETRY_REDIRECT, ERROR_REFUSED},
    {RETRY_RESPONSE, 302, IDENTIFIED, RETRY_REDIRECT, ERROR_REFUSED},
    {RETRY_RESPONSE, 303, IDENTIFIED, RETRY_NEVER, ERROR_REFUSED},
    {RETRY_RESPONSE, 304, IDENTIFIED, RETRY_NEVER, ERROR_REFUSED},
    {RETRY_RESPONSE, 307, IDENTIFIED, RETRY_REDIRECT, ERROR_REFUSED},
    {RETRY_RESPONSE, 308, IDENTIFIED, RETRY_REDIRECT, ERROR_REFUSED},
    {RETRY_RESPONSE, 400, LIMITED | IDENTIFIED, RETRY_NEVER, ERROR_REFUSED},
    {RETRY_RESPONSE, 401, LIMITED | IDENTIFIED, RETRY_NEVER,
	ERROR_UNAUTHORIZED},
    {RETRY_RESPONSE, 401, FRESH, RETRY_SETTLE, ERROR_UNAUTHORIZED},
    {RETRY_RESPONSE, 403, FRESH, RETRY_SETTLE, ERROR_UNAUTHORIZED},
    {RETRY_RESPONSE, 403, LIMITED | FRESH, RETRY_AFTER, ERROR_RATE_LIMITED},
    {RETRY_RESPONSE, 204, FRESH, RETRY_DONE, ERROR_NONE},
    {RETRY_RESPONSE, 404, FRESH, RETRY_NEVER, ERROR_NOT_FOUND},
    {RETRY_RESPONSE, 500, FRESH, RETRY_NEVER, ERROR_UNKNOWN},
    {RETRY_RESPONSE, 403, IDENTIFIED, RETRY_NEVER, ERROR_UNAUTHORIZED},
    {RETRY_RESPONSE, 403, LIMITED | IDENTIFIED, RETRY_AFTER,
	ERROR_RATE_LIMITED},
    {RETRY_RESPONSE, 404, LIMITED | IDENTIFIED, RETRY_NEVER, ERROR_NOT_FOUND},
    {RETRY_RESPONSE, 408, LIMITED | IDENTIFIED, RETRY_NEVER, ERROR_REFUSED},
    {RETRY_RESPONSE, 422, LIMITED | IDENTIFIED, RETRY_NEVER, ERROR_REFUSED},
    {RETRY_RESPONSE, 429, PLAIN, RETRY_AFTER, ERROR_RATE_LIMITED},
    {RETRY_RESPONSE, 500, LIMITED | IDENTIFIED, RETRY_NEVER, ERROR_UNKNOWN},
    {RETRY_RESPONSE, 503, LIMITED | IDENTIFIED, RETRY_NEVER, ERROR_UNKNOWN},
    {RETRY_RESPONSE, 599, PLAIN, RETRY_NEVER, ERROR_UNKNOWN},
};

/* Half to all of the doubling time, for any random number. */
static void
test_backoff(void)
{
	static const uint32_t longest[] = {
	    1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000};
	unsigned number;
	uint32_t random;
	bool within = true;

	for (number = 1; number <= 8; number++) {
		for (random = 0; random < 100000; random += 7) {
			uint32_t wait = retry_backoff(number, random);

			within = within && wait >= longest[number - 1] / 2 &&
				 wait <= longest[number - 1];
		}
	}
	tap_ok(within, "the backoff stays within its bounds");
	tap_ok(retry_backoff(100, UINT32_MAX) <= 30000, "and never overflows");
}

static const struct retry_rule *
find(size_t row, bool dispatches)
{
	const struct retry_try try = {
	    .phase = rows[row].phase,
	    .dispatches = dispatches,
	    .status = rows[row].status,
	    .is_limited = (rows[row].flags & LIMITED) != 0,
	    .has_request_id = (rows[row].flags & IDENTIFIED) != 0,
	    .is_fresh = (rows[row].flags & FRESH) != 0,
	};

	return retry_find(&try);
}

int
main(void)
{
	const struct retry_rule *rule;
	char name[64];
	size_t i;
	bool in_doubt;

	for (i = 0; i < COUNT(rows); i++) {
		(void)snprintf(name, sizeof(name),
		    "phase %d, status %d, flags %u", (int)rows[i].phase,
		    rows[i].status, rows[i].flags);
		rule = find(i, true);
		tap_number(rule->wait, rows[i].wait, "%s: the wait", name);
		tap_number(rule->kind, rows[i].kind, "%s: the kind", name);
		/* Without an event nothing is in doubt. */
		in_doubt = rows[i].kind == ERROR_UNKNOWN;
		rule = find(i, false);
		tap_number(rule->wait, in_doubt ? RETRY_BACKOFF : rows[i].wait,
		    "%s, without an event: the wait", name);
		tap_number(rule->kind, in_doubt ? ERROR_CONNECT : rows[i].kind,
		    "%s, without an event: the kind", name);
	}
	test_backoff();
	return tap_done();
}
