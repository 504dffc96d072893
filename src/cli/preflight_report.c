/* preflight_report.c - the words for each verdict and each kind of token are
 * tables. */
#include "cli/preflight_report.h"

#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/date.h"
#include "base/error.h"
#include "cli/document.h"
#include "cli/expiry.h"
#include "cli/report.h"
#include "github/target.h"
#include "os/log.h"

static const char *const json_verdicts[] = {
    [PREFLIGHT_NOT_KNOWN] = "null",
    [PREFLIGHT_YES] = "true",
    [PREFLIGHT_NO] = "false",
};

static const char *const kinds[] = {
    [CREDENTIAL_OTHER] = "token",
    [CREDENTIAL_CLASSIC] = "classic token",
    [CREDENTIAL_FINE_GRAINED] = "fine-grained token",
    [CREDENTIAL_INSTALLATION] = "installation token",
    [CREDENTIAL_USER] = "user token",
};

static bool
has_lines(const struct preflight_report *report)
{
	return !report->json && log_get_level() != LOG_QUIET;
}

void
preflight_report_begin(struct preflight_report *report)
{
	report->output.fd = STDOUT_FILENO;
	if (report->json) {
		output_frame(
		    &report->output, "{\"preflight\":true,\"results\":[");
	}
	output_flush(&report->output);
}

static void
put_line(struct output *output, const struct preflight_result *checked)
{
	static const char *const verdicts[] = {
	    [PREFLIGHT_NOT_KNOWN] = "not known",
	    [PREFLIGHT_YES] = "yes",
	    [PREFLIGHT_NO] = "no",
	};
	char name[TARGET_TEXT_SIZE];
	const struct dispatch_result *result = &checked->result;

	output_plain(output, target_text(result->target, name));
	if (checked->is_reachable != PREFLIGHT_YES) {
		output_frame(output, ": not reachable");
		if (result->outcome.status != 0) {
			output_frame(output, " with this token, HTTP ");
			output_number(output, (uint64_t)result->outcome.status);
		}
		output_frame(output, "\n");
		return;
	}
	output_frame(output, ": reachable, can be written: ");
	output_frame(output, verdicts[checked->can_write]);
	output_frame(output, " (");
	output_frame(output, checked->reason);
	output_frame(output, ")\n");
}

static void
put_string_or_null(struct output *output, const char *name, const char *text)
{
	output_frame(output, name);
	output_json_string(
	    output, text != NULL && text[0] != '\0' ? text : NULL);
}

static void
put_member(struct output *output, const struct preflight_result *checked)
{
	const struct dispatch_result *result = &checked->result;

	output_frame(output, "{");
	document_target(output, result);
	output_frame(output, ",\"reachable\":");
	output_frame(output, json_verdicts[checked->is_reachable]);
	output_frame(output, ",\"writable\":");
	output_frame(output, json_verdicts[checked->can_write]);
	put_string_or_null(output, ",\"reason\":", checked->reason);
	output_frame(output, ",\"status\":");
	if (result->outcome.status != 0) {
		output_number(output, (uint64_t)result->outcome.status);
	} else {
		output_frame(output, "null");
	}
	put_string_or_null(
	    output, ",\"request_id\":", result->outcome.request_id);
	output_frame(output, ",");
	document_failure(output, &result->error);
	output_frame(output, "}");
}

static void
report_checked(void *context, const struct preflight_result *checked)
{
	struct preflight_report *report = context;
	struct output *output = &report->output;
	const struct error *failure = &checked->result.error;

	if (failure->kind != ERROR_NONE)
		report_error(failure, report->actions);
	if (report->json) {
		output_frame(output, report->done > 0 ? "," : "");
		put_member(output, checked);
	} else if (has_lines(report)) {
		put_line(output, checked);
	}
	output_flush(output);
	report->done++;
	if (report->first == ERROR_NONE)
		report->first = failure->kind;
}

struct preflight_listener
preflight_report_listener(struct preflight_report *report)
{
	return (struct preflight_listener){
	    .context = report, .checked = report_checked};
}

/* "token: classic token of octocat, scopes repo; expires 2026-..." */
static void
put_token(struct output *output, const struct preflight_account *account)
{
	char date[DATE_SIZE], distance[48];
	struct buffer b;

	output_frame(output, "token: ");
	if (account->app != NULL) {
		output_frame(output, "made for the App ");
		output_shown_text(output, account->app);
		output_frame(output, "\n");
		return;
	}
	output_frame(output, kinds[account->kind]);
	if (account->login[0] != '\0') {
		output_frame(output, " of ");
		output_shown_text(output, account->login);
	} else {
		output_frame(output, ", owner not known");
	}
	if (account->has_scopes && account->scopes[0] != '\0') {
		output_frame(output, ", scopes ");
		output_shown_text(output, account->scopes);
	}
	if (account->expiry.time == 0) {
		output_frame(output, "; no expiry reported\n");
		return;
	}
	date_write(date, account->expiry.time);
	buffer_init(&b, distance, sizeof(distance));
	if (account->expiry.seconds > 0) {
		expiry_write_distance(&b, account->expiry.seconds);
	} else {
		buffer_text(&b, "in the past");
	}
	output_frame(output, "; expires ");
	output_frame(output, date);
	output_frame(output, " (");
	output_frame(output, distance);
	output_frame(output, ")\n");
}

static void
put_limit(struct output *output, const struct preflight_account *account)
{
	char date[DATE_SIZE];

	if (!account->has_limit) {
		output_frame(output, "rate limit: not known\n");
		return;
	}
	date_write(date, account->reset);
	output_frame(output, "rate limit: ");
	output_number(output, account->remaining);
	output_frame(output, " of ");
	output_number(output, account->limit);
	output_frame(output, " requests left until ");
	output_frame(output, date);
	output_frame(output, "\n");
}

static void
put_account(struct output *output, const struct preflight_account *account)
{
	char date[DATE_SIZE];

	output_frame(output, "],\"token\":{\"kind\":");
	output_json_string(
	    output, account->app != NULL ? "App" : kinds[account->kind]);
	put_string_or_null(output, ",\"app_id\":", account->app);
	put_string_or_null(output, ",\"login\":", account->login);
	output_frame(output, ",\"scopes\":");
	output_json_string(output, account->has_scopes && account->app == NULL
				       ? account->scopes
				       : NULL);
	output_frame(output, "},\"rate_limit\":");
	if (account->has_limit) {
		date_write(date, account->reset);
		output_frame(output, "{\"limit\":");
		output_number(output, account->limit);
		output_frame(output, ",\"remaining\":");
		output_number(output, account->remaining);
		output_frame(output, ",\"reset\":");
		output_json_string(output, date);
		output_frame(output, "},");
	} else {
		output_frame(output, "null,");
	}
}

void
preflight_report_end(struct preflight_report *report,
    const struct preflight_account *account, struct error *e)
{
	struct output *output = &report->output;

	if (report->first != ERROR_NONE) {
		error_clear(e);
		(void)error_reported(e, report->first);
	}
	if (report->json) {
		put_account(output, account);
		document_tail(output, e, account->expiry.time);
	} else if (has_lines(report)) {
		put_token(output, account);
		put_limit(output, account);
	}
	output_finish(output, e);
}

void
preflight_report_nothing(struct error *e)
{
	struct output output = {.fd = STDOUT_FILENO};

	output_frame(&output, "{\"preflight\":true,\"results\":[");
	document_end(&output, e, 0);
	output_finish(&output, e);
}
