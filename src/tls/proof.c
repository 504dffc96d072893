/* proof.c - a table of schemes, each with its kind of key. What is signed is
 * hashed piece by piece, and src/crypto verifies. */
#include "tls/proof.h"

#include "base/array.h"
#include "crypto/ecdsa.h"
#include "crypto/pss.h"
#include "tls/client_hello.h"

#define HASH_MAX 64                               /* SHA-512 */
#define SPACES "                                " /* 32 of the 64 */

struct scheme {
	unsigned id;
	unsigned char key_type;
	int curve; /* of BR_KEYTYPE_EC */
	const br_hash_class *hash;
	const char *name;
};

static const struct scheme schemes[] = {
    {HELLO_ECDSA_P256_SHA256, BR_KEYTYPE_EC, BR_EC_secp256r1, &br_sha256_vtable,
	"ecdsa_secp256r1_sha256"},
    {HELLO_ECDSA_P384_SHA384, BR_KEYTYPE_EC, BR_EC_secp384r1, &br_sha384_vtable,
	"ecdsa_secp384r1_sha384"},
    {HELLO_RSA_PSS_SHA256, BR_KEYTYPE_RSA, 0, &br_sha256_vtable,
	"rsa_pss_rsae_sha256"},
    {HELLO_RSA_PSS_SHA384, BR_KEYTYPE_RSA, 0, &br_sha384_vtable,
	"rsa_pss_rsae_sha384"},
    {HELLO_RSA_PSS_SHA512, BR_KEYTYPE_RSA, 0, &br_sha512_vtable,
	"rsa_pss_rsae_sha512"},
};

static const struct scheme *
find(unsigned id)
{
	size_t i;

	for (i = 0; i < COUNT(schemes); i++) {
		if (schemes[i].id == id)
			return &schemes[i];
	}
	return NULL;
}

const char *
proof_name(unsigned scheme)
{
	const struct scheme *found = find(scheme);

	return found == NULL ? "?" : found->name;
}

static bool
fits(const struct scheme *scheme, const br_x509_pkey *key)
{
	return key->key_type == scheme->key_type &&
	       (scheme->key_type == BR_KEYTYPE_RSA ||
		   key->key.ec.curve == scheme->curve);
}

/* Returns the length of the hash. */
static size_t
hash_content(
    const br_hash_class *class, struct span transcript, unsigned char *out)
{
	static const char before[] =
	    SPACES SPACES "TLS 1.3, server CertificateVerify"; /* and its NUL */
	br_hash_compat_context context;

	class->init(&context.vtable);
	class->update(&context.vtable, before, sizeof(before));
	class->update(&context.vtable, transcript.bytes, transcript.length);
	class->out(&context.vtable, out);
	return class->desc >> BR_HASHDESC_OUT_OFF & BR_HASHDESC_OUT_MASK;
}

static bool
verifies(const struct proof *proof, const struct scheme *scheme,
    const br_x509_pkey *key)
{
	unsigned char hash[HASH_MAX];
	size_t length = hash_content(scheme->hash, proof->hash, hash);

	if (scheme->key_type == BR_KEYTYPE_RSA) {
		return pss_verify(
		    proof->signature, scheme->hash, hash, &key->key.rsa);
	}
	return ecdsa_verify(&br_ec_all_m31, hash, length, &key->key.ec,
		   proof->signature.bytes, proof->signature.length) == 1;
}

int
proof_check(const struct proof *proof, const br_x509_pkey *key, unsigned usages,
    struct fault *fault)
{
	const struct scheme *scheme = find(proof->scheme);

	if (scheme == NULL) {
		return fault_set(fault, ALERT_ILLEGAL_PARAMETER,
		    "the server signed the handshake in a way that was not "
		    "offered");
	}
	if (!fits(scheme, key)) {
		return fault_set(fault, ALERT_ILLEGAL_PARAMETER,
		    "the server signed the handshake in a way that does not "
		    "fit the key of its certificate");
	}
	if ((usages & BR_KEYTYPE_SIGN) == 0) {
		return fault_set(fault, ALERT_UNSUPPORTED_CERTIFICATE,
		    "the server signed the handshake, but its certificate's "
		    "key usage does not allow that");
	}
	if (!verifies(proof, scheme, key)) {
		return fault_set(fault, ALERT_DECRYPT_ERROR,
		    "the server did not prove that it has the certificate's "
		    "private key");
	}
	return 0;
}
