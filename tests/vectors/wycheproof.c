/* wycheproof.c - runs the cases that wycheproof.py prepared on standard input,
 * one a line. Words that hold bytes are hexadecimal; "-" stands for none.
 *
 *   ecdsa CURVE HASH KEY MESSAGE SIGNATURE
 *   rsa - HASH MODULUS EXPONENT MESSAGE SIGNATURE
 *   pss - HASH MODULUS EXPONENT MESSAGE SIGNATURE
 *   exchange CURVE - POINT PRIVATE
 *   aead NAME - KEY NONCE ASSOCIATED MESSAGE SEALED
 *   hkdf SIZE HASH INPUT SALT INFO
 *
 * Writes one line for each: "accept", "refuse", the shared secret, or what HKDF
 * makes. */
#include <bearssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "crypto/aead.h"
#include "crypto/ecdsa.h"
#include "crypto/exchange.h"
#include "crypto/hkdf.h"
#include "crypto/pss.h"
#include "crypto/rsa.h"

#define WORDS_MAX 8
#define LINE_SIZE 40000

static const struct {
	const char *name;
	int curve;
	const br_hash_class *hash;
	const unsigned char *hash_id;
} names[] = {
    {"P-256", BR_EC_secp256r1, NULL, NULL},
    {"P-384", BR_EC_secp384r1, NULL, NULL},
    {"X25519", BR_EC_curve25519, NULL, NULL},
    {"SHA-256", 0, &br_sha256_vtable, BR_HASH_OID_SHA256},
    {"SHA-384", 0, &br_sha384_vtable, BR_HASH_OID_SHA384},
    {"SHA-512", 0, &br_sha512_vtable, BR_HASH_OID_SHA512},
};

/* Each is of its own size on the heap: the sanitizer sees what reads past
 * it. */
struct bytes {
	unsigned char *at;
	size_t length;
};

static struct bytes
read_hex(const char *text)
{
	struct bytes b = {NULL, strcmp(text, "-") == 0 ? 0 : strlen(text) / 2};
	unsigned octet;
	size_t i;

	b.at = malloc(b.length);
	for (i = 0; i < b.length; i++) {
		if (sscanf(text + 2 * i, "%2x", &octet) != 1)
			abort();
		b.at[i] = (unsigned char)octet;
	}
	return b;
}

static size_t
find(const char *name)
{
	size_t i;

	for (i = 0; i < COUNT(names); i++) {
		if (strcmp(names[i].name, name) == 0)
			return i;
	}
	abort();
}

static size_t
hash_message(size_t hash, struct bytes message, unsigned char *out)
{
	const br_hash_class *class = names[hash].hash;
	br_hash_compat_context context;

	class->init(&context.vtable);
	class->update(&context.vtable, message.at, message.length);
	class->out(&context.vtable, out);
	return class->desc >> BR_HASHDESC_OUT_OFF & BR_HASHDESC_OUT_MASK;
}

static int
run_ecdsa(char **words, struct bytes *b)
{
	br_ec_public_key key = {
	    names[find(words[1])].curve, b[3].at, b[3].length};
	unsigned char hash[64];
	size_t length = hash_message(find(words[2]), b[4], hash);

	return (int)ecdsa_verify(
	    &br_ec_all_m31, hash, length, &key, b[5].at, b[5].length);
}

static int
run_rsa(char **words, struct bytes *b)
{
	br_rsa_public_key key = {b[3].at, b[3].length, b[4].at, b[4].length};
	size_t name = find(words[2]), length;
	unsigned char hash[64], signed_hash[64];

	length = hash_message(name, b[5], hash);
	return rsa_verify(b[6].at, b[6].length, names[name].hash_id, length,
		   &key, signed_hash) == 1 &&
	       memcmp(hash, signed_hash, length) == 0;
}

static int
run_pss(char **words, struct bytes *b)
{
	br_rsa_public_key key = {b[3].at, b[3].length, b[4].at, b[4].length};
	size_t name = find(words[2]);
	unsigned char hash[64];

	(void)hash_message(name, b[5], hash);
	return pss_verify(
	    span_of(b[6].at, b[6].length), names[name].hash, hash, &key);
}

/* Agrees on the secret with a key of ours as well. Without an expected one, the
 * peer's key must be refused. */
static void
check_agreement(int curve, struct bytes public, struct bytes private,
    const unsigned char *expected, size_t length)
{
	static const size_t sizes[] = {[BR_EC_secp256r1] = 65,
	    [BR_EC_secp384r1] = 97,
	    [BR_EC_curve25519] = 32};
	struct exchange_key key = {.curve = curve,
	    .length = private.length,
	    .public_length = sizes[curve]};
	unsigned char secret[EXCHANGE_SECRET_MAX];
	int got;

	if (private.length > sizeof(key.private))
		abort();
	memcpy(key.private, private.at, private.length);
	got = exchange_agree(&key, span_of(public.at, public.length), secret);
	if (expected == NULL
		? got != -1
		: got != (int)length || memcmp(secret, expected, length) != 0)
		abort();
}

static void
print_hex(const unsigned char *bytes, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++)
		printf("%02x", bytes[i]);
	puts("");
}

static void
run_exchange(char **words, struct bytes *b)
{
	int curve = names[find(words[1])].curve;
	bool accepts = exchange_accepts(curve, span_of(b[3].at, b[3].length));
	struct bytes public = read_hex(words[3]);
	br_ec_impl ec;
	size_t offset, length;
	uint32_t result;

	exchange_init(&ec);
	result = ec.mul(b[3].at, b[3].length, b[4].at, b[4].length, curve);
	if (accepts != (result == 1))
		abort();
	offset = ec.xoff(curve, &length);
	check_agreement(
	    curve, public, b[4], result == 1 ? b[3].at + offset : NULL, length);
	free(public.at);
	if (result == 1)
		print_hex(b[3].at + offset, length);
	else
		puts("refuse");
}

/* Opens what is sealed to the message, and seals the message to it. */
static int
run_aead(char **words, struct bytes *b)
{
	enum aead aead = strcmp(words[1], "AES-GCM") == 0
			     ? AEAD_AES_GCM
			     : AEAD_CHACHA20_POLY1305;
	struct span associated = span_of(b[5].at, b[5].length);
	size_t length = b[6].length, sealed = length + AEAD_TAG, i;
	unsigned char *bytes = malloc(sealed);
	struct aead_key key;
	bool opens, seals;

	if (b[7].length != sealed || b[4].length != AEAD_NONCE)
		abort();
	aead_key_set(&key, aead, span_of(b[3].at, b[3].length));
	memcpy(bytes, b[7].at, sealed);
	opens = aead_open(&key, b[4].at, associated, bytes, length) == 0;
	for (i = 0; !opens && i < length; i++) {
		if (bytes[i] != 0)
			abort();
	}
	if (opens && length > 0 && memcmp(bytes, b[6].at, length) != 0)
		abort();
	if (length > 0)
		memcpy(bytes, b[6].at, length);
	aead_seal(&key, b[4].at, associated, bytes, length);
	seals = memcmp(bytes, b[7].at, sealed) == 0;
	free(bytes);
	return opens && seals;
}

static void
run_hkdf(char **words, struct bytes *b)
{
	const br_hash_class *hash = names[find(words[2])].hash;
	size_t size = (size_t)atoi(words[1]);
	unsigned char key[HKDF_KEY_MAX], *out = malloc(size);

	hkdf_extract(hash, span_of(b[4].at, b[4].length),
	    span_of(b[3].at, b[3].length), key);
	if (hkdf_expand(hash,
		span_of(key, hash->desc >> BR_HASHDESC_OUT_OFF &
				 BR_HASHDESC_OUT_MASK),
		span_of(b[5].at, b[5].length), out, size) == size)
		print_hex(out, size);
	else
		puts("refuse");
	free(out);
}

int
main(void)
{
	static char line[LINE_SIZE];
	struct bytes b[WORDS_MAX] = {{NULL, 0}};
	char *words[WORDS_MAX], *word;
	size_t count, i;

	while (fgets(line, sizeof(line), stdin) != NULL) {
		count = 0;
		for (word = strtok(line, " \n"); word != NULL;
		     word = strtok(NULL, " \n"))
			words[count++] = word;
		for (i = 3; i < count; i++)
			b[i] = read_hex(words[i]);
		if (strcmp(words[0], "exchange") == 0)
			run_exchange(words, b);
		else if (strcmp(words[0], "hkdf") == 0)
			run_hkdf(words, b);
		else if (strcmp(words[0], "aead") == 0)
			puts(run_aead(words, b) ? "accept" : "refuse");
		else if (strcmp(words[0], "rsa") == 0)
			puts(run_rsa(words, b) ? "accept" : "refuse");
		else if (strcmp(words[0], "pss") == 0)
			puts(run_pss(words, b) ? "accept" : "refuse");
		else
			puts(run_ecdsa(words, b) ? "accept" : "refuse");
		for (i = 3; i < count; i++)
			free(b[i].at);
	}
	return 0;
}
