/* actions.h - what a step of GitHub Actions reads: its outputs, its summary,
 * and annotations in its log. Facts: GitHub's docs, "Workflow commands for
 * GitHub Actions".
 *
 * Every output is a whole line, written at once, and no line is empty: act and
 * the runners of Gitea and Forgejo, which descend from it, refuse a file with
 * an empty line and then fail the step (parseEnvFile() in act's
 * pkg/container/parse_env_file.go). GitHub's own runner ignores empty lines
 * (actions/runner, FileCommandManager.cs).
 *
 * Each file is opened once, before anything is sent: what takes its place
 * during the run gets nothing. A file that cannot be opened or written is not a
 * failure, since the event was sent: one warning for each such file is printed.
 */
#ifndef ACTIONS_H
#define ACTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "event/dispatch.h"
#include "event/run.h"
#include "event/runs.h"

/* Characters of the output "results". All outputs of a job may take 1 MB in
 * UTF-16, which has two bytes for each of ours (GitHub's docs, "Metadata
 * syntax", outputs; Forgejo refuses 1 MiB and more). */
#define ACTIONS_RESULTS_MAX 480000

/* Bytes of the summary, with what other programs put in it before. A step's
 * summary of more than 1 MiB is dropped whole (GitHub's docs, "Workflow
 * commands", "Step isolation and limits"), and one that comes close to it as
 * well (actions/runner#4337). */
#define ACTIONS_SUMMARY_MAX (1024 * 1024 - 8192)

/* One of the files. */
struct actions_file {
	const char *variable;
	const char *path; /* NULL: nothing is written */
	int fd;           /* -1: it is not open */
	int reason;       /* errno, if it could not be opened */
	uint64_t size; /* what it had when it was opened, and what we added */
	bool is_cut;   /* another program left its last line without its end */
};

/* Bytes of a row of the summary: a byte of a message is at most 4 once it is
 * escaped, and each of them at most 6 as an entity. */
#define ACTIONS_ROW_SIZE (4 * 6 * ERROR_LINE_SIZE + 4096)

struct actions {
	bool annotates; /* we run in a step */
	struct actions_file summary, outputs;
	size_t written; /* results so far */
	size_t rows;    /* of them, those with a row in the summary */
	size_t parts;   /* and those in the output "results" */
	bool was_sent;  /* there is a first target */
	/* In the outputs, or "". */
	char run_id[RUN_ID_SIZE], run_url[RUN_URL_SIZE];
	/* No more of these is touched than is filled. */
	struct buffer results;
	char row[ACTIONS_ROW_SIZE]; /* while it is put together */
	char storage[ACTIONS_RESULTS_MAX];
};

/* Fills it from the environment. */
void actions_find(struct actions *actions);

/* Opens the files, and makes those that do not exist. One that cannot be opened
 * is reported once there is something to write.
 *
 * Nobody waits for the reader of a FIFO. */
void actions_open(struct actions *actions);

#define ACTIONS_FILES 2

/* Copies the descriptor of each file, or -1 if it is not open. */
void actions_descriptors(
    const struct actions *actions, int descriptors[ACTIONS_FILES]);

/* Sets the outputs "dispatch-url", "response-status" and "dispatch-id", once
 * the event of the first target is sent. Later targets change nothing. */
void actions_sent(
    struct actions *actions, const struct dispatch_result *result);

/* Sets the outputs "run-id" and "run-url", as soon as a run is known, to the
 * one that decides so far (actions_end()). */
void actions_found(struct actions *actions, const struct runs_list *runs);

/* Adds a row to the summary's table and a part to the output "results".
 *
 * Once a row or a part does not fit, no more of them are added.
 *
 * runs is NULL if they were not waited for. */
void actions_result(struct actions *actions,
    const struct dispatch_result *result, const struct runs_target *runs);

/* Ends the summary, with the number of results that have no row, and the
 * outputs. With runs they get "conclusion" of the run that decided, the first
 * that failed, else the first one, and its "run-id" and "run-url" unless those
 * are what was written last: the last line of a name counts. "results" comes
 * last, since releases of act before mid-2025 ignore a line of 64 KiB and all
 * that follows it. A warning says if it lacks results. Closes both files.
 *
 * runs is NULL if they were not waited for. */
void actions_end(struct actions *actions, const struct runs_list *runs);

/* Annotates the step with a failure and its hint, if we run in one. */
void actions_annotate(
    const struct actions *actions, const struct error *failure);

/* Annotates the step with a notice.
 *
 * Returns false if we do not run in one. */
bool actions_notice(const struct actions *actions, const char *text);

#endif
