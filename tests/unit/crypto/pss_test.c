/* pss_test.c - every encoded message but one is refused, whatever the length of
 * the modulus. With the exponent 1, the signature is the encoded message. */
#include "crypto/pss.h"

#include <string.h>

#include "base/array.h"
#include "tap.h"

#define SIZE_MAX_TESTED 258
#define BITS 2048

static const struct {
	const char *name;
	const br_hash_class *class;
	size_t size;
} hashes[] = {
    {"SHA-256", &br_sha256_vtable, 32},
    {"SHA-384", &br_sha384_vtable, 48},
    {"SHA-512", &br_sha512_vtable, 64},
};

/* What is encoded, and how: each member is one that a test may change. */
struct form {
	size_t bits;      /* of the modulus */
	size_t hash;      /* in hashes[] */
	size_t mask_hash; /* in hashes[] */
	size_t salt_length;
	unsigned char padding, mark, last;
	unsigned char unused_bits; /* set above the encoded message */
};

static unsigned char digest[64];

static void
hash_parts(
    size_t hash, const struct span *parts, size_t count, unsigned char *out)
{
	br_hash_compat_context context;
	size_t i;

	hashes[hash].class->init(&context.vtable);
	for (i = 0; i < count; i++) {
		hashes[hash].class->update(
		    &context.vtable, parts[i].bytes, parts[i].length);
	}
	hashes[hash].class->out(&context.vtable, out);
}

/* RFC 8017, B.2.1. */
static void
mask(size_t hash, struct span seed, unsigned char *block, size_t length)
{
	unsigned char counter[4] = {0}, part[64];
	struct span parts[] = {seed, span_of(counter, sizeof(counter))};
	size_t i, j;

	for (i = 0; i < length; i += hashes[hash].size) {
		hash_parts(hash, parts, 2, part);
		for (j = 0; j < hashes[hash].size && i + j < length; j++)
			block[i + j] ^= part[j];
		counter[3]++;
	}
}

/* Writes the signature (RFC 8017, 9.1.1), and returns its length. */
static size_t
encode(const struct form *form, unsigned char *out)
{
	size_t length = (form->bits + 7) / 8, encoded = (form->bits + 6) / 8;
	size_t size = hashes[form->hash].size, block = encoded - size - 1;
	unsigned char *message = out + length - encoded, salt[80];
	struct span parts[] = {span_of("\0\0\0\0\0\0\0\0", 8),
	    span_of(digest, size), span_of(salt, form->salt_length)};

	memset(salt, 0x5a, sizeof(salt));
	memset(out, 0, length);
	memset(message, form->padding, block);
	message[block - form->salt_length - 1] = form->mark;
	memcpy(message + block - form->salt_length, salt, form->salt_length);
	hash_parts(form->hash, parts, 3, message + block);
	mask(form->mask_hash, span_of(message + block, size), message, block);
	message[encoded - 1] = form->last;
	message[0] &= (unsigned char)(0xff >> (encoded * 8 - (form->bits - 1)));
	out[0] |= form->unused_bits;
	return length;
}

/* With the modulus 2^bits - 1. */
static bool
verify(const struct form *form, const unsigned char *signature, size_t length)
{
	static unsigned char one = 1, n[SIZE_MAX_TESTED];
	size_t size = (form->bits + 7) / 8;
	br_rsa_public_key key = {n, size, &one, 1};

	memset(n, 0xff, sizeof(n));
	n[0] = (unsigned char)(0xff >> (size * 8 - form->bits));
	return pss_verify(
	    span_of(signature, length), hashes[form->hash].class, digest, &key);
}

static struct form
right_form(size_t bits, size_t hash)
{
	return (struct form){.bits = bits,
	    .hash = hash,
	    .mask_hash = hash,
	    .salt_length = hashes[hash].size,
	    .mark = 1,
	    .last = 0xbc};
}

static bool
encodes(const struct form *form)
{
	unsigned char signature[SIZE_MAX_TESTED];
	size_t length = encode(form, signature);

	return verify(form, signature, length);
}

/* Of a modulus with this many bits. */
static void
test_bits(size_t bits, size_t hash)
{
	struct form form = right_form(bits, hash);
	unsigned unused;

	tap_ok(encodes(&form), "%s, %zu bits", hashes[hash].name, bits);
	/* The highest bit of the modulus, which the message must not have. */
	for (unused = 0x80; bits % 8 != 0 && unused >> bits % 8 > 0;)
		unused >>= 1;
	form.unused_bits = (unsigned char)unused;
	tap_ok(!encodes(&form), "with a bit more than the message has");
}

static void
test_changes(size_t hash)
{
	struct form form = right_form(BITS, hash);
	unsigned char signature[SIZE_MAX_TESTED] = {0};
	size_t length = encode(&form, signature), i;
	unsigned accepted = 0;

	for (i = 0; i < length * 8; i++) {
		signature[i / 8] ^= (unsigned char)(1u << i % 8);
		accepted += verify(&form, signature, length);
		signature[i / 8] ^= (unsigned char)(1u << i % 8);
	}
	tap_number(accepted, 0, "%s: with one bit changed, accepted",
	    hashes[hash].name);
	tap_ok(!verify(&form, signature, length - 1), "cut");
	tap_ok(!verify(&form, signature, length + 1), "with a byte more");
	tap_ok(!verify(&form, signature, 0), "empty");
	digest[0] ^= 1;
	tap_ok(!verify(&form, signature, length), "of another message");
	digest[0] ^= 1;
}

/* Forms that RFC 8017 or TLS has not. */
static void
test_forms(size_t hash)
{
	struct form form = right_form(BITS, hash);

	form.salt_length--;
	tap_ok(!encodes(&form), "%s: a salt that is a byte shorter",
	    hashes[hash].name);
	form.salt_length += 2;
	tap_ok(!encodes(&form), "a salt that is a byte longer");
	form.salt_length = 0;
	tap_ok(!encodes(&form), "no salt");
	form = right_form(BITS, hash);
	form.mark = 2;
	tap_ok(!encodes(&form), "another mark before the salt");
	form.mark = 0;
	tap_ok(!encodes(&form), "no mark");
	form = right_form(BITS, hash);
	form.padding = 1;
	tap_ok(!encodes(&form), "padding that is not zeros");
	form = right_form(BITS, hash);
	form.last = 0xcc;
	tap_ok(!encodes(&form), "a last byte that names the hash");
	form = right_form(BITS, hash);
	form.mask_hash = (hash + 1) % COUNT(hashes);
	tap_ok(!encodes(&form), "a mask by another hash");
}

/* A modulus that leaves no room for the salt, none at all, and one that is too
 * long. */
static void
test_moduli(void)
{
	static unsigned char one = 1, n[513], signature[513];
	br_rsa_public_key key = {n, 0, &one, 1};
	static const size_t sizes[] = {0, 1, 33, 65, 129, 513};
	struct form form;
	size_t i;

	memset(n, 0xff, sizeof(n));
	for (i = 0; i < COUNT(sizes); i++) {
		key.nlen = sizes[i];
		tap_ok(!pss_verify(span_of(signature, sizes[i]),
			   &br_sha512_vtable, digest, &key),
		    "a modulus of %zu bytes", sizes[i]);
	}
	key.nlen = 256;
	memset(n, 0, 256);
	tap_ok(!pss_verify(
		   span_of(signature, 256), &br_sha512_vtable, digest, &key),
	    "a modulus of 0");
	form = right_form(8 * 130, 2);
	tap_ok(encodes(&form), "the least modulus for SHA-512");
}

int
main(void)
{
	size_t bits, i;

	memset(digest, 0x77, sizeof(digest));
	for (i = 0; i < COUNT(hashes); i++) {
		for (bits = BITS - 8; bits <= BITS + 9; bits++)
			test_bits(bits, i);
		test_changes(i);
		test_forms(i);
	}
	test_moduli();
	return tap_done();
}
