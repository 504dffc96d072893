/* options.h - arguments and environment, checked, and turned into the structs
 * of the modules that do the work. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>

#include "base/error.h"
#include "base/url.h"
#include "cli/actions.h"
#include "cli/arguments.h"
#include "cli/repositories.h"
#include "event/dispatch.h"
#include "event/field.h"
#include "event/runs.h"
#include "github/target.h"
#include "github/workflow.h"
#include "net/proxy.h"
#include "os/clock.h"
#include "os/log.h"

enum options_action {
	OPTIONS_DISPATCH,
	OPTIONS_DRY_RUN,
	OPTIONS_PREFLIGHT,
	OPTIONS_CHECK_JSON,
	OPTIONS_SHOW_HELP,
	OPTIONS_SHOW_LICENSE,
	OPTIONS_SHOW_VERSION,
	OPTIONS_SHOW_USAGE /* nothing was asked for */
};

struct options {
	enum options_action action;
	bool json;
	enum log_level log_level;
	const char *check_json; /* the file to check */

	/* Everything from here on is for a dispatch and for a dry run. */
	struct repositories repositories;
	bool wait;
	struct dispatch_job job; /* points to what follows */
	struct workflow workflow;
	struct runs_job runs;
	struct url api;
	struct proxy proxy;
	struct field_origin field_origins[3];

	/* These are large: no more is touched than is filled. */
	struct actions actions; /* the step of GitHub Actions we run in */
	struct arguments arguments;
	struct field_list fields;
	struct target_list targets;
};

/* Fills options from arguments and environment. Strings stay where they are.
 *
 * Returns 0, or -1 with an ERROR_USAGE that names the option or variable; then
 * only json and actions are set. */
int options_read(struct options *options, int argc, char **argv,
    struct error *e) __attribute__((warn_unused_result));

/* Prints the warnings about what was read. */
void options_warn(const struct options *options);

/* Reads the file of --targets, if one is given.
 *
 * Returns 0, or -1 also if there are no targets, or too many for --wait. */
int options_read_targets(struct options *options, struct deadline d,
    struct error *e) __attribute__((warn_unused_result));

/* Overwrites the proxy's credentials and the file of targets. */
void options_wipe(struct options *options);

#endif
