/* actions.c - each addition is one write to a file that is open, so that what
 * was written stays if the process is killed. Only the output "results" is
 * gathered in memory until the end, because a line is written at once. */
#include "cli/actions.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/value.h"
#include "cli/arguments.h"
#include "cli/document.h"
#include "cli/hint.h"
#include "cli/message.h"
#include "cli/output.h"
#include "cli/run_text.h"
#include "event/run.h"
#include "github/api.h"
#include "github/target.h"
#include "os/file.h"

#define ANNOTATION_SIZE (ERROR_LINE_SIZE + HINT_SIZE + 16)
#define LAST_LINE_SIZE 128 /* of the summary */
/* An output, of which "results" is not one: a URL, escaped, is the longest. */
#define OUTPUT_SIZE (4 * API_URL_SIZE + 64)

static void
name_file(struct actions_file *file, const char *variable)
{
	*file = (struct actions_file){
	    .variable = variable,
	    .path = arguments_variable(variable),
	    .fd = -1,
	};
}

void
actions_find(struct actions *actions)
{
	const char *value = arguments_variable("GITHUB_ACTIONS");

	actions->annotates = value != NULL && strcmp(value, "true") == 0;
	name_file(&actions->summary, "GITHUB_STEP_SUMMARY");
	name_file(&actions->outputs, "GITHUB_OUTPUT");
	actions->written = actions->rows = actions->parts = 0;
	actions->was_sent = false;
	actions->run_id[0] = actions->run_url[0] = '\0';
	buffer_init(
	    &actions->results, actions->storage, sizeof(actions->storage));
	buffer_text(&actions->results, "results=[");
}

/* Whether the last line of a file that is not empty has no end. */
static bool
is_cut(const struct actions_file *file)
{
	int fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char last = '\n';

	if (fd < 0)
		return false;
	if (pread(fd, &last, 1, (off_t)(file->size - 1)) != 1)
		last = '\n';
	(void)close(fd);
	return last != '\n';
}

static void
open_file(struct actions_file *file)
{
	struct stat status;

	if (file->path == NULL)
		return;
	file->fd = open(file->path,
	    O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0644);
	file->reason = errno;
	if (file->fd < 0 || fstat(file->fd, &status) < 0 || status.st_size <= 0)
		return;
	file->size = (uint64_t)status.st_size;
	file->is_cut = is_cut(file);
}

void
actions_open(struct actions *actions)
{
	open_file(&actions->summary);
	open_file(&actions->outputs);
}

void
actions_descriptors(
    const struct actions *actions, int descriptors[ACTIONS_FILES])
{
	descriptors[0] = actions->summary.fd;
	descriptors[1] = actions->outputs.fd;
}

static void
close_file(struct actions_file *file)
{
	if (file->fd >= 0)
		(void)close(file->fd);
	*file = (struct actions_file){.fd = -1};
}

/* Nothing more is written to the file. */
static void
give_up(struct actions_file *file, const char *what, const char *why)
{
	struct value name;

	message_warning("%s: cannot %s %s: %s", file->variable, what,
	    file_name(&name, file->path), why);
	close_file(file);
}

/* Adds text to a file in one write. */
static void
add(struct actions_file *file, const struct buffer *text)
{
	if (file->fd < 0) {
		give_up(file, "open", strerror(file->reason));
		return;
	}
	if (output_write(file->fd, text) < 0) {
		give_up(file, "write to", strerror(errno));
		return;
	}
	file->size += text->length;
	file->is_cut = false;
}

static void
put_cell(struct output *output, const char *text)
{
	output_markdown(output, text);
	output_frame(output, " | ");
}

/* Puts the line of a failure without the link to GitHub's documentation, which
 * would be the same in every row. It is one of the facts in parentheses, "see
 * URL" (response.h). */
static void
put_failure_cell(struct output *output, const char *line)
{
	static const char link[] = "see https://";
	char text[ERROR_LINE_SIZE];
	size_t length = strlen(line), i, end;

	for (i = 0; i < length; i++) {
		if (strncmp(line + i, link, sizeof(link) - 1) == 0)
			break;
	}
	end = i + strcspn(line + i, ";)");
	end += line[end] == ';' ? strspn(line + end, "; ") : 0;
	memcpy(text, line, i);
	memcpy(text + i, line + end, length - end + 1);
	put_cell(output, text);
}

/* An entity stands for its character in both parts and cannot end them
 * (CommonMark 0.31, 2.5). */
static void
put_link(struct output *output, const char *text, const char *url)
{
	output_frame(output, "[");
	output_markdown(output, text);
	output_frame(output, "](");
	output_markdown(output, url);
	output_frame(output, ")");
}

static void
put_failed_jobs(struct output *output, const struct run *run)
{
	const struct run_job *job;

	for (job = run->jobs; job != NULL; job = job->next) {
		output_frame(output, "<br>failed: ");
		put_link(output, job->name, job->url);
		output_frame(output, job->step[0] != '\0' ? ", " : "");
		output_markdown(output, job->step);
	}
	if (run->more_jobs > 0) {
		output_frame(output, "<br>and ");
		output_number(output, run->more_jobs);
		output_frame(output, " more failed jobs");
	}
}

/* What became of a run, with links to its page and those of its failed jobs. */
static void
put_run(struct output *output, const struct run *run)
{
	char facts[512];
	struct buffer b;

	put_link(output, run_text_word(run), run->url);
	buffer_init(&b, facts, sizeof(facts));
	run_text_facts(&b, run);
	output_frame(output, b.length > 0 ? " " : "");
	output_markdown(output, facts);
	put_failed_jobs(output, run);
}

/* The deciding run comes first. */
static void
put_runs(struct output *output, const struct runs_target *runs)
{
	const struct run *deciding = runs_deciding(runs), *run;

	put_run(output, deciding);
	for (run = runs->runs; run != NULL; run = run->next) {
		if (run != deciding) {
			output_frame(output, "<br>");
			put_run(output, run);
		}
	}
}

/* Begins the table. */
static void
begin_summary(struct actions *actions)
{
	char text[128];
	struct buffer b;

	buffer_init(&b, text, sizeof(text));
	/* An empty line ends the paragraph or table before. */
	if (actions->summary.size > 0)
		buffer_text(&b, actions->summary.is_cut ? "\n\n" : "\n");
	buffer_text(&b, "| repository | event | delivered | result |\n"
			"| --- | --- | --- | --- |\n");
	if (actions->summary.size + b.length >
	    ACTIONS_SUMMARY_MAX - LAST_LINE_SIZE) {
		give_up(&actions->summary, "write to",
		    "a step's summary may have 1 MiB");
		return;
	}
	add(&actions->summary, &b);
}

/* An event's type, or a workflow and its ref. */
static void
put_event_cell(struct output *output, const struct dispatch_result *result)
{
	if (result->workflow == NULL) {
		put_cell(output, result->event_type);
		return;
	}
	output_markdown(output, result->workflow->name);
	output_frame(output, " on ");
	put_cell(output, result->workflow->ref);
}

/* A failed run shows what failed. The line of any other failure is added to
 * the runs. */
static void
put_result_cell(struct output *output, const struct dispatch_result *result,
    const struct runs_target *runs)
{
	bool has_runs = runs != NULL && runs->count > 0;
	enum error_kind kind = result->error.kind;

	if (has_runs)
		put_runs(output, runs);
	if (kind != ERROR_NONE && !(has_runs && kind == ERROR_RUN_FAILED)) {
		output_frame(output, has_runs ? "<br>" : "");
		put_failure_cell(output, result->error.line);
	} else if (has_runs) {
		output_frame(output, " | ");
	} else {
		put_cell(output, result->outcome.request_id);
	}
}

static void
put_row(struct output *output, const struct dispatch_result *result,
    const struct runs_target *runs)
{
	static const char *const delivered[] = {
	    [API_NO] = "no",
	    [API_YES] = "yes",
	    [API_MAYBE] = "unknown",
	};
	char name[TARGET_TEXT_SIZE];

	output_frame(output, "| ");
	put_cell(output, target_text(result->target, name));
	put_event_cell(output, result);
	output_frame(output, delivered[result->outcome.delivered]);
	output_frame(output, " | ");
	put_result_cell(output, result, runs);
	output_frame(output, "\n");
}

/* Once a row has no room, none is added: the rows are the first results. */
static void
write_summary(struct actions *actions, const struct dispatch_result *result,
    const struct runs_target *runs)
{
	struct buffer b;
	struct output output = {.buffer = &b};

	if (actions->summary.path != NULL && actions->written == 0)
		begin_summary(actions);
	if (actions->summary.path == NULL || actions->rows < actions->written)
		return;
	buffer_init(&b, actions->row, sizeof(actions->row));
	put_row(&output, result, runs);
	output_flush(&output);
	if (b.overflowed || actions->summary.size + b.length >
				ACTIONS_SUMMARY_MAX - LAST_LINE_SIZE)
		return;
	add(&actions->summary, &b);
	actions->rows++;
}

static void
end_summary(struct actions *actions)
{
	char text[LAST_LINE_SIZE];
	struct buffer b;

	if (actions->summary.path == NULL || actions->rows == actions->written)
		return;
	buffer_init(&b, text, sizeof(text));
	/* Without the empty line it would be a row. */
	buffer_format(&b, "\nand %zu more, for which a summary has no room\n",
	    actions->written - actions->rows);
	if (actions->summary.size + b.length <= ACTIONS_SUMMARY_MAX)
		add(&actions->summary, &b);
}

/* Writes an output, whose value is put by this function of output.h. */
static void
write_output(struct actions *actions, const char *name, const char *value,
    void (*put)(struct output *output, const char *text))
{
	char text[OUTPUT_SIZE];
	struct buffer b;
	struct output output = {.buffer = &b};

	if (actions->outputs.path == NULL)
		return;
	buffer_init(&b, text, sizeof(text));
	output_frame(&output, actions->outputs.is_cut ? "\n" : "");
	output_frame(&output, name);
	output_frame(&output, "=");
	put(&output, value);
	output_frame(&output, "\n");
	output_flush(&output);
	add(&actions->outputs, &b);
}

static void
write_run(struct actions *actions, const struct run *run)
{
	if (strcmp(run->id, actions->run_id) == 0 &&
	    strcmp(run->url, actions->run_url) == 0)
		return;
	memcpy(actions->run_id, run->id, sizeof(actions->run_id));
	memcpy(actions->run_url, run->url, sizeof(actions->run_url));
	write_output(actions, "run-id", run->id, output_frame);
	write_output(actions, "run-url", run->url, output_shown_text);
}

/* Outputs that describe a single target describe the first one. */
void
actions_sent(struct actions *actions, const struct dispatch_result *result)
{
	char url[API_URL_SIZE], status[16];
	struct run run = {.id = ""};
	struct buffer b;

	if (actions->was_sent)
		return;
	actions->was_sent = true;
	buffer_init(&b, url, sizeof(url));
	dispatch_write_url(&b, result);
	write_output(actions, "dispatch-url", url, output_plain);
	buffer_init(&b, status, sizeof(status));
	if (result->outcome.status != 0)
		buffer_decimal(&b, (uint64_t)result->outcome.status);
	write_output(actions, "response-status", status, output_plain);
	/* Known without a wait. */
	if (result->run_id[0] != '\0') {
		memcpy(run.id, result->run_id, sizeof(run.id));
		memcpy(run.url, result->run_url, sizeof(run.url));
		write_run(actions, &run);
	}
	if (result->dispatch_id[0] != '\0') {
		write_output(actions, "dispatch-id", result->dispatch_id,
		    output_shown_text);
	}
}

/* Adds a part to the output "results", and leaves room for its end, "]" and a
 * line end. */
static void
add_part(struct actions *actions, const struct dispatch_result *result,
    const struct runs_target *runs)
{
	struct buffer *b = &actions->results;
	struct output output = {.buffer = b};
	size_t before = b->length;

	if (actions->parts < actions->written)
		return;
	output_frame(&output, actions->parts > 0 ? "," : "");
	document_result(&output, result, runs);
	output_flush(&output);
	if (!b->overflowed && b->capacity - b->length >= 2) {
		actions->parts++;
		return;
	}
	b->overflowed = false;
	b->length = before;
}

void
actions_result(struct actions *actions, const struct dispatch_result *result,
    const struct runs_target *runs)
{
	write_summary(actions, result, runs);
	add_part(actions, result, runs);
	actions->written++;
}

/* Finds a run that decided: of the first target whose runs failed, else of the
 * first target that has one. */
static const struct run *
find_deciding(const struct runs_list *runs)
{
	const struct run *first = NULL, *run;
	size_t i;

	for (i = 0; i < runs->count; i++) {
		run = runs_deciding(&runs->targets[i]);
		if (run != NULL && !run_is_good(run))
			return run;
		if (first == NULL)
			first = run;
	}
	return first;
}

void
actions_found(struct actions *actions, const struct runs_list *runs)
{
	const struct run *run = find_deciding(runs);

	if (run != NULL)
		write_run(actions, run);
}

/* A run that is in the outputs may have turned out to be another event's. */
static void
end_runs(struct actions *actions, const struct runs_list *runs)
{
	static const struct run none;
	const struct run *run = find_deciding(runs);

	write_run(actions, run != NULL ? run : &none);
	if (run != NULL) {
		write_output(
		    actions, "conclusion", run->conclusion, output_shown_text);
	}
}

static void
write_results(struct actions *actions)
{
	if (actions->outputs.path == NULL)
		return;
	buffer_text(&actions->results, "]\n");
	add(&actions->outputs, &actions->results);
	if (actions->parts < actions->written) {
		message_warning("the output results has the first %zu of %zu "
				"results only, since outputs are limited to "
				"1 MB",
		    actions->parts, actions->written);
	}
}

void
actions_end(struct actions *actions, const struct runs_list *runs)
{
	if (actions->written > 0) {
		end_summary(actions);
		if (runs != NULL)
			end_runs(actions, runs);
		write_results(actions);
	}
	close_file(&actions->summary);
	close_file(&actions->outputs);
}

void
actions_annotate(const struct actions *actions, const struct error *failure)
{
	char text[ANNOTATION_SIZE], hint[HINT_SIZE];
	struct buffer b, words;

	if (!actions->annotates)
		return;
	buffer_init(&words, hint, sizeof(hint));
	hint_write(&words, failure);
	buffer_init(&b, text, sizeof(text));
	buffer_text(&b, failure->line);
	/* An annotation is shown apart from the log, so it includes the hint.
	 */
	if (words.length > 0)
		buffer_format(&b, "; hint: %s", hint);
	message_command("::error::", text);
}

bool
actions_notice(const struct actions *actions, const char *text)
{
	if (!actions->annotates)
		return false;
	message_command("::notice::", text);
	return true;
}
