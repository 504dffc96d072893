/* document.c - the form is put as it is, and each text as a JSON string. */
#include "cli/document.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/buffer.h"
#include "base/date.h"
#include "base/span.h"
#include "cli/hint.h"
#include "event/run.h"
#include "github/api.h"
#include "github/target.h"

static void
put_string_or_null(struct output *output, const char *text)
{
	output_json_string(output, text[0] != '\0' ? text : NULL);
}

/* "error": ..., "hint": ... */
void
document_failure(struct output *output, const struct error *failure)
{
	char hint[HINT_SIZE];
	struct buffer b;

	buffer_init(&b, hint, sizeof(hint));
	hint_write(&b, failure);
	output_frame(output, "\"error\":");
	put_string_or_null(output, failure->line);
	output_frame(output, ",\"hint\":");
	put_string_or_null(output, hint);
}

void
document_target(struct output *output, const struct dispatch_result *result)
{
	char name[TARGET_TEXT_SIZE], url[API_URL_SIZE];
	struct buffer b;

	buffer_init(&b, url, sizeof(url));
	dispatch_write_url(&b, result);
	output_frame(output, "\"repository\":");
	output_json_string(output, target_text(result->target, name));
	output_frame(output, ",\"event_type\":");
	output_json_string(output, result->event_type);
	if (result->workflow != NULL) {
		output_frame(output, ",\"workflow\":");
		output_json_string(output, result->workflow->name);
		output_frame(output, ",\"ref\":");
		output_json_string(output, result->workflow->ref);
	}
	output_frame(output, ",\"url\":");
	output_json_string(output, url);
}

/* Puts `,"name":` and a text, or null for "". */
static void
put_member(struct output *output, const char *name, const char *text)
{
	output_frame(output, ",\"");
	output_frame(output, name);
	output_frame(output, "\":");
	put_string_or_null(output, text);
}

/* The same for a time, of which 0 is not known. */
static void
put_time(struct output *output, const char *name, int64_t time)
{
	char text[DATE_SIZE] = "";

	if (time > 0)
		date_write(text, time);
	put_member(output, name, text);
}

static void
put_jobs(struct output *output, const struct run *run)
{
	const struct run_job *job;
	size_t count = run->more_jobs;

	output_frame(output, ",\"failed_jobs\":[");
	for (job = run->jobs; job != NULL; job = job->next, count++) {
		output_frame(
		    output, job != run->jobs ? ",{\"name\":" : "{\"name\":");
		output_json_string(output, job->name);
		put_member(output, "url", job->url);
		put_member(output, "step", job->step);
		output_frame(output, "}");
	}
	output_frame(output, "],\"failed_job_count\":");
	output_number(output, count);
}

static void
put_run(struct output *output, const struct run *run)
{
	output_frame(output, "{\"id\":");
	/* A number, as it is written. */
	output_frame(output, run->id);
	output_frame(output, ",\"url\":");
	output_json_string(output, run->url);
	put_member(output, "conclusion", run->conclusion);
	put_member(output, "status", run->status);
	put_member(output, "workflow", run->workflow);
	put_member(output, "path", run->path);
	put_member(output, "name", run->title);
	output_frame(output, ",\"attempt\":");
	output_number(output, run->attempt > 0 ? run->attempt : 1);
	put_time(output, "created", run->created);
	put_time(output, "started", run->started);
	put_time(output, "ended", run_has_ended(run) ? run->updated : 0);
	output_frame(output, ",\"certain\":");
	output_frame(output, run->is_certain ? "true" : "false");
	put_member(
	    output, "waits_for", run_has_ended(run) ? "" : run->waits_for);
	put_jobs(output, run);
	output_frame(output, "}");
}

static void
put_runs(struct output *output, const struct runs_target *runs)
{
	const struct run *run;

	output_frame(output, ",\"runs\":[");
	for (run = runs->runs; run != NULL; run = run->next) {
		output_frame(output, run != runs->runs ? "," : "");
		put_run(output, run);
	}
	output_frame(output, "]");
}

/* The run that the response named, where the runs are not followed. */
static void
put_named_run(struct output *output, const struct dispatch_result *result)
{
	struct run run = {.is_certain = true};

	memcpy(run.id, result->run_id, sizeof(run.id));
	memcpy(run.url, result->run_url, sizeof(run.url));
	output_frame(output, ",\"runs\":[");
	put_run(output, &run);
	output_frame(output, "]");
}

void
document_begin(struct output *output, bool is_dry_run)
{
	output_frame(output,
	    is_dry_run ? "{\"dry_run\":true,\"results\":[" : "{\"results\":[");
}

void
document_result(struct output *output, const struct dispatch_result *result,
    const struct runs_target *runs)
{
	static const char *const delivered[] = {
	    [API_NO] = "false",
	    [API_YES] = "true",
	    [API_MAYBE] = "null",
	};
	const struct api_outcome *outcome = &result->outcome;

	output_frame(output, "{");
	document_target(output, result);
	output_frame(output, ",\"delivered\":");
	output_frame(output, delivered[outcome->delivered]);
	output_frame(output, ",\"status\":");
	if (outcome->status != 0) {
		output_number(output, (uint64_t)outcome->status);
	} else {
		output_frame(output, "null");
	}
	put_member(output, "request_id", outcome->request_id);
	put_member(output, "dispatch_id", result->dispatch_id);
	if (runs != NULL) {
		put_runs(output, runs);
	} else if (result->run_id[0] != '\0') {
		put_named_run(output, result);
	}
	output_frame(output, ",");
	document_failure(output, &result->error);
	output_frame(output, "}");
}

void
document_preview(struct output *output, const struct dispatch_result *result,
    struct span body)
{
	output_frame(output, "{");
	document_target(output, result);
	output_frame(output, ",\"body\":");
	output_json(output, span_chars(body), body.length);
	output_frame(output, "}");
}

void
document_tail(
    struct output *output, const struct error *failure, int64_t token_expires)
{
	char date[DATE_SIZE];

	date_write(date, token_expires);
	output_frame(output, "\"exit_status\":");
	output_number(output, (uint64_t)failure->kind);
	output_frame(output, ",");
	document_failure(output, failure);
	output_frame(output, ",\"token_expires\":");
	output_json_string(output, token_expires != 0 ? date : NULL);
	output_frame(output, "}\n");
}

void
document_end(
    struct output *output, const struct error *failure, int64_t token_expires)
{
	output_frame(output, "],");
	document_tail(output, failure, token_expires);
}

void
document_valid(struct output *output)
{
	output_frame(output, "{\"exit_status\":0,\"valid\":true}\n");
}
