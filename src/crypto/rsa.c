/* rsa.c - nothing of the decrypted signature is parsed: the encoded message is
 * built anew from the hash at its end, and both are compared. */
#include "crypto/rsa.h"

#include <stdbool.h>
#include <string.h>

#include "crypto/arithmetic.h"

#define LENGTH_MAX 512 /* 4096 bits */
#define HASH_MAX 64    /* SHA-512 */
#define PADDING_MIN 8
#define DER_SEQUENCE 0x30
#define DER_OCTET_STRING 0x04
#define DER_NULL 0x05

/* RFC 8017, 9.2: 00 01 FF ... FF 00, then DigestInfo, which is SEQUENCE {
 * SEQUENCE { hash_id, NULL }, OCTET STRING hash }. */
static bool
encode(unsigned char *message, size_t length, const unsigned char *hash_id,
    const unsigned char *hash, size_t hash_length)
{
	size_t id_length = (size_t)1 + hash_id[0];
	size_t info_length = 2 + 2 + 1 + id_length + 2 + 2 + hash_length;
	unsigned char *next;

	if (length < 3 + PADDING_MIN + info_length)
		return false;
	memset(message, 0xff, length);
	message[0] = 0;
	message[1] = 1;
	next = message + length - info_length;
	next[-1] = 0;
	*next++ = DER_SEQUENCE;
	*next++ = (unsigned char)(info_length - 2);
	*next++ = DER_SEQUENCE;
	*next++ = (unsigned char)(1 + id_length + 2);
	*next++ = 0x06; /* OBJECT IDENTIFIER */
	memcpy(next, hash_id, id_length);
	next += id_length;
	*next++ = DER_NULL;
	*next++ = 0;
	*next++ = DER_OCTET_STRING;
	*next++ = (unsigned char)hash_length;
	memcpy(next, hash, hash_length);
	return true;
}

uint32_t
rsa_verify(const unsigned char *signature, size_t length,
    const unsigned char *hash_id, size_t hash_length,
    const br_rsa_public_key *key, unsigned char *hash)
{
	unsigned char decrypted[LENGTH_MAX], message[LENGTH_MAX];

	if (hash_id == NULL || hash_length > HASH_MAX || length > LENGTH_MAX ||
	    length < hash_length)
		return 0;
	memcpy(decrypted, signature, length);
	if (!arithmetic_rsa(decrypted, length, key))
		return 0;
	memcpy(hash, decrypted + length - hash_length, hash_length);
	return encode(message, length, hash_id, hash, hash_length) &&
	       memcmp(message, decrypted, length) == 0;
}
