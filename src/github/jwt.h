/* jwt.h - a GitHub App's private RSA key, and the JWT signed
 * with it (GitHub's docs, "Generating a JSON Web Token (JWT) for a GitHub
 * App"). The key is never shown; its owner wipes it. */
#ifndef JWT_H
#define JWT_H

#include <bearssl.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "github/key_text.h"
#include "os/clock.h"

struct jwt_key {
	br_rsa_private_key key; /* points into text, as public does */
	br_rsa_public_key public;
	bool is_used;  /* the storage may hold something */
	size_t length; /* of the text */
	char text[KEY_TEXT_MAX + 1];
};

/* Reads a key of 2048 to 4096 bits from a file, or from standard input for
 * "-": PKCS #1 or PKCS #8, not encrypted, in a form of key_text.h.
 *
 * Returns 0, or -1 with an ERROR_USAGE that names the file, unless its name may
 * be a part of a key. */
int jwt_read_key(struct jwt_key *key, const char *path, struct deadline d,
    struct error *e) __attribute__((warn_unused_result));

/* Moves such a key out of a variable, which is wiped. origin names it in
 * messages.
 *
 * Returns 0, or -1 with an ERROR_USAGE. */
int jwt_take_key(struct jwt_key *key, char *text, const char *origin,
    struct error *e) __attribute__((warn_unused_result));

/* Appends a JWT (RFC 7519; RS256, RFC 7518, 3.3) for the App with this id,
 * which has letters, digits, ".", "_" and "-" only.
 *
 * now is in seconds since 1970. The JWT is valid for ten minutes, of which one
 * has passed already, as GitHub asks, because clocks differ.
 *
 * Returns 0, or -1 with an ERROR_USAGE if the key is inconsistent or the id too
 * long. */
int jwt_write(const struct jwt_key *key, const char *id, int64_t now,
    struct buffer *b, struct error *e) __attribute__((warn_unused_result));

/* Wipes a key that was read, as a whole or in part, or is all zeros. */
void jwt_wipe_key(struct jwt_key *key);

#endif
