/* ecdsa.c - brings both numbers to the length that the curve's have, and leaves
 * the rest to crypto/arithmetic. */
#include "crypto/ecdsa.h"

#include <stdbool.h>
#include <string.h>

#include "base/span.h"
#include "crypto/arithmetic.h"

#define DER_INTEGER 0x02
#define DER_SEQUENCE 0x30
#define NUMBER_MAX 66 /* 521 bits */

/* Takes an element with this tag from the front of rest (X.690, 8.1). Longer
 * contents than 255 bytes are never needed. */
static bool
take(struct span *rest, unsigned char tag, struct span *contents)
{
	size_t header = 2, length;

	if (rest->length < 2 || rest->bytes[0] != tag)
		return false;
	length = rest->bytes[1];
	if (length == 0x81 && rest->length > 2 && rest->bytes[2] >= 0x80) {
		header = 3;
		length = rest->bytes[2];
	} else if (length >= 0x80) {
		return false;
	}
	if (length > rest->length - header)
		return false;
	*contents = span_of(rest->bytes + header, length);
	rest->bytes += header + length;
	rest->length -= header + length;
	return true;
}

/* Takes a number above 0 (X.690, 8.3), and writes it as length bytes. With an r
 * of 0, BearSSL would accept any s for a hash that is 0 modulo the order. */
static bool
take_number(struct span *rest, unsigned char *number, size_t length)
{
	struct span c;

	if (!take(rest, DER_INTEGER, &c) || c.length == 0 || c.bytes[0] >= 0x80)
		return false;
	if (c.bytes[0] == 0 && c.length > 1) {
		if (c.bytes[1] < 0x80)
			return false;
		c.bytes++;
		c.length--;
	}
	if (c.length > length || (c.length == 1 && c.bytes[0] == 0))
		return false;
	memset(number, 0, length - c.length);
	memcpy(number + length - c.length, c.bytes, c.length);
	return true;
}

uint32_t
ecdsa_verify(const br_ec_impl *ec, const void *hash, size_t hash_length,
    const br_ec_public_key *key, const void *signature, size_t length)
{
	struct span rest = span_of(signature, length), numbers;
	unsigned char raw[2 * NUMBER_MAX];
	/* A key is a byte and two coordinates, which have as many bytes as the
	 * order of each of these curves. */
	size_t size = key->qlen / 2;

	if (size > NUMBER_MAX || !take(&rest, DER_SEQUENCE, &numbers) ||
	    rest.length > 0 || !take_number(&numbers, raw, size) ||
	    !take_number(&numbers, raw + size, size) || numbers.length > 0)
		return 0;
	return arithmetic_ecdsa(ec, hash, hash_length, key, raw, 2 * size);
}
