/* value.h - the value of an option, or a part of it, in a message.
 *
 * People put secrets where none belong: a token in place of a file's name, a
 * key whose line ends were lost. Such a secret is not in the registry
 * (secrets.h), so a message that repeats a value shows it by value_show(), and
 * a path by file_name() (os/file.h). */
#ifndef VALUE_H
#define VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

#define VALUE_MAX 64 /* bytes shown */

/* Storage for a shown value, with "..." and a NUL. */
struct value {
	char text[VALUE_MAX + 4];
};

/* Returns whether a text may hold a secret, so that no message should show it:
 * the beginning of one of GitHub's tokens anywhere in it, a key in PEM or the
 * Base64 of one, the Base64 of a key in DER, a password in a URL, or what looks
 * like random bytes (32 characters of Base64 in a row, 40 of hexadecimal, or a
 * JWT). Ordinary names may do so, too: highs_and_lows. */
bool value_may_have_secret(struct span text);

/* Returns whether a text holds what has the form of one of GitHub's tokens or
 * of a private key. That is enough to refuse a text. */
bool value_has_secret(struct span text);

/* Returns whether a text begins with what has the form of a token. */
bool value_is_token(struct span text);

/* Returns whether a text may hold a password, USER:PASSWORD@, as URLs do. A
 * quotation mark ends them, as it does in JSON. */
bool value_has_password(struct span text);

/* Returns whether a text is a line of Base64 or a part of one: at least 32 of
 * its characters and nothing else, with digits and letters of both cases. */
bool value_is_base64(struct span text);

/* Makes the tokens in a text known as secrets, and not what is around them: a
 * repository's URL may have a token as its user. Of a text that holds a key,
 * all runs are added.
 *
 * Returns whether there is any. */
bool value_learn(struct span text);

/* Writes what a message may show of a value: its first 64 bytes, with "..." if
 * there are more. In the place of one that may hold a secret, or has a line
 * end, which no name and no path has, it writes "[hidden]".
 *
 * Returns value->text. */
const char *value_show(struct value *value, struct span text);

/* Returns the length of the longest run of letters, digits and "+". */
size_t value_longest_run(struct span text);

#endif
