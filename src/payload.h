/* payload.h - the body of the request, made and checked before anything is
 * dialled. What it holds is strict JSON by construction: values are escaped
 * or come out of the strict reader, never pasted. */
#ifndef PAYLOAD_H
#define PAYLOAD_H

#include <stddef.h>

#include "deadline.h"
#include "error.h"

/* Far above GitHub's limit, for servers that have another. */
#define PAYLOAD_BODY_MAX 1048576

/* GitHub's limit (REST docs, "Create a repository dispatch event"). */
#define PAYLOAD_EVENT_TYPE_MAX 100 /* characters */

struct payload {
	size_t body_length;
	char body[PAYLOAD_BODY_MAX];
	char text[PAYLOAD_BODY_MAX]; /* of a file, while it is read */
};

/* Makes {"event_type": ..., "client_payload": ...}, without white space
 * outside strings; numbers, escapes and the order of members stay as they
 * were. json is the payload's text, or @FILE, or @- for standard input.
 * Returns 0, or -1 with an ERROR_PAYLOAD that shows the place. */
int payload_build(struct payload *p, const char *event_type, const char *json,
    struct deadline d, struct error *e) __attribute__((warn_unused_result));

/* Reads a file of any size through p's storage and says whether it is one
 * strict JSON value; "-" is standard input. Returns 0 or -1. */
int payload_check_file(struct payload *p, const char *path, struct error *e)
    __attribute__((warn_unused_result));

#endif
