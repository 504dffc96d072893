/* path.c - a depth-first search. At each step the candidates are the roots with
 * the right name, which end the path, and then the certificates that the server
 * sent. */
#include "x509/path.h"

#include <bearssl.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/date.h"
#include "x509/budget.h"
#include "x509/identity.h"
#include "x509/name.h"
#include "x509/policy.h"

/* What it costs to walk along the built-in roots. */
#define LOOK_UP_UNITS 2000

#define HINT_SERVER "the server's administrator has to replace the certificate"
#define HINT_FILE "replace this certificate in the file of CAs"
#define HINT_OTHER_KEY                                                      \
	"the CA has another certificate with another key: the file of CAs " \
	"needs that one"

static const char no_policy[] =
    "a CA of the chain demands a certificate policy, "
    "and the chain has none";

_Static_assert(PATH_LENGTH == 10, "the message has the number");
static const char too_long[] = "more than 10 certificates would lead to a root";

/* Where an issuer was found. */
enum origin { ORIGIN_FILE, ORIGIN_BUILTIN, ORIGIN_SERVER };

/* The path being tried. */
struct path {
	unsigned index[PATH_LENGTH]; /* of search->sent, the leaf first */
	unsigned length;
};

struct walk {
	const struct path_search *search;
	struct path path;
	struct path_obstacle *obstacle;
};

struct candidate {
	enum origin origin;
	const struct certificate *certificate; /* NULL if it is built in */
	const char *fault;                     /* unusable for this reason */
};

/* Why a candidate is not used. */
struct reason {
	int weight;
	unsigned code;
	const char *why;
	const char *hint; /* NULL: trusting a CA may help */
};

static const struct certificate *
last_of(const struct walk *walk)
{
	const struct path *path = &walk->path;

	return &walk->search->sent[path->index[path->length - 1]];
}

/* Counts the CA certificates of the path. RFC 5280, 6.1.4 (l): self-issued
 * ones do not count. */
static int
path_depth(const struct walk *walk)
{
	int depth = 0;
	unsigned i;

	for (i = 1; i < walk->path.length; i++) {
		if (!certificate_is_self_issued(
			&walk->search->sent[walk->path.index[i]]))
			depth++;
	}
	return depth;
}

/* RFC 5280, 6.1.3 (b) and (c): self-issued certificates are exempt, unless it
 * is the leaf. */
static bool
path_is_permitted(const struct walk *walk, const struct certificate *issuer)
{
	const struct certificate *c;
	unsigned i;

	for (i = 0; i < walk->path.length; i++) {
		c = &walk->search->sent[walk->path.index[i]];
		if ((i == 0 || !certificate_is_self_issued(c)) &&
		    !identity_permits(
			issuer, c, walk->search->verifier->budget))
			return false;
	}
	return true;
}

/* Whether the path has the policies that its CAs demand. root is NULL if it is
 * built in. */
static bool
has_policies(const struct walk *walk, const struct certificate *root)
{
	const struct certificate *certificates[PATH_LENGTH];
	const struct policy_path path = {certificates, walk->path.length, root};
	unsigned i;

	for (i = 0; i < walk->path.length; i++)
		certificates[i] = &walk->search->sent[walk->path.index[i]];
	return policy_is_met(&path, walk->search->verifier->budget);
}

/* A v1 certificate has no basicConstraints: being listed in the file and
 * self-signed must be enough. */
static bool
is_ca(const struct candidate *candidate)
{
	const struct certificate *c = candidate->certificate;

	return c->is_ca || (candidate->origin == ORIGIN_FILE && c->is_v1 &&
			       certificate_is_self_issued(c));
}

/* Keeps the reason if it weighs more than those before. */
static void
note(struct walk *walk, const struct candidate *candidate,
    const struct reason *reason)
{
	static const char *const origins[] = {
	    [ORIGIN_FILE] = "which is in the file of CAs",
	    [ORIGIN_BUILTIN] = "which is built in",
	    [ORIGIN_SERVER] = "which the server sent",
	};
	struct path_obstacle *obstacle = walk->obstacle;
	const struct certificate *last = last_of(walk);
	char name[IDENTITY_NAME_SIZE], issuer[IDENTITY_NAME_SIZE];

	if (reason->weight <= obstacle->weight)
		return;
	obstacle->weight = reason->weight;
	obstacle->code = reason->code;
	error_clear(&obstacle->error);
	identity_subject(last, name);
	identity_issuer(last, issuer);
	error_set(&obstacle->error, ERROR_TLS,
	    "the certificate \"%s\" that %s sent is refused: its issuer "
	    "\"%s\", %s, cannot be used: %s",
	    name, walk->search->host, issuer, origins[candidate->origin],
	    reason->why);
	if (reason->hint != NULL) {
		error_hint(&obstacle->error, reason->hint);
	} else {
		error_advise(
		    &obstacle->error, roots_advice(walk->search->roots));
	}
}

const char *
path_dates_hint(
    const struct certificate *certificate, int64_t now, bool is_file)
{
	/* CAs date certificates back: the clock is the likelier cause. */
	if (now < certificate->not_before) {
		return "check this machine's clock; if it is right, have the "
		       "certificate replaced";
	}
	if (is_file) {
		return "replace it in the file of CAs, unless this machine's "
		       "clock is ahead";
	}
	return "have the server's certificate renewed, unless this machine's "
	       "clock is ahead";
}

/* Checks everything about an issuer except its signature.
 *
 * Returns false with the reason's code, text and perhaps hint set if it cannot
 * have issued the last certificate of the path. */
static bool
may_issue(const struct walk *walk, const struct candidate *candidate,
    char dates[CERTIFICATE_REASON_SIZE], struct reason *reason)
{
	const struct certificate *c = candidate->certificate;

	reason->code = BR_ERR_X509_NOT_CA;
	if (candidate->origin == ORIGIN_SERVER &&
	    walk->path.length == PATH_LENGTH) {
		reason->code = BR_ERR_X509_LIMIT_EXCEEDED;
		reason->why = too_long;
	} else if (candidate->fault != NULL) {
		reason->code = BR_ERR_X509_NOT_TRUSTED;
		reason->why = candidate->fault;
	} else if (!is_ca(candidate)) {
		reason->why = "it is not a CA";
	} else if (c->has_key_usage &&
		   !(c->key_usage & CERTIFICATE_USE_ISSUE)) {
		reason->why = "its key usage does not allow signing "
			      "certificates";
	} else if (!identity_may_serve(c, true)) {
		reason->why = "its extended key usage does not allow issuing "
			      "for servers";
	} else if (c->path_length >= 0 && path_depth(walk) > c->path_length) {
		reason->why = "more CAs follow it than its path length allows";
	} else if (!certificate_is_current(c, walk->search->now, dates)) {
		reason->code = BR_ERR_X509_EXPIRED;
		reason->why = dates;
		reason->hint = path_dates_hint(
		    c, walk->search->now, candidate->origin == ORIGIN_FILE);
	} else if (!path_is_permitted(walk, c)) {
		reason->why = "its name constraints do not allow what it "
			      "issued";
	} else if (candidate->origin == ORIGIN_FILE && !has_policies(walk, c)) {
		reason->why = no_policy;
		reason->hint = HINT_SERVER;
	} else {
		return true;
	}
	return false;
}

/* Verifies the signature on the last certificate of the path.
 *
 * Returns false with the reason set if this key did not make it. */
static bool
has_signed(const struct walk *walk, const br_x509_pkey *key,
    const struct candidate *candidate, struct reason *reason)
{
	bool is_file = candidate->origin == ORIGIN_FILE;

	reason->code = BR_ERR_X509_NOT_TRUSTED;
	switch (signature_verify(
	    walk->search->verifier, last_of(walk), key, &reason->why)) {
	case SIGNATURE_GOOD:
		return true;
	case SIGNATURE_UNUSABLE:
		reason->hint = HINT_SERVER;
		break;
	case SIGNATURE_MISMATCH:
		/* Another one may have the same name. */
		reason->weight = is_file ? 2 : 1;
		reason->hint = is_file ? HINT_OTHER_KEY : NULL;
		break;
	case SIGNATURE_UNPAID:
	default:
		reason->weight = 0;
		break;
	}
	return false;
}

/* Whether a certificate whose subject is the issuer's name issued the last one
 * of the path. */
static bool
is_issuer(struct walk *walk, const struct candidate *candidate)
{
	bool is_file = candidate->origin == ORIGIN_FILE;
	const struct certificate *c = candidate->certificate;
	struct budget *budget = walk->search->verifier->budget;
	struct reason reason = {.weight = is_file ? 4 : 3,
	    .hint = is_file ? HINT_FILE : HINT_SERVER};
	char dates[CERTIFICATE_REASON_SIZE];

	if (!budget_spend(
		budget, walk->path.length * (size_t)BUDGET_COMPARISON +
			    c->purposes.length))
		return false;
	if (may_issue(walk, candidate, dates, &reason) &&
	    has_signed(walk, &c->key, candidate, &reason))
		return true;
	if (!budget_is_exceeded(budget))
		note(walk, candidate, &reason);
	return false;
}

/* Whether the root is trusted for a server's certificate of that age, and for
 * this path. */
static bool
is_trusted_for(const struct walk *walk, const struct roots_anchor *anchor,
    char why[CERTIFICATE_REASON_SIZE], struct reason *reason)
{
	char day[DATE_DAY_SIZE];
	struct buffer b;

	reason->code = BR_ERR_X509_NOT_TRUSTED;
	reason->hint = HINT_SERVER;
	reason->why = no_policy;
	if (walk->search->sent[0].not_before <= anchor->distrust_after)
		return has_policies(walk, NULL);
	date_write_day(day, anchor->distrust_after);
	buffer_init(&b, why, CERTIFICATE_REASON_SIZE);
	buffer_format(&b, "Mozilla distrusts what it issued after %s", day);
	reason->why = why;
	return false;
}

static bool
is_signed_by_builtin(struct walk *walk)
{
	static const struct candidate builtin = {.origin = ORIGIN_BUILTIN};
	struct roots_anchor anchors[ROOTS_MATCHES];
	char why[CERTIFICATE_REASON_SIZE];
	struct reason reason;
	unsigned count, i;

	if (!budget_spend(walk->search->verifier->budget, LOOK_UP_UNITS))
		return false;
	count = roots_builtin(
	    walk->search->roots, &last_of(walk)->issuer_id, anchors);
	for (i = 0; i < count; i++) {
		reason = (struct reason){.weight = 3};
		if (has_signed(walk, &anchors[i].key, &builtin, &reason) &&
		    is_trusted_for(walk, &anchors[i], why, &reason))
			return true;
		note(walk, &builtin, &reason);
	}
	return false;
}

static bool
is_signed_by_file(struct walk *walk)
{
	const struct roots *roots = walk->search->roots;
	struct candidate candidate = {.origin = ORIGIN_FILE};
	unsigned i;

	for (i = 0; i < roots->count; i++) {
		candidate.certificate = &roots->selected[i];
		candidate.fault = roots->faults[i];
		if (name_same(&last_of(walk)->issuer_id,
			&candidate.certificate->subject_id) &&
		    is_issuer(walk, &candidate))
			return true;
	}
	return false;
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

/* Whether a certificate of the server is a candidate for the next step. */
static bool
is_next(const struct walk *walk, unsigned index)
{
	const struct certificate *c = &walk->search->sent[index];

	return c->subject.bytes != NULL && !path_has(&walk->path, index) &&
	       name_same(&c->subject_id, &last_of(walk)->issuer_id);
}

static bool
reaches_anchor(struct walk *walk)
{
	const struct path_search *search = walk->search;
	struct candidate candidate = {.origin = ORIGIN_SERVER};
	unsigned i;

	if (is_signed_by_builtin(walk) || is_signed_by_file(walk))
		return true;
	for (i = 1; i < search->count; i++) {
		candidate.certificate = &search->sent[i];
		candidate.fault = search->faults[i];
		if (!is_next(walk, i) || !is_issuer(walk, &candidate))
			continue;
		walk->path.index[walk->path.length++] = i;
		if (reaches_anchor(walk))
			return true;
		walk->path.length--;
	}
	return false;
}

bool
path_find(const struct path_search *search, struct path_obstacle *obstacle)
{
	struct walk walk = {.search = search,
	    .path = {.index = {0}, .length = 1},
	    .obstacle = obstacle};

	obstacle->weight = 0;
	return reaches_anchor(&walk);
}
