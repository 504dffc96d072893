/* output.h - what leaves the process in a form: lines, JSON, Markdown. A form
 * is words of our own around texts that may be foreign and may hold secrets.
 *
 * output_frame() puts words of our own as they are. Everything else puts one
 * text: secrets in it are hidden first (secrets.h), while they can still be
 * found, then it is made harmless for its form. So a secret that happens to be
 * a piece of the form changes nothing of it, and none is found across two
 * texts. A number belongs to the form, and is never hidden. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"

/* Begins as {.fd = ...}, or as {.buffer = ...} to gather text in memory. */
struct output {
	int fd;
	struct buffer *buffer; /* gets the bytes in place of fd, unless NULL */
	size_t length;
	int failure; /* errno of the first failed write, or 0 */
	char bytes[4096];
};

/* Put what is ours: words, which are never foreign, and a number. */
void output_frame(struct output *output, const char *words);
void output_number(struct output *output, uint64_t number);

/* Puts text that is harmless in any form, such as a URL that was checked. */
void output_plain(struct output *output, const char *text);

/* Puts text within a line, in the form of escape(). */
void output_shown(struct output *output, const char *bytes, size_t length);
void output_shown_text(struct output *output, const char *text);

/* Puts text within the line of a workflow command, where a percent sign begins
 * an escape, and is %25 itself (actions/toolkit, packages/core/src/command.ts).
 */
void output_command(struct output *output, const char *text);

/* Puts text within a line of Markdown, in the form of escape(): characters that
 * have a meaning there or in HTML become entities (CommonMark 0.31, 2.5). */
void output_markdown(struct output *output, const char *text);

/* Puts a JSON string that means the text, or null for NULL. A character outside
 * printable ASCII, and the second of "::" or "##", becomes a \u escape. */
void output_json_string(struct output *output, const char *text);

/* Puts a valid JSON text, of which the texts are the contents of its strings.
 * They are made harmless in the same way. */
void output_json(struct output *output, const char *json, size_t length);

/* Writes the bytes that are still held, at once. A failure stays in
 * output->failure; a buffer that is full says so itself. */
void output_flush(struct output *output);

/* Writes the bytes that are still held to standard output, and sets e if that
 * fails. */
void output_finish(struct output *output, struct error *e);

/* Writes what was gathered in memory to a descriptor, at once.
 *
 * Returns 0, or -1 with errno set. */
int output_write(int fd, const struct buffer *gathered);

#endif
