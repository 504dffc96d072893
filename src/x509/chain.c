/* chain.c - BearSSL hands over the certificates in pieces; they are stored as
 * they come, and checked together once the last one has ended. The leaf is
 * checked first. Then a depth-first search goes from issuer to issuer until a
 * trust anchor has signed the last certificate of the path. Each step checks
 * everything else about the issuer before it spends one of a fixed number of
 * signature verifications on it. */
#include "x509/chain.h"

#include <string.h>

#include "base/date.h"
#include "base/error.h"
#include "base/span.h"
#include "os/log.h"
#include "x509/identity.h"
#include "x509/key.h"

#define HINT_CLOCK "check this machine's clock"
#define HINT_SERVER "the server's administrator has to replace the certificate"

/* The path being tried: indices into chain->certificates, the leaf first. */
struct path {
	unsigned index[CHAIN_CERTIFICATES];
	unsigned length;
};

/* Keeps the code of the failure that is about to be recorded, unless one is
 * recorded already, as error_set() does with its text. */
static void
set_refusal(struct chain *chain, unsigned code)
{
	if (chain->error->kind == ERROR_NONE)
		chain->refusal = code;
}

/* Refuses the chain because of one certificate. Returns -1. */
static int
refuse(
    struct chain *chain, const struct certificate *certificate, const char *why)
{
	char name[IDENTITY_NAME_SIZE];

	identity_subject(certificate, name);
	return error_set(chain->error, ERROR_TLS,
	    "the certificate \"%s\" that %s sent is refused: %s", name,
	    chain->terms.host, why);
}

/* The same, where only the server's side can help. */
static int
refuse_faulty(
    struct chain *chain, const struct certificate *certificate, const char *why)
{
	(void)refuse(chain, certificate, why);
	return error_hint(chain->error, HINT_SERVER);
}

static int
check_dates(struct chain *chain, const struct certificate *certificate)
{
	char name[IDENTITY_NAME_SIZE], from[DATE_DAY_SIZE],
	    until[DATE_DAY_SIZE], today[DATE_DAY_SIZE];
	int64_t now = chain->terms.now;

	if (now >= certificate->not_before && now <= certificate->not_after)
		return 0;
	identity_subject(certificate, name);
	date_write_day(from, certificate->not_before);
	date_write_day(until, certificate->not_after);
	date_write_day(today, now);
	set_refusal(chain, BR_ERR_X509_EXPIRED);
	error_set(chain->error, ERROR_TLS,
	    "the certificate \"%s\" that %s sent %s: it is valid from %s to "
	    "%s, and today is %s",
	    name, chain->terms.host,
	    now > certificate->not_after ? "has expired" : "is not valid yet",
	    from, until, today);
	return error_hint(chain->error, HINT_CLOCK);
}

/* Counts the CA certificates of the path. RFC 5280, 6.1.4 (l): self-issued
 * ones do not count. */
static int
path_depth(const struct chain *chain, const struct path *path)
{
	int depth = 0;
	unsigned i;

	for (i = 1; i < path->length; i++) {
		if (!certificate_is_self_issued(
			&chain->certificates[path->index[i]]))
			depth++;
	}
	return depth;
}

/* RFC 5280, 6.1.3 (b) and (c): self-issued certificates are exempt, unless it
 * is the leaf. */
static bool
path_is_permitted(const struct chain *chain, const struct path *path,
    const struct certificate *issuer)
{
	const struct certificate *c;
	unsigned i;

	for (i = 0; i < path->length; i++) {
		c = &chain->certificates[path->index[i]];
		if ((i == 0 || !certificate_is_self_issued(c)) &&
		    !identity_permits(issuer, c))
			return false;
	}
	return true;
}

/* Checks whether the candidate may issue the last certificate of the path. The
 * first refusal becomes the error if no other path is found. */
static int
check_issuer(struct chain *chain, const struct path *path,
    const struct certificate *certificate)
{
	set_refusal(chain, BR_ERR_X509_NOT_CA);
	if (!certificate->is_ca) {
		return refuse_faulty(chain, certificate,
		    "it issued another certificate but is not a CA");
	}
	if (certificate->has_key_usage &&
	    !(certificate->key_usage & CERTIFICATE_USE_ISSUE)) {
		return refuse_faulty(chain, certificate,
		    "its key usage does not allow signing certificates");
	}
	if (!identity_may_serve(certificate, true)) {
		return refuse_faulty(chain, certificate,
		    "its extended key usage does not allow issuing for "
		    "servers");
	}
	if (certificate->path_length >= 0 &&
	    path_depth(chain, path) > certificate->path_length) {
		return refuse_faulty(chain, certificate,
		    "more CAs follow it than its path length allows");
	}
	if (check_dates(chain, certificate) < 0)
		return -1;
	if (!path_is_permitted(chain, path, certificate)) {
		return refuse_faulty(chain, certificate,
		    "its name constraints do not allow what it issued");
	}
	return 0;
}

static bool
path_has(const struct path *path, unsigned index)
{
	unsigned i;

	for (i = 0; i < path->length; i++) {
		if (path->index[i] == index)
			return true;
	}
	return false;
}

/* Returns 1 if an anchor signed the certificate, 0 if none did, and -1 on an
 * error that ends the search. */
static int
reaches_anchor(struct chain *chain, const struct certificate *certificate)
{
	br_x509_trust_anchor anchors[CHAIN_ANCHORS];
	int count = chain->terms.find(
	    chain->terms.roots, certificate->issuer, anchors, chain->error);
	int i;

	for (i = 0; i < count; i++) {
		if ((anchors[i].flags & BR_X509_TA_CA) &&
		    signature_verifies(
			&chain->verifier, certificate, &anchors[i].pkey))
			return 1;
	}
	return count < 0 ? -1 : 0;
}

/* Searches an anchor from the last certificate of the path on: as deep as
 * there are certificates, and as wide as there are verifications left.
 *
 * Returns 1, 0 or -1 as above. */
static int
path_search(struct chain *chain, struct path *path)
{
	const struct certificate *last, *c;
	unsigned i;
	int found;

	last = &chain->certificates[path->index[path->length - 1]];
	found = reaches_anchor(chain, last);
	for (i = 1; i < chain->count && found == 0; i++) {
		c = &chain->certificates[i];
		if (c->signature.bytes == NULL || path_has(path, i) ||
		    !span_equal(c->subject, last->issuer) ||
		    check_issuer(chain, path, c) < 0 ||
		    !signature_verifies(&chain->verifier, last, &c->key))
			continue;
		path->index[path->length++] = i;
		found = path_search(chain, path);
		path->length--;
	}
	return found;
}

/* Whether the server's own certificate is among the roots, whoever signed it.
 *
 * Returns 1, 0 or -1 as above. */
static int
is_anchor(struct chain *chain, const struct certificate *leaf)
{
	br_x509_trust_anchor anchors[CHAIN_ANCHORS];
	int count = chain->terms.find(
	    chain->terms.roots, leaf->subject, anchors, chain->error);
	int i;

	for (i = 0; i < count; i++) {
		if (key_equal(&anchors[i].pkey, &leaf->key))
			return 1;
	}
	return count < 0 ? -1 : 0;
}

static int
check_name(struct chain *chain, const struct certificate *leaf)
{
	char names[IDENTITY_NAME_SIZE];
	const char *why;

	if (identity_matches(leaf, chain->terms.host))
		return 0;
	set_refusal(chain, BR_ERR_X509_BAD_SERVER_NAME);
	why = identity_near_miss(leaf, chain->terms.host);
	identity_list_names(leaf, names);
	if (why == NULL && names[0] == '\0') {
		why = "it names no host in a subjectAltName, and a common name "
		      "does not count";
	}
	if (why != NULL)
		return refuse_faulty(chain, leaf, why);
	error_set(chain->error, ERROR_TLS,
	    "the certificate is valid for %s, not for %s", names,
	    chain->terms.host);
	return error_advise(chain->error, ADVICE_CHECK_HOST);
}

static int
check_leaf(struct chain *chain, const struct certificate *leaf)
{
	if (check_name(chain, leaf) < 0 || check_dates(chain, leaf) < 0)
		return -1;
	if (!identity_may_serve(leaf, false)) {
		set_refusal(chain, BR_ERR_X509_FORBIDDEN_KEY_USAGE);
		return refuse_faulty(chain, leaf,
		    "its extended key usage does not allow servers");
	}
	return 0;
}

/* No path was found. */
static int
refuse_untrusted(struct chain *chain, const struct certificate *leaf)
{
	const char *why = "its chain does not lead to a trusted root";

	_Static_assert(CHAIN_SIGNATURES == 20, "the text below names it");
	set_refusal(chain, BR_ERR_X509_NOT_TRUSTED);
	if (chain->verifier.left == 0) {
		set_refusal(chain, BR_ERR_X509_LIMIT_EXCEEDED);
		return refuse_faulty(chain, leaf,
		    "checking its chain would take more than 20 signature "
		    "verifications");
	}
	if (certificate_is_self_issued(leaf)) {
		why = "it is self-signed and not among the trusted roots";
	} else if (chain->count == 1) {
		why = "no trusted root issued it, and the server sent no "
		      "intermediate certificate";
	}
	(void)refuse(chain, leaf, why);
	return error_advise(chain->error, ADVICE_TRUST_CA);
}

/* Returns 0, or -1 with the error set. */
static int
check_chain(struct chain *chain)
{
	const struct certificate *leaf = &chain->certificates[0];
	struct path p = {.index = {0}, .length = 1};
	int found;

	if (check_leaf(chain, leaf) < 0)
		return -1;
	found = is_anchor(chain, leaf);
	if (found == 0 && leaf->is_ca && !certificate_is_self_issued(leaf)) {
		set_refusal(chain, BR_ERR_X509_FORBIDDEN_KEY_USAGE);
		return refuse_faulty(
		    chain, leaf, "it is a CA's certificate, not a server's");
	}
	if (found == 0 && !leaf->is_ca)
		found = path_search(chain, &p);
	if (found == 0)
		return refuse_untrusted(chain, leaf);
	return found < 0 ? -1 : 0;
}

static void
trace_certificate(unsigned number, const struct certificate *certificate)
{
	char name[IDENTITY_NAME_SIZE], from[DATE_DAY_SIZE],
	    until[DATE_DAY_SIZE];

	identity_subject(certificate, name);
	date_write_day(from, certificate->not_before);
	date_write_day(until, certificate->not_after);
	log_trace("certificate %u: %s, %s to %s", number, name, from, until);
}

/* Reads one certificate. A root may be of version 1; what a server sends must
 * be of version 3.
 *
 * Returns 0, or -1 with *why set. */
static int
read_certificate(struct chain *chain, unsigned index, const char **why)
{
	struct certificate *c = &chain->certificates[index];
	size_t start = chain->start[index], end = chain->start[index + 1];

	if (certificate_read(
		c, span_of(chain->bytes + start, end - start), why) < 0)
		return -1;
	trace_certificate(index, c);
	*why = "it is not of version 3";
	return c->is_v1 ? -1 : 0;
}

/* Reads all certificates. A certificate that does not parse cannot be an
 * issuer; a leaf that does not parse is an error. */
static int
read_chain(struct chain *chain)
{
	const char *why;
	unsigned i;

	for (i = 0; i < chain->count; i++) {
		if (read_certificate(chain, i, &why) == 0)
			continue;
		log_trace("certificate %u: %s", i, why);
		chain->certificates[i].signature.bytes = NULL;
		if (i > 0)
			continue;
		set_refusal(chain, BR_ERR_X509_INVALID_VALUE);
		error_set(chain->error, ERROR_TLS,
		    "the certificate that %s sent is refused: %s",
		    chain->terms.host, why);
		return error_hint(chain->error, HINT_SERVER);
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
	struct chain *chain = chain_of(class);

	(void)server_name; /* NULL if terms.host is an address */
	chain->count = 0;
	chain->used = 0;
	chain->too_large = false;
	chain->refusal = BR_ERR_X509_NOT_TRUSTED;
}

static void
start_certificate(const br_x509_class **class, uint32_t length)
{
	struct chain *chain = chain_of(class);

	if (chain->count == CHAIN_CERTIFICATES ||
	    length > CHAIN_BYTES - chain->used)
		chain->too_large = true;
	if (!chain->too_large)
		chain->start[chain->count] = chain->used;
}

static void
append(const br_x509_class **class, const unsigned char *bytes, size_t length)
{
	struct chain *chain = chain_of(class);

	if (length > CHAIN_BYTES - chain->used)
		chain->too_large = true;
	if (chain->too_large)
		return;
	memcpy(chain->bytes + chain->used, bytes, length);
	chain->used += length;
}

static void
end_certificate(const br_x509_class **class)
{
	struct chain *chain = chain_of(class);

	if (!chain->too_large)
		chain->start[++chain->count] = chain->used;
}

static unsigned
end_chain(const br_x509_class **class)
{
	struct chain *chain = chain_of(class);
	const char *host = chain->terms.host;

	if (chain->too_large) {
		set_refusal(chain, BR_ERR_X509_LIMIT_EXCEEDED);
		error_set(chain->error, ERROR_TLS,
		    "%s sent more than %d certificates, or more than %d bytes "
		    "of them",
		    host, CHAIN_CERTIFICATES, CHAIN_BYTES);
	} else if (chain->count == 0) {
		set_refusal(chain, BR_ERR_X509_EMPTY_CHAIN);
		error_set(
		    chain->error, ERROR_TLS, "%s sent no certificate", host);
	} else if (read_chain(chain) == 0 && check_chain(chain) == 0) {
		/* Issuers that were tried without success do not matter. */
		error_clear(chain->error);
		return 0;
	}
	return chain->refusal;
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

static const br_x509_class chain_class = {
    .context_size = sizeof(struct chain),
    .start_chain = start_chain,
    .start_cert = start_certificate,
    .append = append,
    .end_cert = end_certificate,
    .end_chain = end_chain,
    .get_pkey = leaf_key,
};

void
chain_init(
    struct chain *chain, const struct chain_terms *terms, struct error *e)
{
	chain->class = &chain_class;
	chain->terms = *terms;
	chain->error = e;
	signature_init(&chain->verifier, CHAIN_SIGNATURES);
}
