/* hkdf.c - the two formulas of RFC 5869, 2.2 and 2.3, with every copy of what
 * is secret wiped. */
#include "crypto/hkdf.h"

#include <string.h>

#include "base/buffer.h"

#define BLOCKS_MAX 255

void
hkdf_extract(const br_hash_class *hash, struct span salt, struct span input,
    unsigned char *key)
{
	br_hmac_key_context salted;
	br_hmac_context hmac;

	br_hmac_key_init(&salted, hash, salt.bytes, salt.length);
	br_hmac_init(&hmac, &salted, 0);
	br_hmac_update(&hmac, input.bytes, input.length);
	(void)br_hmac_out(&hmac, key);
	wipe(&hmac, sizeof(hmac));
	wipe(&salted, sizeof(salted));
}

/* A block is HMAC of the block before it, which the first one has not, of the
 * info and of the block's number. */
size_t
hkdf_expand(const br_hash_class *hash, struct span key, struct span info,
    unsigned char *out, size_t length)
{
	unsigned char block[HKDF_KEY_MAX], number = 0;
	br_hmac_key_context keyed;
	br_hmac_context hmac;
	size_t size, part, written;

	br_hmac_key_init(&keyed, hash, key.bytes, key.length);
	br_hmac_init(&hmac, &keyed, 0);
	size = br_hmac_size(&hmac);
	if (length > BLOCKS_MAX * size)
		length = 0;
	for (written = 0; written < length; written += part) {
		number++;
		if (number > 1) {
			br_hmac_init(&hmac, &keyed, 0);
			br_hmac_update(&hmac, block, size);
		}
		br_hmac_update(&hmac, info.bytes, info.length);
		br_hmac_update(&hmac, &number, 1);
		(void)br_hmac_out(&hmac, block);
		part = length - written < size ? length - written : size;
		memcpy(out + written, block, part);
	}
	wipe(block, sizeof(block));
	wipe(&hmac, sizeof(hmac));
	wipe(&keyed, sizeof(keyed));
	return written;
}
