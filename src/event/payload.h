/* payload.h - the body of the request, made and checked before anything is
 * dialled. What it holds is strict JSON by construction: values are escaped
 * or come out of the strict reader, never pasted. */
#ifndef PAYLOAD_H
#define PAYLOAD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "event/field.h"
#include "event/tree.h"
#include "os/clock.h"

/* Far above GitHub's limit, for servers that have another. */
#define PAYLOAD_BODY_MAX 1048576

/* GitHub's limits. REST docs, "Create a repository dispatch event", and its
 * OpenAPI description (github/rest-api-description, api.github.com, operation
 * repos/create-dispatch-event, read 2026-11): event_type has maxLength 100,
 * client_payload has maxProperties 10, and "must be less than 64KB". GitHub
 * itself says of more: "No more than 10 properties are allowed; 14 were
 * supplied." and "client_payload is too large.", each with a 422. */
#define PAYLOAD_EVENT_TYPE_MAX 100 /* characters */
#define PAYLOAD_PROPERTIES_MAX 10  /* of the outermost object */
#define PAYLOAD_SIZE_MAX 65535     /* bytes of it, as they are sent */

/* Bytes for an event type, quoted, and what stands around it. */
#define PAYLOAD_HEAD_MAX 4096

/* What to make it of. */
struct payload_parts {
	const char *json; /* the payload, or @FILE, or @- for standard input */
	const struct field_list *fields; /* added to it in their order */
	bool no_limits;                  /* GitHub's limits are not looked at */
};

struct payload {
	const char *body; /* the request's, once there is an event type */
	size_t body_length;
	size_t length; /* of the client payload, behind the room for a head */
	char written[PAYLOAD_HEAD_MAX + PAYLOAD_BODY_MAX];
	char text[PAYLOAD_BODY_MAX + 1]; /* of a file, while it is read */
	char made[PAYLOAD_BODY_MAX + 1]; /* keys and values of fields */
	struct tree tree;
};

/* Makes the client payload, without white space outside strings; numbers,
 * escapes and the order of members stay as they were. Returns 0, or -1 with an
 * ERROR_PAYLOAD that shows the place, or an ERROR_USAGE for a field with a
 * malformed key. */
int payload_build(struct payload *p, const struct payload_parts *parts,
    struct deadline d, struct error *e) __attribute__((warn_unused_result));

/* Makes {"event_type": ..., "client_payload": ...} of it; may be called again
 * with another event type. Returns 0, or -1 with an ERROR_PAYLOAD. */
int payload_set_event_type(struct payload *p, const char *event_type,
    bool no_limits, struct error *e) __attribute__((warn_unused_result));

/* Reads a file of any size through p's storage and says whether it is one
 * strict JSON value; "-" is standard input. Returns 0 or -1. */
int payload_check_file(struct payload *p, const char *path, struct error *e)
    __attribute__((warn_unused_result));

#endif
