/* jwt.c - the numbers of the key stay where they were decoded.
 * BearSSL's own key decoder is not used: the pinned version can be made to
 * write past the end of its buffer (fixed upstream in 2019-07). Each signature
 * is verified with the public key before it is used: a wrong one, computed with
 * the Chinese remainder theorem, would reveal the private key. */
#include "github/jwt.h"

#include <inttypes.h>
#include <string.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/secrets.h"
#include "base/span.h"
#include "base/value.h"
#include "os/clock.h"
#include "os/file.h"
#include "x509/der.h"

#define AGE 60       /* seconds since a JWT began to be valid */
#define LIFETIME 540 /* seconds for which it is valid yet */
#define BITS_MIN 2048
#define BYTES_MAX 512

/* Removes the PrivateKeyInfo around an RSAPrivateKey, if there is one, and the
 * version. */
static bool
unwrap(struct span *key)
{
	struct der_element version, algorithm, wrapped;
	struct span numbers;

	if (!der_only(*key, DER_SEQUENCE, &numbers) ||
	    !der_take(&numbers, DER_INTEGER, &version) ||
	    !DER_IS(version.contents, "\0"))
		return false;
	*key = numbers;
	if (!der_take(&numbers, DER_SEQUENCE, &algorithm))
		return true;
	if (!der_take(&algorithm.contents, DER_OID, &version) ||
	    !DER_IS(version.contents, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01") ||
	    !der_take(&numbers, DER_OCTET_STRING, &wrapped))
		return false;
	return der_only(wrapped.contents, DER_SEQUENCE, key) &&
	       der_take(key, DER_INTEGER, &version) &&
	       DER_IS(version.contents, "\0");
}

/* Reads n, e, d, p, q, d mod (p-1), d mod (q-1), q^-1 mod p. Returns NULL, or
 * what is wrong. */
static const char *
read_numbers(struct jwt_key *key, struct span der)
{
	enum { N, E, D, P, Q, DP, DQ, IQ, NUMBERS };
	struct span n[NUMBERS];
	br_rsa_private_key *secret = &key->key;
	size_t i;

	if (!unwrap(&der))
		return "not an RSA key";
	for (i = 0; i < NUMBERS; i++) {
		if (!der_positive(&der, &n[i]))
			return "the RSA key is malformed";
	}
	if (n[N].length * 8 < BITS_MIN || n[N].bytes[0] < 0x80) {
		return "the RSA key has fewer than 2048 bits, or an odd "
		       "length";
	}
	if (n[N].length > BYTES_MAX || n[E].length > 4 ||
	    n[P].length * 2 > BYTES_MAX || n[Q].length * 2 > BYTES_MAX)
		return "the RSA key has more than 4096 bits";
	key->public = (br_rsa_public_key){
	    .n = span_mutable(n[N]),
	    .nlen = n[N].length,
	    .e = span_mutable(n[E]),
	    .elen = n[E].length,
	};
	secret->n_bitlen = (uint32_t)n[N].length * 8;
	secret->p = span_mutable(n[P]);
	secret->plen = n[P].length;
	secret->q = span_mutable(n[Q]);
	secret->qlen = n[Q].length;
	secret->dp = span_mutable(n[DP]);
	secret->dplen = n[DP].length;
	secret->dq = span_mutable(n[DQ]);
	secret->dqlen = n[DQ].length;
	secret->iq = span_mutable(n[IQ]);
	secret->iqlen = n[IQ].length;
	return NULL;
}

/* Makes the key known as a secret in the form that PEM gives it, of which the
 * text may be the Base64. */
static void
add_secret(struct span der)
{
	char text[KEY_TEXT_MAX];
	struct buffer b;

	buffer_init(&b, text, sizeof(text));
	buffer_base64(&b, der.bytes, der.length, false);
	secrets_add_runs(span_of(b.bytes, b.length), SECRETS_LASTING);
	buffer_wipe(&b);
}

/* Reads the key from the text that was read. name is where it is from. */
static int
read_text(struct jwt_key *key, const char *name, struct error *e)
{
	struct span der;
	const char *hint, *why;

	secrets_add_runs(span_of(key->text, key->length), SECRETS_LASTING);
	why = key_text_read(key->text, key->length, &der, &hint);
	if (why == NULL) {
		add_secret(der);
		why = read_numbers(key, der);
	}
	if (why == NULL)
		return 0;
	error_set(e, ERROR_USAGE, "the App's key, %s: %s", name, why);
	return hint != NULL ? error_hint(e, hint) : -1;
}

int
jwt_read_key(
    struct jwt_key *key, const char *path, struct deadline d, struct error *e)
{
	struct error cause;
	struct value name;
	struct buffer b;

	error_clear(&cause);
	key->is_used = true;
	buffer_init(&b, key->text, sizeof(key->text));
	if (file_read(path, &b, d, ERROR_USAGE, &cause) < 0) {
		if (key_text_is_name(path)) {
			*e = cause;
			return -1;
		}
		error_set(e, ERROR_USAGE,
		    "the App's key: the value (not shown) is neither a key nor "
		    "the name of a file that can be read");
		return error_of_file(e);
	}
	if (b.overflowed)
		return file_too_large(path, &b, ERROR_USAGE, e);
	key->length = b.length;
	return read_text(key, file_name(&name, path), e) < 0 ? error_of_file(e)
							     : 0;
}

int
jwt_take_key(
    struct jwt_key *key, char *text, const char *origin, struct error *e)
{
	size_t length = strlen(text);

	if (length > KEY_TEXT_MAX) {
		wipe(text, length);
		return error_set(e, ERROR_USAGE,
		    "the App's key, %s: it is longer than %d bytes", origin,
		    KEY_TEXT_MAX);
	}
	key->is_used = true;
	memcpy(key->text, text, length);
	key->length = length;
	wipe(text, length);
	return read_text(key, origin, e);
}

static int
sign(const struct jwt_key *key, const struct buffer *text,
    unsigned char signature[BYTES_MAX], struct error *e)
{
	unsigned char hash[br_sha256_SIZE], found[br_sha256_SIZE];
	size_t size = key->public.nlen;
	br_sha256_context c;

	br_sha256_init(&c);
	br_sha256_update(&c, text->bytes, text->length);
	br_sha256_out(&c, hash);
	if (br_rsa_i31_pkcs1_sign(BR_HASH_OID_SHA256, hash, sizeof(hash),
		&key->key, signature) == 1 &&
	    br_rsa_i31_pkcs1_vrfy(signature, size, BR_HASH_OID_SHA256,
		sizeof(found), &key->public, found) == 1 &&
	    memcmp(hash, found, sizeof(hash)) == 0)
		return 0;
	return error_set(
	    e, ERROR_USAGE, "the App's key: the RSA key is inconsistent");
}

int
jwt_write(const struct jwt_key *key, const char *id, int64_t now,
    struct buffer *b, struct error *e)
{
	static const char head[] = "{\"alg\":\"RS256\",\"typ\":\"JWT\"}";
	unsigned char signature[BYTES_MAX];
	struct buffer claims;
	char text[256];

	buffer_init(&claims, text, sizeof(text));
	buffer_format(&claims,
	    "{\"iat\":%" PRId64 ",\"exp\":%" PRId64 ",\"iss\":\"%s\"}",
	    now - AGE, now + LIFETIME, id);
	if (claims.overflowed)
		return error_set(e, ERROR_USAGE, "the App's id is too long");
	buffer_base64(b, head, sizeof(head) - 1, true);
	buffer_byte(b, '.');
	buffer_base64(b, claims.bytes, claims.length, true);
	if (sign(key, b, signature, e) < 0)
		return -1;
	buffer_byte(b, '.');
	buffer_base64(b, signature, key->public.nlen, true);
	return 0;
}

void
jwt_wipe_key(struct jwt_key *key)
{
	/* If nothing was read, its pages were never touched. */
	if (key->is_used)
		wipe(key, sizeof(*key));
}
