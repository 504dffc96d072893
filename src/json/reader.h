/* reader.h - a strict RFC 8259 pull reader. It allocates nothing and does not
 * recurse; one mode, the strict one; validating is reading to the end.
 * Bytes come from memory, or piece by piece from a source through a window,
 * and one scanner serves both. */
#ifndef READER_H
#define READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buffer.h"
#include "base/error.h"
#include "json/scan.h"

#define JSON_DEPTH_MAX SCAN_DEPTH_MAX

/* The window of a source holds at least this many bytes. */
#define JSON_WINDOW_MIN 512

enum json_event {
	JSON_FAULT = -1,
	JSON_END = 0,
	JSON_OBJECT_BEGIN,
	JSON_OBJECT_END,
	JSON_ARRAY_BEGIN,
	JSON_ARRAY_END,
	JSON_KEY,
	JSON_STRING,
	JSON_NUMBER,
	JSON_TRUE,
	JSON_FALSE,
	JSON_NULL
};

/* Where the text stops being JSON. The offset is in bytes; lines and columns
 * count from 1, columns in characters, as editors do. expected is a static
 * phrase. */
struct json_fault {
	uint64_t offset, line, column;
	const char *expected;
};

/* Fills up to size bytes. Returns how many, 0 at the end, -1 on failure. */
typedef ssize_t json_source(void *context, void *bytes, size_t size);

struct json_reader {
	/* The current token as it stands in memory, a string with its quotes;
	 * not there when reading from a source. */
	const char *token;
	size_t token_length;
	struct json_fault fault; /* after JSON_FAULT */
	bool source_failed;      /* the fault is the source's */
	/* Private from here on. */
	const unsigned char *start; /* of what is in memory */
	struct scan in;
	const unsigned char *counted; /* in.line's characters before this: */
	uint64_t characters;
	uint64_t base; /* offset of start in the whole text */
	json_source *source;
	void *context;
	bool source_ended; /* it is not asked again */
	unsigned char *window;
	size_t window_size;
};

void json_open(struct json_reader *r, const void *bytes, size_t length);
void json_open_source(struct json_reader *r, json_source *source, void *context,
    void *window, size_t window_size);

/* The next event. After JSON_END or JSON_FAULT it stays the same. */
enum json_event json_next(struct json_reader *r);

/* Reads to the end. Returns 0 if it is one JSON value, or -1 with r->fault. */
int json_validate(struct json_reader *r) __attribute__((warn_unused_result));

/* After a fault: two lines, each with its end, that show the place and a
 * caret under it, harmless on a terminal and in a log. Writes at most size
 * bytes with a NUL. */
void json_excerpt(const struct json_reader *r, char *out, size_t size);

/* After a fault: an ERROR_PAYLOAD that says where in the text of that name,
 * with the excerpt. Returns -1. */
int json_refuse(const struct json_reader *r, const char *name, struct error *e);

/* The text of a string token, quotes and escapes resolved, into out without a
 * NUL. A lone surrogate escape becomes the three bytes UTF-8 would have for
 * it. Returns the length it takes, which may be more than size; then what
 * fits was written. */
size_t json_decode(const char *token, size_t length, char *out, size_t size);

/* Writes bytes as a string token: RFC 8259, 7 asks for escapes of quotation
 * marks, backslashes and controls, all else stays as it is. Returns 0, or -1
 * with *bad set to the offset of the first byte that is not UTF-8. */
int json_quote(struct buffer *b, const void *bytes, size_t length, size_t *bad)
    __attribute__((warn_unused_result));

/* Whether a string token means this text. */
bool json_equals(
    const char *token, size_t length, const void *text, size_t text_length);

/* Whether two string tokens mean the same text. */
bool json_same_text(
    const char *a, size_t a_length, const char *b, size_t b_length);

/* After an event, when reading from memory: if it began an object or array,
 * reads to the end of that and makes the token the whole of it. Returns the
 * event, or JSON_FAULT. */
enum json_event json_whole(struct json_reader *r, enum json_event event);

/* A value as it stands in the text. */
struct json_value {
	enum json_event event;
	const char *token;
	size_t length;
};

/* The value at a path such as "message" or "errors[0].code". Returns 1, 0 if
 * it is not there, or -1 if the text is not JSON. Of members with one name the
 * first is taken. */
int json_find(const void *bytes, size_t length, const char *path,
    struct json_value *v) __attribute__((warn_unused_result));

/* The text of the string at a path, cut where it does not fit, with a NUL; ""
 * where there is none. */
void json_text(
    const void *bytes, size_t length, const char *path, char *out, size_t size);

#endif
