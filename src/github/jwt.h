/* jwt.h - a GitHub App's private key: RSA out of a PEM file, and the one
 * thing done with it, a JWT (GitHub's docs, "Generating a JSON Web Token (JWT)
 * for a GitHub App"). It is never shown, and wiped by its owner. */
#ifndef JWT_H
#define JWT_H

#include <bearssl.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "os/clock.h"
#include "x509/pem.h"

#define JWT_FILE_MAX 16384 /* bytes; one of 4096 bits takes 3,300 */

struct jwt_key {
	br_rsa_private_key key; /* points into pem */
	br_rsa_public_key public;
	struct pem pem;
	char text[JWT_FILE_MAX];
};

/* Reads PKCS #1 or PKCS #8 (RFC 8017, A.1.2; RFC 5208, 5), 2048 to 4096 bits,
 * not encrypted; "-" is standard input. Returns 0, or -1 with an ERROR_USAGE
 * that names the file. */
int jwt_read_key(struct jwt_key *k, const char *path, struct deadline d,
    struct error *e) __attribute__((warn_unused_result));

/* Appends the JWT (RFC 7519; RS256, RFC 7518, 3.3) of the App with this id,
 * letters, digits, '.', '_' and '-', for ten minutes from now on, in seconds
 * since 1970; it begins a minute before, as GitHub asks, because clocks
 * differ. Returns 0, or -1 if the key's numbers do not belong together. */
int jwt_write(const struct jwt_key *k, const char *id, int64_t now,
    struct buffer *b, struct error *e) __attribute__((warn_unused_result));

/* Of one that was read, or is all zeros. */
void jwt_wipe_key(struct jwt_key *k);

#endif
