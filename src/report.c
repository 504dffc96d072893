/* report.c - standard output is written through one small buffer that
 * remembers the first failure. JSON goes through a filter that leaves the
 * document's meaning alone and its bytes harmless: what is not plain ASCII,
 * and the second of "::" or "##", becomes a \u escape, which outside strings
 * cannot occur. */
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "text.h"
#include "trace.h"

struct output {
	int fd;
	size_t length;
	int failure;            /* errno of the first failed write */
	unsigned char previous; /* JSON: the byte before */
	char bytes[4096];
};

static void
flush(struct output *o)
{
	if (o->failure == 0 && trace_write(o->fd, o->bytes, o->length) == -1)
		o->failure = errno;
	o->length = 0;
}

static void
put(struct output *o, const char *bytes, size_t length)
{
	while (length > 0) {
		size_t n = sizeof(o->bytes) - o->length;

		n = n < length ? n : length;
		memcpy(o->bytes + o->length, bytes, n);
		o->length += n;
		bytes += n;
		length -= n;
		if (o->length == sizeof(o->bytes))
			flush(o);
	}
}

static void
put_text(struct output *o, const char *text)
{
	put(o, text, strlen(text));
}

static void
put_number(struct output *o, uint64_t number)
{
	char digits[24];
	struct buffer b;

	buffer_init(&b, digits, sizeof(digits));
	buffer_decimal(&b, number);
	put(o, digits, b.length);
}

/* Foreign text within a line. */
static void
put_shown(struct output *o, const char *bytes, size_t length)
{
	char shown[256];
	size_t n;

	/* A byte takes at most four; "::" across a cut is seen again. */
	while (length > 0) {
		n = length < 48 ? length : 48;
		if (n < length && (bytes[n - 1] == ':' || bytes[n - 1] == '#'))
			n = n > 1 && bytes[n - 2] != bytes[n - 1] ? n - 1 : n;
		(void)text_show(shown, sizeof(shown), bytes, n);
		put_text(o, shown);
		bytes += n;
		length -= n;
	}
}

static void
finish(struct output *o, struct error *e)
{
	flush(o);
	if (o->failure != 0)
		(void)error_set_errno(e, ERROR_LOCAL, o->failure,
		    "cannot write to standard output");
}

static void
put_unit(struct output *o, unsigned unit)
{
	static const char hex[] = "0123456789abcdef";
	char escape[6] = {'\\', 'u', hex[unit >> 12 & 15], hex[unit >> 8 & 15],
	    hex[unit >> 4 & 15], hex[unit & 15]};

	put(o, escape, sizeof(escape));
}

/* A code point from UTF-8 (RFC 3629, 3). Returns the bytes it takes; bytes
 * that are not UTF-8 give U+FFFD, one by one. */
static size_t
decode(const unsigned char *b, size_t length, uint32_t *point)
{
	size_t n = b[0] >= 0xf0 ? 4 : b[0] >= 0xe0 ? 3 : b[0] >= 0xc2 ? 2 : 0;
	static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
	uint32_t value;
	size_t i;

	*point = 0xfffd;
	if (n == 0 || n > length)
		return 1;
	value = b[0] & (0xffU >> (n + 1));
	for (i = 1; i < n; i++) {
		if ((b[i] & 0xc0) != 0x80)
			return 1;
		value = value << 6 | (b[i] & 0x3fU);
	}
	if (value < least[n] || value > 0x10ffff ||
	    (value >= 0xd800 && value <= 0xdfff))
		return 1;
	*point = value;
	return n;
}

static void
put_point(struct output *o, uint32_t point)
{
	if (point > 0xffff) {
		point -= 0x10000;
		put_unit(o, 0xd800U + (point >> 10));
		point = 0xdc00U + (point & 0x3ff);
	}
	put_unit(o, point);
}

/* JSON text through the filter. */
static void
put_json(struct output *o, const char *text, size_t length)
{
	const unsigned char *b = (const unsigned char *)text;
	uint32_t point;
	size_t n;

	while (length > 0) {
		n = 1;
		if (b[0] >= 0x80) {
			n = decode(b, length, &point);
			put_point(o, point);
		} else if (b[0] == 0x7f || (b[0] == o->previous &&
					       (b[0] == ':' || b[0] == '#'))) {
			put_unit(o, b[0]);
		} else {
			put(o, (const char *)b, 1);
		}
		o->previous = b[0];
		b += n;
		length -= n;
	}
}

static void
put_json_text(struct output *o, const char *text)
{
	put_json(o, text, strlen(text));
}

static void
put_json_string(struct output *o, const char *text)
{
	if (text == NULL) {
		put_json_text(o, "null");
		return;
	}
	put_json_text(o, "\"");
	for (; *text != '\0'; text++) {
		size_t plain = 0;

		while ((unsigned char)text[plain] >= 0x20 &&
		       text[plain] != '"' && text[plain] != '\\')
			plain++;
		put_json(o, text, plain);
		text += plain;
		if (*text == '\0')
			break;
		put_unit(o, (unsigned char)*text);
	}
	put_json_text(o, "\"");
}

static void
put_json_url(struct output *o, const struct dispatch_result *r)
{
	char url[GITHUB_URL_SIZE];
	struct buffer b;

	buffer_init(&b, url, sizeof(url) - 1);
	github_write_url(&b, r->api, r->target);
	url[b.length] = '\0';
	put_json_string(o, url);
}

/* "error": ..., "hint": ... */
static void
put_json_failure(struct output *o, const struct error *failure)
{
	bool failed = failure->kind != ERROR_NONE;

	put_json_text(o, "\"error\":");
	put_json_string(o, failed ? failure->line : NULL);
	put_json_text(o, ",\"hint\":");
	put_json_string(o, failed ? failure->hint : NULL);
}

static void
put_json_target(struct output *o, const struct dispatch_result *r)
{
	put_json_text(o, "\"repository\":\"");
	put_json_text(o, r->target->owner);
	put_json_text(o, "/");
	put_json_text(o, r->target->name);
	put_json_text(o, "\",\"event_type\":");
	put_json_string(o, r->event_type);
	put_json_text(o, ",\"url\":");
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

	put_json_text(o, "{");
	put_json_target(o, r);
	put_json_text(o, ",\"delivered\":");
	put_json_text(o, delivered[r->outcome.delivered]);
	put_json_text(o, ",\"status\":");
	if (r->outcome.status != 0)
		put_number(o, (uint64_t)r->outcome.status);
	else
		put_json_text(o, "null");
	put_json_text(o, ",\"request_id\":");
	put_json_string(o, id[0] != '\0' ? id : NULL);
	put_json_text(o, ",");
	put_json_failure(o, &r->error);
	put_json_text(o, "}");
}

/* Behind the results: what went wrong before anything was tried. */
static void
put_json_end(
    struct output *o, enum error_kind status, const struct error *outer)
{
	put_json_text(o, "],\"exit_status\":");
	put_number(o, (uint64_t)status);
	put_json_text(o, ",");
	put_json_failure(o, outer);
	put_json_text(o, "}\n");
}

static void
put_line(struct output *o, const struct dispatch_result *r)
{
	put_text(o, r->target->owner);
	put_text(o, "/");
	put_text(o, r->target->name);
	put_text(o, ": event ");
	put_shown(o, r->event_type, strlen(r->event_type));
	put_text(o, " sent, answer ");
	put_number(o, (uint64_t)r->outcome.status);
	if (r->outcome.request_id[0] != '\0') {
		put_text(o, ", request ");
		put_shown(
		    o, r->outcome.request_id, strlen(r->outcome.request_id));
	}
	put_text(o, "\n");
}

void
report_nothing_tried(const struct error *failure, struct error *e)
{
	struct output o = {.fd = STDOUT_FILENO};

	put_json_text(&o, "{\"results\":[");
	put_json_end(&o, failure->kind, failure);
	finish(&o, e);
}

/* Text in a table's cell: what Markdown or HTML could read is an entity. */
static void
put_cell(struct output *o, const char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (text_is_alphanumeric(c) || c >= 0x80 ||
		    strchr(" -./,", c) != NULL) {
			put(o, text, 1);
		} else {
			put_text(o, "&#");
			put_number(o, c);
			put_text(o, ";");
		}
	}
	put_text(o, " | ");
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
		put_text(&o, "| repository | event | delivered | answer |\n"
			     "| --- | --- | --- | --- |\n");
	} else {
		put_text(&o, "| ");
		put_text(&o, result->target->owner);
		put_text(&o, "/");
		put_cell(&o, result->target->name);
		put_cell(&o, result->event_type);
		put_cell(&o, delivered[result->outcome.delivered]);
		if (result->error.kind != ERROR_NONE)
			put_cell(&o, result->error.line);
		else
			put_cell(&o, result->outcome.request_id);
		put_text(&o, "\n");
	}
	flush(&o);
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
	flush(o);
	if (r->failure == 0)
		r->failure = o->failure;
}

void
report_begin(struct report *r)
{
	struct output o = {.fd = STDOUT_FILENO};

	if (r->json)
		put_json_text(&o, "{\"results\":[");
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
		put_json_text(&o, r->done > 0 ? "," : "");
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
		put_shown(o, request, line);
		put_text(o, "\n");
	}
	put_json(o, request, length);
	put_text(o, "\n");
}

void
report_preview(const struct dispatch_result *r, size_t number, size_t targets,
    const char *request, size_t length, bool json, struct error *e)
{
	struct output o = {.fd = STDOUT_FILENO};
	size_t head;

	if (!json) {
		put_request(&o, request, length);
		finish(&o, e);
		return;
	}
	head = head_length(request, length);
	if (targets > 1)
		put_json_text(&o, number == 0 ? "[" : ",");
	put_json_text(&o, "{\"dry_run\":true,\"exit_status\":0,");
	put_json_target(&o, r);
	put_json_text(&o, ",\"body\":");
	put_json(&o, request + head, length - head);
	put_json_text(&o, "}");
	if (number + 1 == targets)
		put_json_text(&o, targets > 1 ? "]\n" : "\n");
	finish(&o, e);
}

void
report_json_file(const char *path, bool json, struct error *e)
{
	struct output o = {.fd = STDOUT_FILENO};

	if (json) {
		put_json_text(&o, "{\"exit_status\":0,\"valid\":true}\n");
	} else if (trace_get_level() != TRACE_QUIET) {
		put_shown(&o, path, strlen(path));
		put_text(&o, ": strict JSON\n");
	}
	finish(&o, e);
}

void
report_text(const struct buffer *text, struct error *e)
{
	struct output o = {.fd = STDOUT_FILENO};

	put(&o, text->bytes, text->length);
	finish(&o, e);
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
