/* report.c - each result goes where it is read: a line or a part of the JSON
 * document on standard output, a row in the summary of the step, a part of its
 * outputs. Failures and notices are lines on standard error. */
#include "cli/report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/escape.h"
#include "cli/hint.h"
#include "cli/output.h"
#include "github/api.h"
#include "os/file.h"
#include "os/log.h"

#define ANNOTATION_SIZE (ERROR_LINE_SIZE + 256) /* a failure and its hint */

static void
write_url(char url[API_URL_SIZE], const struct dispatch_result *r)
{
	struct buffer b;

	buffer_init(&b, url, API_URL_SIZE);
	api_write_url(&b, r->api, r->target);
}

/* "error": ..., "hint": ... */
static void
put_json_failure(struct output *o, const struct error *failure)
{
	bool failed = failure->kind != ERROR_NONE;

	output_json_text(o, "\"error\":");
	output_json_string(o, failed ? failure->line : NULL);
	output_json_text(o, ",\"hint\":");
	output_json_string(o, failed ? hint_of(failure) : NULL);
}

static void
put_json_target(struct output *o, const struct dispatch_result *r)
{
	char url[API_URL_SIZE];

	output_json_text(o, "\"repository\":\"");
	output_json_text(o, r->target->owner);
	output_json_text(o, "/");
	output_json_text(o, r->target->name);
	output_json_text(o, "\",\"event_type\":");
	output_json_string(o, r->event_type);
	output_json_text(o, ",\"url\":");
	write_url(url, r);
	output_json_string(o, url);
}

/* "" is null: of a run that goes on. */
static void
put_json_runs(struct output *o, const struct runs_target *t)
{
	const struct run *r = t->list;

	output_json_text(o, ",\"runs\":[");
	for (; r < t->list + t->count; r++) {
		output_json_text(o, r > t->list ? ",{\"id\":" : "{\"id\":");
		output_json_text(o, r->id);
		output_json_text(o, ",\"url\":");
		output_json_string(o, r->url);
		output_json_text(o, ",\"conclusion\":");
		output_json_string(
		    o, r->conclusion[0] != '\0' ? r->conclusion : NULL);
		output_json_text(o, "}");
	}
	output_json_text(o, "]");
}

static void
put_json_result(struct output *o, const struct dispatch_result *r,
    const struct runs_target *runs)
{
	static const char delivered[][8] = {
	    [API_NO] = "false",
	    [API_YES] = "true",
	    [API_MAYBE] = "null",
	};
	const char *id = r->outcome.request_id;

	output_json_text(o, "{");
	put_json_target(o, r);
	output_json_text(o, ",\"delivered\":");
	output_json_text(o, delivered[r->outcome.delivered]);
	output_json_text(o, ",\"status\":");
	if (r->outcome.status != 0)
		output_number(o, (uint64_t)r->outcome.status);
	else
		output_json_text(o, "null");
	output_json_text(o, ",\"request_id\":");
	output_json_string(o, id[0] != '\0' ? id : NULL);
	if (runs != NULL)
		put_json_runs(o, runs);
	output_json_text(o, ",");
	put_json_failure(o, &r->error);
	output_json_text(o, "}");
}

/* Behind the results: what went wrong before anything was tried. */
static void
put_json_end(
    struct output *o, enum error_kind status, const struct error *outer)
{
	output_json_text(o, "],\"exit_status\":");
	output_number(o, (uint64_t)status);
	output_json_text(o, ",");
	put_json_failure(o, outer);
	output_json_text(o, "}\n");
}

static void
put_line(struct output *o, const struct dispatch_result *r)
{
	output_text(o, r->target->owner);
	output_text(o, "/");
	output_text(o, r->target->name);
	output_text(o, ": event ");
	output_shown(o, r->event_type, strlen(r->event_type));
	output_text(o, " sent, answer ");
	output_number(o, (uint64_t)r->outcome.status);
	if (r->outcome.request_id[0] != '\0') {
		output_text(o, ", request ");
		output_shown(
		    o, r->outcome.request_id, strlen(r->outcome.request_id));
	}
	output_text(o, "\n");
}

void
report_nothing_tried(const struct error *failure, struct error *e)
{
	struct output o = {.fd = STDOUT_FILENO};

	output_json_text(&o, "{\"results\":[");
	put_json_end(&o, failure->kind, failure);
	output_finish(&o, e);
}

/* Neither Markdown nor HTML reads these. */
static bool
is_plain(char c)
{
	return ascii_is_alphanumeric((unsigned char)c) ||
	       strchr(" -./,", c) != NULL;
}

/* Foreign text in a table's cell: what is not plain is an entity. */
static void
put_foreign(struct output *o, const char *text)
{
	char shown[4 * ERROR_LINE_SIZE];
	const char *c = shown;

	(void)escape(shown, sizeof(shown), text, strlen(text));
	for (; *c != '\0'; c++) {
		if (is_plain(*c)) {
			output_bytes(o, c, 1);
		} else {
			output_text(o, "&#");
			output_number(o, (unsigned char)*c);
			output_text(o, ";");
		}
	}
}

static void
put_cell(struct output *o, const char *text)
{
	put_foreign(o, text);
	output_text(o, " | ");
}

/* How a run ended, with a link to its page: an entity in there means its
 * character and cannot end it (CommonMark 0.31, 2.5). */
static void
put_run_cell(struct output *o, const struct run *r)
{
	output_text(o, "[");
	put_foreign(o, r->conclusion);
	output_text(o, "](");
	put_foreign(o, r->url);
	output_text(o, ") | ");
}

/* Said once for each, and no failure: the event is on its way. */
static void
give_up(const char **path)
{
	char text[ERROR_LINE_SIZE];
	struct buffer b;

	buffer_init(&b, text, sizeof(text));
	buffer_text(&b, "cannot write this step's ");
	buffer_text(&b, *path);
	*path = NULL;
	report_warning(text);
}

/* Adds to a file that a runner reads; nobody waits for the reader of a FIFO.
 * Returns false if there is none, or it cannot be had. */
static bool
open_file(const char **path, struct output *o)
{
	*o = (struct output){.fd = -1};
	if (*path == NULL)
		return false;
	o->fd = open(*path,
	    O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0644);
	if (o->fd == -1)
		give_up(path);
	return o->fd != -1;
}

static void
close_file(const char **path, struct output *o)
{
	output_flush(o);
	if (o->failure != 0)
		give_up(path);
	(void)close(o->fd);
}

static void
begin_summary(struct report *r)
{
	struct output o;

	if (!open_file(&r->summary, &o))
		return;
	/* Others may have left their last line without an end. */
	output_text(&o, "\n| repository | event | delivered | answer |\n"
			"| --- | --- | --- | --- |\n");
	close_file(&r->summary, &o);
}

static void
write_summary(struct report *r, const struct dispatch_result *result,
    const struct runs_target *runs)
{
	static const char *const delivered[] = {
	    [API_NO] = "no",
	    [API_YES] = "yes",
	    [API_MAYBE] = "unknown",
	};
	const struct run *run = runs != NULL ? runs_deciding(runs) : NULL;
	struct output o;

	if (!open_file(&r->summary, &o))
		return;
	output_text(&o, "| ");
	output_text(&o, result->target->owner);
	output_text(&o, "/");
	put_cell(&o, result->target->name);
	put_cell(&o, result->event_type);
	put_cell(&o, delivered[result->outcome.delivered]);
	if (run != NULL && result->error.kind != ERROR_RUN_MISSING)
		put_run_cell(&o, run);
	else
		put_cell(&o, result->error.kind != ERROR_NONE
				 ? result->error.line
				 : result->outcome.request_id);
	output_text(&o, "\n");
	close_file(&r->summary, &o);
}

/* The results are one line, a part for each target. */
static void
write_outputs(struct report *r, const struct dispatch_result *result,
    const struct runs_target *runs)
{
	char url[API_URL_SIZE];
	struct output o;

	if (!open_file(&r->outputs, &o))
		return;
	if (r->done == 0) {
		write_url(url, result);
		output_text(&o, "\ndispatch-url=");
		output_text(&o, url);
		output_text(&o, "\nresponse-status=");
		if (result->outcome.status != 0)
			output_number(&o, (uint64_t)result->outcome.status);
		output_text(&o, "\nresults=[");
	} else {
		output_text(&o, ",");
	}
	put_json_result(&o, result, runs);
	close_file(&r->outputs, &o);
}

static void
end_outputs(struct report *r)
{
	struct output o;

	if (r->done > 0 && open_file(&r->outputs, &o)) {
		output_text(&o, "]\n");
		close_file(&r->outputs, &o);
	}
}

/* Of the first target whose runs failed, else of the first that has one. */
static const struct run *
find_run(const struct runs_list *l)
{
	const struct run *first = NULL, *run;
	size_t i;

	for (i = 0; i < l->count; i++) {
		run = runs_deciding(&l->targets[i]);
		if (run != NULL && !runs_is_good(run))
			return run;
		if (first == NULL)
			first = run;
	}
	return first;
}

static void
write_run(struct report *r)
{
	const struct run *run = find_run(r->runs);
	struct output o;

	if (run == NULL || !open_file(&r->outputs, &o))
		return;
	output_text(&o, "run-id=");
	output_text(&o, run->id);
	output_text(&o, "\nrun-url=");
	output_shown(&o, run->url, strlen(run->url));
	output_text(&o, "\nconclusion=");
	output_shown(&o, run->conclusion, strlen(run->conclusion));
	output_text(&o, "\n");
	close_file(&r->outputs, &o);
}

static bool
has_progress(const struct report *r)
{
	return r->targets > 1 && log_get_level() == LOG_NORMAL &&
	       isatty(STDERR_FILENO);
}

/* A line on standard error that the next one overwrites. */
static void
show_progress(const struct report *r, const char *wait)
{
	char line[160];
	struct buffer b;

	if (!has_progress(r))
		return;
	buffer_init(&b, line, sizeof(line));
	buffer_text(&b, "\r\033[K");
	buffer_decimal(&b, r->sent - r->failed);
	buffer_text(&b, " sent, ");
	buffer_decimal(&b, r->failed);
	buffer_text(&b, " failed, ");
	buffer_decimal(&b, r->targets - r->sent);
	buffer_text(&b, " left");
	buffer_text(&b, wait);
	buffer_text(&b, r->sent == r->targets ? "\n" : "");
	(void)file_write(STDERR_FILENO, line, b.length);
}

static void
clear_progress(const struct report *r)
{
	static const char clear[] = "\r\033[K";

	if (has_progress(r))
		(void)file_write(STDERR_FILENO, clear, sizeof(clear) - 1);
}

/* Keeps the first failure of writing for the end. */
static void
end_output(struct report *r, struct output *o)
{
	output_flush(o);
	if (r->failure == 0)
		r->failure = o->failure;
}

void
report_begin(struct report *r)
{
	struct output o = {.fd = STDOUT_FILENO};

	if (r->json)
		output_json_text(&o, "{\"results\":[");
	end_output(r, &o);
	begin_summary(r);
}

/* What can be told at once. */
static void
report_sent(struct report *r, const struct dispatch_result *result)
{
	struct output o = {.fd = STDOUT_FILENO};
	bool failed = result->error.kind != ERROR_NONE;

	clear_progress(r);
	if (failed)
		report_error(&result->error, r->annotations);
	else if (!r->json && log_get_level() != LOG_QUIET &&
		 (r->targets == 1 || !isatty(STDOUT_FILENO)))
		put_line(&o, result);
	end_output(r, &o);
	r->sent++;
	r->failed += failed;
	r->unknown += result->outcome.delivered == API_MAYBE;
	show_progress(r, "");
}

/* What waits for the end. */
static void
report_done(struct report *r, const struct dispatch_result *result,
    const struct runs_target *runs)
{
	struct output o = {.fd = STDOUT_FILENO};

	if (r->json) {
		output_json_text(&o, r->done > 0 ? "," : "");
		put_json_result(&o, result, runs);
	}
	end_output(r, &o);
	write_summary(r, result, runs);
	write_outputs(r, result, runs);
	r->done++;
}

static void
report_result(void *report, const struct dispatch_result *result)
{
	struct report *r = report;

	report_sent(r, result);
	if (r->runs == NULL)
		report_done(r, result, NULL);
	else
		r->runs->targets[r->runs->count++].result = *result;
}

static void
put_run(struct output *o, const struct target *t, const struct run *r)
{
	output_text(o, t->owner);
	output_text(o, "/");
	output_text(o, t->name);
	output_text(o, ": run ");
	output_text(o, r->id);
	output_text(o, " ");
	output_shown(o, r->conclusion, strlen(r->conclusion));
	output_text(o, r->conclusion[0] != '\0' ? ", " : "goes on, ");
	output_shown(o, r->url, strlen(r->url));
	output_text(o, "\n");
}

static void
report_runs(struct report *r, const struct runs_target *t)
{
	const struct dispatch_result *result = &t->result;
	struct output o = {.fd = STDOUT_FILENO};
	const struct run *run = t->list;

	if (result->error.kind == ERROR_RUN_FAILED ||
	    result->error.kind == ERROR_RUN_MISSING)
		report_error(&result->error, r->annotations);
	for (; run < t->list + t->count && !r->json &&
	       log_get_level() != LOG_QUIET;
	     run++)
		put_run(&o, result->target, run);
	end_output(r, &o);
	report_done(r, result, t);
}

void
report_end(struct report *r, enum error_kind status, struct error *e)
{
	struct output o = {.fd = STDOUT_FILENO};
	struct error none;
	size_t i;

	for (i = 0; r->runs != NULL && i < r->runs->count; i++)
		report_runs(r, &r->runs->targets[i]);
	end_outputs(r);
	if (r->runs != NULL)
		write_run(r);
	error_clear(&none);
	if (r->json)
		put_json_end(&o, status, &none);
	end_output(r, &o);
	if (r->failure == 0)
		return;
	(void)error_set_errno(
	    e, ERROR_LOCAL, r->failure, "cannot write to standard output");
	error_append(e, "; sent all the same: %u of %u events, perhaps %u more",
	    (unsigned)(r->sent - r->failed), (unsigned)r->targets,
	    (unsigned)r->unknown);
}

/* Where the body begins: behind the first empty line. */
static size_t
head_length(const char *request, size_t length)
{
	size_t i;

	for (i = 4; i < length; i++) {
		if (memcmp(request + i - 4, "\r\n\r\n", 4) == 0)
			break;
	}
	return i;
}

static void
put_request(struct output *o, const char *request, size_t length)
{
	size_t head = head_length(request, length), line;

	for (; head > 0;
	     request += line + 2, head -= line + 2, length -= line + 2) {
		/* http ends every line of a head with CRLF. */
		for (line = 0; request[line] != '\r'; line++)
			;
		output_shown(o, request, line);
		output_text(o, "\n");
	}
	output_json(o, request, length);
	output_text(o, "\n");
}

void
report_preview(const struct dispatch_result *r, size_t number, size_t targets,
    const char *request, size_t length, bool json, struct error *e)
{
	struct output o = {.fd = STDOUT_FILENO};
	struct error none;
	size_t head;

	if (!json) {
		put_request(&o, request, length);
		output_finish(&o, e);
		return;
	}
	head = head_length(request, length);
	output_json_text(
	    &o, number == 0 ? "{\"dry_run\":true,\"results\":[{" : ",{");
	put_json_target(&o, r);
	output_json_text(&o, ",\"body\":");
	output_json(&o, request + head, length - head);
	output_json_text(&o, "}");
	error_clear(&none);
	if (number + 1 == targets)
		put_json_end(&o, ERROR_NONE, &none);
	output_finish(&o, e);
}

void
report_json_file(const char *path, bool json, struct error *e)
{
	struct output o = {.fd = STDOUT_FILENO};

	if (json) {
		output_json_text(&o, "{\"exit_status\":0,\"valid\":true}\n");
	} else if (log_get_level() != LOG_QUIET) {
		output_shown(&o, path, strlen(path));
		output_text(&o, ": strict JSON\n");
	}
	output_finish(&o, e);
}

void
report_text(const struct buffer *text, struct error *e)
{
	struct output o = {.fd = STDOUT_FILENO};

	output_bytes(&o, text->bytes, text->length);
	output_finish(&o, e);
}

/* A line on standard error; nobody can be told where that fails. A percent
 * sign begins an escape in a workflow command. */
static void
complain(const char *before, const char *text)
{
	char line[4 * ANNOTATION_SIZE + 64]; /* a byte is at most four */
	bool command = before[0] == ':';
	struct buffer b;
	size_t length;

	buffer_init(&b, line, sizeof(line));
	buffer_text(&b, before);
	(void)escape(
	    line + b.length, sizeof(line) - b.length - 1, text, strlen(text));
	for (length = b.length; line[length] != '\0'; length++) {
		if (command && line[length] == '%')
			line[length] = '_';
	}
	line[length++] = '\n';
	(void)file_write(STDERR_FILENO, line, length);
}

/* Shown apart from the log, so it takes the hint along. */
static void
annotate(const struct error *failure)
{
	char text[ANNOTATION_SIZE];
	struct buffer b;

	buffer_init(&b, text, sizeof(text));
	buffer_text(&b, failure->line);
	if (hint_of(failure) != NULL) {
		buffer_text(&b, "; hint: ");
		buffer_text(&b, hint_of(failure));
	}
	complain("::error::", text);
}

void
report_error(const struct error *failure, bool annotations)
{
	complain("repository-dispatch: ", failure->line);
	/* Made for showing by whoever wrote it. */
	(void)file_write(
	    STDERR_FILENO, failure->excerpt, strlen(failure->excerpt));
	if (hint_of(failure) != NULL)
		complain("hint: ", hint_of(failure));
	if (annotations)
		annotate(failure);
}

static void
notice(const struct report *r, const char *text)
{
	if (log_get_level() == LOG_QUIET)
		return;
	clear_progress(r);
	complain(r->annotations ? "::notice::" : "repository-dispatch: ", text);
}

static void
report_wait(void *report, const struct target *t, uint32_t milliseconds,
    const struct error *why)
{
	const struct report *r = report;
	char text[ERROR_LINE_SIZE + 64], wait[40];
	struct buffer b;

	(void)t; /* why names it */
	buffer_init(&b, wait, sizeof(wait));
	buffer_text(&b, ", waiting ");
	buffer_decimal(&b, (milliseconds + 999) / 1000);
	buffer_text(&b, " s");
	buffer_init(&b, text, sizeof(text));
	buffer_text(&b, "trying again in ");
	buffer_decimal(&b, milliseconds / 1000);
	buffer_byte(&b, '.');
	buffer_decimal(&b, milliseconds % 1000 / 100);
	buffer_text(&b, " seconds: ");
	buffer_text(&b, why->line);
	notice(r, text);
	show_progress(r, wait);
}

static void
report_move(void *report, const struct target *t, const char *path)
{
	const struct report *r = report;
	char text[ERROR_LINE_SIZE];
	struct buffer b;

	buffer_init(&b, text, sizeof(text));
	buffer_text(&b, t->owner);
	buffer_byte(&b, '/');
	buffer_text(&b, t->name);
	buffer_text(&b, ": the repository has moved to ");
	buffer_text(&b, path);
	notice(r, text);
}

struct dispatch_listener
report_listener(struct report *r)
{
	return (struct dispatch_listener){
	    r, report_result, report_wait, report_move};
}

void
report_warning(const char *text)
{
	if (log_get_level() != LOG_QUIET)
		complain("repository-dispatch: warning: ", text);
}
