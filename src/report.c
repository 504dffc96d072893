/* report.c - each result goes where it is read: a line or a part of the JSON
 * document on standard output, a row in the summary of the step, a part of its
 * outputs. Failures and notices are lines on standard error. */
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "output.h"
#include "text.h"
#include "trace.h"

static void
put_json_url(struct output *o, const struct dispatch_result *r)
{
	char url[GITHUB_URL_SIZE];
	struct buffer b;

	buffer_init(&b, url, sizeof(url) - 1);
	github_write_url(&b, r->api, r->target);
	url[b.length] = '\0';
	output_json_string(o, url);
}

/* "error": ..., "hint": ... */
static void
put_json_failure(struct output *o, const struct error *failure)
{
	bool failed = failure->kind != ERROR_NONE;

	output_json_text(o, "\"error\":");
	output_json_string(o, failed ? failure->line : NULL);
	output_json_text(o, ",\"hint\":");
	output_json_string(o, failed ? failure->hint : NULL);
}

static void
put_json_target(struct output *o, const struct dispatch_result *r)
{
	output_json_text(o, "\"repository\":\"");
	output_json_text(o, r->target->owner);
	output_json_text(o, "/");
	output_json_text(o, r->target->name);
	output_json_text(o, "\",\"event_type\":");
	output_json_string(o, r->event_type);
	output_json_text(o, ",\"url\":");
	put_json_url(o, r);
}

static void
put_json_result(struct output *o, const struct dispatch_result *r)
{
	static const char delivered[][8] = {
	    [GITHUB_NO] = "false",
	    [GITHUB_YES] = "true",
	    [GITHUB_MAYBE] = "null",
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

/* Text in a table's cell: what Markdown or HTML could read is an entity. */
static void
put_cell(struct output *o, const char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (text_is_alphanumeric(c) || c >= 0x80 ||
		    strchr(" -./,", c) != NULL) {
			output_bytes(o, text, 1);
		} else {
			output_text(o, "&#");
			output_number(o, c);
			output_text(o, ";");
		}
	}
	output_text(o, " | ");
}

static void
write_summary(struct report *r, const struct dispatch_result *result)
{
	static const char *const delivered[] = {
	    [GITHUB_NO] = "no",
	    [GITHUB_YES] = "yes",
	    [GITHUB_MAYBE] = "unknown",
	};
	struct output o = {.fd = -1};

	if (r->summary == NULL)
		return;
	o.fd =
	    open(r->summary, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
	if (o.fd == -1)
		return;
	if (result == NULL) {
		output_text(&o, "| repository | event | delivered | answer |\n"
				"| --- | --- | --- | --- |\n");
	} else {
		output_text(&o, "| ");
		output_text(&o, result->target->owner);
		output_text(&o, "/");
		put_cell(&o, result->target->name);
		put_cell(&o, result->event_type);
		put_cell(&o, delivered[result->outcome.delivered]);
		if (result->error.kind != ERROR_NONE)
			put_cell(&o, result->error.line);
		else
			put_cell(&o, result->outcome.request_id);
		output_text(&o, "\n");
	}
	output_flush(&o);
	(void)close(o.fd);
}

static bool
has_progress(const struct report *r)
{
	return r->targets > 1 && trace_get_level() == TRACE_NORMAL &&
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
	buffer_decimal(&b, r->done - r->failed);
	buffer_text(&b, " sent, ");
	buffer_decimal(&b, r->failed);
	buffer_text(&b, " failed, ");
	buffer_decimal(&b, r->targets - r->done);
	buffer_text(&b, " left");
	buffer_text(&b, wait);
	buffer_text(&b, r->done == r->targets ? "\n" : "");
	(void)trace_write(STDERR_FILENO, line, b.length);
}

static void
clear_progress(const struct report *r)
{
	static const char clear[] = "\r\033[K";

	if (has_progress(r))
		(void)trace_write(STDERR_FILENO, clear, sizeof(clear) - 1);
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
	write_summary(r, NULL);
}

static void
report_result(void *report, const struct dispatch_result *result)
{
	struct report *r = report;
	struct output o = {.fd = STDOUT_FILENO};
	bool failed = result->error.kind != ERROR_NONE;

	clear_progress(r);
	if (failed)
		report_error(&result->error, r->annotations);
	if (r->json) {
		output_json_text(&o, r->done > 0 ? "," : "");
		put_json_result(&o, result);
	} else if (!failed && trace_get_level() != TRACE_QUIET &&
		   (r->targets == 1 || !isatty(STDOUT_FILENO))) {
		put_line(&o, result);
	}
	end_output(r, &o);
	write_summary(r, result);
	r->done++;
	r->failed += failed;
	show_progress(r, "");
}

void
report_end(struct report *r, enum error_kind status, struct error *e)
{
	struct output o = {.fd = STDOUT_FILENO};
	struct error none;

	error_clear(&none);
	if (r->json)
		put_json_end(&o, status, &none);
	end_output(r, &o);
	if (r->failure != 0)
		(void)error_set_errno(e, ERROR_LOCAL, r->failure,
		    "cannot write to standard output");
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
	size_t head;

	if (!json) {
		put_request(&o, request, length);
		output_finish(&o, e);
		return;
	}
	head = head_length(request, length);
	if (targets > 1)
		output_json_text(&o, number == 0 ? "[" : ",");
	output_json_text(&o, "{\"dry_run\":true,\"exit_status\":0,");
	put_json_target(&o, r);
	output_json_text(&o, ",\"body\":");
	output_json(&o, request + head, length - head);
	output_json_text(&o, "}");
	if (number + 1 == targets)
		output_json_text(&o, targets > 1 ? "]\n" : "\n");
	output_finish(&o, e);
}

void
report_json_file(const char *path, bool json, struct error *e)
{
	struct output o = {.fd = STDOUT_FILENO};

	if (json) {
		output_json_text(&o, "{\"exit_status\":0,\"valid\":true}\n");
	} else if (trace_get_level() != TRACE_QUIET) {
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
	char line[4 * ERROR_LINE_SIZE + 64];
	bool command = before[0] == ':';
	struct buffer b;
	size_t length;

	buffer_init(&b, line, sizeof(line));
	buffer_text(&b, before);
	(void)text_show(
	    line + b.length, sizeof(line) - b.length - 1, text, strlen(text));
	for (length = b.length; line[length] != '\0'; length++) {
		if (command && line[length] == '%')
			line[length] = '_';
	}
	line[length++] = '\n';
	(void)trace_write(STDERR_FILENO, line, length);
}

void
report_error(const struct error *failure, bool annotations)
{
	complain("repository-dispatch: ", failure->line);
	/* Made for showing by whoever wrote it. */
	(void)trace_write(
	    STDERR_FILENO, failure->excerpt, strlen(failure->excerpt));
	if (failure->hint != NULL)
		complain("hint: ", failure->hint);
	if (annotations)
		complain("::error::", failure->line);
}

static void
notice(const struct report *r, const char *text)
{
	if (trace_get_level() == TRACE_QUIET)
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
	buffer_init(&b, wait, sizeof(wait) - 1);
	buffer_text(&b, ", waiting ");
	buffer_decimal(&b, (milliseconds + 999) / 1000);
	buffer_text(&b, " s");
	wait[b.length] = '\0';
	buffer_init(&b, text, sizeof(text) - 1);
	buffer_text(&b, "trying again in ");
	buffer_decimal(&b, milliseconds / 1000);
	buffer_byte(&b, '.');
	buffer_decimal(&b, milliseconds % 1000 / 100);
	buffer_text(&b, " seconds: ");
	buffer_text(&b, why->line);
	text[b.length] = '\0';
	notice(r, text);
	show_progress(r, wait);
}

static void
report_move(void *report, const struct target *t, const char *path)
{
	const struct report *r = report;
	char text[ERROR_LINE_SIZE];
	struct buffer b;

	buffer_init(&b, text, sizeof(text) - 1);
	buffer_text(&b, t->owner);
	buffer_byte(&b, '/');
	buffer_text(&b, t->name);
	buffer_text(&b, ": the repository has moved to ");
	buffer_text(&b, path);
	text[b.length] = '\0';
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
	if (trace_get_level() != TRACE_QUIET)
		complain("repository-dispatch: warning: ", text);
}
