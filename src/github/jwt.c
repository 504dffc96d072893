/* jwt.c - the key's numbers stay where PEM's decoder left them. BearSSL's
 * own key decoder is not used: the pinned version can be made to write behind
 * its buffer (fixed upstream in 2019-07). Each signature is checked with the
 * public half before it leaves: of a wrong one made by the Chinese remainder
 * theorem, anyone could compute the key. */
#include "github/jwt.h"

#include <string.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/span.h"
#include "os/clock.h"
#include "os/file.h"
#include "x509/der.h"

#define LIFETIME 540 /* seconds; with the minute before it, ten minutes */
#define BITS_MIN 2048
#define BYTES_MAX 512

/* BearSSL's pointers are not const, though it only reads. */
static unsigned char *
unconst(struct span span)
{
	return (unsigned char *)(uintptr_t)span.bytes;
}

/* rsaEncryption's parameters around an RSAPrivateKey, or that alone. */
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

/* n, e, d, p, q, d mod (p-1), d mod (q-1), q^-1 mod p. */
static const char *
read_numbers(struct jwt_key *k, struct span der)
{
	enum { N, E, D, P, Q, DP, DQ, IQ, COUNT };
	struct span n[COUNT];
	br_rsa_private_key *key = &k->key;
	size_t i;

	if (!unwrap(&der))
		return "it is not an RSA key";
	for (i = 0; i < COUNT; i++) {
		if (!der_positive(&der, &n[i]))
			return "its RSA key is malformed";
	}
	if (n[N].length * 8 < BITS_MIN || n[N].bytes[0] < 0x80)
		return "its RSA key is shorter than 2048 bits, or of odd "
		       "length";
	if (n[N].length > BYTES_MAX || n[E].length > 4 ||
	    n[P].length * 2 > BYTES_MAX || n[Q].length * 2 > BYTES_MAX)
		return "its RSA key is longer than 4096 bits";
	k->public = (br_rsa_public_key){
	    unconst(n[N]), n[N].length, unconst(n[E]), n[E].length};
	key->n_bitlen = (uint32_t)n[N].length * 8;
	key->p = unconst(n[P]);
	key->plen = n[P].length;
	key->q = unconst(n[Q]);
	key->qlen = n[Q].length;
	key->dp = unconst(n[DP]);
	key->dplen = n[DP].length;
	key->dq = unconst(n[DQ]);
	key->dqlen = n[DQ].length;
	key->iq = unconst(n[IQ]);
	key->iqlen = n[IQ].length;
	return NULL;
}

int
jwt_read_key(
    struct jwt_key *k, const char *path, struct deadline d, struct error *e)
{
	struct buffer b;
	const char *why = "it holds no whole private key in PEM";
	size_t taken;

	buffer_init(&b, k->text, sizeof(k->text));
	if (file_read(path, &b, d, ERROR_USAGE, e) < 0)
		return -1;
	if (b.overflowed)
		return file_too_large(path, &b, ERROR_USAGE, e);
	/* The last line may lack its end; the NUL's place has room for it. */
	k->text[b.length] = '\n';
	pem_open(&k->pem, PEM_PRIVATE_KEY);
	switch (pem_read(&k->pem, k->text, b.length + 1, &taken)) {
	case PEM_OBJECT:
		why = read_numbers(k, (struct span){k->pem.der, k->pem.length});
		break;
	case PEM_UNUSABLE:
		why = "its key is cut, broken, or encrypted";
		break;
	case PEM_NOTHING:
		break;
	}
	if (why == NULL)
		return 0;
	error_set(e, ERROR_USAGE, "the App's key %s: %s",
	    strcmp(path, "-") == 0 ? "on standard input" : path, why);
	return error_hint(e, "GitHub gives it as a .pem file, in the App's "
			     "settings under \"Private keys\"");
}

static int
sign(const struct jwt_key *k, const struct buffer *text,
    unsigned char signature[BYTES_MAX], struct error *e)
{
	unsigned char hash[br_sha256_SIZE], found[br_sha256_SIZE];
	size_t size = k->public.nlen;
	br_sha256_context c;

	br_sha256_init(&c);
	br_sha256_update(&c, text->bytes, text->length);
	br_sha256_out(&c, hash);
	if (br_rsa_i31_pkcs1_sign(BR_HASH_OID_SHA256, hash, sizeof(hash),
		&k->key, signature) == 1 &&
	    br_rsa_i31_pkcs1_vrfy(signature, size, BR_HASH_OID_SHA256,
		sizeof(found), &k->public, found) == 1 &&
	    memcmp(hash, found, sizeof(hash)) == 0)
		return 0;
	return error_set(e, ERROR_USAGE,
	    "the App's key: its numbers do not belong together");
}

int
jwt_write(const struct jwt_key *k, const char *id, int64_t now,
    struct buffer *b, struct error *e)
{
	static const char head[] = "{\"alg\":\"RS256\",\"typ\":\"JWT\"}";
	unsigned char signature[BYTES_MAX];
	struct buffer claims;
	char text[256];

	buffer_init(&claims, text, sizeof(text));
	buffer_text(&claims, "{\"iat\":");
	buffer_decimal(&claims, (uint64_t)(now - 60));
	buffer_text(&claims, ",\"exp\":");
	buffer_decimal(&claims, (uint64_t)(now + LIFETIME));
	buffer_text(&claims, ",\"iss\":\"");
	buffer_text(&claims, id);
	buffer_text(&claims, "\"}");
	if (claims.overflowed)
		return error_set(e, ERROR_USAGE, "the App's id is too long");
	buffer_base64(b, head, sizeof(head) - 1, true);
	buffer_byte(b, '.');
	buffer_base64(b, claims.bytes, claims.length, true);
	if (sign(k, b, signature, e) == -1)
		return -1;
	buffer_byte(b, '.');
	buffer_base64(b, signature, k->public.nlen, true);
	return 0;
}

void
jwt_wipe_key(struct jwt_key *k)
{
	/* Nothing was read: its pages need not be touched. */
	if (k->text[0] != '\0')
		wipe(k, sizeof(*k));
}
