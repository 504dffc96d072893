/* options.h - what is asked for: arguments and environment into one struct.
 * One table in options.c makes the parsing, the environment twins and the
 * help text, so that they cannot disagree. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/url.h"
#include "event/dispatch.h"
#include "event/field.h"
#include "event/runs.h"
#include "github/target.h"
#include "os/clock.h"
#include "os/log.h"

#define OPTIONS_VERSION "0.1.0"

enum options_action {
	OPTIONS_DISPATCH,
	OPTIONS_CHECK_JSON,
	OPTIONS_SHOW_HELP,
	OPTIONS_SHOW_VERSION
};

struct options {
	enum options_action action;
	const char *event_type;
	const char *payload; /* JSON text, "@FILE" or "@-" */
	bool no_limits;
	const char *targets_file; /* of more, not yet read; or NULL */
	const char *owner;        /* of targets there without one, or NULL */
	char *token;              /* NULL where token_file is set */
	char token_origin[32];    /* "--token", "GH_PAT", ... */
	bool token_in_arguments;
	const char *token_file;
	struct installation_app
	    app; /* its id NULL: none; then there is a token */
	struct url api;
	struct proxy proxy;
	const char *ca_file; /* NULL: the built-in roots */
	uint32_t timeout;    /* milliseconds */
	uint32_t connect_timeout;
	uint32_t retries;
	uint32_t pace; /* milliseconds, or DISPATCH_PACE_DEFAULT */
	bool wait;
	uint32_t wait_timeout, wait_interval; /* milliseconds */
	const char *check_json;
	bool dry_run;
	bool json;
	bool annotations;    /* GitHub Actions reads along */
	const char *summary; /* its file for a summary, or NULL ... */
	const char *outputs; /* ... and for the step's outputs */
	enum log_level log_level;
	/* Large ones, of which no more is touched than is filled. */
	struct field_list fields;
	struct target_list targets;
	const char *repos[TARGET_MAX]; /* of --repo, for options.c alone */
};

/* Fills o from arguments and environment; strings stay where they are.
 * Returns 0, or -1 with an ERROR_USAGE that names the option or variable; then
 * only json, annotations, summary and outputs are set. */
int options_read(struct options *o, int argc, char **argv, struct error *e)
    __attribute__((warn_unused_result));

/* Reads the file of --targets. Returns 0, also where none is given, or -1. */
int options_read_targets(struct options *o, struct deadline d, struct error *e)
    __attribute__((warn_unused_result));

/* The text of --help or --version, whichever is asked for. */
void options_write_text(const struct options *o, struct buffer *b);

#endif
