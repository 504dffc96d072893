/* message.h - parses an HTTP/1.1 response (RFC 9112): its head, the length of
 * its body, and the body's chunks. It does no I/O and allocates nothing. Bytes
 * may arrive in any pieces, and each is read once.
 *
 * The parser is strict: whatever the grammar does not allow is an error.
 * Request smuggling needs two parsers that disagree about where a message ends.
 * It takes what leaves no doubt about that: folded lines, a status line without
 * the space that ends it, and white space after the size of a chunk. */
#ifndef MESSAGE_H
#define MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

/* Every limit that a hostile peer can reach. */
#define MESSAGE_HEAD_MAX 65536 /* bytes of a head with its blank line */
#define MESSAGE_FIELDS_MAX 128 /* in the head, and again in the trailers */
#define MESSAGE_LENGTH_MAX (UINT64_MAX / 2) /* value of a Content-Length */
#define MESSAGE_CHUNK_DIGITS 16   /* of a chunk size, leading zeros included */
#define MESSAGE_FRAMING_MAX 16384 /* bytes of a chunked body around content */

enum message_verdict {
	MESSAGE_BAD = -1,
	MESSAGE_MORE = 0, /* valid so far, not complete */
	MESSAGE_DONE = 1
};

/* Private: the position within the lines of a head or of trailers. */
struct message_lines {
	unsigned state;
	unsigned count;
};

struct message_head {
	size_t length; /* bytes parsed; once done, the length of the head */
	int status;    /* 100 to 599 */
	int minor;     /* of the version: 0, or 1 for 1.1 and later */
	struct message_lines lines;
};

void message_head_init(struct message_head *parsed);

/* Parses a head, from where the last call stopped: the status line of HTTP/1.0,
 * HTTP/1.1 or a later 1.x, then fields, then a blank line.
 *
 * bytes is the first byte of the head, and length how many have arrived by now,
 * never fewer than in the last call. A folded line is joined to the one before:
 * spaces are written over the line ending between them, as RFC 9112, 5.2, wants
 * it of a user agent.
 *
 * Returns MESSAGE_DONE with parsed->length set to where the head ends,
 * MESSAGE_MORE, or MESSAGE_BAD with *why set to a static phrase, "a bare line
 * feed". */
enum message_verdict message_head_parse(
    struct message_head *parsed, char *bytes, size_t length, const char **why)
    __attribute__((warn_unused_result));

/* A field within its head. */
struct message_field {
	struct span name;
	struct span value; /* without white space around it */
};

/* Iterates over the fields of a head that was parsed to its end. *offset must
 * be 0 for the first one.
 *
 * Returns false after the last one. */
bool message_field_next(struct span head, size_t *offset,
    struct message_field *field) __attribute__((warn_unused_result));

/* Returns whether these bytes are a token (RFC 9110, 5.6.2). */
bool message_is_token(const char *bytes, size_t length);

enum message_framing {
	MESSAGE_NO_BODY,
	MESSAGE_LENGTH,
	MESSAGE_CHUNKED,
	MESSAGE_UNTIL_CLOSE
};

struct message_body {
	enum message_framing framing;
	uint64_t left; /* content still to come; of the chunk if chunked */
	/* The connection stays open, and it is certain where the next response
	 * would begin. */
	bool reusable;
	/* Private, for chunks. */
	unsigned state;
	unsigned digits;
	size_t overhead;
	struct message_lines trailers;
};

/* Finds out how the body that follows a parsed head ends (RFC 9112, 6.3).
 *
 * 1xx, 204 and 304 have no body, whatever their fields say. Not for responses
 * to HEAD or CONNECT.
 *
 * Returns 0, or -1 with *why set to a static phrase. */
int message_body_init(struct message_body *b, const struct message_head *parsed,
    const char *head, const char **why) __attribute__((warn_unused_result));

/* Decodes the next *length bytes of the body in place; *length may be 0.
 *
 * The content is moved to the front, and *length is set to its length.
 *
 * Returns MESSAGE_DONE with *extra set to the number of bytes at the end that
 * do not belong to the message, MESSAGE_MORE, or MESSAGE_BAD with *why set. A
 * body that lasts until the connection closes is never done. */
enum message_verdict message_body_decode(struct message_body *b, char *bytes,
    size_t *length, size_t *extra, const char **why)
    __attribute__((warn_unused_result));

#endif
