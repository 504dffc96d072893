/* payload.h - the body of the request, made and checked before any connection.
 * It is strict JSON by construction: text becomes a string token, and JSON is
 * validated once, where it comes in. The payload is the client payload of an
 * event, or the inputs of a workflow. */
#ifndef PAYLOAD_H
#define PAYLOAD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/value.h"
#include "event/field.h"
#include "event/tree.h"
#include "os/clock.h"

/* Bytes of a payload and of its fields. Far above GitHub's limit, for servers
 * that have another. */
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

/* Bytes of the body before the payload: the event type and the JSON around
 * it. */
#define PAYLOAD_HEAD_MAX 4096

/* What a payload is made of. */
struct payload_parts {
	const char *json; /* the payload, or @FILE, or @- for standard input */
	const struct field_list *fields; /* added to it in their order */
	bool no_limits;                  /* do not check GitHub's limits */
	const char *origin;              /* names the option of json */
	/* The key of an id to add (dispatch_id.h), or NULL. */
	const char *id_key;
	bool is_inputs; /* of a workflow (inputs.h) */
};

struct payload {
	const char *body; /* of the request, once there is an event type */
	size_t body_length;
	/* Private from here on. */
	size_t length; /* of the payload, which follows room for a head */
	size_t id_at;  /* the offset in it of an id that was added; 0: none */
	struct field id;
	struct value name; /* of the payload in messages, if it is a file */
	struct tree tree;
	bool is_nested;
	/* The most that was ever in written[]: of a file, from its beginning,
	 * and of the payload, after the room for a head. */
	size_t file_used, written_used;
	char written[PAYLOAD_HEAD_MAX + PAYLOAD_BODY_MAX + 1];
};

/* Storage that is needed only while a payload is built. */
#define PAYLOAD_ROOM_SIZE (PAYLOAD_BODY_MAX + 1)
struct payload_room {
	char *text; /* of a file */
	char *made; /* keys and values of fields */
};

/* Makes the payload, without white space outside strings. Numbers, escapes and
 * the order of members stay as they were.
 *
 * The deadline covers reading files, of which standard input may be one. Each
 * part of the room has PAYLOAD_ROOM_SIZE bytes, and is free again afterwards,
 * with nothing of the payload left in it.
 *
 * Returns 0, or -1 with e set: an ERROR_PAYLOAD that shows the place, an
 * ERROR_USAGE for a field with a malformed key, or an ERROR_LOCAL for a file
 * that cannot be read. */
int payload_build(struct payload *payload, const struct payload_parts *parts,
    const struct payload_room *room, struct deadline d, struct error *e)
    __attribute__((warn_unused_result));

/* Returns whether an id was added when the payload was built: it has no
 * property of that key, and there is room for one. Without limits there is as
 * long as it fits PAYLOAD_BODY_MAX. Otherwise it has fewer than
 * PAYLOAD_PROPERTIES_MAX properties, or the key leads into an object that is
 * there, and the id fits PAYLOAD_SIZE_MAX. A payload that is not an object has
 * no room. */
bool payload_has_own_id(const struct payload *payload);

/* Puts DISPATCH_ID_DIGITS digits in the place of that id. The body keeps its
 * place. */
void payload_set_id(struct payload *payload, const char *digits);

/* Returns whether the payload that was built has a property client_payload, so
 * that it is probably the whole body of a request, or has the keys that gh api
 * takes. */
bool payload_is_nested(const struct payload *payload);

/* Makes the body {"event_type": ..., "client_payload": ...}. It can be called
 * again with another event type.
 *
 * The event type must not begin with "=", nor have a control character in it,
 * nor quotes or white space around it.
 *
 * Returns 0, or -1 with an ERROR_PAYLOAD. */
int payload_set_event_type(struct payload *payload, const char *event_type,
    bool no_limits, struct error *e) __attribute__((warn_unused_result));

/* Makes the body {"ref": ..., "inputs": ...} of a payload that is inputs, with
 * or without "return_run_details": true, on which GitHub responds with the id
 * of the run (GitHub's changelog, 2026-02-19, "Workflow dispatch API now
 * returns run IDs"). The ref is one that workflow_check_ref() accepts. It can
 * be called again.
 *
 * Returns 0, or -1 with an ERROR_PAYLOAD if the ref is too long. */
int payload_set_ref(struct payload *payload, const char *ref,
    bool wants_details, struct error *e) __attribute__((warn_unused_result));

/* Checks whether a file of any size is one strict JSON value; "-" is standard
 * input. It is read piece by piece, into the storage of payload.
 *
 * It has no deadline, since no server waits for the result: a pipe may take as
 * long as it likes.
 *
 * Returns 0, or -1 with an ERROR_PAYLOAD that shows the place, or with an
 * ERROR_LOCAL if the file cannot be read. */
int payload_check_file(struct payload *payload, const char *path,
    struct error *e) __attribute__((warn_unused_result));

/* Overwrites the payload and the files that were read for it. What of it is in
 * arguments and variables, process_wipe_arguments() overwrites. */
void payload_wipe(struct payload *payload);

#endif
