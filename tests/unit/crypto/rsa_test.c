/* rsa_test.c - every encoded message but one is refused. With the exponent 1,
 * the signature is the encoded message. */
#include "crypto/rsa.h"

#include <string.h>

#include "base/array.h"
#include "tap.h"

#define SIZE 256
#define HASH_SIZE 32

/* SHA-256's DigestInfo up to the hash (RFC 8017, 9.2, note 1). */
#define INFO                                       \
	"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01" \
	"\x65\x03\x04\x02\x01\x05\x00\x04\x20"
#define INFO_SIZE (sizeof(INFO) - 1)

static unsigned char n[SIZE], hash[HASH_SIZE];

static uint32_t
verify(const unsigned char *message, size_t length)
{
	static unsigned char one = 1;
	br_rsa_public_key key = {n, sizeof(n), &one, 1};
	unsigned char out[HASH_SIZE];

	return rsa_verify(message, length, BR_HASH_OID_SHA256, sizeof(out),
		   &key, out) == 1 &&
	       memcmp(out, hash, sizeof(out)) == 0;
}

/* 00 01 FF ... FF 00 info hash, in size bytes. */
static void
encode(unsigned char *message, size_t size, const char *info, size_t length)
{
	memset(message, 0xff, size);
	message[0] = 0;
	message[1] = 1;
	message[size - HASH_SIZE - length - 1] = 0;
	memcpy(message + size - HASH_SIZE - length, info, length);
	memcpy(message + size - HASH_SIZE, hash, HASH_SIZE);
}

static void
test_changes(void)
{
	unsigned char message[SIZE];
	unsigned accepted = 0;
	size_t i;

	encode(message, SIZE, INFO, INFO_SIZE);
	tap_ok(verify(message, SIZE), "the encoded message");
	for (i = 0; i < SIZE; i++) {
		message[i] ^= 0x40;
		accepted += verify(message, SIZE);
		message[i] ^= 0x40;
	}
	tap_number(accepted, 0, "with one bit changed, accepted");
	tap_ok(!verify(message, SIZE - 1), "cut");
	tap_ok(!verify(message + 1, SIZE - 1), "without its first byte");
	memcpy(message, n, SIZE);
	tap_ok(!verify(message, SIZE), "the modulus");
}

#define ROW(text)                      \
	{                              \
		text, sizeof(text) - 1 \
	}

static const struct {
	const char *info;
	size_t length;
} infos[] = {
    /* Without NULL, and with a NULL that is not empty. */
    ROW("\x30\x2f\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x04\x20"),
    ROW("\x30\x32\x30\x0e\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x01"
	"\x00\x04\x20"),
    /* Lengths in a longer form. */
    ROW("\x30\x81\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05"
	"\x00\x04\x20"),
    ROW("\x30\x32\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00"
	"\x04\x81\x20"),
    /* SHA-512 by name, a hash by itself, nothing. */
    ROW("\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03\x05\x00"
	"\x04\x20"),
    ROW("\x04\x20"),
    ROW(""),
};

static void
test_infos(void)
{
	unsigned char message[SIZE];
	size_t i;

	for (i = 0; i < COUNT(infos); i++) {
		encode(message, SIZE, infos[i].info, infos[i].length);
		tap_ok(!verify(message, SIZE), "DigestInfo %zu", i);
	}
	/* The hash moved to the front, with bytes after it (Bleichenbacher,
	 * 2006). */
	encode(message, SIZE, INFO, INFO_SIZE);
	memmove(message + 11, message + SIZE - INFO_SIZE - HASH_SIZE - 1,
	    INFO_SIZE + HASH_SIZE + 1);
	tap_ok(!verify(message, SIZE), "bytes after the hash");
	encode(message, SIZE, INFO, INFO_SIZE);
	message[20] = 0;
	tap_ok(!verify(message, SIZE), "padding that ends early");
}

static void
test_limits(void)
{
	static unsigned char one = 1;
	br_rsa_public_key key = {n, sizeof(n), &one, 1};
	unsigned char message[SIZE], out[65];
	static unsigned char long_one[600];
	size_t size = 2 + 8 + 1 + INFO_SIZE + HASH_SIZE;

	encode(message, SIZE, INFO, INFO_SIZE);
	tap_ok(rsa_verify(message, SIZE, NULL, HASH_SIZE, &key, out) == 0,
	    "a hash without a name");
	tap_ok(
	    rsa_verify(message, SIZE, BR_HASH_OID_SHA256, 65, &key, out) == 0,
	    "a hash of 65 bytes");
	tap_ok(rsa_verify(long_one, sizeof(long_one), BR_HASH_OID_SHA256,
		   HASH_SIZE, &key, out) == 0,
	    "a signature of 600 bytes");
	/* At least 8 bytes of padding. */
	key.nlen = size;
	encode(message, size, INFO, INFO_SIZE);
	tap_ok(rsa_verify(message, size, BR_HASH_OID_SHA256, HASH_SIZE, &key,
		   out) == 1,
	    "8 bytes of padding");
	key.nlen = size - 1;
	encode(message, size - 1, INFO, INFO_SIZE);
	tap_ok(rsa_verify(message, size - 1, BR_HASH_OID_SHA256, HASH_SIZE,
		   &key, out) == 0,
	    "7 bytes of padding");
}

int
main(void)
{
	memset(n, 0xff, sizeof(n));
	memset(hash, 0xa5, sizeof(hash));
	test_changes();
	test_infos();
	test_limits();
	return tap_done();
}
