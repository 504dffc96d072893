/* signature.c - two tables of algorithms; src/crypto and BearSSL implement
 * them. An algorithm is found by its object identifier and by the type of the
 * key: a certificate that names an algorithm of another type has no row.
 * RSASSA-PSS is one identifier: its row is found by the hash that the
 * parameters name. */
#include "x509/signature.h"

#include <string.h>

#include "base/array.h"
#include "base/span.h"
#include "crypto/ecdsa.h"
#include "crypto/exchange.h"
#include "crypto/pss.h"
#include "crypto/rsa.h"
#include "x509/der.h"

#define HASH_SIZE_MAX 64 /* SHA-512 */

/* RFC 8017, A.2.3 and A.2.1. */
#define PSS_ID "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a"
#define MGF1_ID "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08"

enum {
	/* Context tags of RSASSA-PSS-params. */
	TAG_HASH = 0xa0,
	TAG_MASK = 0xa1,
	TAG_SALT = 0xa2
};

struct algorithm {
	unsigned char key_type;
	unsigned char length; /* of the object identifier */
	const char *id;       /* RFC 8017, A.2.4; RFC 5758, 3.2 */
	const br_hash_class *hash;
	/* As BearSSL wants it, with its length first. NULL for ECDSA and
	 * RSASSA-PSS. */
	const char *hash_id;
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

/* Those of RSASSA-PSS, by the object identifier of the hash (RFC 8017, B.1). */
static const struct algorithm pss_algorithms[] = {
    {BR_KEYTYPE_RSA, 9, "\x60\x86\x48\x01\x65\x03\x04\x02\x01",
	&br_sha256_vtable, NULL},
    {BR_KEYTYPE_RSA, 9, "\x60\x86\x48\x01\x65\x03\x04\x02\x02",
	&br_sha384_vtable, NULL},
    {BR_KEYTYPE_RSA, 9, "\x60\x86\x48\x01\x65\x03\x04\x02\x03",
	&br_sha512_vtable, NULL},
};

/* Others that certificates are signed with, to say which one it is (RFC 3279,
 * 2.2; RFC 8017, A.2; RFC 8410, 3). */
static const struct {
	unsigned char length;
	const char *id;
	const char *why;
} unsupported[] = {
    {9, PSS_ID,
	"its signature on the certificate is RSASSA-PSS with parameters that "
	"are not supported: SHA-256, SHA-384 or SHA-512 for the hash and the "
	"mask, and a salt as long as the hash"},
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

static size_t
length_of_hash(const br_hash_class *class)
{
	return class->desc >> BR_HASHDESC_OUT_OFF & BR_HASHDESC_OUT_MASK;
}

static const struct algorithm *
find_row(const struct algorithm *rows, size_t count, struct span id,
    unsigned char key_type)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (rows[i].key_type == key_type &&
		    der_is(id, rows[i].id, rows[i].length))
			return &rows[i];
	}
	return NULL;
}

/* Reads the AlgorithmIdentifier of a hash, the only element of in. Its
 * parameters are NULL or absent (RFC 4055, 2.1). */
static const struct algorithm *
read_hash(struct span in, unsigned char key_type)
{
	struct der_element id;
	struct span hash;

	if (!der_only(in, DER_SEQUENCE, &hash) ||
	    !der_take(&hash, DER_OID, &id) ||
	    (hash.length > 0 && !DER_IS(hash, "\x05\x00")))
		return NULL;
	return find_row(
	    pss_algorithms, COUNT(pss_algorithms), id.contents, key_type);
}

/* Reads RSASSA-PSS-params (RFC 8017, A.2.3). A default would be SHA-1; that of
 * the last field is the only value it can have, so that DER leaves it out. */
static const struct algorithm *
read_pss(struct span parameters, unsigned char key_type)
{
	struct der_element hash, mask, salt, function;
	const struct algorithm *row;
	struct span in, length;

	if (!der_only(parameters, DER_SEQUENCE, &in) ||
	    !der_take(&in, TAG_HASH, &hash) ||
	    !der_take(&in, TAG_MASK, &mask) ||
	    !der_take(&in, TAG_SALT, &salt) || in.length > 0)
		return NULL;
	row = read_hash(hash.contents, key_type);
	if (row == NULL || !der_only(mask.contents, DER_SEQUENCE, &in) ||
	    !der_take(&in, DER_OID, &function) ||
	    !DER_IS(function.contents, MGF1_ID) ||
	    read_hash(in, key_type) != row ||
	    !der_only(salt.contents, DER_INTEGER, &length) ||
	    length.length != 1 || length.bytes[0] != length_of_hash(row->hash))
		return NULL;
	return row;
}

/* The row for the signature on a certificate, with a key of this type. */
static const struct algorithm *
find_algorithm(const struct certificate *certificate, unsigned char key_type)
{
	if (DER_IS(certificate->algorithm, PSS_ID))
		return read_pss(certificate->parameters, key_type);
	return find_row(
	    algorithms, COUNT(algorithms), certificate->algorithm, key_type);
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
	return span_of(hash, length_of_hash(class));
}

static bool
rsa_verifies(const struct signature_verifier *verifier,
    const struct algorithm *algorithm, struct span signature, struct span hash,
    const br_rsa_public_key *key)
{
	unsigned char signed_hash[HASH_SIZE_MAX];

	if (algorithm->hash_id == NULL)
		return pss_verify(signature, algorithm->hash, hash.bytes, key);
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

/* Says why there is no row for the certificate and a key of this type. */
static const char *
describe_unusable(const struct certificate *certificate, unsigned char key_type)
{
	size_t i;

	if (key_type != BR_KEYTYPE_RSA &&
	    find_algorithm(certificate, BR_KEYTYPE_RSA) != NULL) {
		return "its key is EC, but the signature on the certificate is "
		       "RSA";
	}
	if (key_type != BR_KEYTYPE_EC &&
	    find_algorithm(certificate, BR_KEYTYPE_EC) != NULL) {
		return "its key is RSA, but the signature on the certificate "
		       "is ECDSA";
	}
	for (i = 0; i < COUNT(unsupported); i++) {
		if (der_is(certificate->algorithm, unsupported[i].id,
			unsupported[i].length))
			return unsupported[i].why;
	}
	return "its signature on the certificate is of a kind that is not "
	       "supported";
}

enum signature_verdict
signature_verify(const struct signature_verifier *verifier,
    const struct certificate *certificate, const br_x509_pkey *key,
    const char **why)
{
	const struct algorithm *a = find_algorithm(certificate, key->key_type);
	unsigned char bytes[HASH_SIZE_MAX];
	struct span hash;
	bool is_good;

	if (a == NULL) {
		*why = describe_unusable(certificate, key->key_type);
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
