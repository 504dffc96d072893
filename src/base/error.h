/* error.h - one failure, as a value that travels up.
 * It says what failed, on what and why; only main.c turns it into an exit
 * status and only report.c prints it. */
#ifndef ERROR_H
#define ERROR_H

#include <stdbool.h>

#define ERROR_LINE_SIZE 1024
#define ERROR_EXCERPT_SIZE 320
#define ERROR_SUBJECT_SIZE 288

/* What the caller can do about it; one exit status each, the number is it. */
enum error_kind {
	ERROR_NONE = 0,
	ERROR_LOCAL = 1,        /* memory, file, write to standard output */
	ERROR_USAGE = 2,        /* options or configuration */
	ERROR_PAYLOAD = 3,      /* event type, payload or JSON refused here */
	ERROR_UNAUTHORIZED = 4, /* 401 or 403 */
	ERROR_NOT_FOUND = 5,    /* 404 */
	ERROR_REFUSED = 6,      /* 422, another 4xx, a redirect */
	ERROR_RATE_LIMITED = 7, /* the wait does not fit the deadline */
	ERROR_CONNECT = 8,      /* nothing was sent */
	ERROR_TLS = 9,          /* certificate, host name, protocol */
	ERROR_UNKNOWN = 10,     /* sent, and no valid response came */
	ERROR_RUN_FAILED = 11,  /* sent, and a run did not succeed */
	ERROR_RUN_MISSING = 12  /* sent; no run found, or not ended in time */
};

/* What would help, in terms of the layer that failed. Lower layers do not know
 * the command line: src/cli/hint.c has the words for each. */
enum error_advice {
	ADVICE_NONE,
	ADVICE_TRUST_CA,       /* trust a private CA */
	ADVICE_EXTEND_FILE,    /* trust it in the file of CAs */
	ADVICE_CHECK_URL,      /* check host and port of the API's URL */
	ADVICE_NOT_A_PAGE,     /* the API's URL, not one for browsers */
	ADVICE_CHECK_HOST,     /* the URL's host, or who is on the way there */
	ADVICE_SECRET_HOST,    /* find the secret that a host contains */
	ADVICE_LONGER_TIMEOUT, /* allow more time for each target */
	ADVICE_MORE_RETRIES,   /* allow more tries */
	ADVICE_LONGER_WAIT,    /* allow more time for the runs */
	ADVICE_AMBIGUOUS,      /* follow all runs, or name the workflow */
	ADVICE_FEWER_PROPERTIES, /* nest them, or do not check limits */
	ADVICE_FEWER_INPUTS,     /* join some, or do not check limits */
	ADVICE_SMALLER_PAYLOAD,  /* send less, or do not check limits */
	ADVICE_NAME_OWNER,       /* say whose repository it is */
	ADVICE_NAME_REPOSITORY,  /* say which repository */
	ADVICE_EVENT_TYPE,       /* write the event type without "=" */
	ADVICE_GIVE_TOKEN,   /* say where the token is; subject: variables */
	ADVICE_NAME_SERVER,  /* use the API of subject, a host */
	ADVICE_ANY_TLS,      /* permit both versions of TLS */
	ADVICE_OLD_TLS,      /* TLS 1.2, which a firewall may know */
	ADVICE_PIN_TLS,      /* speak TLS 1.2 only */
	ADVICE_INSTALLATION, /* check the id of the App's installation */
	ADVICE_COUNT
};

struct error {
	enum error_kind kind;
	/* May hold bytes of a server or a user: the printer escapes it. */
	char line[ERROR_LINE_SIZE];
	const char *hint;                 /* static text, or NULL */
	enum error_advice advice;         /* in place of a hint */
	char subject[ERROR_SUBJECT_SIZE]; /* what the advice is about, or "" */
	char excerpt[ERROR_EXCERPT_SIZE]; /* lines to show below, or "" */
	/* Of a stream: the peer refused the connection itself, and has acted on
	 * nothing that was written to it. */
	bool is_unheard;
	bool is_of_file; /* a file is at fault: error_name_origin() */
};

void error_clear(struct error *e);

/* Records the failure unless one is recorded already (the first one is the
 * cause, later ones are its echo). A line that does not fit is cut. Always
 * returns -1, so that callers can return it. */
int error_set(struct error *e, enum error_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same, with the system's text for errnum after the line. */
int error_set_errno(struct error *e, enum error_kind kind, int errnum,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Records a failure that another one caused, unless one is recorded already: of
 * the same kind, with "CONTEXT: " before its line, and with its hint. Always
 * returns -1. */
int error_wrap(struct error *e, const struct error *cause, const char *context,
    ...) __attribute__((format(printf, 3, 4)));

/* Records a failure that has been reported already, unless one is recorded:
 * its line is empty, and only the kind counts from here on. Always returns
 * -1. */
int error_reported(struct error *e, enum error_kind kind);

/* Adds to the line of the recorded failure, as far as it fits. */
void error_append(struct error *e, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Marks the recorded failure as one of a whole file, such as that it cannot be
 * read or is of the wrong kind. Returns -1. */
int error_of_file(struct error *e);

/* If the failure is one of a file, puts before its line who named the file: an
 * option or a variable. It does so once. Returns -1. */
int error_name_origin(struct error *e, const char *origin);

/* Adds what the user can do, unless that is there already: static text that
 * names no option. Returns -1. */
int error_hint(struct error *e, const char *hint);

/* Adds what the user can do where the command line has a way to do it. It
 * counts in place of a hint. Returns -1. */
int error_advise(struct error *e, enum error_advice advice);

/* Does the same with what the advice is about. Returns -1. */
int error_advise_about(
    struct error *e, enum error_advice advice, const char *subject);

#endif
