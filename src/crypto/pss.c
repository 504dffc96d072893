/* pss.c - the encoded message (RFC 8017, 9.1.2) is a masked block, a hash and a
 * last byte. The hash makes the mask; without it, the block has the salt, from
 * which the hash is computed again. */
#include "crypto/pss.h"

#include <string.h>

#include "crypto/arithmetic.h"

#define LENGTH_MAX 512 /* 4096 bits */
#define HASH_MAX 64    /* SHA-512 */
#define LAST_BYTE 0xbc
#define MARK 0x01 /* between the zeros of the block and the salt */

static size_t
hash_length_of(const br_hash_class *class)
{
	return class->desc >> BR_HASHDESC_OUT_OFF & BR_HASHDESC_OUT_MASK;
}

static size_t
count_bits(struct span number)
{
	unsigned top;
	size_t bits;

	while (number.length > 0 && number.bytes[0] == 0) {
		number.bytes++;
		number.length--;
	}
	if (number.length == 0)
		return 0;
	bits = number.length * 8;
	for (top = number.bytes[0]; top < 0x80; top <<= 1)
		bits--;
	return bits;
}

/* Takes the mask off the block: MGF1 (RFC 8017, B.2.1) of the hash after it. */
static void
unmask(unsigned char *block, size_t length, const br_hash_class *class)
{
	unsigned char mask[HASH_MAX], counter[4] = {0};
	size_t i, size = hash_length_of(class);
	br_hash_compat_context context;

	for (i = 0; i < length; i++) {
		if (i % size == 0) {
			counter[3] = (unsigned char)(i / size);
			class->init(&context.vtable);
			class->update(&context.vtable, block + length, size);
			class->update(
			    &context.vtable, counter, sizeof(counter));
			class->out(&context.vtable, mask);
		}
		block[i] ^= mask[i % size];
	}
}

/* Whether the block has only zeros before the mark, which is where a salt of
 * this length begins. */
static bool
has_padding(const unsigned char *block, size_t length, size_t salt_length)
{
	size_t i, mark = length - salt_length - 1;

	for (i = 0; i < mark; i++) {
		if (block[i] != 0)
			return false;
	}
	return block[mark] == MARK;
}

/* The hash of eight zeros, the hash of the message and the salt. */
static void
hash_again(const br_hash_class *class, const unsigned char *hash,
    const unsigned char *salt, unsigned char *out)
{
	static const unsigned char zeros[8];
	size_t size = hash_length_of(class);
	br_hash_compat_context context;

	class->init(&context.vtable);
	class->update(&context.vtable, zeros, sizeof(zeros));
	class->update(&context.vtable, hash, size);
	class->update(&context.vtable, salt, size);
	class->out(&context.vtable, out);
}

/* EMSA-PSS-VERIFY, of a message of this many bits, which the block begins. */
static bool
is_encoded(unsigned char *block, size_t bits, const br_hash_class *class,
    const unsigned char *hash)
{
	size_t size = hash_length_of(class), length = (bits + 7) / 8;
	unsigned char expected[HASH_MAX];
	unsigned char unused = (unsigned char)~(0xffu >> (length * 8 - bits));
	size_t block_length;

	if (size > HASH_MAX || length < 2 * size + 2 ||
	    block[length - 1] != LAST_BYTE || (block[0] & unused) != 0)
		return false;
	block_length = length - size - 1;
	unmask(block, block_length, class);
	block[0] &= (unsigned char)~unused;
	if (!has_padding(block, block_length, size))
		return false;
	hash_again(class, hash, block + block_length - size, expected);
	return memcmp(expected, block + block_length, size) == 0;
}

bool
pss_verify(struct span signature, const br_hash_class *hash_class,
    const unsigned char *hash, const br_rsa_public_key *key)
{
	unsigned char message[LENGTH_MAX], *encoded = message;
	size_t bits = count_bits(span_of(key->n, key->nlen));

	if (bits == 0 || signature.length != (bits + 7) / 8 ||
	    signature.length > sizeof(message))
		return false;
	memcpy(message, signature.bytes, signature.length);
	if (!arithmetic_rsa(message, signature.length, key))
		return false;
	/* The encoded message has a bit less than the modulus, and perhaps a
	 * byte. */
	if (bits % 8 == 1 && *encoded++ != 0)
		return false;
	return is_encoded(encoded, bits - 1, hash_class, hash);
}
