/* ecdsa_test.c - a signature in DER is accepted, and in no other form. */
#include "crypto/ecdsa.h"

#include <string.h>

#include "base/array.h"
#include "tap.h"

#define SIGNATURE_MAX 150

/* A signature as two numbers without leading zeros, and its key. */
struct made {
	unsigned char raw[132], q[133], x[66];
	size_t half;
	br_ec_public_key key;
};

static const unsigned char hash[32] = {0x42};

/* A one in the private key's last byte or another number, until neither number
 * has its highest bit set or both have. */
static void
make(struct made *m, int curve, bool is_high)
{
	br_ec_private_key private = {curve, m->x, 0};
	bool fits = false;

	(void)br_ec_prime_i31.order(curve, &m->half);
	private.xlen = m->half;
	memset(m->x, 0, sizeof(m->x));
	m->key = (br_ec_public_key){curve, m->q, 0};
	while (!fits) {
		m->x[m->half - 1]++;
		(void)br_ecdsa_i31_sign_raw(&br_ec_prime_i31, &br_sha256_vtable,
		    hash, &private, m->raw);
		fits = curve == BR_EC_secp521r1 ||
		       (m->raw[0] >> 7 == is_high &&
			   m->raw[m->half] >> 7 == is_high);
	}
	m->key.qlen = br_ec_prime_i31.mulgen(m->q, m->x, m->half, curve);
}

/* Writes a number as DER, or with more zeros before it. */
static size_t
write_number(unsigned char *out, const unsigned char *number, size_t length,
    size_t zeros)
{
	while (length > 1 && *number == 0) {
		number++;
		length--;
	}
	zeros += *number >> 7;
	out[0] = 2;
	out[1] = (unsigned char)(zeros + length);
	memset(out + 2, 0, zeros);
	memcpy(out + 2 + zeros, number, length);
	return 2 + zeros + length;
}

/* What is wrong with a signature. */
enum form {
	RIGHT,
	ZERO_BEFORE_R,
	ZERO_BEFORE_S,
	LONG_LENGTH,
	LONGER_LENGTH,
	INDEFINITE,
	MORE_INSIDE,
	MORE_OUTSIDE,
	OTHER_SEQUENCE,
	OTHER_INTEGER,
	FORMS
};

static size_t
write_signature(const struct made *m, enum form form, unsigned char *out)
{
	unsigned char body[SIGNATURE_MAX];
	size_t length, head = 2;

	length = write_number(body, m->raw, m->half, form == ZERO_BEFORE_R);
	length += write_number(
	    body + length, m->raw + m->half, m->half, form == ZERO_BEFORE_S);
	if (form == OTHER_INTEGER)
		body[0] = 0x0a;
	if (form == MORE_INSIDE) {
		body[length++] = 5;
		body[length++] = 0;
	}
	out[0] = form == OTHER_SEQUENCE ? 0x31 : 0x30;
	out[1] = (unsigned char)length;
	if (length >= 0x80 || form == LONG_LENGTH) {
		out[1] = 0x81;
		out[head++] = (unsigned char)length;
	}
	if (form == LONGER_LENGTH) {
		out[1] = 0x82;
		out[head - 1 + (head == 2)] = 0;
		out[head + (head == 2)] = (unsigned char)length;
		head = 4;
	}
	if (form == INDEFINITE)
		out[1] = 0x80;
	memcpy(out + head, body, length);
	length += head;
	if (form == INDEFINITE) {
		out[length++] = 0;
		out[length++] = 0;
	}
	if (form == MORE_OUTSIDE)
		out[length++] = 0;
	return length;
}

static uint32_t
verify(const struct made *m, const unsigned char *signature, size_t length)
{
	return ecdsa_verify(
	    &br_ec_all_m31, hash, sizeof(hash), &m->key, signature, length);
}

static void
test_forms(const struct made *m, const char *name)
{
	unsigned char signature[SIGNATURE_MAX + 10];
	unsigned accepted = 0;
	int form;
	size_t i, length;

	for (form = RIGHT; form < FORMS; form++) {
		/* That is the right form there. */
		if (form == LONG_LENGTH && m->half == 66)
			continue;
		length = write_signature(m, (enum form)form, signature);
		tap_number(verify(m, signature, length), form == RIGHT,
		    "%s: form %d", name, form);
	}
	length = write_signature(m, RIGHT, signature);
	for (i = 0; i < length; i++)
		accepted += verify(m, signature, i);
	tap_number(accepted, 0, "%s: accepted although cut", name);
	for (i = 0; i < length; i++) {
		signature[i] ^= 0x80;
		accepted += verify(m, signature, length);
		signature[i] ^= 0x80;
	}
	tap_number(accepted, 0, "%s: accepted although changed", name);
}

/* Signatures that have no numbers. */
static const struct {
	const char *bytes;
	size_t length;
} empty[] = {
    {"", 0},
    {"\x30", 1},
    {"\x30\x00", 2},
    {"\x30\x81", 2},
    {"\x30\x81\x80", 3},
    {"\x30\x04\x02\x00\x02\x00", 6},
    {"\x30\x06\x02\x01\x00\x02\x01\x00", 8},
    {"\x30\x06\x02\x01\x01\x02\x01\x00", 8},
    {"\x30\x06\x02\x01\xff\x02\x01\x01", 8},
    {"\x30\x06\x02\x01\x01\x02\x04\x01", 8},
};

/* BearSSL takes 0 as r of any signature of this hash. */
static void
test_zero_hash(const struct made *m)
{
	static const unsigned char zero[32];

	tap_number(ecdsa_verify(&br_ec_all_m31, zero, sizeof(zero), &m->key,
		       "\x30\x06\x02\x01\x00\x02\x01\x01", 8),
	    0, "a hash of 0 with an r of 0");
}

int
main(void)
{
	static struct made m;
	size_t i;

	make(&m, BR_EC_secp256r1, false);
	test_forms(&m, "P-256, low");
	make(&m, BR_EC_secp256r1, true);
	test_forms(&m, "P-256, high");
	test_zero_hash(&m);
	for (i = 0; i < COUNT(empty); i++) {
		tap_number(verify(&m, (const unsigned char *)empty[i].bytes,
			       empty[i].length),
		    0, "no numbers: %zu", i);
	}
	make(&m, BR_EC_secp384r1, true);
	test_forms(&m, "P-384, high");
	make(&m, BR_EC_secp521r1, true);
	test_forms(&m, "P-521");
	return tap_done();
}
