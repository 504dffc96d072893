/* report.h - what people and scripts read: results on standard output,
 * everything else on standard error. What cannot be written is a failure: it
 * is set in e, where an earlier one stays. Foreign text is escaped here and
 * nowhere else. */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "event/dispatch.h"
#include "event/runs.h"

/* How the results of a run are told. */
struct report {
	bool json;
	bool annotations;       /* GitHub Actions reads along */
	const char *summary;    /* file a table is added to, or NULL */
	const char *outputs;    /* file of the step's outputs, or NULL */
	struct runs_list *runs; /* filled with what was sent; NULL: no wait */
	size_t targets;         /* how many there are */
	size_t sent, failed, unknown; /* so far */
	size_t done;                  /* with all of its output */
	int failure;                  /* errno of the first write that failed */
};

/* Text of our own, as it is. */
void report_text(const struct buffer *text, struct error *e);

/* What passes results and notices of a run on to r, between begin and end. */
struct dispatch_listener report_listener(struct report *r);

/* Before the first result and behind the last. Text is a line for each on
 * standard output, and the failure on standard error; on a terminal many
 * targets share a single line of progress. JSON is one document: {"results":
 * [{"repository", "event_type", "url", "delivered", "status", "request_id",
 * "runs", "error", "hint"}], "exit_status", "error", "hint"}, where delivered
 * is null for unknown, and "runs", [{"id", "url", "conclusion"}], is there
 * where they were waited for.
 * A step's outputs (GitHub's docs, "Workflow commands for GitHub Actions",
 * "Setting an output parameter") are dispatch-url and response-status, of the
 * first target, results, as in the document, and run-id, run-url and
 * conclusion of the run that decided. */
void report_begin(struct report *r);
void report_end(struct report *r, enum error_kind status, struct error *e);

/* The same document for a failure before anything was tried. */
void report_nothing_tried(const struct error *failure, struct error *e);

/* The request a dry run would send to target number `number` of `targets`, from
 * 0; the token is not in it. json: a part of one document, {"dry_run": true,
 * "results": [{"repository", "event_type", "url", "body"}], "exit_status",
 * "error", "hint"}. */
void report_preview(const struct dispatch_result *r, size_t number,
    size_t targets, const char *request, size_t length, bool json,
    struct error *e);

/* That a file is strict JSON. */
void report_json_file(const char *path, bool json, struct error *e);

/* The failure on standard error, with its excerpt and hint; the annotation is
 * another line. */
void report_error(const struct error *failure, bool annotations);

void report_warning(const char *text);

#endif
