/* report.h - what people and scripts read: results on standard output,
 * everything else on standard error. What cannot be written is a failure: it
 * is set in e, where an earlier one stays. Foreign text is escaped here and
 * nowhere else. */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "buffer.h"
#include "error.h"
#include "github.h"

/* A dispatch that was tried. */
struct report_result {
	const char *event_type;
	const struct github_target *target;
	const struct text_url *api;
	const struct github_outcome *outcome;
	const struct error *error; /* kind ERROR_NONE: it succeeded */
};

/* Text of our own, as it is. */
void report_text(const struct buffer *text, struct error *e);

/* One line, or with json a document: {"exit_status", "error", "hint",
 * "results": [{"repository", "event_type", "url", "delivered", "status",
 * "request_id", "error", "hint"}]}, where delivered is null for unknown. */
void report_dispatch(const struct report_result *r, bool json, struct error *e);

/* The same document for a failure before anything was tried. */
void report_nothing_tried(const struct error *failure, struct error *e);

/* The request a dry run would send; the token is not in it. json: a document
 * {"dry_run": true, "url", "body"}. */
void report_preview(const struct report_result *r, const char *request,
    size_t length, bool json, struct error *e);

/* That a file is strict JSON. */
void report_json_file(const char *path, bool json, struct error *e);

/* The failure on standard error, with its excerpt and hint. */
void report_error(const struct error *failure);

void report_warning(const char *text);

#endif
