/* actions.c - each file is opened, added to and closed for each result, so that
 * nothing is lost if the process is killed between two of them. */
#include "cli/actions.h"

#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/buffer.h"
#include "base/escape.h"
#include "cli/arguments.h"
#include "cli/document.h"
#include "cli/hint.h"
#include "cli/message.h"
#include "cli/output.h"
#include "github/api.h"

#define ANNOTATION_SIZE (ERROR_LINE_SIZE + HINT_SIZE + 16)

void
actions_find(struct actions *actions)
{
	const char *value = arguments_variable("GITHUB_ACTIONS");

	actions->annotates = value != NULL && strcmp(value, "true") == 0;
	actions->summary = arguments_variable("GITHUB_STEP_SUMMARY");
	actions->outputs = arguments_variable("GITHUB_OUTPUT");
	actions->written = 0;
}

/* Nothing more is written to the file. */
static void
give_up(const char **path)
{
	message_warning("cannot write this step's %s", *path);
	*path = NULL;
}

/* Opens a file for adding to it. Nobody waits for the reader of a FIFO.
 *
 * Returns false if there is no file, or it cannot be opened. */
static bool
open_file(const char **path, struct output *output)
{
	*output = (struct output){.fd = -1};
	if (*path == NULL)
		return false;
	output->fd = open(*path,
	    O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0644);
	if (output->fd < 0)
		give_up(path);
	return output->fd >= 0;
}

static void
close_file(const char **path, struct output *output)
{
	output_flush(output);
	if (output->failure != 0)
		give_up(path);
	(void)close(output->fd);
}

/* Neither Markdown nor HTML gives these characters a meaning. */
static bool
is_plain(char byte)
{
	return ascii_is_alphanumeric((unsigned char)byte) ||
	       strchr(" -./,", byte) != NULL;
}

/* Puts foreign text in a cell of a table: characters that are not plain become
 * entities. */
static void
put_foreign(struct output *output, const char *text)
{
	char shown[4 * ERROR_LINE_SIZE + 1]; /* a byte takes up to four */
	const char *c;

	(void)escape(shown, sizeof(shown), text, strlen(text));
	for (c = shown; *c != '\0'; c++) {
		if (is_plain(*c)) {
			output_bytes(output, c, 1);
		} else {
			output_text(output, "&#");
			output_number(output, (unsigned char)*c);
			output_text(output, ";");
		}
	}
}

static void
put_cell(struct output *output, const char *text)
{
	put_foreign(output, text);
	output_text(output, " | ");
}

/* How a run ended, with a link to its page. An entity stands for its character
 * in both and cannot end them (CommonMark 0.31, 2.5). */
static void
put_run_cell(struct output *output, const struct run *run)
{
	output_text(output, "[");
	put_foreign(output, run->conclusion);
	output_text(output, "](");
	put_foreign(output, run->url);
	output_text(output, ") | ");
}

void
actions_begin(struct actions *actions)
{
	struct output output;

	if (!open_file(&actions->summary, &output))
		return;
	/* Another program may have left the last line without its end. */
	output_text(&output, "\n| repository | event | delivered | result |\n"
			     "| --- | --- | --- | --- |\n");
	close_file(&actions->summary, &output);
}

static void
write_summary(struct actions *actions, const struct dispatch_result *result,
    const struct runs_target *runs)
{
	static const char *const delivered[] = {
	    [API_NO] = "no",
	    [API_YES] = "yes",
	    [API_MAYBE] = "unknown",
	};
	const struct run *run = runs != NULL ? runs_deciding(runs) : NULL;
	struct output output;

	if (!open_file(&actions->summary, &output))
		return;
	output_text(&output, "| ");
	output_text(&output, result->target->owner);
	output_text(&output, "/");
	put_cell(&output, result->target->name);
	put_cell(&output, result->event_type);
	put_cell(&output, delivered[result->outcome.delivered]);
	if (run != NULL && result->error.kind != ERROR_RUN_MISSING) {
		put_run_cell(&output, run);
	} else if (result->error.kind != ERROR_NONE) {
		put_cell(&output, result->error.line);
	} else {
		put_cell(&output, result->outcome.request_id);
	}
	output_text(&output, "\n");
	close_file(&actions->summary, &output);
}

/* Outputs that describe a single target describe the first one. */
static void
put_first(struct output *output, const struct dispatch_result *result)
{
	char url[API_URL_SIZE];
	struct buffer b;

	buffer_init(&b, url, sizeof(url));
	api_write_url(&b, result->api, result->target);
	output_text(output, "\ndispatch-url=");
	output_text(output, url);
	output_text(output, "\nresponse-status=");
	if (result->outcome.status != 0)
		output_number(output, (uint64_t)result->outcome.status);
	output_text(output, "\n");
}

/* All results are one line, to which each one adds a part. */
static void
write_outputs(struct actions *actions, const struct dispatch_result *result,
    const struct runs_target *runs)
{
	struct output output;

	if (!open_file(&actions->outputs, &output))
		return;
	if (actions->written == 0)
		put_first(&output, result);
	output_text(&output, actions->written == 0 ? "results=[" : ",");
	document_result(&output, result, runs);
	close_file(&actions->outputs, &output);
}

void
actions_result(struct actions *actions, const struct dispatch_result *result,
    const struct runs_target *runs)
{
	write_summary(actions, result, runs);
	write_outputs(actions, result, runs);
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
		if (run != NULL && !runs_is_good(run))
			return run;
		if (first == NULL)
			first = run;
	}
	return first;
}

static void
put_run(struct output *output, const struct run *run)
{
	output_text(output, "run-id=");
	output_text(output, run->id);
	output_text(output, "\nrun-url=");
	output_shown(output, run->url, strlen(run->url));
	output_text(output, "\nconclusion=");
	output_shown(output, run->conclusion, strlen(run->conclusion));
	output_text(output, "\n");
}

void
actions_end(struct actions *actions, const struct runs_list *runs)
{
	const struct run *run = runs != NULL ? find_deciding(runs) : NULL;
	struct output output;

	if (actions->written == 0 || !open_file(&actions->outputs, &output))
		return;
	output_text(&output, "]\n");
	if (run != NULL)
		put_run(&output, run);
	close_file(&actions->outputs, &output);
}

/* A percent sign begins an escape in a workflow command. */
static void
write_command(const char *command, char *text)
{
	char *c;

	for (c = text; *c != '\0'; c++) {
		if (*c == '%')
			*c = '_';
	}
	message_line(command, text);
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
	write_command("::error::", text);
}

bool
actions_notice(const struct actions *actions, const char *text)
{
	char copy[ANNOTATION_SIZE];
	struct buffer b;

	if (!actions->annotates)
		return false;
	buffer_init(&b, copy, sizeof(copy));
	buffer_text(&b, text);
	write_command("::notice::", copy);
	return true;
}
