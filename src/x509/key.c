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
	} else {
		return refuse(
		    why, "its key is on a curve other than P-256 and P-384");
	}
	if (point.length != size || point.bytes[0] != UNCOMPRESSED)
		return refuse(why, "its EC key is malformed");
	key->key_type = BR_KEYTYPE_EC;
	key->key.ec.q = span_mutable(point);
	key->key.ec.qlen = point.length;
	return 0;
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
		return refuse(why, "its key is neither RSA nor EC");
	if (!der_take(&algorithm.contents, DER_OID, &curve))
		return refuse(why, "its key is on an unnamed curve");
	return read_ec(curve.contents, bits, key, why);
}

/* Built-in roots store exponents with leading zeros. */
static struct span
number(const unsigned char *bytes, size_t length)
{
	while (length > 0 && *bytes == 0) {
		bytes++;
		length--;
	}
	return span_of(bytes, length);
}

bool
key_equal(const br_x509_pkey *one, const br_x509_pkey *other)
{
	const br_rsa_public_key *r = &one->key.rsa, *s = &other->key.rsa;
	const br_ec_public_key *p = &one->key.ec, *q = &other->key.ec;

	if (one->key_type != other->key_type)
		return false;
	if (one->key_type == BR_KEYTYPE_RSA) {
		return span_equal(
			   number(r->n, r->nlen), number(s->n, s->nlen)) &&
		       span_equal(number(r->e, r->elen), number(s->e, s->elen));
	}
	return p->curve == q->curve &&
	       span_equal(span_of(p->q, p->qlen), span_of(q->q, q->qlen));
}

int
key_copy(br_x509_pkey *copy, const br_x509_pkey *key,
    unsigned char storage[KEY_SIZE_MAX])
{
	const br_rsa_public_key *rsa = &key->key.rsa;
	const br_ec_public_key *ec = &key->key.ec;

	*copy = *key;
	if (key->key_type == BR_KEYTYPE_EC) {
		if (ec->qlen > KEY_SIZE_MAX)
			return -1;
		memcpy(storage, ec->q, ec->qlen);
		copy->key.ec.q = storage;
		return 0;
	}
	if (rsa->nlen > KEY_SIZE_MAX || rsa->elen > KEY_SIZE_MAX - rsa->nlen)
		return -1;
	memcpy(storage, rsa->n, rsa->nlen);
	memcpy(storage + rsa->nlen, rsa->e, rsa->elen);
	copy->key.rsa.n = storage;
	copy->key.rsa.e = storage + rsa->nlen;
	return 0;
}
