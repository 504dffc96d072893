/* output.h - bytes on their way to a descriptor: plain text of our own, foreign
 * text made harmless, and JSON through a filter.
 *
 * The filter keeps the meaning of a JSON text and makes its bytes harmless:
 * a character outside printable ASCII, and the second of "::" or "##", becomes
 * a \u escape. Neither occurs outside strings. */
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
	int failure;            /* errno of the first failed write, or 0 */
	unsigned char previous; /* JSON: the byte before */
	char bytes[4096];
};

/* Put text of our own. */
void output_bytes(struct output *output, const char *bytes, size_t length);
void output_text(struct output *output, const char *text);
void output_number(struct output *output, uint64_t number);

/* Puts foreign text within a line, in the form of escape(). */
void output_shown(struct output *output, const char *bytes, size_t length);

/* Put JSON text, or any part of one. */
void output_json(struct output *output, const char *text, size_t length);
void output_json_text(struct output *output, const char *text);

/* Puts a JSON string that means the text, or null for NULL. */
void output_json_string(struct output *output, const char *text);

/* Writes the bytes that are still held, at once. A failure stays in
 * output->failure; a buffer that is full says so itself. */
void output_flush(struct output *output);

/* Writes the bytes that are still held to standard output, and sets e if that
 * fails. */
void output_finish(struct output *output, struct error *e);

#endif
