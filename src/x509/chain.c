/* chain.c - BearSSL hands over the certificates byte by byte; they are stored
 * as they come and judged together at the end. The leaf is checked first,
 * then a depth-first search goes from issuer to issuer until a signature of
 * an anchor is found. Each step checks the issuer before it spends one of a
 * fixed number of signature verifications on it. */
#include "x509/chain.h"

#include <string.h>

#include "base/array.h"
#include "base/error.h"
#include "base/span.h"
#include "os/log.h"

#define HINT_CA                                                            \
	"for a private authority name its certificate with --ca-file (or " \
	"SSL_CERT_FILE)"
#define HINT_CLOCK "is this machine's clock right?"
#define HINT_HOST "check the host of the API's URL; someone may be in between"
#define HINT_SERVER "the server's administrator has to replace it"

/* What signs certificates here: SHA-1 is left out (RFC 9155). */
static const struct {
	unsigned char key_type;
	unsigned char length; /* of the identifier */
	const char *algorithm;
	const br_hash_class *hash;
	const char *oid; /* of the hash, length first, as BearSSL wants it */
} signatures[] = {
    {BR_KEYTYPE_RSA, 9, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b",
	&br_sha256_vtable, (const char *)BR_HASH_OID_SHA256},
    {BR_KEYTYPE_RSA, 9, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c",
	&br_sha384_vtable, (const char *)BR_HASH_OID_SHA384},
    {BR_KEYTYPE_RSA, 9, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d",
	&br_sha512_vtable, (const char *)BR_HASH_OID_SHA512},
    {BR_KEYTYPE_EC, 8, "\x2a\x86\x48\xce\x3d\x04\x03\x02", &br_sha256_vtable,
	NULL},
    {BR_KEYTYPE_EC, 8, "\x2a\x86\x48\xce\x3d\x04\x03\x03", &br_sha384_vtable,
	NULL},
    {BR_KEYTYPE_EC, 8, "\x2a\x86\x48\xce\x3d\x04\x03\x04", &br_sha512_vtable,
	NULL},
};

/* The chain being tried: indices into j->certificates, leaf first. */
struct path {
	unsigned index[CHAIN_CERTIFICATES];
	unsigned length;
};

/* Refuses because of one certificate. Returns -1. */
static int
refuse(struct chain *j, const struct certificate *c, const char *why,
    const char *hint)
{
	char name[CERTIFICATE_NAME_SIZE];

	certificate_subject(c, name);
	error_set(j->error, ERROR_TLS,
	    "the certificate \"%s\" that %s sent is refused: %s", name, j->host,
	    why);
	return error_hint(j->error, hint);
}

static int
check_dates(struct chain *j, const struct certificate *c)
{
	char name[CERTIFICATE_NAME_SIZE], from[16], until[16], today[16];

	if (j->now >= c->not_before && j->now <= c->not_after)
		return 0;
	certificate_subject(c, name);
	certificate_date(c->not_before, from);
	certificate_date(c->not_after, until);
	certificate_date(j->now, today);
	error_set(j->error, ERROR_TLS,
	    "the certificate \"%s\" that %s sent %s: it is valid from %s to "
	    "%s, and here it is %s",
	    name, j->host,
	    j->now > c->not_after ? "has expired" : "is not valid yet", from,
	    until, today);
	return error_hint(j->error, HINT_CLOCK);
}

static bool
bytes_equal(const unsigned char *a, size_t a_length, const unsigned char *b,
    size_t b_length)
{
	while (a_length > 0 && *a == 0) {
		a++;
		a_length--;
	}
	while (b_length > 0 && *b == 0) {
		b++;
		b_length--;
	}
	return a_length == b_length && memcmp(a, b, a_length) == 0;
}

static bool
key_equal(const br_x509_pkey *a, const br_x509_pkey *b)
{
	if (a->key_type != b->key_type)
		return false;
	if (a->key_type == BR_KEYTYPE_RSA)
		return bytes_equal(a->key.rsa.n, a->key.rsa.nlen, b->key.rsa.n,
			   b->key.rsa.nlen) &&
		       bytes_equal(a->key.rsa.e, a->key.rsa.elen, b->key.rsa.e,
			   b->key.rsa.elen);
	return a->key.ec.curve == b->key.ec.curve &&
	       bytes_equal(
		   a->key.ec.q, a->key.ec.qlen, b->key.ec.q, b->key.ec.qlen);
}

static bool
rsa_verifies(const struct chain *j, const struct certificate *c, size_t row,
    const br_rsa_public_key *key, const unsigned char *hash, size_t length)
{
	unsigned char signed_hash[64];

	/* An anchor did not go through certificate_read(). */
	if (key->nlen < 256 || key->nlen > 513)
		return false;
	return j->rsa(c->signature.bytes, c->signature.length,
		   (const unsigned char *)signatures[row].oid, length, key,
		   signed_hash) == 1 &&
	       memcmp(signed_hash, hash, length) == 0;
}

/* Whether the key signed the certificate. */
static bool
signature_verifies(
    struct chain *j, const struct certificate *c, const br_x509_pkey *key)
{
	br_hash_compat_context context;
	unsigned char hash[64];
	const br_hash_class *class;
	size_t row = 0, length;

	while (signatures[row].key_type != key->key_type ||
	       signatures[row].length != c->algorithm.length ||
	       memcmp(signatures[row].algorithm, c->algorithm.bytes,
		   c->algorithm.length) != 0)
		if (++row == COUNT(signatures))
			return false;
	if (j->signatures == CHAIN_SIGNATURES)
		return false;
	j->signatures++;
	class = signatures[row].hash;
	length = class->desc >> BR_HASHDESC_OUT_OFF & BR_HASHDESC_OUT_MASK;
	class->init(&context.vtable);
	class->update(
	    &context.vtable, c->signed_part.bytes, c->signed_part.length);
	class->out(&context.vtable, hash);
	if (key->key_type == BR_KEYTYPE_RSA)
		return rsa_verifies(j, c, row, &key->key.rsa, hash, length);
	return j->ecdsa(&j->ec, hash, length, &key->key.ec, c->signature.bytes,
		   c->signature.length) == 1;
}

static bool
is_self_issued(const struct certificate *c)
{
	return span_equal(c->issuer, c->subject);
}

/* RFC 5280, 6.1.4 (l): self-issued ones do not count, and neither does the
 * leaf. */
static int
path_depth(const struct chain *j, const struct path *p)
{
	int depth = 0;

	for (unsigned i = 1; i < p->length; i++)
		if (!is_self_issued(&j->certificates[p->index[i]]))
			depth++;
	return depth;
}

/* RFC 5280, 6.1.3 (b) and (c): self-issued ones are exempt, save the leaf. */
static bool
path_is_permitted(const struct chain *j, const struct path *p,
    const struct certificate *issuer)
{
	for (unsigned i = 0; i < p->length; i++) {
		const struct certificate *c = &j->certificates[p->index[i]];

		if ((i == 0 || !is_self_issued(c)) &&
		    !certificate_permits(issuer, c))
			return false;
	}
	return true;
}

/* Whether the candidate may stand above the path. The first refusal becomes
 * the error, should no other path be found. */
static int
check_issuer(struct chain *j, const struct path *p, const struct certificate *c)
{
	if (!c->is_ca)
		return refuse(
		    j, c, "it issued another but is no authority", HINT_SERVER);
	if (c->has_key_usage && !(c->key_usage & CERTIFICATE_USE_ISSUE))
		return refuse(
		    j, c, "its key may not sign certificates", HINT_SERVER);
	if (!certificate_may_serve(c, true))
		return refuse(
		    j, c, "it may not issue for servers", HINT_SERVER);
	if (c->path_length >= 0 && path_depth(j, p) > c->path_length)
		return refuse(j, c,
		    "the path below it is longer than it allows", HINT_SERVER);
	if (check_dates(j, c) < 0)
		return -1;
	if (!path_is_permitted(j, p, c))
		return refuse(j, c,
		    "its name constraints do not allow what it issued",
		    HINT_SERVER);
	return 0;
}

static bool
path_has(const struct path *p, unsigned index)
{
	for (unsigned i = 0; i < p->length; i++)
		if (p->index[i] == index)
			return true;
	return false;
}

/* Returns 1 if an anchor signed the end of the path, 0 if none, -1 on an
 * error that ends the search. */
static int
reaches_anchor(struct chain *j, const struct certificate *c)
{
	br_x509_trust_anchor anchors[CHAIN_ANCHORS];
	int count = j->find(
	    j->roots, c->issuer.bytes, c->issuer.length, anchors, j->error);

	for (int i = 0; i < count; i++)
		if ((anchors[i].flags & BR_X509_TA_CA) &&
		    signature_verifies(j, c, &anchors[i].pkey))
			return 1;
	return count < 0 ? -1 : 0;
}

/* Looks for issuers of the path's end. As deep as there are certificates, and
 * as wide as the signature budget. Returns 1, 0 or -1 as above. */
static int
path_search(struct chain *j, struct path *p)
{
	const struct certificate *end =
	    &j->certificates[p->index[p->length - 1]];
	int found = reaches_anchor(j, end);

	for (unsigned i = 1; i < j->count && found == 0; i++) {
		const struct certificate *c = &j->certificates[i];

		if (c->signature.bytes == NULL || path_has(p, i) ||
		    !span_equal(c->subject, end->issuer) ||
		    check_issuer(j, p, c) < 0 ||
		    !signature_verifies(j, end, &c->key))
			continue;
		p->index[p->length++] = i;
		found = path_search(j, p);
		p->length--;
	}
	return found;
}

/* The roots hold the server's own certificate, whoever signed it. */
static int
is_anchor(struct chain *j, const struct certificate *leaf)
{
	br_x509_trust_anchor anchors[CHAIN_ANCHORS];
	int count = j->find(j->roots, leaf->subject.bytes, leaf->subject.length,
	    anchors, j->error);

	for (int i = 0; i < count; i++)
		if (key_equal(&anchors[i].pkey, &leaf->key))
			return 1;
	return count < 0 ? -1 : 0;
}

static int
check_name(struct chain *j, const struct certificate *leaf)
{
	char names[CERTIFICATE_NAME_SIZE];

	if (certificate_matches(leaf, j->host))
		return 0;
	certificate_list_names(leaf, names);
	if (names[0] == '\0')
		return refuse(j, leaf,
		    "it names no host (subjectAltName is missing)",
		    HINT_SERVER);
	error_set(j->error, ERROR_TLS,
	    "the certificate is not for %s but for %s", j->host, names);
	return error_hint(j->error, HINT_HOST);
}

static int
check_leaf(struct chain *j, const struct certificate *leaf)
{
	if (check_name(j, leaf) < 0 || check_dates(j, leaf) < 0)
		return -1;
	if (!certificate_may_serve(leaf, false))
		return refuse(j, leaf, "it is not for servers", HINT_SERVER);
	return 0;
}

static int
refuse_unknown(struct chain *j, const struct certificate *leaf)
{
	if (j->signatures == CHAIN_SIGNATURES)
		return refuse(j, leaf, "its chain is too tangled", HINT_SERVER);
	if (j->count == 1 && !is_self_issued(leaf))
		return refuse(j, leaf,
		    "no trusted root issued it, and the server sent no "
		    "intermediate certificate",
		    HINT_CA);
	return refuse(j, leaf,
	    is_self_issued(leaf)
		? "it is self-signed and not among the trusted roots"
		: "its chain does not lead to a trusted root",
	    HINT_CA);
}

static int
chain_judge(struct chain *j)
{
	const struct certificate *leaf = &j->certificates[0];
	struct path p = {{0}, 1};
	int found;

	if (check_leaf(j, leaf) < 0)
		return -1;
	found = is_anchor(j, leaf);
	if (found != 0)
		return found;
	if (leaf->is_ca)
		return is_self_issued(leaf)
			   ? refuse_unknown(j, leaf)
			   : refuse(j, leaf,
				 "it is an authority's, not a server's",
				 HINT_SERVER);
	found = path_search(j, &p);
	return found == 0 ? refuse_unknown(j, leaf) : found;
}

static void
trace_certificate(unsigned number, const struct certificate *c)
{
	char name[CERTIFICATE_NAME_SIZE], from[16], until[16];

	certificate_subject(c, name);
	certificate_date(c->not_before, from);
	certificate_date(c->not_after, until);
	log_trace("certificate %u: %s, %s to %s", number, name, from, until);
}

/* Reads all of them. What cannot be read is no issuer; the leaf must be. */
static int
read_chain(struct chain *j)
{
	for (unsigned i = 0; i < j->count; i++) {
		struct certificate *c = &j->certificates[i];
		const char *why;

		if (certificate_read(c, j->bytes + j->start[i],
			j->start[i + 1] - j->start[i], &why) == 0) {
			trace_certificate(i, c);
			why = "it is not of version 3";
			if (!c->is_v1)
				continue;
		}
		log_trace("certificate %u: %s", i, why);
		c->signature.bytes = NULL;
		if (i > 0)
			continue;
		error_set(j->error, ERROR_TLS,
		    "the certificate that %s sent is refused: %s", j->host,
		    why);
		return error_hint(j->error, HINT_SERVER);
	}
	return 0;
}

static struct chain *
chain_of(const br_x509_class *const *class)
{
	return (struct chain *)class; /* it is the first member */
}

static void
start_chain(const br_x509_class **class, const char *server_name)
{
	struct chain *j = chain_of(class);

	(void)server_name; /* j->host may be an address, too */
	j->count = 0;
	j->signatures = 0;
	j->used = 0;
	j->cut = 0;
}

static void
start_certificate(const br_x509_class **class, uint32_t length)
{
	struct chain *j = chain_of(class);

	if (j->cut > 0 || j->count == CHAIN_CERTIFICATES ||
	    length > CHAIN_BYTES - j->used)
		j->cut = 1;
	else
		j->start[j->count] = j->used;
}

static void
append(const br_x509_class **class, const unsigned char *bytes, size_t length)
{
	struct chain *j = chain_of(class);

	if (j->cut > 0 || length > CHAIN_BYTES - j->used) {
		j->cut = 1;
		return;
	}
	memcpy(j->bytes + j->used, bytes, length);
	j->used += length;
}

static void
end_certificate(const br_x509_class **class)
{
	struct chain *j = chain_of(class);

	if (j->cut == 0)
		j->start[++j->count] = j->used;
}

static unsigned
end_chain(const br_x509_class **class)
{
	struct chain *j = chain_of(class);

	if (j->cut > 0)
		error_set(j->error, ERROR_TLS,
		    "%s sent more than %d certificates or %d bytes of them",
		    j->host, CHAIN_CERTIFICATES, CHAIN_BYTES);
	else if (j->count == 0)
		error_set(
		    j->error, ERROR_TLS, "%s sent no certificate", j->host);
	else if (read_chain(j) == 0 && chain_judge(j) == 1) {
		/* Issuers that were tried in vain do not matter. */
		error_clear(j->error);
		return 0;
	}
	return BR_ERR_X509_NOT_TRUSTED;
}

static const br_x509_pkey *
leaf_key(const br_x509_class *const *class, unsigned *usages)
{
	const struct certificate *leaf = &chain_of(class)->certificates[0];

	if (usages != NULL) {
		*usages = 0;
		if (!leaf->has_key_usage ||
		    (leaf->key_usage & CERTIFICATE_USE_SIGN))
			*usages |= BR_KEYTYPE_SIGN;
		if (!leaf->has_key_usage ||
		    (leaf->key_usage & CERTIFICATE_USE_ENCIPHER))
			*usages |= BR_KEYTYPE_KEYX;
	}
	return &leaf->key;
}

static const br_x509_class chain_class = {sizeof(struct chain), start_chain,
    start_certificate, append, end_certificate, end_chain, leaf_key};

void
chain_init(struct chain *j, const char *host, int64_t now, chain_find *find,
    void *roots, struct error *e)
{
	j->class = &chain_class;
	j->host = host;
	j->now = now;
	j->find = find;
	j->roots = roots;
	j->error = e;
	/* BearSSL offers the groups this mask names; P-521 costs a hostile
	 * chain's every signature 7 ms and no public root uses it. */
	j->ec = br_ec_all_m31;
	j->ec.supported_curves = (uint32_t)1 << BR_EC_curve25519 |
				 (uint32_t)1 << BR_EC_secp256r1 |
				 (uint32_t)1 << BR_EC_secp384r1;
	j->ecdsa = br_ecdsa_i31_vrfy_asn1;
	j->rsa = br_rsa_i31_pkcs1_vrfy;
}
