/* credential.h - the token: where it comes from, its form, its end.
 * No function returns it; it is only written into requests. */
#ifndef CREDENTIAL_H
#define CREDENTIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/secrets.h"
#include "os/clock.h"

/* GitHub asks clients to treat tokens as opaque. Its longest, installation
 * tokens with a JWT inside, have some 520 characters. */
#define CREDENTIAL_MAX 4096

struct credential {
	size_t length;       /* 0: none */
	int64_t fresh_until; /* by clock_milliseconds(); 0: not made here */
	/* While a file is read, its line ending and a NUL follow the token. */
	char token[CREDENTIAL_MAX + 3];
};

/* Moves the token out of an argument or a variable, which is wiped so that a
 * process listing stops showing it. origin names it in messages. It is hidden
 * in every text from now on (secrets.h).
 *
 * Returns 0, or -1 with an ERROR_USAGE. */
int credential_take(struct credential *credential, char *text,
    enum secrets_life life, const char *origin, struct error *e)
    __attribute__((warn_unused_result));

/* Reads the token from a file, or from standard input for "-". Line endings
 * after it are dropped. It is hidden in every text from now on.
 *
 * Returns 0, or -1 with an ERROR_USAGE. */
int credential_read_file(struct credential *credential, const char *path,
    struct deadline d, struct error *e) __attribute__((warn_unused_result));

/* The kinds of tokens, by prefix (GitHub's docs, "About authentication to
 * GitHub", "GitHub's token formats"). */
enum credential_kind {
	CREDENTIAL_OTHER,
	CREDENTIAL_CLASSIC,      /* ghp_ */
	CREDENTIAL_FINE_GRAINED, /* github_pat_ */
	CREDENTIAL_INSTALLATION, /* ghs_: of an App, or of a workflow */
	CREDENTIAL_USER          /* gho_, ghu_: on behalf of a user */
};

enum credential_kind credential_kind(const struct credential *credential);

/* Returns whether a text begins with what has the form of a token of GitHub's,
 * or with a key in PEM. If it was given for something else, no message may show
 * it. */
bool credential_is_secret(const char *text);

/* Returns whether the token is somewhere in the bytes.
 *
 * Tokens under 20 characters are not searched for: GitHub issues none, and a
 * match could be chance. */
bool credential_is_in(
    const struct credential *credential, const char *bytes, size_t length);

/* Appends the Authorization field with its line end (RFC 6750, 2.1). */
void credential_write_field(
    const struct credential *credential, struct buffer *b);

/* Whether the token was made so lately, at our request, that not all of
 * GitHub's servers may know it. */
bool credential_is_fresh(const struct credential *credential);

void credential_wipe(struct credential *credential);

#endif
