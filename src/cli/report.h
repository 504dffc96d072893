/* report.h - what people and scripts read: results on standard output,
 * everything else on standard error.
 *
 * Text is a line for each result. JSON is one document (document.h). Under
 * GitHub Actions the step's files are written as well (actions.h). On a
 * terminal many targets share a single line of progress.
 *
 * If runs are followed, standard output gets its one line of a target when that
 * has ended: of a run that is known "octo/app: run 304 success, https://...",
 * with the deciding run first. Meanwhile each thing that becomes known is a
 * line on standard error, unless only errors are wanted.
 *
 * What cannot be written to standard output is a failure: it is set in e, where
 * an earlier one stays. */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/span.h"
#include "cli/actions.h"
#include "cli/output.h"
#include "event/dispatch.h"
#include "event/runs.h"

/* Begins with the members up to targets set by name. */
struct report {
	bool json;
	bool is_dry_run;
	struct actions *actions;
	struct runs_list *runs; /* gets what was sent; NULL: no wait */
	size_t targets;         /* how many there are */
	int64_t token_expires;  /* set it once known, before the end; or 0 */

	/* Private from here on. */
	bool has_lines;    /* a line of standard output for each result */
	bool has_progress; /* a line on standard error that is overwritten */
	size_t sent, failed, unknown; /* reported so far */
	size_t done;                  /* with all of their output */
	enum error_kind first;        /* of the failures of targets */
	/* Whether the failure of each target in runs has been. */
	bool reported[RUNS_TARGETS_MAX];
	/* Standard output. Once a write has failed, nothing follows it: what
	 * was written is the beginning of a document, never a part of its
	 * middle. */
	struct output output;
};

/* Reports what comes before the first result. */
void report_begin(struct report *report);

/* Returns what passes the results and notices of a run on to the report,
 * between begin and end. */
struct dispatch_listener report_listener(struct report *report);

/* The same for what is learnt of runs while they are followed. */
struct runs_listener report_runs_listener(struct report *report);

/* Reports the request that a dry run would send. The token is not in it. */
void report_preview(struct report *report, const struct dispatch_result *result,
    struct span request);

/* Reports what waits for the end: runs, the rest of the document, and whether
 * all of it could be written.
 *
 * e, unless it has a failure already, gets the kind of the first failed result
 * in the order of the targets: the exit status. */
void report_end(struct report *report, struct error *e);

/* Prints the document of a failure before anything was tried. */
void report_nothing_tried(bool is_dry_run, struct error *e);

/* Prints that a file is strict JSON. */
void report_valid(const char *path, bool json, struct error *e);

/* Prints text of our own as it is. */
void report_text(const char *text, struct error *e);

/* Prints a failure on standard error, with its excerpt and hint, and annotates
 * the step with it. */
void report_error(const struct error *failure, const struct actions *actions);

#endif
