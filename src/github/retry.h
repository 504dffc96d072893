/* retry.h - whether a request may be sent again, and after which wait. One
 * table, the promise on delivery: again only where the try before cannot have
 * been acted on. */
#ifndef RETRY_H
#define RETRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* How far a try came. */
enum retry_phase {
	RETRY_CONNECT,     /* name, address, proxy: nobody was reached */
	RETRY_PROXY,       /* a proxy said no */
	RETRY_HANDSHAKE,   /* TLS broke off */
	RETRY_TRUST,       /* the server, or TLS with it, is refused */
	RETRY_PARTLY_SENT, /* the server cannot have got all of the request */
	RETRY_SENT,        /* it may have, and gave no valid answer */
	RETRY_RESPONSE
};

struct retry_try {
	enum retry_phase phase;
	int status;   /* of an answer */
	bool limited; /* an answer that says so: a rate limit */
	bool ours;    /* an answer of 2xx that is GitHub's */
};

enum retry_wait {
	RETRY_NEVER,
	RETRY_BACKOFF,  /* 1 s, 2 s, 4 s ... with jitter */
	RETRY_AFTER,    /* as the answer says, else a minute and more */
	RETRY_REDIRECT, /* at once, at the place the answer names */
	RETRY_DONE
};

struct retry_rule {
	enum retry_phase phase;
	int first, last; /* statuses */
	bool limited, ours;
	enum retry_wait wait;
	enum error_kind kind; /* where it ends; its number is the status */
};

/* The first row that fits; there always is one. */
const struct retry_rule *retry_find(const struct retry_try *t);

/* How long to wait before try number 1, 2 ..., in milliseconds: half to all of
 * 1000 << (number - 1), at most 30 s. random is any number. */
uint32_t retry_backoff(unsigned number, uint32_t random);

#endif
