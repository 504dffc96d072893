/* credential.h - the token: where it comes from, its shape, its end.
 * No function gives it back; it is only written into a request. */
#ifndef CREDENTIAL_H
#define CREDENTIAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "os/clock.h"

/* New installation tokens are JWTs of some 520 characters and GitHub asks
 * clients to take tokens as opaque; this is well above any seen. */
#define CREDENTIAL_MAX 4096

struct credential {
	size_t length; /* 0: none */
	char token[CREDENTIAL_MAX];
};

/* Takes the token out of an argument or a variable and wipes it there, so
 * that a process listing stops showing it. origin names it in messages. */
int credential_take(struct credential *c, char *text, const char *origin,
    struct error *e) __attribute__((warn_unused_result));

/* Reads it from a file, "-" for standard input; line ends after it are
 * dropped. */
int credential_read_file(struct credential *c, const char *path,
    struct deadline d, struct error *e) __attribute__((warn_unused_result));

/* By its beginning (GitHub's docs, "About authentication to GitHub", "GitHub's
 * token formats"); for hints, and to tell a secret from other text. */
enum credential_kind {
	CREDENTIAL_OTHER,
	CREDENTIAL_CLASSIC,      /* ghp_ */
	CREDENTIAL_FINE_GRAINED, /* github_pat_ */
	CREDENTIAL_INSTALLATION, /* ghs_: an App's, or a workflow's own */
	CREDENTIAL_USER          /* gho_, ghu_: in a user's name */
};

enum credential_kind credential_kind(const struct credential *c);

/* Whether a text begins with what looks like one of GitHub's tokens, or like a
 * key in PEM: where it is given for something else, no message may show it. */
bool credential_is_secret(const char *text);

/* Whether the token is somewhere in the bytes. One of less than 20 characters
 * is none of GitHub's, and may be there by chance. */
bool credential_is_in(
    const struct credential *c, const char *bytes, size_t length);

/* Appends the Authorization field with its line end (RFC 6750, 2.1). */
void credential_write_field(const struct credential *c, struct buffer *b);

void credential_wipe(struct credential *c);

#endif
