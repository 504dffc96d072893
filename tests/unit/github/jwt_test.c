/* jwt_test.c - keys as openssl makes them, and the JWT that they sign. */
#include "github/jwt.h"

#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "base/error.h"
#include "fakes/key.h"
#include "os/clock.h"
#include "tap.h"

#define NOW 1800000000

static struct jwt_key key;

static int
read_made(const char *command, struct error *e)
{
	char path[] = "/tmp/jwt_test_XXXXXX";
	int result = -1;

	error_clear(e);
	if (make_key(path, command))
		result = jwt_read_key(&key, path, deadline_after(5000), e);
	else
		(void)error_set(e, ERROR_LOCAL, "openssl failed");
	(void)unlink(path);
	return result;
}

static void
test_keys(void)
{
	static const struct {
		const char *command, *line; /* NULL: a key */
	} rows[] = {
	    {"genrsa 2048", NULL},
	    {"genrsa 3072", NULL},
	    {"genrsa 2048 | openssl rsa -traditional", NULL},
	    {"genrsa 2048 | openssl pkcs8 -topk8 -nocrypt", NULL},
	    {"genrsa 2048 | openssl rsa -outform DER", NULL},
	    {"genrsa 1024", "fewer than 2048 bits"},
	    {"genrsa 2048 | openssl rsa -pubout", "it is a public key"},
	    {"genrsa 2048 | openssl rsa -RSAPublicKey_out",
		"it is a public key"},
	    {"genrsa 2048 | openssl rsa -pubout -outform DER",
		"it is a public key"},
	    {"genrsa 2048 | head -n 9", "its END line is missing"},
	    {"genrsa 2048 | openssl rsa -traditional -aes128 -passout pass:x",
		"it is encrypted"},
	    {"genrsa -aes128 -passout pass:x 2048", "it is encrypted"},
	    {"genrsa 2048 | openssl pkcs8 -topk8 -v1 PBE-SHA1-3DES "
	     "-passout pass:x -outform DER",
		"it is encrypted"},
	    {"ecparam -genkey -name prime256v1 -noout", "it is an EC key"},
	    {"ecparam -genkey -name prime256v1", "it is an EC key"},
	    {"genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384",
		"it is an EC key"},
	    {"ecparam -genkey -name prime256v1 -noout -outform DER",
		"it is an EC key"},
	    {"genpkey -algorithm ed25519", "it is not an RSA key"},
	    {"req -x509 -newkey rsa:2048 -nodes -keyout /dev/null -subj /CN=a",
		"it is a certificate,"},
	    {"req -x509 -newkey rsa:2048 -nodes -keyout /dev/null -subj /CN=a "
	     "-outform DER",
		"it is a certificate,"},
	    {"req -newkey rsa:2048 -nodes -keyout /dev/null -subj /CN=a",
		"it is a certificate request"},
	    /* A key after something else. */
	    {"req -x509 -newkey rsa:2048 -nodes -keyout - -subj /CN=a", NULL},
	    {"ecparam -genkey -name prime256v1 | openssl dgst",
		"no private key found"},
	};
	struct error e;
	const char *name;
	size_t i;
	bool is_key;

	for (i = 0; i < COUNT(rows); i++) {
		name = rows[i].command;
		is_key = rows[i].line == NULL;
		tap_number(read_made(name, &e), is_key ? 0 : -1,
		    "%s: whether it is a key", name);
		tap_number(e.kind, is_key ? ERROR_NONE : ERROR_USAGE,
		    "%s: the kind", name);
		tap_part(e.line, rows[i].line, "%s: %s", name, e.line);
	}
}

/* Writes a file and reads it as a key. Returns what jwt_read_key() does. */
static int
read_bytes(const void *bytes, size_t length, struct error *e)
{
	static const char path[] = "/tmp/jwt_test_bytes";
	FILE *file = fopen(path, "w");
	int result;

	if (file == NULL || fwrite(bytes, 1, length, file) != length ||
	    fclose(file) != 0)
		return -2;
	error_clear(e);
	result = jwt_read_key(&key, path, deadline_after(5000), e);
	(void)unlink(path);
	return result;
}

/* A key in DER, of which the beginning is cut, and each bit of it changed: it
 * is a key, or refused with a reason, and a key that cannot sign says so. */
static void
test_damage(void)
{
	static const char *const forms[] = {
	    "genrsa 2048 | openssl rsa -traditional -outform DER",
	    "genrsa 2048 | openssl pkcs8 -topk8 -nocrypt -outform DER",
	};
	char path[] = "/tmp/jwt_test_XXXXXX", jwt[1024];
	unsigned char whole[2048], changed[2048];
	size_t i, n, length, bad;
	struct error e;
	struct buffer b;
	FILE *file;

	for (n = 0; n < COUNT(forms); n++) {
		strcpy(path, "/tmp/jwt_test_XXXXXX");
		length = 0;
		if (make_key(path, forms[n]) &&
		    (file = fopen(path, "r")) != NULL) {
			length = fread(whole, 1, sizeof(whole), file);
			(void)fclose(file);
		}
		(void)unlink(path);
		tap_number(read_bytes(whole, length, &e), 0, "%s", forms[n]);
		for (bad = 0, i = 1; i < length; i += i < 60 ? 1 : 97)
			bad += read_bytes(whole, i, &e) != -1;
		tap_number(bad, 0, "%s: cut, and still read", forms[n]);
		for (bad = 0, i = 0; i < 60 * 8; i++) {
			memcpy(changed, whole, length);
			changed[i / 8] ^= (unsigned char)(1u << i % 8);
			if (read_bytes(changed, length, &e) < 0) {
				bad += e.line[0] == '\0';
				continue;
			}
			buffer_init(&b, jwt, sizeof(jwt));
			error_clear(&e);
			bad += jwt_write(&key, "1", NOW, &b, &e) < 0 &&
			       e.line[0] == '\0';
		}
		tap_number(bad, 0, "%s: changed, without a reason", forms[n]);
	}
}

/* Numbers of these sizes in bytes, in the order of RFC 8017, A.1.2. */
static void
test_sizes(void)
{
	static const struct {
		const char *name, *line;
		size_t modulus, exponent, prime;
		unsigned char top;
	} rows[] = {
	    {"8192 bits", "more than 4096 bits", 1024, 3, 512, 0xc0},
	    {"a long exponent", "more than 4096 bits", 256, 5, 128, 0xc0},
	    {"a long prime", "more than 4096 bits", 256, 3, 300, 0xc0},
	    {"2047 bits", "fewer than 2048 bits", 256, 3, 128, 0x40},
	};
	static unsigned char der[4096], inner[4096];
	struct error e;
	size_t i, n, at;

	for (i = 0; i < COUNT(rows); i++) {
		const size_t lengths[] = {1, rows[i].modulus, rows[i].exponent,
		    rows[i].modulus, rows[i].prime, 128, 128, 128, 128};

		for (at = n = 0; n < COUNT(lengths); n++) {
			bool is_signed =
			    n > 0 && (n > 1 ? 0xc0 : rows[i].top) >= 0x80;
			size_t length = lengths[n] + is_signed;

			inner[at++] = 0x02;
			inner[at++] = 0x82;
			inner[at++] = (unsigned char)(length >> 8);
			inner[at++] = (unsigned char)length;
			if (length < 128) {
				at -= 3;
				inner[at++] = (unsigned char)length;
			} else if (length < 256) {
				at -= 3;
				inner[at++] = 0x81;
				inner[at++] = (unsigned char)length;
			}
			memset(inner + at, 0x55, length);
			inner[at] = is_signed ? 0 : n == 0 ? 0 : rows[i].top;
			if (is_signed)
				inner[at + 1] = n > 1 ? 0xc0 : rows[i].top;
			at += length;
		}
		der[0] = 0x30;
		der[1] = 0x82;
		der[2] = (unsigned char)(at >> 8);
		der[3] = (unsigned char)at;
		memcpy(der + 4, inner, at);
		tap_number(read_bytes(der, at + 4, &e), -1, "%s: refused",
		    rows[i].name);
		tap_part(e.line, rows[i].line, "%s: %s", rows[i].name, e.line);
	}
}

/* Whatever the file held, nothing of it is left. */
static void
test_wipe(void)
{
	static const char *const commands[] = {
	    "genrsa 2048",
	    "genrsa 2048 | { printf '\\0'; cat; }",
	    "genrsa 2048 | { cat; head -c 20000 /dev/zero; }",
	    "genrsa 2048 | { head -c 20000 /dev/zero; cat; }",
	};
	const unsigned char *bytes = (const unsigned char *)&key;
	struct error e;
	size_t i, n, left;

	for (i = 0; i < COUNT(commands); i++) {
		(void)read_made(commands[i], &e);
		jwt_wipe_key(&key);
		left = 0;
		for (n = 0; n < sizeof(key); n++)
			left += bytes[n] != 0;
		tap_number(
		    left, 0, "%s: the bytes left after a wipe", commands[i]);
	}
}

/* Whether the third part of a JWT is the signature of the first two. */
static bool
is_signed(const char *jwt, size_t length)
{
	unsigned char hash[br_sha256_SIZE];
	unsigned char signature[512];
	char part[1024];
	const char *last = strrchr(jwt, '.');
	br_sha256_context context;
	struct buffer b;

	if (last == NULL ||
	    br_rsa_i31_pkcs1_sign(BR_HASH_OID_SHA256,
		(br_sha256_init(&context),
		    br_sha256_update(&context, jwt, (size_t)(last - jwt)),
		    br_sha256_out(&context, hash), hash),
		sizeof(hash), &key.key, signature) != 1)
		return false;
	buffer_init(&b, part, sizeof(part));
	buffer_base64(&b, signature, key.public.nlen, true);
	return strcmp(part, last + 1) == 0 &&
	       (size_t)(last - jwt) + 1 + b.length == length;
}

static void
test_jwt(void)
{
	static const char claims[] =
	    "{\"iat\":1799999940,\"exp\":1800000540,\"iss\":\"Iv1.abc\"}";
	static char long_id[300];
	char jwt[1024], expected[256];
	struct buffer b;
	struct error e;

	if (!tap_ok(read_made("genrsa 2048", &e) == 0, "a key"))
		return;
	buffer_init(&b, jwt, sizeof(jwt));
	tap_ok(jwt_write(&key, "Iv1.abc", NOW, &b, &e) == 0, "a JWT");
	tap_ok(is_signed(jwt, b.length), "is signed by the key");
	buffer_init(&b, expected, sizeof(expected));
	buffer_base64(&b, "{\"alg\":\"RS256\",\"typ\":\"JWT\"}", 27, true);
	buffer_text(&b, ".");
	buffer_base64(&b, claims, sizeof(claims) - 1, true);
	buffer_text(&b, ".");
	tap_ok(strncmp(jwt, expected, b.length) == 0,
	    "has a minute before and nine after now, and the id");
	memset(long_id, 'a', sizeof(long_id) - 1);
	buffer_init(&b, jwt, sizeof(jwt));
	tap_ok(jwt_write(&key, long_id, NOW, &b, &e) < 0,
	    "an id that is too long");
	tap_number(e.kind, ERROR_USAGE, "an id that is too long: the kind");
	error_clear(&e);
	key.key.dp[0] ^= 1;
	buffer_init(&b, jwt, sizeof(jwt));
	tap_ok(jwt_write(&key, "1", NOW, &b, &e) < 0,
	    "a key that would reveal itself signs nothing");
	tap_part(
	    e.line, "inconsistent", "a key that would reveal itself: the line");
	jwt_wipe_key(&key);
	tap_number(key.text[0], '\0', "the text of a key is wiped");
	tap_number(key.length, 0, "the length of a key is wiped");
	tap_ok(key.key.p == NULL, "the numbers of a key are wiped");
}

int
main(void)
{
	test_damage();
	test_sizes();
	test_wipe();
	test_keys();
	test_jwt();
	return tap_done();
}
