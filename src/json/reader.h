/* reader.h - a strict pull reader of JSON (RFC 8259). It allocates nothing and
 * does not recurse. There is one mode, the strict one, and to validate is to
 * read to the end. Bytes come from memory, or piece by piece from a source,
 * through a window.
 *
 * One limit is ours: objects and arrays within each other are at most
 * JSON_DEPTH_MAX levels deep. */
#ifndef READER_H
#define READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "base/span.h"
#include "json/scan.h"

#define JSON_DEPTH_MAX SCAN_DEPTH_MAX

/* The window of a source has at least this many bytes. */
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

/* Where the text stops being JSON. */
struct json_fault {
	uint64_t offset;       /* in bytes */
	uint64_t line, column; /* from 1, in characters, as editors count */
	const char *expected;  /* static phrase */
};

/* Fills up to size bytes.
 *
 * Returns how many, 0 at the end, or -1 on failure. */
typedef ssize_t json_source(void *context, void *bytes, size_t size);

struct json_reader {
	/* The current token as it stands in the text, a string with its
	 * quotation marks. Absent when reading from a source. */
	struct span token;
	struct json_fault fault; /* after JSON_FAULT */
	bool source_failed;      /* the source failed; the text may be valid */
	/* Private from here on. */
	const unsigned char *start; /* of the bytes in memory */
	struct scan in;
	const unsigned char *counted; /* in.line has so many characters */
	uint64_t characters;          /* before this byte */
	uint64_t base;                /* offset of start in the whole text */
	json_source *source;
	void *context;
	bool source_ended; /* it is not called again */
	unsigned char *window;
	size_t window_size;
};

/* Begins to read a text, which must stay in memory while it is read. */
void json_open(struct json_reader *reader, struct span text);

/* Begins to read from a source through a window of at least JSON_WINDOW_MIN
 * bytes. */
void json_open_source(struct json_reader *reader, json_source *source,
    void *context, void *window, size_t window_size);

/* Allows fewer levels of objects and arrays than JSON_DEPTH_MAX, for a text
 * that is to be put into another one. Call it before the first token. */
void json_limit_depth(struct json_reader *reader, unsigned levels);

/* Reads one token.
 *
 * Returns its event. After JSON_END or JSON_FAULT it stays the same. */
enum json_event json_next(struct json_reader *reader);

/* If event, the last one, began an object or array, reads to the end of that
 * and makes the token the whole of it. The text is read from memory.
 *
 * Returns the event, or JSON_FAULT. */
enum json_event json_whole(struct json_reader *reader, enum json_event event);

/* Reads to the end of the text.
 *
 * Returns 0 if it is one JSON value, or -1 with reader->fault. */
int json_validate(struct json_reader *reader)
    __attribute__((warn_unused_result));

/* After a fault, sets e to an ERROR_PAYLOAD: the place in the text of that
 * name, what was expected, and an excerpt with a caret under the place.
 *
 * Returns -1. */
int json_refuse(
    const struct json_reader *reader, const char *name, struct error *e);

#endif
