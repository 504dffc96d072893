/* preflight_report.h - what people and scripts read of a preflight: a line for
 * each target on standard output, then one about the token and one about the
 * rate limit; or one JSON document:
 *
 * {"preflight": true, "results": [{"repository", "event_type", "workflow",
 * "ref", "url", "reachable", "writable", "reason", "status", "request_id",
 * "error", "hint"}], "token": {"kind", "app_id", "login", "scopes"},
 * "rate_limit": {"limit", "remaining", "reset"}, "exit_status", "error",
 * "hint", "token_expires"}
 *
 * reachable and writable are null if that is not known, and so is any other
 * member; scopes is a string as in X-OAuth-Scopes. If nothing was checked,
 * there is neither token nor rate_limit.
 *
 * Failures go to standard error, as those of a dispatch do.
 *
 * Tested by tests/e2e/preflight.py. */
#ifndef PREFLIGHT_REPORT_H
#define PREFLIGHT_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "cli/actions.h"
#include "cli/output.h"
#include "event/preflight.h"

/* Begins with the members set by name. */
struct preflight_report {
	bool json;
	const struct actions *actions;

	/* Private from here on. */
	size_t done;
	enum error_kind first; /* of the failures */
	struct output output;
};

/* Reports what comes before the first result. */
void preflight_report_begin(struct preflight_report *report);

/* Returns what passes the results on to the report. */
struct preflight_listener preflight_report_listener(
    struct preflight_report *report);

/* Reports what is known about the token, and ends the document.
 *
 * e, unless it has a failure already, gets the kind of the first failed result:
 * the exit status. If a target failed, that counts before a rate limit. */
void preflight_report_end(struct preflight_report *report,
    const struct preflight_account *account, struct error *e);

/* Prints the document of a failure before anything was checked. */
void preflight_report_nothing(struct error *e);

#endif
