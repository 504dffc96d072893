/* chain_fuzz.c - a hostile chain with real signatures. The input says what each
 * certificate contains, whose keys sign it, and which bytes of its signed part
 * are changed before that, so that mutations are not stopped by a signature.
 *
 * Keys 1 and 2 are those of CAs, 3 and 4 those of an attacker, who has an RSA
 * key as well. If only the attacker signs what the server sends, no chain is
 * accepted. Nor is one whose first certificate does not have the host's name in
 * it. */
#include "x509/chain.h"

#include <stdint.h>
#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/buffer.h"
#include "fuzz.h"
#include "x509/compose.h"
#include "x509/der.h"

#define HOST "a.example"
#define NOW 1795446000 /* 2026-11-23 */
#define SENT_MAX 11    /* certificates; each costs the fuzzer a signature */
#define RSA_BITS 2048
#define RSA_KEY 5 /* a number beyond those of compose.h */
#define NAMES_MAX 480
#define EXPONENT_MAX 2000 /* bytes */

static struct chain chain;
static struct roots roots;
static struct {
	bool is_made;
	br_rsa_private_key private;
	br_rsa_public_key public;
	unsigned char private_bytes[BR_RSA_KBUF_PRIV_SIZE(RSA_BITS)];
	unsigned char public_bytes[BR_RSA_KBUF_PUB_SIZE(RSA_BITS)];
} rsa;

/* The same key in each run: a finding must be found again. */
static void
make_rsa_key(void)
{
	br_hmac_drbg_context random;

	if (rsa.is_made)
		return;
	br_hmac_drbg_init(&random, &br_sha256_vtable, "chain_fuzz", 10);
	rsa.is_made =
	    br_rsa_i31_keygen(&random.vtable, &rsa.private, rsa.private_bytes,
		&rsa.public, rsa.public_bytes, RSA_BITS, 0x10001) == 1;
	check(rsa.is_made);
}

/* A list of the same name, as long as the input wants it. */
static const char *
repeat(char out[NAMES_MAX], const char *first, const char *name, unsigned count)
{
	strcpy(out, first);
	while (count-- > 0 && strlen(out) + strlen(name) < NAMES_MAX - 1)
		strcat(out, name);
	return out;
}

static struct recipe
read_recipe(struct input *in, bool is_hostile)
{
	static const char *const names[] = {"A", "B", "C", "D"};
	static const char *const trees[] = {NULL, "DNS:example",
	    "DNS:", "DNS:.example", "DNS:b.test", "DIR:A", "DIR:B",
	    "NET:10.0.0.0/255.0.0.0", "MAIL:a"};
	static const char *const depths[] = {NULL, NULL, "\x00", "\x01"};
	static const char *const usages[] = {
	    NULL, NULL, "\x02\x04", "\x07\x80"};
	static const char *const purposes[] = {
	    NULL, NULL, COMPOSE_SERVER, COMPOSE_CLIENT, COMPOSE_ANY};
	static const char rsa_sha256[] = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b";
	static const unsigned short exponents[] = {0, 0, 1, 4, 5, EXPONENT_MAX};
	static char permitted[NAMES_MAX], list[NAMES_MAX];
	static unsigned char exponent[1 + EXPONENT_MAX];
	unsigned flags = take(in), tree = take_below(in, COUNT(trees)), length,
		 count;
	const char *purpose = purposes[take_below(in, COUNT(purposes))];
	struct recipe r = {.is_ca = flags & 1,
	    .is_v1 = (flags & 0x0e) == 0x0e,
	    .subject_tag = flags & 0x10 ? 0x13 : 0x0c,
	    .until = (flags & 0x60) == 0x60 ? "250101000000Z" : NULL};

	r.subject = names[take_below(in, COUNT(names))];
	r.issuer = names[take_below(in, COUNT(names))];
	r.key = (unsigned char)(1 + take_below(in, RSA_KEY));
	r.depth = depths[take_below(in, COUNT(depths))];
	r.key_usage = usages[take_below(in, COUNT(usages))];
	r.signer = (unsigned char)(is_hostile ? 3 + take_below(in, 3)
					      : 1 + take_below(in, RSA_KEY));
	if (r.key == RSA_KEY) {
		r.key = 0;
		r.rsa_bytes = rsa.public.nlen;
		r.modulus = rsa.public.n;
		length = exponents[take_below(in, COUNT(exponents))];
		memset(exponent + 1, 0xff, EXPONENT_MAX);
		if (length > 0)
			r.exponent = span_of(exponent, 1 + length);
	}
	if (r.signer == RSA_KEY)
		r.algorithm = span_text(rsa_sha256);
	if (r.is_v1)
		return r;
	if (!r.is_ca || (flags & 0x80)) {
		count = take(in);
		r.names = repeat(list, count < 200 ? "DNS:" HOST : "DNS:c.test",
		    ",DNS:b.example", count % 40);
	}
	if (tree > 0)
		r.permitted = repeat(
		    permitted, trees[tree], ",DNS:", take_below(in, 100));
	if (purpose != NULL)
		r.purposes = span_text(purpose);
	return r;
}

static void
put_rsa_signature(struct der *d, const struct der *tbs)
{
	unsigned char hash[32], bits[1 + RSA_BITS / 8] = {0};
	br_sha256_context c;

	br_sha256_init(&c);
	br_sha256_update(&c, tbs->bytes, tbs->length);
	br_sha256_out(&c, hash);
	check(br_rsa_i31_pkcs1_sign(
		  BR_HASH_OID_SHA256, hash, 32, &rsa.private, bits + 1) == 1);
	wrap(d, 0x03, bits, sizeof(bits));
}

/* Composes a certificate, changes its signed part, and signs that. */
static struct span
make_certificate(struct der *out, const struct recipe *recipe, struct input *in)
{
	struct der tbs = {.length = 0}, all = {.length = 0};
	unsigned changes = take_below(in, 4), at, i;
	struct der_element part;
	struct recipe r = *recipe;
	struct span outer;

	if (r.signer == RSA_KEY)
		r.signer = 0;
	check(der_only(compose(out, &r), DER_SEQUENCE, &outer));
	check(der_next(&outer, &part));
	put(&tbs, part.whole.bytes, part.whole.length);
	for (i = 0; i < changes; i++) {
		at = take_two(in);
		tbs.bytes[at % tbs.length] ^= take(in);
	}
	put(&all, tbs.bytes, tbs.length);
	check(der_next(&outer, &part));
	put(&all, part.whole.bytes, part.whole.length);
	if (recipe->signer == RSA_KEY)
		put_rsa_signature(&all, &tbs);
	else
		put_signature(&all, &tbs, r.signer);
	out->length = 0;
	wrap(out, 0x30, all.bytes, all.length);
	return span_of(out->bytes, out->length);
}

/* Writes the file of CAs where roots_use_file() keeps it. */
static void
make_roots(struct input *in)
{
	unsigned count = take_below(in, 4), i;
	struct buffer b;
	struct der d;

	roots_use_builtin(&roots);
	roots.is_file = true;
	buffer_init(&b, roots.text, sizeof(roots.text));
	for (i = 0; i < count; i++) {
		struct recipe r = read_recipe(in, false);
		struct span der;

		r.key = r.key == 1 ? 1 : 2;
		r.rsa_bytes = 0;
		r.signer = r.key;
		r.algorithm = span_of(NULL, 0);
		der = make_certificate(&d, &r, in);
		buffer_text(&b, "-----BEGIN CERTIFICATE-----\n");
		buffer_base64(&b, der.bytes, der.length, false);
		buffer_text(&b, "\n-----END CERTIFICATE-----\n");
	}
	check(!b.overflowed);
	roots.text_length = b.length;
	roots.text[b.length] = '\n';
}

/* Whether this may be for the host, by its bytes: they may be changed ones, and
 * names differ in case, or have a wildcard. */
static bool
may_name_host(struct span der)
{
	const char *rest = strchr(HOST, '.');
	size_t length = strlen(rest), i;

	for (i = 1; i + length <= der.length; i++) {
		if (ascii_equal_nocase(rest, der.bytes + i, length) &&
		    (ascii_lower(der.bytes[i - 1]) == HOST[0] ||
			der.bytes[i - 1] == '*'))
			return true;
	}
	return false;
}

/* Returns whether the first certificate may be for the host. */
static bool
send_chain(struct input *in, bool is_hostile)
{
	unsigned count = 1 + take_below(in, SENT_MAX), i;
	const br_x509_class **class = (void *)&chain;
	bool names_host = false;
	struct der d;

	chain.class->start_chain(class, HOST);
	for (i = 0; i < count; i++) {
		struct recipe r = read_recipe(in, is_hostile);
		struct span der = make_certificate(&d, &r, in);

		chain.class->start_cert(class, (uint32_t)der.length);
		chain.class->append(class, der.bytes, der.length);
		chain.class->end_cert(class);
		if (i == 0)
			names_host = may_name_host(der);
	}
	return names_host;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct chain_terms terms = {.host = HOST,
	    .now = NOW,
	    .roots = &roots,
	    .deadline = deadline_after(60000)};
	struct input in = {data, size};
	bool is_hostile = take_below(&in, 2) == 1, names_host;
	struct error e;
	unsigned code;

	make_rsa_key();
	make_roots(&in);
	error_clear(&e);
	chain_init(&chain, &terms, &e);
	names_host = send_chain(&in, is_hostile);
	code = chain.class->end_chain((void *)&chain);
	check((code == 0) == (e.kind == ERROR_NONE));
	check(e.kind == ERROR_NONE || e.line[0] != '\0');
	check(chain.budget.left <= BUDGET_UNITS);
	check(!budget_is_late(&chain.budget));
	check(code != 0 || (names_host && !is_hostile));
	return 0;
}
