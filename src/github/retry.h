/* retry.h - whether a request is sent again, after which wait, and how it ends
 * otherwise. One table keeps the promise on delivery: a dispatch is sent again
 * only if the one before cannot have been acted on. */
#ifndef RETRY_H
#define RETRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* How far a try came. */
enum retry_phase {
	RETRY_CONNECT,     /* no connection: name, address, proxy */
	RETRY_PROXY,       /* the proxy refused */
	RETRY_HANDSHAKE,   /* the server ended the TLS handshake */
	RETRY_TRUST,       /* the server, or its TLS, is not acceptable */
	RETRY_PARTLY_SENT, /* the server cannot have received all of it */
	RETRY_SENT,        /* it may have, and no valid response came */
	RETRY_RESPONSE
};

struct retry_try {
	enum retry_phase phase;
	bool dispatches; /* the request sends an event */
	/* Of a response. */
	int status;
	bool is_limited;     /* it reports a rate limit */
	bool has_request_id; /* it comes from GitHub */
	bool is_fresh;       /* so was the token: GitHub may not know it yet */
};

enum retry_wait {
	RETRY_NEVER,
	RETRY_BACKOFF,  /* 1 s, 2 s, 4 s ... with jitter */
	RETRY_AFTER,    /* as the response says, else a minute and more */
	RETRY_SETTLE,   /* once GitHub knows the token: retry_settle() */
	RETRY_REDIRECT, /* at once, to where the response says */
	RETRY_DONE
};

struct retry_rule {
	enum retry_phase phase;
	int first, last; /* statuses */
	enum retry_condition {
		RETRY_ANY,
		RETRY_LIMITED,    /* a response that reports a rate limit */
		RETRY_IDENTIFIED, /* a response with a request id */
		RETRY_FRESH       /* a response to a fresh token */
	} condition;
	enum retry_wait wait;
	enum error_kind kind; /* of the failure, if it is not sent again */
};

/* Returns the first rule that fits, of which there always is one.
 *
 * A request that dispatches nothing cannot do harm if it is sent again: no rule
 * for it ends with ERROR_UNKNOWN. */
const struct retry_rule *retry_find(const struct retry_try *try);

/* Returns how many milliseconds to wait before try number 1, 2 ...: half to all
 * of 1000 << (number - 1), at most 30 s. random is any number. */
uint32_t retry_backoff(unsigned number, uint32_t random);

/* GitHub's servers learn of an installation's token one after the other, which
 * may take seconds (octokit/auth-app.js#65 waits as here). A request that was
 * refused because of that was not acted on.
 *
 * Returns how many milliseconds to wait before retry number 1, 2 ... with a
 * fresh token: 1, 2, 4, 8 and 15 seconds, then 0, which means no retry. */
uint32_t retry_settle(unsigned number);

#endif
