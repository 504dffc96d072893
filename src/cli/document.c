/* document.c - the form is put as it is, and each text as a JSON string. */
#include "cli/document.h"

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/date.h"
#include "base/span.h"
#include "cli/hint.h"
#include "github/api.h"
#include "github/target.h"

static void
put_string_or_null(struct output *output, const char *text)
{
	output_json_string(output, text[0] != '\0' ? text : NULL);
}

/* "error": ..., "hint": ... */
static void
put_failure(struct output *output, const struct error *failure)
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

static void
put_target(struct output *output, const struct dispatch_result *result)
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

/* A run that goes on has no conclusion. */
static void
put_runs(struct output *output, const struct runs_target *runs)
{
	const struct run *run;

	output_frame(output, ",\"runs\":[");
	for (run = runs->runs; run != NULL; run = run->next) {
		output_frame(
		    output, run != runs->runs ? ",{\"id\":" : "{\"id\":");
		/* A number, as it is written. */
		output_frame(output, run->id);
		output_frame(output, ",\"url\":");
		output_json_string(output, run->url);
		output_frame(output, ",\"conclusion\":");
		put_string_or_null(output, run->conclusion);
		output_frame(output, "}");
	}
	output_frame(output, "]");
}

/* The run that the response named, where the runs are not followed. */
static void
put_run(struct output *output, const struct dispatch_result *result)
{
	output_frame(output, ",\"runs\":[{\"id\":");
	output_frame(output, result->run_id);
	output_frame(output, ",\"url\":");
	output_json_string(output, result->run_url);
	output_frame(output, ",\"conclusion\":null}]");
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
	put_target(output, result);
	output_frame(output, ",\"delivered\":");
	output_frame(output, delivered[outcome->delivered]);
	output_frame(output, ",\"status\":");
	if (outcome->status != 0) {
		output_number(output, (uint64_t)outcome->status);
	} else {
		output_frame(output, "null");
	}
	output_frame(output, ",\"request_id\":");
	put_string_or_null(output, outcome->request_id);
	if (runs != NULL)
		put_runs(output, runs);
	else if (result->run_id[0] != '\0')
		put_run(output, result);
	output_frame(output, ",");
	put_failure(output, &result->error);
	output_frame(output, "}");
}

void
document_preview(struct output *output, const struct dispatch_result *result,
    struct span body)
{
	output_frame(output, "{");
	put_target(output, result);
	output_frame(output, ",\"body\":");
	output_json(output, span_chars(body), body.length);
	output_frame(output, "}");
}

void
document_end(
    struct output *output, const struct error *failure, int64_t token_expires)
{
	char date[DATE_SIZE];

	date_write(date, token_expires);
	output_frame(output, "],\"exit_status\":");
	output_number(output, (uint64_t)failure->kind);
	output_frame(output, ",");
	put_failure(output, failure);
	output_frame(output, ",\"token_expires\":");
	output_json_string(output, token_expires != 0 ? date : NULL);
	output_frame(output, "}\n");
}

void
document_valid(struct output *output)
{
	output_frame(output, "{\"exit_status\":0,\"valid\":true}\n");
}
