/* actions.h - what a step of GitHub Actions reads: its outputs, its summary,
 * and annotations in its log. Facts: GitHub's docs, "Workflow commands for
 * GitHub Actions".
 *
 * A file that cannot be written is not a failure, since the event was sent: one
 * warning for each such file is printed. */
#ifndef ACTIONS_H
#define ACTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "event/dispatch.h"
#include "event/runs.h"

struct actions {
	bool annotates;      /* we run in a step */
	const char *summary; /* the file of the step's summary, or NULL */
	const char *outputs; /* the file of the step's outputs, or NULL */
	size_t written;      /* results in them so far */
};

/* Fills it from the environment. */
void actions_find(struct actions *actions);

/* Begins the summary's table. */
void actions_begin(struct actions *actions);

/* Adds a row to the summary's table and a part to the output "results". The
 * first result also sets the outputs "dispatch-url" and "response-status".
 *
 * runs is NULL if they were not waited for. */
void actions_result(struct actions *actions,
    const struct dispatch_result *result, const struct runs_target *runs);

/* Ends the outputs. With runs they get "run-id", "run-url" and "conclusion" of
 * the run that decided: the first that failed, else the first one. runs is NULL
 * if they were not waited for. */
void actions_end(struct actions *actions, const struct runs_list *runs);

/* Annotates the step with a failure and its hint, if we run in one. */
void actions_annotate(
    const struct actions *actions, const struct error *failure);

/* Annotates the step with a notice.
 *
 * Returns false if we do not run in one. */
bool actions_notice(const struct actions *actions, const char *text);

#endif
