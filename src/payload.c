/* payload.c - the client payload is read token by token with the strict
 * reader and written again without white space; the event type is escaped
 * into a string. Nothing that is a value is ever pasted between quotes. */
#include "payload.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "buffer.h"
#include "file.h"
#include "json.h"

/* Top-level keys that are compared with each other; GitHub takes ten. */
#define KEYS_MAX 1024

/* Bytes read at once for --check-json: they stay in a processor's cache. */
#define CHECK_WINDOW 131072

struct key {
	const char *token;
	size_t length;
};

/* RFC 8259, 7 asks for quotation marks, backslashes and controls. */
static void
write_string(struct buffer *b, const char *text)
{
	static const char hex[] = "0123456789abcdef";

	buffer_byte(b, '"');
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < 0x20) {
			buffer_text(b, "\\u00");
			buffer_byte(b, hex[c >> 4]);
			buffer_byte(b, hex[c & 15]);
			continue;
		}
		if (c == '"' || c == '\\')
			buffer_byte(b, '\\');
		buffer_byte(b, (char)c);
	}
	buffer_byte(b, '"');
}

/* The string as written is read as JSON, which checks its UTF-8. */
static int
write_event_type(struct buffer *b, const char *event_type, struct error *e)
{
	size_t start = b->length, characters = 0, i;
	struct json_reader r;

	for (i = 0; event_type[i] != '\0'; i++) {
		if (((unsigned char)event_type[i] & 0xc0) != 0x80)
			characters++;
	}
	if (characters == 0 || characters > PAYLOAD_EVENT_TYPE_MAX)
		return error_set(e, ERROR_PAYLOAD,
		    "the event type has %zu characters; GitHub takes 1 to %d",
		    characters, PAYLOAD_EVENT_TYPE_MAX);
	write_string(b, event_type);
	json_open(&r, b->bytes + start, b->length - start);
	if (!b->overflowed && json_validate(&r) == -1)
		return error_set(
		    e, ERROR_PAYLOAD, "the event type is not valid UTF-8");
	return 0;
}

static int
refuse(const struct json_reader *r, const char *name, struct error *e)
{
	error_set(e, ERROR_PAYLOAD, "%s:%llu:%llu: not JSON: expected %s", name,
	    (unsigned long long)r->fault.line,
	    (unsigned long long)r->fault.column, r->fault.expected);
	json_excerpt(r, e->excerpt, sizeof(e->excerpt));
	return -1;
}

/* Whether the key at this place of the outermost object is a new one. */
static int
check_key(struct key *keys, size_t *count, const struct json_reader *r,
    const char *name, struct error *e)
{
	size_t i;

	for (i = 0; i < *count; i++) {
		if (json_same_text(keys[i].token, keys[i].length, r->token,
			r->token_length))
			return error_set(e, ERROR_PAYLOAD,
			    "%s: the key %.*s is there twice", name,
			    r->token_length > 100 ? 100 : (int)r->token_length,
			    r->token);
	}
	if (i == KEYS_MAX)
		return error_set(e, ERROR_PAYLOAD,
		    "%s: more than %d properties", name, KEYS_MAX);
	keys[i].token = r->token;
	keys[i].length = r->token_length;
	(*count)++;
	return 0;
}

/* Writes a token with what separates it from the one before. */
static void
write_token(struct buffer *b, const struct json_reader *r,
    enum json_event event, bool *comma)
{
	if (*comma && event != JSON_OBJECT_END && event != JSON_ARRAY_END)
		buffer_byte(b, ',');
	*comma = event != JSON_OBJECT_BEGIN && event != JSON_ARRAY_BEGIN &&
		 event != JSON_KEY;
	buffer_append(b, r->token, r->token_length);
	if (event == JSON_KEY)
		buffer_byte(b, ':');
}

/* One object, its outermost keys unlike each other. */
static int
write_payload(struct buffer *b, const char *json, size_t length,
    const char *name, struct error *e)
{
	struct key keys[KEYS_MAX];
	struct json_reader r;
	enum json_event event;
	size_t count = 0;
	bool comma = false;

	json_open(&r, json, length);
	event = json_next(&r);
	if (event != JSON_FAULT && event != JSON_OBJECT_BEGIN)
		return error_set(
		    e, ERROR_PAYLOAD, "%s: the payload is not an object", name);
	for (; event > JSON_END; event = json_next(&r)) {
		if (event == JSON_KEY && r.in.depth == 1 &&
		    check_key(keys, &count, &r, name, e) == -1)
			return -1;
		write_token(b, &r, event, &comma);
	}
	return event == JSON_END ? 0 : refuse(&r, name, e);
}

/* Where the payload's text is. Returns its length or -1. */
static ssize_t
locate(struct payload *p, const char **json, const char **name,
    struct deadline d, struct error *e)
{
	if ((*json)[0] != '@') {
		*name = "payload";
		return (ssize_t)strlen(*json);
	}
	*name = *json + 1;
	*json = p->text;
	if (strcmp(*name, "-") != 0)
		return file_read(*name, p->text, sizeof(p->text), d, e);
	*name = "standard input";
	return file_read("-", p->text, sizeof(p->text), d, e);
}

int
payload_build(struct payload *p, const char *event_type, const char *json,
    struct deadline d, struct error *e)
{
	const char *name;
	struct buffer b;
	ssize_t length;

	buffer_init(&b, p->body, sizeof(p->body));
	buffer_text(&b, "{\"event_type\":");
	if (write_event_type(&b, event_type, e) == -1)
		return -1;
	length = locate(p, &json, &name, d, e);
	if (length < 0)
		return -1;
	buffer_text(&b, ",\"client_payload\":");
	if (write_payload(&b, json, (size_t)length, name, e) == -1)
		return -1;
	buffer_text(&b, "}");
	if (b.overflowed)
		return error_set(e, ERROR_PAYLOAD,
		    "the payload is larger than %d bytes", PAYLOAD_BODY_MAX);
	p->body_length = b.length;
	return 0;
}

static ssize_t
read_source(void *context, void *bytes, size_t size)
{
	ssize_t n;

	do {
		n = read(*(int *)context, bytes, size);
	} while (n < 0 && errno == EINTR);
	return n;
}

static int
check_source(struct payload *p, int fd, const char *name, struct error *e)
{
	struct json_reader r;

	json_open_source(&r, read_source, &fd, p->text, CHECK_WINDOW);
	if (json_validate(&r) == 0)
		return 0;
	if (r.source_failed)
		return error_set_errno(
		    e, ERROR_LOCAL, errno, "cannot read %s", name);
	return refuse(&r, name, e);
}

int
payload_check_file(struct payload *p, const char *path, struct error *e)
{
	int fd, result;

	if (strcmp(path, "-") == 0)
		return check_source(p, STDIN_FILENO, "standard input", e);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_set_errno(
		    e, ERROR_LOCAL, errno, "cannot open %s", path);
	result = check_source(p, fd, path, e);
	(void)close(fd);
	return result;
}
