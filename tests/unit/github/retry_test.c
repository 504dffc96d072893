/* retry_test.c - the promise on delivery, row by row: what is sent again, what
 * never is, and where it ends. */
#include "github/retry.h"

#include <stdio.h>

#include "base/array.h"
#include "base/error.h"
#include "tap.h"

static const struct {
	struct retry_try t;
	enum retry_wait wait;
	enum error_kind kind;
} rows[] = {
    {{RETRY_CONNECT, 0, false, false}, RETRY_BACKOFF, ERROR_CONNECT},
    {{RETRY_PROXY, 0, false, false}, RETRY_NEVER, ERROR_CONNECT},
    {{RETRY_HANDSHAKE, 0, false, false}, RETRY_BACKOFF, ERROR_TLS},
    {{RETRY_TRUST, 0, false, false}, RETRY_NEVER, ERROR_TLS},
    {{RETRY_PARTLY_SENT, 0, false, false}, RETRY_BACKOFF, ERROR_CONNECT},
    {{RETRY_SENT, 0, false, false}, RETRY_NEVER, ERROR_UNKNOWN},
    {{RETRY_RESPONSE, 204, false, false}, RETRY_DONE, ERROR_NONE},
    {{RETRY_RESPONSE, 200, false, true}, RETRY_DONE, ERROR_NONE},
    {{RETRY_RESPONSE, 299, true, true}, RETRY_DONE, ERROR_NONE},
    {{RETRY_RESPONSE, 200, false, false}, RETRY_NEVER, ERROR_UNKNOWN},
    {{RETRY_RESPONSE, 300, false, true}, RETRY_NEVER, ERROR_REFUSED},
    {{RETRY_RESPONSE, 301, false, true}, RETRY_REDIRECT, ERROR_REFUSED},
    {{RETRY_RESPONSE, 302, false, true}, RETRY_REDIRECT, ERROR_REFUSED},
    {{RETRY_RESPONSE, 303, false, true}, RETRY_NEVER, ERROR_REFUSED},
    {{RETRY_RESPONSE, 304, false, true}, RETRY_NEVER, ERROR_REFUSED},
    {{RETRY_RESPONSE, 307, false, true}, RETRY_REDIRECT, ERROR_REFUSED},
    {{RETRY_RESPONSE, 308, false, true}, RETRY_REDIRECT, ERROR_REFUSED},
    {{RETRY_RESPONSE, 400, true, true}, RETRY_NEVER, ERROR_REFUSED},
    {{RETRY_RESPONSE, 401, true, true}, RETRY_NEVER, ERROR_UNAUTHORIZED},
    {{RETRY_RESPONSE, 403, false, true}, RETRY_NEVER, ERROR_UNAUTHORIZED},
    {{RETRY_RESPONSE, 403, true, true}, RETRY_AFTER, ERROR_RATE_LIMITED},
    {{RETRY_RESPONSE, 404, true, true}, RETRY_NEVER, ERROR_NOT_FOUND},
    {{RETRY_RESPONSE, 408, true, true}, RETRY_NEVER, ERROR_REFUSED},
    {{RETRY_RESPONSE, 422, true, true}, RETRY_NEVER, ERROR_REFUSED},
    {{RETRY_RESPONSE, 429, false, false}, RETRY_AFTER, ERROR_RATE_LIMITED},
    {{RETRY_RESPONSE, 500, true, true}, RETRY_NEVER, ERROR_UNKNOWN},
    {{RETRY_RESPONSE, 503, true, true}, RETRY_NEVER, ERROR_UNKNOWN},
    {{RETRY_RESPONSE, 599, false, false}, RETRY_NEVER, ERROR_UNKNOWN},
};

/* Half to all of the doubling time, whatever the dice say. */
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

int
main(void)
{
	const struct retry_rule *r;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		r = retry_find(&rows[i].t);
		tap_ok(r->wait == rows[i].wait && r->kind == rows[i].kind,
		    "phase %d, answer %d%s%s", (int)rows[i].t.phase,
		    rows[i].t.status, rows[i].t.limited ? ", limited" : "",
		    rows[i].t.ours ? ", ours" : "");
	}
	test_backoff();
	return tap_done();
}
