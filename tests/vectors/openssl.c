/* openssl.c - src/crypto against OpenSSL's libcrypto: signatures that OpenSSL
 * makes, the same with numbers and hashes at every edge, powers, signatures of
 * RSASSA-PSS with right and wrong parameters, secrets of key exchanges,
 * encryption of every length that a block can have, and the key schedule of TLS
 * 1.3.
 *
 * usage: openssl [ROUNDS]. Speaks TAP. A check is a curve, RSA, a length of
 * RSASSA-PSS's modulus, a group, an AEAD or a suite. Keys are random: what
 * differs is printed. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <bearssl.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/obj_mac.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <stdlib.h>

#include "base/array.h"
#include "crypto/aead.h"
#include "crypto/arithmetic.h"
#include "crypto/ecdsa.h"
#include "crypto/exchange.h"
#include "crypto/pss.h"
#include "tap.h"
#include "tls/schedule.h"

#define NUMBER_MAX 66
#define RSA_MAX 512
#define AEAD_MAX 16385 /* what a record of TLS 1.3 has inside */

static const struct {
	int ours, theirs;
	const char *name;
} curves[] = {
    {BR_EC_secp256r1, NID_X9_62_prime256v1, "P-256"},
    {BR_EC_secp384r1, NID_secp384r1, "P-384"},
    {BR_EC_secp521r1, NID_secp521r1, "P-521"},
};

struct run {
	EC_KEY *key;
	const BIGNUM *order;
	unsigned char point[2 * NUMBER_MAX + 1];
	br_ec_public_key public;
	unsigned cases, valid, different;
};

/* A number at an edge, or a random one. */
static void
set_edge(BIGNUM *number, const BIGNUM *order, unsigned kind)
{
	switch (kind) {
	case 0:
		BN_zero(number);
		break;
	case 1:
		BN_one(number);
		break;
	case 2:
	case 3:
	case 4:
		BN_copy(number, order);
		BN_add_word(number, kind);
		BN_sub_word(number, 3); /* order - 1, order, order + 1 */
		break;
	case 5:
		BN_one(number);
		BN_lshift(number, number, BN_num_bits(order));
		BN_sub_word(number, 1); /* all ones */
		break;
	default:
		BN_rand_range(number, order);
	}
}

static void
compare(struct run *run, const ECDSA_SIG *signature, const unsigned char *hash,
    int length)
{
	unsigned char *der = NULL;
	int size = i2d_ECDSA_SIG(signature, &der);
	bool theirs = ECDSA_do_verify(hash, length, signature, run->key) == 1;
	bool ours = ecdsa_verify(&br_ec_all_m31, hash, (size_t)length,
			&run->public, der, (size_t)size) == 1;

	run->cases++;
	run->valid += theirs;
	if (ours != theirs) {
		run->different++;
		tap_show("ours differs", der, (size_t)size);
		tap_show("the key     ", run->point, run->public.qlen);
		tap_show("the hash    ", hash, (size_t)length);
	}
	OPENSSL_free(der);
}

/* The hash signed, then with other numbers in place of r, of s, and of both. */
static void
compare_hash(struct run *run, const unsigned char *hash, int length)
{
	ECDSA_SIG *made = ECDSA_do_sign(hash, length, run->key), *other;
	BIGNUM *r, *s;
	unsigned i, j;

	compare(run, made, hash, length);
	for (i = 0; i < 8; i++) {
		for (j = 0; j < 8; j++) {
			r = BN_dup(ECDSA_SIG_get0_r(made));
			s = BN_dup(ECDSA_SIG_get0_s(made));
			if (i < 7)
				set_edge(r, run->order, i);
			if (j < 7)
				set_edge(s, run->order, j);
			other = ECDSA_SIG_new();
			ECDSA_SIG_set0(other, r, s);
			/* Edges take no time; what is computed does. */
			if (i >= 6 || j >= 6 || i == j)
				compare(run, other, hash, length);
			ECDSA_SIG_free(other);
		}
	}
	ECDSA_SIG_free(made);
}

static void
compare_hashes(struct run *run)
{
	static const int lengths[] = {32, 48, 64};
	unsigned char hash[NUMBER_MAX];
	unsigned kind;
	size_t i;
	BIGNUM *number = BN_new();

	for (i = 0; i < COUNT(lengths); i++) {
		for (kind = 0; kind < 7; kind++) {
			set_edge(number, run->order, kind);
			if (BN_num_bytes(number) > lengths[i])
				BN_rshift(number, number,
				    8 * (BN_num_bytes(number) - lengths[i]));
			BN_bn2binpad(number, hash, lengths[i]);
			compare_hash(run, hash, lengths[i]);
		}
	}
	BN_free(number);
}

static void
test_curve(size_t i, unsigned rounds)
{
	struct run run = {.cases = 0};
	const EC_GROUP *group;

	for (; rounds > 0; rounds--) {
		run.key = EC_KEY_new_by_curve_name(curves[i].theirs);
		group = EC_KEY_get0_group(run.key);
		run.order = EC_GROUP_get0_order(group);
		EC_KEY_generate_key(run.key);
		run.public.curve = curves[i].ours;
		run.public.q = run.point;
		run.public.qlen =
		    EC_POINT_point2oct(group, EC_KEY_get0_public_key(run.key),
			POINT_CONVERSION_UNCOMPRESSED, run.point,
			sizeof(run.point), NULL);
		compare_hashes(&run);
		EC_KEY_free(run.key);
	}
	tap_number(run.different, 0, "%s: %u cases, %u of them valid",
	    curves[i].name, run.cases, run.valid);
}

/* A random modulus of this many bytes, with high bytes of all ones, and random
 * or small exponents. */
static unsigned
compare_power(size_t length, bool is_high)
{
	unsigned char n[RSA_MAX], x[RSA_MAX], e[4], theirs[RSA_MAX];
	br_rsa_public_key key = {n, length, e, sizeof(e)};
	BN_CTX *context = BN_CTX_new();
	BIGNUM *m = BN_new(), *number = BN_new(), *exponent = BN_new();
	unsigned wrong = 0;

	RAND_bytes(n, (int)length);
	RAND_bytes(e, sizeof(e));
	memset(n, 0xff, is_high ? length / 2 : 0);
	n[0] |= 0x80;
	n[length - 1] |= 1;
	e[3] |= 1;
	BN_bin2bn(n, (int)length, m);
	BN_bin2bn(e, sizeof(e), exponent);
	BN_rand_range(number, m);
	BN_bn2binpad(number, x, (int)length);
	BN_mod_exp(number, number, exponent, m, context);
	BN_bn2binpad(number, theirs, (int)length);
	wrong += arithmetic_rsa(x, length, &key) != 1;
	wrong += memcmp(x, theirs, length) != 0;
	BN_free(m);
	BN_free(number);
	BN_free(exponent);
	BN_CTX_free(context);
	return wrong;
}

static const struct {
	enum aead ours;
	size_t key_length;
	const char *theirs;
} aeads[] = {
    {AEAD_AES_GCM, 16, "AES-128-GCM"},
    {AEAD_AES_GCM, 32, "AES-256-GCM"},
    {AEAD_CHACHA20_POLY1305, 32, "ChaCha20-Poly1305"},
};

/* What OpenSSL seals is the same, and is opened. Returns what differs. */
static unsigned
compare_aead(size_t row, size_t length)
{
	static unsigned char bytes[AEAD_MAX + AEAD_TAG];
	static unsigned char theirs[AEAD_MAX + AEAD_TAG];
	unsigned char random[AEAD_KEY_MAX + AEAD_NONCE + 16];
	unsigned char *nonce = random + AEAD_KEY_MAX;
	unsigned char *associated = nonce + AEAD_NONCE;
	size_t size = length % 17;
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, aeads[row].theirs, NULL);
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	struct aead_key key;
	unsigned wrong = 0;
	int n;

	RAND_bytes(random, sizeof(random));
	RAND_bytes(bytes, (int)length);
	EVP_EncryptInit_ex2(context, cipher, random, nonce, NULL);
	EVP_EncryptUpdate(context, NULL, &n, associated, (int)size);
	EVP_EncryptUpdate(context, theirs, &n, bytes, (int)length);
	EVP_EncryptFinal_ex(context, theirs + n, &n);
	EVP_CIPHER_CTX_ctrl(
	    context, EVP_CTRL_AEAD_GET_TAG, AEAD_TAG, theirs + length);
	aead_key_set(
	    &key, aeads[row].ours, span_of(random, aeads[row].key_length));
	aead_seal(&key, nonce, span_of(associated, size), bytes, length);
	wrong += memcmp(bytes, theirs, length + AEAD_TAG) != 0;
	wrong += aead_open(&key, nonce, span_of(associated, size), theirs,
		     length) != 0;
	EVP_CIPHER_CTX_free(context);
	EVP_CIPHER_free(cipher);
	return wrong;
}

static void
test_aead(size_t row, unsigned rounds)
{
	static const size_t long_ones[] = {
	    1000, 4095, 4096, 4097, 16384, AEAD_MAX};
	unsigned cases = 0, wrong = 0;
	size_t i;

	for (; rounds > 0; rounds--) {
		for (i = 0; i <= 260; i++, cases++)
			wrong += compare_aead(row, i);
		for (i = 0; i < COUNT(long_ones); i++, cases++)
			wrong += compare_aead(row, long_ones[i]);
	}
	tap_number(wrong, 0, "%s: %u lengths", aeads[row].theirs, cases);
}

/* OpenSSL's own steps of the key schedule: "derived" belongs to an extraction
 * that has a secret before it. */
static void
derive(const struct suite *suite, const char *mode, struct span secret,
    const char *label, struct span data, unsigned char *out)
{
	bool expands = strcmp(mode, "EXPAND_ONLY") == 0;
	char *hash = suite->hash_length == 48 ? "SHA384" : "SHA256";
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "TLS13-KDF", NULL);
	EVP_KDF_CTX *context = EVP_KDF_CTX_new(kdf);
	OSSL_PARAM params[8], *p = params;

	*p++ = OSSL_PARAM_construct_utf8_string("mode", (char *)mode, 0);
	*p++ = OSSL_PARAM_construct_utf8_string("digest", hash, 0);
	*p++ = OSSL_PARAM_construct_octet_string("prefix", "tls13 ", 6);
	*p++ = OSSL_PARAM_construct_octet_string(
	    "label", (char *)label, strlen(label));
	if (secret.bytes != NULL)
		*p++ =
		    OSSL_PARAM_construct_octet_string(expands ? "key" : "salt",
			span_mutable(secret), secret.length);
	if (data.bytes != NULL)
		*p++ = OSSL_PARAM_construct_octet_string(
		    expands ? "data" : "key", span_mutable(data), data.length);
	*p = OSSL_PARAM_construct_end();
	if (EVP_KDF_derive(context, out, suite->hash_length, params) != 1)
		abort();
	EVP_KDF_CTX_free(context);
	EVP_KDF_free(kdf);
}

/* Random secrets and hashes. Returns how many secrets differ. */
static unsigned
compare_schedule(const struct suite *suite, size_t shared_length)
{
	static const char *const labels[] = {
	    "c hs traffic", "s hs traffic", "c ap traffic", "s ap traffic"};
	unsigned char shared[48], hash[SUITE_HASH_MAX];
	unsigned char secret[SUITE_HASH_MAX], theirs[SUITE_HASH_MAX];
	struct span none = span_of(NULL, 0);
	struct span before = span_of(secret, suite->hash_length);
	struct span hashed = span_of(hash, suite->hash_length);
	struct span exchanged = span_of(shared, shared_length);
	struct traffic_secret ours[COUNT(labels)];
	struct schedule schedule;
	unsigned wrong = 0;
	size_t i;

	RAND_bytes(shared, (int)shared_length);
	RAND_bytes(hash, sizeof(hash));
	schedule_start(&schedule, suite);
	schedule_handshake(&schedule, exchanged, hashed, &ours[0], &ours[1]);
	schedule_application(&schedule, hashed, &ours[2], &ours[3]);
	derive(suite, "EXTRACT_ONLY", none, "derived", none, secret);
	for (i = 0; i < COUNT(labels); i++) {
		if (i % 2 == 0)
			derive(suite, "EXTRACT_ONLY", before, "derived",
			    i == 0 ? exchanged : none, secret);
		derive(suite, "EXPAND_ONLY", before, labels[i], hashed, theirs);
		wrong += memcmp(theirs, ours[i].bytes, suite->hash_length) != 0;
	}
	return wrong;
}

static void
test_schedule(const struct suite *suite, unsigned rounds)
{
	static const size_t lengths[] = {32, 48}; /* X25519, P-256; P-384 */
	unsigned wrong = 0;
	size_t i;

	for (i = 0; i < (size_t)20 * rounds; i++)
		wrong += compare_schedule(suite, lengths[i % 2]);
	tap_number(wrong, 0, "%s: %zu key schedules", suite->name, i);
}

static const struct {
	const br_hash_class *ours;
	const EVP_MD *(*theirs)(void);
	size_t length;
} hashes[] = {
    {&br_sha256_vtable, EVP_sha256, 32},
    {&br_sha384_vtable, EVP_sha384, 48},
    {&br_sha512_vtable, EVP_sha512, 64},
};

/* Signs a hash with these parameters. Returns the length of the signature. */
static size_t
sign(EVP_PKEY *pair, const size_t hash[2], int salt,
    const unsigned char *digest, unsigned char *signature)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(pair, NULL);
	size_t length = RSA_MAX;

	if (EVP_PKEY_sign_init(context) <= 0 ||
	    EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) <= 0 ||
	    EVP_PKEY_CTX_set_signature_md(context, hashes[hash[0]].theirs()) <=
		0 ||
	    EVP_PKEY_CTX_set_rsa_mgf1_md(context, hashes[hash[1]].theirs()) <=
		0 ||
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(context, salt) <= 0 ||
	    EVP_PKEY_sign(context, signature, &length, digest,
		hashes[hash[0]].length) <= 0)
		abort();
	EVP_PKEY_CTX_free(context);
	return length;
}

/* With each hash, and with each hash for the mask, and salts of several
 * lengths: the right one, and only that, is accepted; not if a bit is changed.
 * Returns how many verdicts are wrong. */
static unsigned
compare_signatures(EVP_PKEY *pair, const br_rsa_public_key *key)
{
	static const int salts[] = {0, 20, 32, 48, 64, 100};
	unsigned char digest[64], signature[RSA_MAX];
	size_t hash[2], i, length;
	unsigned wrong = 0;
	bool is_right;

	for (i = 0; i < COUNT(salts) * 9; i++) {
		hash[0] = i % 3;
		hash[1] = i / 3 % 3;
		RAND_bytes(digest, sizeof(digest));
		length = sign(pair, hash, salts[i / 9], digest, signature);
		is_right = hash[0] == hash[1] &&
			   salts[i / 9] == (int)hashes[hash[0]].length;
		wrong += pss_verify(span_of(signature, length),
			     hashes[hash[0]].ours, digest, key) != is_right;
		signature[i % length] ^= 4;
		wrong += pss_verify(span_of(signature, length),
		    hashes[hash[0]].ours, digest, key);
	}
	return wrong;
}

static void
test_pss(unsigned bits)
{
	unsigned char n[RSA_MAX], e[] = {1, 0, 1};
	br_rsa_public_key key = {n, 0, e, sizeof(e)};
	EVP_PKEY *pair = EVP_RSA_gen(bits);
	BIGNUM *modulus = NULL;

	if (pair == NULL || !EVP_PKEY_get_bn_param(pair, "n", &modulus))
		abort();
	key.nlen = (size_t)BN_bn2bin(modulus, n);
	tap_number(compare_signatures(pair, &key), 0,
	    "RSASSA-PSS with a modulus of %u bits", bits);
	BN_free(modulus);
	EVP_PKEY_free(pair);
}

/* Our key and theirs give the same secret on both sides. Returns how many
 * secrets are wrong. */
static unsigned
compare_secret(int curve, const char *group, const br_prng_class **random)
{
	EVP_PKEY *theirs = strcmp(group, "X25519") == 0
			       ? EVP_PKEY_Q_keygen(NULL, NULL, group)
			       : EVP_PKEY_Q_keygen(NULL, NULL, "EC", group);
	unsigned char *public, secret[EXCHANGE_SECRET_MAX], expected[64];
	EVP_PKEY *peer = EVP_PKEY_new();
	size_t length, expected_length = sizeof(expected);
	struct exchange_key key;
	EVP_PKEY_CTX *context;
	int got;

	if (theirs == NULL || exchange_key_make(&key, curve, random) < 0)
		abort();
	length = EVP_PKEY_get1_encoded_public_key(theirs, &public);
	got = exchange_agree(&key, span_of(public, length), secret);
	context = EVP_PKEY_CTX_new(theirs, NULL);
	if (!EVP_PKEY_copy_parameters(peer, theirs) ||
	    !EVP_PKEY_set1_encoded_public_key(
		peer, key.public, key.public_length) ||
	    EVP_PKEY_derive_init(context) <= 0 ||
	    EVP_PKEY_derive_set_peer(context, peer) <= 0 ||
	    EVP_PKEY_derive(context, expected, &expected_length) <= 0)
		abort();
	EVP_PKEY_CTX_free(context);
	EVP_PKEY_free(theirs);
	EVP_PKEY_free(peer);
	OPENSSL_free(public);
	return got != (int)expected_length ||
	       memcmp(secret, expected, expected_length) != 0;
}

static void
test_exchange(int curve, const char *group, unsigned count)
{
	br_hmac_drbg_context random;
	unsigned char seed[32];
	unsigned i, wrong = 0;

	RAND_bytes(seed, sizeof(seed));
	br_hmac_drbg_init(&random, &br_sha256_vtable, seed, sizeof(seed));
	for (i = 0; i < count; i++)
		wrong += compare_secret(curve, group, &random.vtable);
	tap_number(wrong, 0, "%s: %u secrets", group, count);
}

int
main(int argc, char **argv)
{
	unsigned rounds = argc > 1 ? (unsigned)atoi(argv[1]) : 1, wrong = 0;
	size_t i;

	for (i = 0; i < COUNT(curves); i++)
		test_curve(i, rounds);
	for (i = 0; i < (size_t)40 * rounds; i++) {
		wrong += compare_power(128 + i * 32 % 385, i % 2 == 0);
		wrong += compare_power(65 + i % 440, i % 2 == 1);
	}
	tap_number(wrong, 0, "RSA: %zu powers", 2 * i);
	test_pss(2048);
	test_pss(2049);
	test_pss(2050);
	test_pss(3072);
	test_exchange(BR_EC_curve25519, "X25519", 50 * rounds);
	test_exchange(BR_EC_secp256r1, "P-256", 50 * rounds);
	test_exchange(BR_EC_secp384r1, "P-384", 20 * rounds);
	for (i = 0; i < COUNT(aeads); i++)
		test_aead(i, rounds);
	for (i = 0; i < SUITE_COUNT; i++)
		test_schedule(&suite_table[i], rounds);
	return tap_done();
}
