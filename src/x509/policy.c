/* policy.c - RFC 5280 keeps a tree of policies, since it wants to name those
 * that are left at the end, in the words of each domain. Here it matters only
 * whether any is left. So a level of the tree is a set: the policies that the
 * next certificate may have. */
#include "x509/policy.h"

#include "base/span.h"
#include "x509/der.h"

struct level {
	struct span ids[POLICIES_MAX];
	unsigned count;
	bool has_any; /* a node of anyPolicy */
	bool is_full; /* there were more: nothing is allowed then */
};

/* How many more certificates may pass before the limit is in force: the state
 * variables of RFC 5280, 6.1.2. */
struct limits {
	unsigned explicit_policy, mapping, any_policy;
};

static bool
is_any(struct span id)
{
	return DER_IS(id, "\x55\x1d\x20\x00"); /* RFC 5280, 4.2.1.4 */
}

static bool
level_has(const struct level *level, struct span id)
{
	unsigned i;

	for (i = 0; i < level->count; i++) {
		if (span_equal(level->ids[i], id))
			return true;
	}
	return false;
}

static void
level_add(struct level *level, struct span id)
{
	if (level_has(level, id))
		return;
	if (level->count == POLICIES_MAX) {
		level->is_full = true;
		return;
	}
	level->ids[level->count++] = id;
}

static bool
level_is_empty(const struct level *level)
{
	return level->is_full || (level->count == 0 && !level->has_any);
}

/* Takes the next PolicyInformation off the list.
 *
 * Returns false after the last one, or where the list is malformed. */
static bool
take_policy(struct span *list, struct span *id)
{
	struct der_element e, policy;

	if (list->length == 0 || !der_take(list, DER_SEQUENCE, &e) ||
	    !der_take(&e.contents, DER_OID, &policy))
		return false;
	*id = policy.contents;
	return true;
}

/* The same for PolicyMappings: issuerDomainPolicy, subjectDomainPolicy. */
static bool
take_mapping(struct span *list, struct span *from, struct span *to)
{
	struct der_element e, issuer, subject;

	if (list->length == 0 || !der_take(list, DER_SEQUENCE, &e) ||
	    !der_take(&e.contents, DER_OID, &issuer) ||
	    !der_take(&e.contents, DER_OID, &subject))
		return false;
	*from = issuer.contents;
	*to = subject.contents;
	return true;
}

/* The list in an extension; absent without one. */
static struct span
list_of(struct span extension)
{
	struct span list;

	return der_only(extension, DER_SEQUENCE, &list) ? list
							: span_of(NULL, 0);
}

/* RFC 5280, 6.1.3 (d) and (e): what is left of the level for a certificate.
 *
 * A list may have anyPolicy thousands of times before anything is signed: its
 * work is done once. */
static void
take_policies(
    struct level *level, const struct certificate *certificate, bool any_counts)
{
	struct span list = list_of(certificate->policies), id;
	struct level next = {.count = 0};
	bool keeps_all = false;
	unsigned i;

	while (take_policy(&list, &id)) {
		if (is_any(id)) {
			keeps_all = any_counts;
		} else if (level->has_any || level_has(level, id))
			level_add(&next, id);
	}
	for (i = 0; keeps_all && i < level->count; i++)
		level_add(&next, level->ids[i]);
	next.has_any = keeps_all && level->has_any;
	next.is_full |= level->is_full;
	*level = next;
}

static bool
is_mapped(struct span list, struct span id)
{
	struct span from, to;

	while (take_mapping(&list, &from, &to)) {
		if (span_equal(from, id))
			return true;
	}
	return false;
}

/* RFC 5280, 6.1.4 (a) and (b): policies in the words of the issuer become those
 * in the words of the subject, or go where that is inhibited.
 *
 * Returns false if anyPolicy is mapped. */
static bool
map_policies(struct level *level, const struct certificate *certificate,
    bool is_inhibited)
{
	struct span all = list_of(certificate->mappings), list = all, from, to;
	struct level next = {
	    .has_any = level->has_any, .is_full = level->is_full};
	unsigned i;

	for (i = 0; i < level->count; i++) {
		if (!is_mapped(all, level->ids[i]))
			level_add(&next, level->ids[i]);
	}
	while (take_mapping(&list, &from, &to)) {
		if (is_any(from) || is_any(to))
			return false;
		if (!is_inhibited && (level->has_any || level_has(level, from)))
			level_add(&next, to);
	}
	*level = next;
	return true;
}

static void
count_down(unsigned *limit)
{
	if (*limit > 0)
		--*limit;
}

static void
lower(unsigned *limit, int value)
{
	if (value >= 0 && (unsigned)value < *limit)
		*limit = (unsigned)value;
}

/* RFC 5280, 6.1.4 (i) and (j). */
static void
lower_limits(struct limits *limits, const struct certificate *certificate)
{
	lower(&limits->explicit_policy, certificate->policy_demanded);
	lower(&limits->mapping, certificate->mapping_inhibited);
	lower(&limits->any_policy, certificate->any_policy_inhibited);
}

/* RFC 5280, 6.1.4, for the certificate of a CA. Returns false as
 * map_policies(). */
static bool
prepare_next(struct level *level, struct limits *limits,
    const struct certificate *certificate)
{
	if (!map_policies(level, certificate, limits->mapping == 0))
		return false;
	if (!certificate_is_self_issued(certificate)) {
		count_down(&limits->explicit_policy);
		count_down(&limits->mapping);
		count_down(&limits->any_policy);
	}
	lower_limits(limits, certificate);
	return true;
}

static bool
has_demand(const struct policy_path *path)
{
	unsigned i;

	for (i = 0; i < path->count; i++) {
		if (path->certificates[i]->policy_demanded >= 0)
			return true;
	}
	return path->root != NULL && path->root->policy_demanded >= 0;
}

bool
policy_is_met(const struct policy_path *path, struct budget *budget)
{
	const unsigned none = path->count + 1; /* RFC 5280, 6.1.2 (d) to (f) */
	struct limits limits = {none, none, none};
	struct level level = {.has_any = true};
	const struct certificate *c;
	unsigned i;

	if (!has_demand(path))
		return true;
	if (path->root != NULL)
		lower_limits(&limits, path->root);
	for (i = path->count; i-- > 0;) {
		c = path->certificates[i];
		if (!budget_spend(
			budget, (c->policies.length + c->mappings.length) *
				    (POLICIES_MAX + 1)))
			return false;
		take_policies(&level, c,
		    limits.any_policy > 0 ||
			(i > 0 && certificate_is_self_issued(c)));
		if (limits.explicit_policy == 0 && level_is_empty(&level))
			return false;
		if (i > 0 && !prepare_next(&level, &limits, c))
			return false;
	}
	/* RFC 5280, 6.1.5 (a) and (b). */
	count_down(&limits.explicit_policy);
	if (path->certificates[0]->policy_demanded == 0)
		limits.explicit_policy = 0;
	return limits.explicit_policy > 0 || !level_is_empty(&level);
}
