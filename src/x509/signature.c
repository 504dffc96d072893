/* signature.c - a table of algorithms; src/crypto and BearSSL implement them.
 * An algorithm is found by its object identifier and by the type of the key:
 * a certificate that names an algorithm of another type has no row. */
#include "x509/signature.h"

#include <string.h>

#include "base/array.h"
#include "base/span.h"
#include "crypto/ecdsa.h"
#include "crypto/exchange.h"
#include "crypto/rsa.h"
#include "x509/der.h"

#define HASH_SIZE_MAX 64 /* SHA-512 */

struct algorithm {
	unsigned char key_type;
	unsigned char length; /* of the object identifier */
	const char *id;       /* RFC 8017, A.2.4; RFC 5758, 3.2 */
	const br_hash_class *hash;
	const char *hash_id; /* as BearSSL wants it: its length first */
};

static const struct algorithm algorithms[] = {
    {BR_KEYTYPE_RSA, 9, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b",
	&br_sha256_vtable, (const char *)BR_HASH_OID_SHA256},
    {BR_KEYTYPE_RSA, 9, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c",
	&br_sha384_vtable, (const char *)BR_HASH_OID_SHA384},
    {BR_KEYTYPE_RSA, 9, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d",
	&br_sha512_vtable, (const char *)BR_HASH_OID_SHA512},
    {BR_KEYTYPE_EC, 8, "\x2a\x86\x48\xce\x3d\x04\x03\x02", &br_sha256_vtable,
	NULL},
    {BR_KEYTYPE_EC, 8, "\x2a\x86\x48\xce\x3d\x04\x03\x03", &br_sha384_vtable,
	NULL},
    {BR_KEYTYPE_EC, 8, "\x2a\x86\x48\xce\x3d\x04\x03\x04", &br_sha512_vtable,
	NULL},
};

/* Others that certificates are signed with, to say which one it is (RFC 3279,
 * 2.2; RFC 8017, A.2; RFC 8410, 3). */
static const struct {
	unsigned char length;
	const char *id;
	const char *why;
} unsupported[] = {
    {9, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a",
	"its signature on the certificate is RSASSA-PSS, which is not "
	"supported"},
    {9, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05",
	"its signature on the certificate is RSA with SHA-1, which is not "
	"accepted"},
    {9, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04",
	"its signature on the certificate is RSA with MD5, which is not "
	"accepted"},
    {7, "\x2a\x86\x48\xce\x3d\x04\x01",
	"its signature on the certificate is ECDSA with SHA-1, which is not "
	"accepted"},
    {3, "\x2b\x65\x70",
	"its signature on the certificate is Ed25519, which is not supported"},
    {3, "\x2b\x65\x71",
	"its signature on the certificate is Ed448, which is not supported"},
};

void
signature_init(struct signature_verifier *verifier, struct budget *budget)
{
	exchange_init(&verifier->ec);
	verifier->ecdsa = ecdsa_verify;
	verifier->rsa = rsa_verify;
	verifier->budget = budget;
}

static const struct algorithm *
find_algorithm(struct span id, unsigned char key_type)
{
	size_t i;

	for (i = 0; i < COUNT(algorithms); i++) {
		if (algorithms[i].key_type == key_type &&
		    der_is(id, algorithms[i].id, algorithms[i].length))
			return &algorithms[i];
	}
	return NULL;
}

static struct span
hash_signed_part(const struct certificate *certificate,
    const br_hash_class *class, unsigned char hash[HASH_SIZE_MAX])
{
	br_hash_compat_context context;

	class->init(&context.vtable);
	class->update(&context.vtable, certificate->signed_part.bytes,
	    certificate->signed_part.length);
	class->out(&context.vtable, hash);
	return span_of(
	    hash, class->desc >> BR_HASHDESC_OUT_OFF & BR_HASHDESC_OUT_MASK);
}

static bool
rsa_verifies(const struct signature_verifier *verifier,
    const struct algorithm *algorithm, struct span signature, struct span hash,
    const br_rsa_public_key *key)
{
	unsigned char signed_hash[HASH_SIZE_MAX];

	return verifier->rsa(signature.bytes, signature.length,
		   (const unsigned char *)algorithm->hash_id, hash.length, key,
		   signed_hash) == 1 &&
	       memcmp(signed_hash, hash.bytes, hash.length) == 0;
}

static bool
ec_verifies(const struct signature_verifier *verifier, struct span signature,
    struct span hash, const br_ec_public_key *key)
{
	br_ec_impl ec = verifier->ec;

	ec.supported_curves |= (uint32_t)1 << BR_EC_secp521r1;
	return verifier->ecdsa(&ec, hash.bytes, hash.length, key,
		   signature.bytes, signature.length) == 1;
}

static size_t
price(const br_x509_pkey *key)
{
	if (key->key_type == BR_KEYTYPE_RSA)
		return BUDGET_RSA;
	switch (key->key.ec.curve) {
	case BR_EC_secp256r1:
		return BUDGET_P256;
	case BR_EC_secp384r1:
		return BUDGET_P384;
	default:
		return BUDGET_P521;
	}
}

/* Says why there is no row for the algorithm of the certificate and a key of
 * this type. */
static const char *
describe_unusable(struct span id, unsigned char key_type)
{
	size_t i;

	for (i = 0; i < COUNT(unsupported); i++) {
		if (der_is(id, unsupported[i].id, unsupported[i].length))
			return unsupported[i].why;
	}
	if (key_type != BR_KEYTYPE_RSA &&
	    find_algorithm(id, BR_KEYTYPE_RSA) != NULL) {
		return "its key is EC, but the signature on the certificate is "
		       "RSA";
	}
	if (key_type != BR_KEYTYPE_EC &&
	    find_algorithm(id, BR_KEYTYPE_EC) != NULL) {
		return "its key is RSA, but the signature on the certificate "
		       "is ECDSA";
	}
	return "its signature on the certificate is of a kind that is not "
	       "supported";
}

enum signature_verdict
signature_verify(const struct signature_verifier *verifier,
    const struct certificate *certificate, const br_x509_pkey *key,
    const char **why)
{
	const struct algorithm *a =
	    find_algorithm(certificate->algorithm, key->key_type);
	unsigned char bytes[HASH_SIZE_MAX];
	struct span hash;
	bool is_good;

	if (a == NULL) {
		*why = describe_unusable(certificate->algorithm, key->key_type);
		return SIGNATURE_UNUSABLE;
	}
	*why = "verifying its signature would take too much work";
	if (!budget_spend(
		verifier->budget, price(key) + certificate->signed_part.length))
		return SIGNATURE_UNPAID;
	hash = hash_signed_part(certificate, a->hash, bytes);
	is_good = key->key_type == BR_KEYTYPE_RSA
		      ? rsa_verifies(verifier, a, certificate->signature, hash,
			    &key->key.rsa)
		      : ec_verifies(verifier, certificate->signature, hash,
			    &key->key.ec);
	*why = "its key did not sign the certificate";
	return is_good ? SIGNATURE_GOOD : SIGNATURE_MISMATCH;
}
