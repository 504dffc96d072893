/* key.c - keys are BearSSL's structs, whose pointers are not const although it
 * only reads through them. */
#include "x509/key.h"

#include <string.h>

#include "x509/der.h"

#define RSA_BITS_MIN 2048
#define RSA_BYTES_MAX 512 /* 4096 bits */
/* A verification takes one multiplication for each bit of the exponent. */
#define EXPONENT_BYTES_MAX 4
#define P256_SIZE 65 /* of an uncompressed point (SEC 1, 2.3.3) */
#define P384_SIZE 97
#define P521_SIZE 133
#define UNCOMPRESSED 0x04

static int
refuse(const char **why, const char *reason)
{
	*why = reason;
	return -1;
}

static size_t
count_bits(struct span number)
{
	size_t bits = number.length * 8;
	unsigned top;

	for (top = number.bytes[0]; top < 0x80; top <<= 1)
		bits--;
	return bits;
}

/* Odd and at least 3 (RFC 8017, 3.1): with the exponent 1, everything is a
 * signature of itself. The number has no leading zeros. */
static int
check_exponent(struct span e, const char **why)
{
	if (e.length > EXPONENT_BYTES_MAX)
		return refuse(why, "its RSA exponent is longer than 32 bits");
	if (e.bytes[e.length - 1] % 2 == 0)
		return refuse(why, "its RSA exponent is even");
	if (e.length == 1 && e.bytes[0] == 1)
		return refuse(why, "its RSA exponent is 1");
	return 0;
}

static int
read_rsa(struct span in, br_x509_pkey *key, const char **why)
{
	struct span numbers, n, e;
	size_t bits;

	if (!der_only(in, DER_SEQUENCE, &numbers) ||
	    !der_positive(&numbers, &n) || !der_positive(&numbers, &e) ||
	    numbers.length > 0)
		return refuse(why, "its RSA key is malformed");
	if (n.length > RSA_BYTES_MAX)
		return refuse(why, "its RSA key is longer than 4096 bits");
	bits = count_bits(n);
	if (bits < RSA_BITS_MIN)
		return refuse(why, "its RSA key is shorter than 2048 bits");
	if (bits % 8 != 0) {
		return refuse(why,
		    "the length of its RSA key is not a multiple of 8 bits");
	}
	if (check_exponent(e, why) < 0)
		return -1;
	key->key_type = BR_KEYTYPE_RSA;
	key->key.rsa.n = span_mutable(n);
	key->key.rsa.nlen = n.length;
	key->key.rsa.e = span_mutable(e);
	key->key.rsa.elen = e.length;
	return 0;
}

/* Named curves only (RFC 5480, 2.1.1). */
static int
read_ec(
    struct span curve, struct span point, br_x509_pkey *key, const char **why)
{
	size_t size;

	if (DER_IS(curve, "\x2a\x86\x48\xce\x3d\x03\x01\x07")) {
		key->key.ec.curve = BR_EC_secp256r1;
		size = P256_SIZE;
	} else if (DER_IS(curve, "\x2b\x81\x04\x00\x22")) {
		key->key.ec.curve = BR_EC_secp384r1;
		size = P384_SIZE;
	} else if (DER_IS(curve, "\x2b\x81\x04\x00\x23")) {
		key->key.ec.curve = BR_EC_secp521r1;
		size = P521_SIZE;
	} else {
		return refuse(why,
		    "its key is on a curve other than P-256, P-384 and P-521");
	}
	if (point.length != size || point.bytes[0] != UNCOMPRESSED)
		return refuse(why, "its EC key is malformed");
	key->key_type = BR_KEYTYPE_EC;
	key->key.ec.q = span_mutable(point);
	key->key.ec.qlen = point.length;
	return 0;
}

/* Names those that certificates have (RFC 8017, A.2.3; RFC 8410, 3). */
static int
refuse_other(struct span id, const char **why)
{
	if (DER_IS(id, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a"))
		return refuse(why, "its RSA key is for RSASSA-PSS only");
	if (DER_IS(id, "\x2b\x65\x70"))
		return refuse(why, "its key is Ed25519, not RSA or ECDSA");
	if (DER_IS(id, "\x2b\x65\x71"))
		return refuse(why, "its key is Ed448, not RSA or ECDSA");
	return refuse(why, "its key is neither RSA nor EC");
}

int
key_read(struct span *in, br_x509_pkey *key, const char **why)
{
	struct der_element info, algorithm, id, curve;
	struct span bits;

	if (!der_take(in, DER_SEQUENCE, &info) ||
	    !der_take(&info.contents, DER_SEQUENCE, &algorithm) ||
	    !der_take(&algorithm.contents, DER_OID, &id) ||
	    !der_bits(&info.contents, &bits) || info.contents.length > 0)
		return refuse(why, "its public key is malformed");
	if (DER_IS(id.contents, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"))
		return read_rsa(bits, key, why);
	if (!DER_IS(id.contents, "\x2a\x86\x48\xce\x3d\x02\x01"))
		return refuse_other(id.contents, why);
	if (!der_take(&algorithm.contents, DER_OID, &curve))
		return refuse(why, "its key is on an unnamed curve");
	return read_ec(curve.contents, bits, key, why);
}
