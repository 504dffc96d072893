/* message.h - reads an HTTP/1.1 answer (RFC 9112) out of bytes: its head,
 * where its body ends, and the body's chunks. Does no I/O and allocates
 * nothing; bytes may come in any pieces, and every byte is looked at once.
 * Strict: what the grammar lacks is refused, since two readers who disagree
 * on a message's end is how requests are smuggled. */
#ifndef MESSAGE_H
#define MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Every limit a hostile peer can press against: bytes of a head with its
 * blank line; fields in a head, and again in the trailers; the value of a
 * Content-Length; digits of a chunk's size, zeros included; bytes of a
 * chunked body that are not its content. */
#define MESSAGE_HEAD_MAX 65536
#define MESSAGE_FIELDS_MAX 128
#define MESSAGE_LENGTH_MAX (UINT64_MAX / 2)
#define MESSAGE_CHUNK_DIGITS 16
#define MESSAGE_FRAMING_MAX 16384

enum message_verdict {
	MESSAGE_BAD = -1,
	MESSAGE_MORE = 0, /* fine so far */
	MESSAGE_DONE = 1
};

/* Private: where in the lines of a head or of trailers we are. */
struct message_lines {
	unsigned state;
	unsigned count;
};

struct message_head {
	size_t length; /* bytes looked at; once done, the head's length */
	int status;    /* 100 to 599 */
	int minor;     /* of the version: 0 or 1 */
	struct message_lines lines;
};

void message_head_init(struct message_head *m);

/* Goes on where the last call stopped: bytes is the head's first byte, length
 * how many there are by now (never fewer than before). Done: m->length is
 * where the head ends. Bad: *why is a static phrase, "a line feed alone". A
 * head is the status line, then fields; HTTP/1.0 and 1.1 pass. */
enum message_verdict message_head_parse(
    struct message_head *m, const char *bytes, size_t length, const char **why)
    __attribute__((warn_unused_result));

struct message_field {
	const char *name, *value; /* into the head; the value is trimmed */
	size_t name_length, value_length;
};

/* The next field of a head that was parsed to its end. *offset is 0 for the
 * first. Returns false after the last. */
bool message_field_next(const char *head, size_t length, size_t *offset,
    struct message_field *field) __attribute__((warn_unused_result));

/* The first field of this name, case ignored. */
bool message_field_find(const char *head, size_t length, const char *name,
    struct message_field *field) __attribute__((warn_unused_result));

/* RFC 9110, 5.6.2: one or more characters of a token. */
bool message_is_token(const char *bytes, size_t length);

enum message_framing {
	MESSAGE_NO_BODY,
	MESSAGE_LENGTH,
	MESSAGE_CHUNKED,
	MESSAGE_UNTIL_CLOSE
};

struct message_body {
	enum message_framing framing;
	uint64_t left; /* content still to come; a chunk's if chunked */
	/* What follows on the stream can be told from this answer, and the
	 * server does not mean to close. */
	bool reusable;
	/* Private, for chunks. */
	unsigned state;
	unsigned digits;
	size_t overhead;
	struct message_lines trailers;
};

/* How the body of a parsed head ends (RFC 9112, 6.3). 1xx, 204 and 304 have
 * none, whatever their fields say. An answer to HEAD or CONNECT is not for
 * this. Returns 0, or -1 with *why. */
int message_body_init(struct message_body *b, const struct message_head *m,
    const char *head, const char **why) __attribute__((warn_unused_result));

/* Takes the next *length bytes, which may be 0. Content is moved to their
 * front and *length becomes how much it is. Done: *extra bytes at the end
 * were not part of the message. A body that goes on until the close is never
 * done. */
enum message_verdict message_body_decode(struct message_body *b, char *bytes,
    size_t *length, size_t *extra, const char **why)
    __attribute__((warn_unused_result));

#endif
