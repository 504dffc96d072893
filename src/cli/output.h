/* output.h - results on their way to a descriptor: plain text of our own,
 * foreign text made harmless, and JSON through a filter that leaves the
 * document's meaning alone and its bytes harmless: what is not plain ASCII, and
 * the second of "::" or "##", becomes a \u escape, which outside strings
 * cannot occur. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* Begins as {.fd = ...}. */
struct output {
	int fd;
	size_t length;
	int failure;            /* errno of the first failed write */
	unsigned char previous; /* JSON: the byte before */
	char bytes[4096];
};

/* Text of our own. */
void output_bytes(struct output *o, const char *bytes, size_t length);
void output_text(struct output *o, const char *text);
void output_number(struct output *o, uint64_t number);

/* Foreign text within a line: escape's form. */
void output_shown(struct output *o, const char *bytes, size_t length);

/* JSON text, any part of it. */
void output_json(struct output *o, const char *text, size_t length);
void output_json_text(struct output *o, const char *text);

/* A string token that means the text, or null for NULL. */
void output_json_string(struct output *o, const char *text);

/* Writes what is left; a failure stays in o->failure. */
void output_flush(struct output *o);

/* The same for standard output, where a failure is set in e. */
void output_finish(struct output *o, struct error *e);

#endif
