/* chain.c - BearSSL hands over the certificates in pieces; they are stored as
 * they come, and checked together once the last one has ended. The leaf is
 * checked first; path.c searches for a trust anchor then. What each step costs
 * is taken from the budget before the step. */
#include "x509/chain.h"

#include <string.h>

#include "base/buffer.h"
#include "base/date.h"
#include "base/error.h"
#include "base/span.h"
#include "os/log.h"
#include "x509/identity.h"

/* To read a certificate, its bytes are walked along, and parts of them hashed,
 * a few times. */
#define READS_OF_BYTES 4

#define HINT_SERVER "the server's administrator has to replace the certificate"
#define HINT_FEWER                                                          \
	"remove those that are not needed from the file of CAs: the right " \
	"one may be among the others"

/* Keeps the code of the failure that is about to be recorded, unless one is
 * recorded already, as error_set() does with its text. */
static void
set_refusal(struct chain *chain, unsigned code)
{
	if (chain->error->kind == ERROR_NONE)
		chain->refusal = code;
}

/* Refuses the leaf. Returns -1. */
static int
refuse(struct chain *chain, const char *why)
{
	char name[IDENTITY_NAME_SIZE];

	identity_subject(&chain->certificates[0], name);
	return error_set(chain->error, ERROR_TLS,
	    "the certificate \"%s\" that %s sent is refused: %s", name,
	    chain->terms.host, why);
}

/* The same, where only the server's side can help. */
static int
refuse_faulty(struct chain *chain, unsigned code, const char *why)
{
	set_refusal(chain, code);
	(void)refuse(chain, why);
	return error_hint(chain->error, HINT_SERVER);
}

/* Refuses the chain since it cannot be checked. Returns -1. */
static int
refuse_unpaid(struct chain *chain)
{
	set_refusal(chain, BR_ERR_X509_LIMIT_EXCEEDED);
	if (budget_is_late(&chain->budget)) {
		return error_set(chain->error, ERROR_CONNECT,
		    "timed out while the certificates that %s sent were "
		    "checked",
		    chain->terms.host);
	}
	error_set(chain->error, ERROR_TLS,
	    "the certificates that %s sent are refused: to check them would "
	    "take more work than is allowed",
	    chain->terms.host);
	return error_hint(chain->error, HINT_SERVER);
}

static int
check_dates(struct chain *chain, const struct certificate *leaf)
{
	char why[CERTIFICATE_REASON_SIZE];

	if (certificate_is_current(leaf, chain->terms.now, why))
		return 0;
	set_refusal(chain, BR_ERR_X509_EXPIRED);
	(void)refuse(chain, why);
	return error_hint(
	    chain->error, path_dates_hint(leaf, chain->terms.now, false));
}

static int
check_name(struct chain *chain, const struct certificate *leaf)
{
	char names[IDENTITY_NAME_SIZE];
	const char *why;

	if (identity_matches(leaf, chain->terms.host))
		return 0;
	why = identity_near_miss(leaf, chain->terms.host);
	identity_list_names(leaf, names);
	if (why == NULL && names[0] == '\0') {
		why = "it names no host in a subjectAltName, and a common name "
		      "does not count";
	}
	if (why != NULL)
		return refuse_faulty(chain, BR_ERR_X509_BAD_SERVER_NAME, why);
	set_refusal(chain, BR_ERR_X509_BAD_SERVER_NAME);
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
		return refuse_faulty(chain, BR_ERR_X509_FORBIDDEN_KEY_USAGE,
		    "its extended key usage does not allow servers");
	}
	/* TLS does not offer this group. */
	if (leaf->key.key_type == BR_KEYTYPE_EC &&
	    leaf->key.key.ec.curve == BR_EC_secp521r1) {
		return refuse_faulty(chain, BR_ERR_X509_UNSUPPORTED,
		    "its key is on P-521, which is supported for CAs only");
	}
	return 0;
}

/* Whether the server's certificate is itself in the file of CAs, whoever signed
 * it. */
static bool
is_listed(const struct chain *chain, const struct certificate *leaf)
{
	const struct roots *roots = chain->terms.roots;
	unsigned i;

	for (i = 0; i < roots->count; i++) {
		if (span_equal(roots->selected[i].der, leaf->der))
			return true;
	}
	return false;
}

/* What stood in the way of those that were tried may not be the reason. */
static int
refuse_untried(struct chain *chain)
{
	char why[CERTIFICATE_REASON_SIZE];
	struct buffer b;

	buffer_init(&b, why, sizeof(why));
	buffer_format(&b,
	    "the file of CAs has more certificates with the names of its "
	    "issuers than are tried, %u",
	    chain->terms.roots->count);
	set_refusal(chain, BR_ERR_X509_NOT_TRUSTED);
	(void)refuse(chain, why);
	return error_hint(chain->error, HINT_FEWER);
}

/* No path was found. */
static int
refuse_untrusted(struct chain *chain, const struct certificate *leaf)
{
	const char *why = "its chain does not lead to a trusted root";
	char issuer[IDENTITY_NAME_SIZE];

	if (chain->obstacle.weight > 0) {
		set_refusal(chain, chain->obstacle.code);
		*chain->error = chain->obstacle.error;
		return -1;
	}
	if (certificate_is_self_issued(leaf)) {
		why = "it is self-signed and not among the trusted roots";
	} else if (chain->count == 1) {
		why = "no trusted root issued it, and the server sent no "
		      "intermediate certificate";
	}
	set_refusal(chain, BR_ERR_X509_NOT_TRUSTED);
	(void)refuse(chain, why);
	/* That of a company's proxy tells who reads the connection. */
	if (!certificate_is_self_issued(leaf)) {
		identity_issuer(leaf, issuer);
		error_append(chain->error, "; it was issued by \"%s\"", issuer);
	}
	return error_advise(chain->error, roots_advice(chain->terms.roots));
}

/* Returns 0, or -1 with the error set. */
static int
check_chain(struct chain *chain)
{
	const struct certificate *leaf = &chain->certificates[0];
	const struct path_search search = {
	    .host = chain->terms.host,
	    .now = chain->terms.now,
	    .sent = chain->certificates,
	    .faults = chain->faults,
	    .count = chain->count,
	    .roots = chain->terms.roots,
	    .verifier = &chain->verifier,
	};

	chain->obstacle.weight = 0;
	if (check_leaf(chain, leaf) < 0)
		return -1;
	if (roots_select(chain->terms.roots, chain->certificates, chain->count,
		chain->terms.deadline) < 0) {
		chain->budget.is_late = true;
		return refuse_unpaid(chain);
	}
	if (is_listed(chain, leaf))
		return 0;
	/* It may be a CA's as well: private CAs issue such certificates by
	 * mistake, and who has that key could issue one for the host anyway. */
	if (path_find(&search, &chain->obstacle))
		return 0;
	if (chain->terms.roots->has_left_out && !budget_is_late(&chain->budget))
		return refuse_untried(chain);
	if (budget_is_exceeded(&chain->budget))
		return refuse_unpaid(chain);
	return refuse_untrusted(chain, leaf);
}

static void
trace_certificate(unsigned number, const struct certificate *certificate)
{
	char name[IDENTITY_NAME_SIZE], issuer[IDENTITY_NAME_SIZE],
	    from[DATE_DAY_SIZE], until[DATE_DAY_SIZE];

	identity_subject(certificate, name);
	identity_issuer(certificate, issuer);
	date_write_day(from, certificate->not_before);
	date_write_day(until, certificate->not_after);
	log_trace("certificate %u: %s, issued by %s, %s to %s", number, name,
	    issuer, from, until);
}

/* Reads one certificate. A root may be of version 1; what a server sends must
 * be of version 3.
 *
 * Returns why it is unusable, or NULL. */
static const char *
read_certificate(struct chain *chain, unsigned index)
{
	struct certificate *c = &chain->certificates[index];
	size_t start = chain->start[index], end = chain->start[index + 1];
	const char *why;

	if (certificate_read(
		c, span_of(chain->bytes + start, end - start), &why) < 0)
		return why;
	trace_certificate(index, c);
	return c->is_v1 ? "it is not of version 3" : NULL;
}

/* Reads all certificates. A certificate that does not parse cannot be an
 * issuer; a leaf that does not parse is an error. */
static int
read_chain(struct chain *chain)
{
	unsigned i;

	if (!budget_spend(&chain->budget, chain->used * READS_OF_BYTES))
		return refuse_unpaid(chain);
	for (i = 0; i < chain->count; i++) {
		chain->faults[i] = read_certificate(chain, i);
		if (chain->faults[i] != NULL)
			log_trace("certificate %u: %s", i, chain->faults[i]);
	}
	if (chain->faults[0] == NULL)
		return 0;
	set_refusal(chain, BR_ERR_X509_INVALID_VALUE);
	error_set(chain->error, ERROR_TLS,
	    "the certificate that %s sent is refused: %s", chain->terms.host,
	    chain->faults[0]);
	return error_hint(chain->error, HINT_SERVER);
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
	budget_init(&chain->budget, terms->deadline);
	signature_init(&chain->verifier, &chain->budget);
}
