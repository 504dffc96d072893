/* document.h - the JSON document of --json, a part at a time. Its form, and
 * when each member is there, is written down in
 * .github/repository-dispatch.schema.json: what is put here must be there, and
 * tests/lint/documents.py compares both.
 *
 * {"results": [{"repository", "event_type", "workflow", "ref", "url",
 * "delivered", "status", "request_id", "dispatch_id", "runs", "error",
 * "hint"}], "exit_status", "error", "hint", "token_expires"}
 *
 * A dry run's is {"dry_run": true, "results": [{"repository", "event_type",
 * "workflow", "ref", "url", "body"}], "exit_status", "error", "hint",
 * "token_expires"}. */
#ifndef DOCUMENT_H
#define DOCUMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/span.h"
#include "cli/output.h"
#include "event/dispatch.h"
#include "event/runs.h"

/* Puts what comes before the first result. */
void document_begin(struct output *output, bool is_dry_run);

/* Puts a result, without a comma. runs is NULL if they were not waited for. */
void document_result(struct output *output,
    const struct dispatch_result *result, const struct runs_target *runs);

/* Puts the result of a dry run, without a comma. The body is JSON. */
void document_preview(struct output *output,
    const struct dispatch_result *result, struct span body);

/* Put parts of a form of its own: what names a target, without braces; "error"
 * and "hint"; and everything from "exit_status" on. */
void document_target(
    struct output *output, const struct dispatch_result *result);
void document_failure(struct output *output, const struct error *failure);
void document_tail(
    struct output *output, const struct error *failure, int64_t token_expires);

/* Puts what comes after the last result. A failure without a line counts for
 * the exit status only. token_expires is in seconds since 1970, or 0. */
void document_end(
    struct output *output, const struct error *failure, int64_t token_expires);

/* Puts the whole document that says that a file is strict JSON. */
void document_valid(struct output *output);

#endif
