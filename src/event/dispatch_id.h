/* dispatch_id.h - the id in the payload by which an event's runs are found: a
 * receiver shows it in its run-name. Users may give one; otherwise an event
 * that is followed gets 16 random hexadecimal digits.
 *
 * Its property has a key as fields have them: NAME, or NAME[NAME] for one that
 * is in an object. */
#ifndef DISPATCH_ID_H
#define DISPATCH_ID_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/span.h"

#define DISPATCH_ID_SIZE 256   /* with its NUL */
#define DISPATCH_ID_DIGITS 16  /* of one of ours */
#define DISPATCH_ID_KEY_MAX 64 /* characters of a key */

/* Whether a key is NAME, NAME[NAME] and so on, of letters, digits, "_" and
 * "-". */
bool dispatch_id_key_is_valid(struct span key);

/* Writes the path of the property from the payload on, as query.h takes it. */
void dispatch_id_path(const char *key, char path[DISPATCH_ID_KEY_MAX + 1]);

/* Makes an id: random digits, of which no two events get the same.
 *
 * Returns 0, or -1 with an ERROR_LOCAL if the kernel provides none. */
int dispatch_id_make(char id[DISPATCH_ID_SIZE], struct error *e)
    __attribute__((warn_unused_result));

/* Reads the id in the body of a request: a string, or a number as it is
 * written. The key is valid.
 *
 * Returns 0, with "" if it is absent, or -1 with an ERROR_PAYLOAD if runs
 * cannot be found by it: it is not of 1 to 255 bytes, or of another kind. */
int dispatch_id_read(struct span body, const char *key,
    char id[DISPATCH_ID_SIZE], struct error *e)
    __attribute__((warn_unused_result));

/* Whether a title contains the id as a word of its own: 12 is not found in 123,
 * nor ab in abc. */
bool dispatch_id_is_shown(const char *title, const char *id);

#endif
