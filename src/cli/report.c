/* report.c - each result goes where it is read: a line or a part of the
 * document on standard output, and the step's files. If runs are followed, all
 * of that comes at the end, and until then lines on standard error say what is
 * known. */
#include "cli/report.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/secrets.h"
#include "base/span.h"
#include "base/value.h"
#include "cli/document.h"
#include "cli/hint.h"
#include "cli/message.h"
#include "cli/run_text.h"
#include "event/run.h"
#include "github/target.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/log.h"

/* Goes to the first column and clears the line (ECMA-48, EL). */
#define CLEAR_LINE "\r\033[K"

/* Shows a line on standard error that the next one overwrites. */
static void
show_progress(const struct report *report, const char *wait)
{
	char line[160];
	struct buffer b;

	if (!report->has_progress)
		return;
	buffer_init(&b, line, sizeof(line));
	buffer_format(&b, CLEAR_LINE "%zu sent, %zu failed, %zu left%s%s",
	    report->sent - report->failed, report->failed,
	    report->targets - report->sent, wait,
	    report->sent == report->targets ? "\n" : "");
	(void)file_write(STDERR_FILENO, line, b.length);
}

static void
clear_progress(const struct report *report)
{
	if (report->has_progress)
		(void)file_write(STDERR_FILENO, CLEAR_LINE, strlen(CLEAR_LINE));
}

/* On a terminal the line of progress stands for the lines of many targets. A
 * terminal is asked about once, since that is a system call. */
void
report_begin(struct report *report)
{
	struct output *output = &report->output;
	enum log_level level = log_get_level();
	bool is_one = report->targets == 1;

	report->has_progress = !is_one && !report->is_dry_run &&
			       level == LOG_NORMAL && isatty(STDERR_FILENO);
	report->has_lines = !report->json && level != LOG_QUIET &&
			    (is_one || !isatty(STDOUT_FILENO));
	output->fd = STDOUT_FILENO;
	if (report->json)
		document_begin(output, report->is_dry_run);
	output_flush(output);
}

static void
put_target(struct output *output, const struct target *target)
{
	char text[TARGET_TEXT_SIZE];

	output_plain(output, target_text(target, text));
	output_frame(output, ": ");
}

/* What was sent: an event, or the start of a workflow. */
static void
put_event(struct output *output, const struct dispatch_result *result)
{
	const struct workflow *workflow = result->workflow;

	output_frame(output, workflow != NULL ? "workflow " : "event ");
	output_shown_text(
	    output, workflow != NULL ? workflow->name : result->event_type);
	output_frame(output, workflow != NULL ? " dispatched on " : " sent");
	output_shown_text(output, workflow != NULL ? workflow->ref : "");
}

static void
put_sent(struct output *output, const struct dispatch_result *result)
{
	const struct api_outcome *outcome = &result->outcome;

	put_target(output, result->target);
	put_event(output, result);
	output_frame(output, ", HTTP ");
	output_number(output, (uint64_t)outcome->status);
	if (outcome->request_id[0] != '\0') {
		output_frame(output, ", request ");
		output_shown_text(output, outcome->request_id);
	}
	if (result->run_id[0] != '\0') {
		output_frame(output, ", run ");
		output_frame(output, result->run_id);
		output_frame(output, ", ");
		output_shown_text(output, result->run_url);
	}
}

/* Puts "run 304 success, https://... (Deploy, 35 s)". Of several runs it also
 * says which one this is. */
static void
put_run(
    struct output *output, const struct run *run, size_t number, size_t count)
{
	char facts[512];
	struct buffer b;

	output_frame(output, number > 1 ? "; run " : "run ");
	/* A number, as it is written. */
	output_frame(output, run->id);
	output_frame(output, " ");
	output_shown_text(output, run_text_word(run));
	output_frame(output, ", ");
	output_shown_text(output, run->url);
	buffer_init(&b, facts, sizeof(facts));
	run_text_facts(&b, run);
	if (count > 1) {
		buffer_format(&b, "%s%zu of %zu", b.length > 0 ? ", " : "",
		    number, count);
	}
	if (b.length == 0)
		return;
	output_frame(output, " (");
	output_shown_text(output, facts);
	output_frame(output, ")");
}

/* The deciding run comes first: a script that reads one has that. */
static void
put_runs(struct output *output, const struct runs_target *runs)
{
	const struct run *deciding = runs_deciding(runs), *run;
	size_t number = 1;

	put_run(output, deciding, number, runs->count);
	for (run = runs->runs; run != NULL; run = run->next) {
		if (run != deciding)
			put_run(output, run, ++number, runs->count);
	}
}

/* Reports on standard error that an event was sent whose runs are followed: the
 * target's line of standard output comes at its end. */
static void
report_begun(const struct dispatch_result *result)
{
	struct output output = {.fd = STDERR_FILENO};

	if (log_get_level() == LOG_QUIET)
		return;
	put_sent(&output, result);
	if (result->id_is_ours) {
		output_frame(&output, ", dispatch_id ");
		output_shown_text(&output, result->dispatch_id);
	}
	output_frame(&output, "\n");
	output_flush(&output);
}

/* Whether it is not known if the event was delivered, but a run may show its
 * id. */
static bool
is_looked_into(const struct dispatch_result *result)
{
	return result->error.kind == ERROR_UNKNOWN &&
	       result->dispatch_id[0] != '\0';
}

static void
report_unknown(const struct dispatch_result *result)
{
	char text[ERROR_LINE_SIZE + 64];
	struct buffer b;

	if (log_get_level() == LOG_QUIET)
		return;
	buffer_init(&b, text, sizeof(text));
	buffer_format(&b, "%s; looking for a run that shows %s",
	    result->error.line, result->dispatch_id);
	message_line("", text);
}

/* Reports what is known of a target once its event is sent. Returns whether
 * that was a failure. */
static bool
report_outcome(struct report *report, const struct dispatch_result *result)
{
	struct output *output = &report->output;

	if (report->runs != NULL && is_looked_into(result)) {
		report_unknown(result);
		return false;
	}
	if (result->error.kind != ERROR_NONE) {
		report_error(&result->error, report->actions);
		return true;
	}
	if (report->runs != NULL) {
		report_begun(result);
	} else if (report->has_lines) {
		put_sent(output, result);
		output_frame(output, "\n");
	}
	return false;
}

static bool
report_sent(struct report *report, const struct dispatch_result *result)
{
	bool reported;

	clear_progress(report);
	reported = report_outcome(report, result);
	output_flush(&report->output);
	actions_sent(report->actions, result);
	report->sent++;
	report->failed += result->error.kind != ERROR_NONE;
	report->unknown += result->outcome.delivered == API_MAYBE;
	show_progress(report, "");
	return reported;
}

/* Reports the part of a result that waits for the end of the runs, if they are
 * waited for. */
static void
report_done(struct report *report, const struct dispatch_result *result,
    const struct runs_target *runs)
{
	struct output *output = &report->output;

	if (report->json) {
		output_frame(output, report->done > 0 ? "," : "");
		document_result(output, result, runs);
	}
	output_flush(output);
	actions_result(report->actions, result, runs);
	if (report->first == ERROR_NONE)
		report->first = result->error.kind;
	report->done++;
}

/* Lists the failed jobs of a target: a part of its failure. */
static void
report_jobs(const struct runs_target *runs)
{
	char text[ERROR_LINE_SIZE], name[TARGET_TEXT_SIZE];
	const struct run *run;
	const struct run_job *job;
	struct buffer b;

	target_text(runs->result.target, name);
	for (run = runs->runs; run != NULL; run = run->next) {
		for (job = run->jobs; job != NULL; job = job->next) {
			buffer_init(&b, text, sizeof(text));
			buffer_format(&b, "%s: ", name);
			run_text_job(&b, run, job);
			message_line("", text);
		}
		if (run->more_jobs == 0)
			continue;
		buffer_init(&b, text, sizeof(text));
		buffer_format(&b, "%s: run %s: and %zu more failed jobs", name,
		    run->id, run->more_jobs);
		message_line("", text);
	}
}

/* Puts the line of a target whose runs were followed. */
static void
put_end(struct output *output, const struct runs_target *runs)
{
	if (runs->count > 0) {
		put_target(output, runs->result.target);
		put_runs(output, runs);
	} else if (runs->result.outcome.delivered == API_YES) {
		put_sent(output, &runs->result);
		output_frame(output,
		    runs->result.run_id[0] == '\0' ? ", no run is known" : "");
	} else {
		return;
	}
	output_frame(output, "\n");
}

static void
report_finished(void *context, const struct dispatch_result *result)
{
	struct report *report = context;
	struct runs_list *runs = report->runs;
	bool reported = report_sent(report, result);

	if (runs == NULL) {
		report_done(report, result, NULL);
	} else {
		report->reported[runs->count] = reported;
		runs->targets[runs->count++].result = *result;
	}
}

static void
report_notice(const struct report *report, const char *text)
{
	if (log_get_level() == LOG_QUIET)
		return;
	clear_progress(report);
	if (!actions_notice(report->actions, text))
		message_line("repository-dispatch: ", text);
}

/* The reason names the target. */
static void
report_wait(void *context, const struct target *target, uint32_t milliseconds,
    const struct error *why)
{
	const struct report *report = context;
	char text[ERROR_LINE_SIZE + 64], wait[40];
	struct buffer b;

	(void)target;
	buffer_init(&b, text, sizeof(text));
	buffer_format(&b, "retrying in %u.%u seconds: %s",
	    (unsigned)(milliseconds / 1000),
	    (unsigned)(milliseconds % 1000 / 100), why->line);
	report_notice(report, text);
	buffer_init(&b, wait, sizeof(wait));
	buffer_format(
	    &b, ", waiting %u s", (unsigned)((milliseconds + 999) / 1000));
	show_progress(report, wait);
}

/* A pause of an hour without a word looks like a program that hangs. */
static void
report_pause(void *context, size_t finished, uint32_t milliseconds)
{
	const struct report *report = context;
	unsigned minutes = (milliseconds + 59999) / 60000;
	char text[160];
	struct buffer b;

	buffer_init(&b, text, sizeof(text));
	buffer_format(&b,
	    "%zu of %zu targets are done; GitHub advises at most %d events an "
	    "hour: the next one follows in %u minute%s",
	    finished, report->targets, DISPATCH_HOURLY_MAX, minutes,
	    minutes == 1 ? "" : "s");
	report_notice(report, text);
}

static void
report_move(void *context, const struct target *target, const char *path)
{
	const struct report *report = context;
	char text[ERROR_LINE_SIZE];
	struct buffer b;

	buffer_init(&b, text, sizeof(text));
	buffer_format(&b, "%s/%s: the repository has moved to ", target->owner,
	    target->name);
	secrets_hide_peer(&b, span_text(path));
	report_notice(report, text);
}

static void
report_widening(void *context, const struct target *target)
{
	const struct report *report = context;
	char text[ERROR_LINE_SIZE];
	struct buffer b;

	buffer_init(&b, text, sizeof(text));
	buffer_format(&b,
	    "%s: the App cannot access all of the targets, so its token covers "
	    "every repository of the installation",
	    target->owner);
	report_notice(report, text);
}

struct dispatch_listener
report_listener(struct report *report)
{
	return (struct dispatch_listener){
	    .context = report,
	    .finished = report_finished,
	    .waits = report_wait,
	    .pauses = report_pause,
	    .moved = report_move,
	    .widened = report_widening,
	};
}

/* Begins a line about a target whose runs are followed. Such lines are plain,
 * also in a step: they are no annotations. */
static void
begin_line(const struct report *report, const struct runs_target *target,
    struct buffer *b, char text[ERROR_LINE_SIZE])
{
	char name[TARGET_TEXT_SIZE];

	clear_progress(report);
	buffer_init(b, text, ERROR_LINE_SIZE);
	buffer_format(b, "%s: ", target_text(target->result.target, name));
}

/* Writes a line about a run. */
static void
report_run(const struct report *report, const struct runs_target *target,
    const struct run *run,
    void (*put)(struct buffer *b, const struct run *run, int64_t age))
{
	int64_t age = clock_milliseconds() - target->result.sent;
	char text[ERROR_LINE_SIZE];
	struct buffer b;

	if (log_get_level() == LOG_QUIET)
		return;
	begin_line(report, target, &b, text);
	put(&b, run, age);
	message_line("", text);
}

static void
report_found(
    void *context, const struct runs_target *target, const struct run *run)
{
	const struct report *report = context;

	report_run(report, target, run, run_text_found);
	actions_found(report->actions, report->runs);
}

static void
report_changed(
    void *context, const struct runs_target *target, const struct run *run)
{
	report_run(context, target, run, run_text_changed);
}

static void
report_still(
    void *context, const struct runs_target *target, const struct run *run)
{
	report_run(context, target, run, run_text_still);
}

static void
report_run_notice(
    void *context, const struct runs_target *target, const char *why)
{
	char text[ERROR_LINE_SIZE];
	struct buffer b;

	if (log_get_level() == LOG_QUIET)
		return;
	begin_line(context, target, &b, text);
	buffer_text(&b, why);
	message_line("", text);
}

/* A line that standard output gets long before the end of the others is not
 * held back. */
static void
report_ended(void *context, const struct runs_target *target)
{
	struct report *report = context;
	const struct error *failure = &target->result.error;
	size_t index = (size_t)(target - report->runs->targets);

	if (failure->kind != ERROR_NONE && !report->reported[index]) {
		clear_progress(report);
		report_error(failure, report->actions);
		report_jobs(target);
	}
	if (report->json || log_get_level() == LOG_QUIET)
		return;
	put_end(&report->output, target);
	output_flush(&report->output);
}

struct runs_listener
report_runs_listener(struct report *report)
{
	return (struct runs_listener){
	    .context = report,
	    .found = report_found,
	    .changed = report_changed,
	    .still = report_still,
	    .notice = report_run_notice,
	    .ended = report_ended,
	};
}

/* The body begins after the first empty line. */
static size_t
head_length(struct span request)
{
	size_t i;

	for (i = 4; i < request.length; i++) {
		if (memcmp(request.bytes + i - 4, "\r\n\r\n", 4) == 0)
			break;
	}
	return i;
}

/* Puts the lines of a head, which end with CRLF (RFC 9112, 2.2). */
static void
put_head(struct output *output, const char *head, size_t length)
{
	const char *end;

	while (length > 0) {
		end = memchr(head, '\r', length);
		if (end == NULL)
			break;
		output_shown(output, head, (size_t)(end - head));
		output_frame(output, "\n");
		length -= (size_t)(end + 2 - head);
		head = end + 2;
	}
}

void
report_preview(struct report *report, const struct dispatch_result *result,
    struct span request)
{
	struct output *output = &report->output;
	size_t head = head_length(request);
	struct span body = span_of(request.bytes + head, request.length - head);

	if (report->json) {
		output_frame(output, report->done > 0 ? "," : "");
		document_preview(output, result, body);
	} else {
		put_head(output, span_chars(request), head);
		output_json(output, span_chars(body), body.length);
		output_frame(output, "\n");
	}
	output_flush(output);
	report->done++;
}

/* Standard output failed. The exit status of a failure that was there before
 * stays. */
static void
fail_output(const struct report *report, struct error *e)
{
	struct error failure;

	error_clear(&failure);
	(void)error_set_errno(&failure,
	    e->kind != ERROR_NONE ? e->kind : ERROR_LOCAL,
	    report->output.failure, "cannot write to standard output");
	if (!report->is_dry_run) {
		error_append(&failure, "; %zu delivered, %zu unknown, of %zu",
		    report->sent - report->failed, report->unknown,
		    report->targets);
	}
	*e = failure;
}

void
report_end(struct report *report, struct error *e)
{
	struct output *output = &report->output;
	const struct runs_target *target;
	size_t i;

	for (i = 0; report->runs != NULL && i < report->runs->count; i++) {
		target = &report->runs->targets[i];
		report_done(report, &target->result, target);
	}
	if (report->first != ERROR_NONE)
		(void)error_reported(e, report->first);
	if (!report->is_dry_run)
		actions_end(report->actions, report->runs);
	if (report->json)
		document_end(output, e, report->token_expires);
	output_flush(output);
	if (report->output.failure != 0 && e->line[0] == '\0')
		fail_output(report, e);
}

void
report_nothing_tried(bool is_dry_run, struct error *e)
{
	struct output output = {.fd = STDOUT_FILENO};

	document_begin(&output, is_dry_run);
	document_end(&output, e, 0);
	output_finish(&output, e);
}

void
report_valid(const char *path, bool json, struct error *e)
{
	struct output output = {.fd = STDOUT_FILENO};
	struct value name;

	if (json) {
		document_valid(&output);
	} else if (log_get_level() != LOG_QUIET) {
		file_name(&name, path);
		output_shown_text(&output, name.text);
		output_frame(&output, ": strict JSON\n");
	}
	output_finish(&output, e);
}

void
report_text(const char *text, struct error *e)
{
	struct output output = {.fd = STDOUT_FILENO};

	output_frame(&output, text);
	output_finish(&output, e);
}

void
report_error(const struct error *failure, const struct actions *actions)
{
	char hint[HINT_SIZE];
	struct buffer b;

	message_line("repository-dispatch: ", failure->line);
	/* Whoever wrote the excerpt has escaped it. */
	(void)file_write(
	    STDERR_FILENO, failure->excerpt, strlen(failure->excerpt));
	buffer_init(&b, hint, sizeof(hint));
	hint_write(&b, failure);
	if (b.length > 0)
		message_line("hint: ", hint);
	actions_annotate(actions, failure);
}
