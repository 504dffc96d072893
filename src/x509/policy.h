/* policy.h - whether a path has a certificate policy where one of its CAs
 * demands it (RFC 5280, 6.1.1 to 6.1.5). Nobody here asks for a policy, so that
 * any will do (initial-policy-set), and without a demand policies restrict
 * nothing. */
#ifndef POLICY_H
#define POLICY_H

#include <stdbool.h>

#include "x509/budget.h"
#include "x509/certificate.h"

/* What a hostile CA can press against. A path that needs more has no policy. */
#define POLICIES_MAX 32 /* of one certificate that count, or expected of it */

/* A path without its trust anchor. */
struct policy_path {
	const struct certificate *const *certificates; /* the leaf first */
	unsigned count;
	const struct certificate
	    *root; /* from a file; NULL if it is built in */
};

/* Checks the path against the demands in policyConstraints, with
 * certificatePolicies, policyMappings and inhibitAnyPolicy.
 *
 * Of the root, its demands and limits count, but it needs no policy.
 *
 * Returns true, or false if a policy is demanded and the path has none, or if
 * the budget is exceeded. */
bool policy_is_met(const struct policy_path *path, struct budget *budget);

#endif
