/* signature.c - a table of algorithms, and BearSSL's implementations of them.
 * An algorithm is found by its object identifier and by the type of the key:
 * a certificate that names an algorithm of another type has no row. */
#include "x509/signature.h"

#include <string.h>

#include "base/array.h"
#include "base/span.h"
#include "x509/der.h"

#define HASH_SIZE_MAX 64 /* SHA-512 */
/* An anchor's key did not go through certificate_read(). */
#define RSA_BYTES_MIN 256
#define RSA_BYTES_MAX 513

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

void
signature_init(struct signature_verifier *verifier, unsigned limit)
{
	/* BearSSL offers the groups in this mask. P-521 is left out: each
	 * signature of a hostile chain would cost 7 ms, and no public root
	 * uses it. */
	verifier->ec = br_ec_all_m31;
	verifier->ec.supported_curves = (uint32_t)1 << BR_EC_curve25519 |
					(uint32_t)1 << BR_EC_secp256r1 |
					(uint32_t)1 << BR_EC_secp384r1;
	verifier->ecdsa = br_ecdsa_i31_vrfy_asn1;
	verifier->rsa = br_rsa_i31_pkcs1_vrfy;
	verifier->left = limit;
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

	if (key->nlen < RSA_BYTES_MIN || key->nlen > RSA_BYTES_MAX)
		return false;
	return verifier->rsa(signature.bytes, signature.length,
		   (const unsigned char *)algorithm->hash_id, hash.length, key,
		   signed_hash) == 1 &&
	       memcmp(signed_hash, hash.bytes, hash.length) == 0;
}

bool
signature_verifies(struct signature_verifier *verifier,
    const struct certificate *certificate, const br_x509_pkey *key)
{
	const struct algorithm *a =
	    find_algorithm(certificate->algorithm, key->key_type);
	unsigned char bytes[HASH_SIZE_MAX];
	struct span hash;

	if (a == NULL || verifier->left == 0)
		return false;
	verifier->left--;
	hash = hash_signed_part(certificate, a->hash, bytes);
	if (key->key_type == BR_KEYTYPE_RSA) {
		return rsa_verifies(
		    verifier, a, certificate->signature, hash, &key->key.rsa);
	}
	return verifier->ecdsa(&verifier->ec, hash.bytes, hash.length,
		   &key->key.ec, certificate->signature.bytes,
		   certificate->signature.length) == 1;
}
