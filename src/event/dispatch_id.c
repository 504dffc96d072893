/* dispatch_id.c - a key a[b] becomes the path client_payload.a.b of query.h,
 * which is why a name has no "." in it. */
#include "event/dispatch_id.h"

#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/buffer.h"
#include "os/process.h"
#include "json/query.h"

/* Returns the length of the name at the beginning of a text. */
static size_t
name_length(struct span text)
{
	size_t i;

	for (i = 0; i < text.length; i++) {
		if (!ascii_is_alphanumeric(text.bytes[i]) &&
		    text.bytes[i] != '_' && text.bytes[i] != '-')
			break;
	}
	return i;
}

bool
dispatch_id_key_is_valid(struct span key)
{
	size_t at = name_length(key), length;

	if (at == 0 || key.length > DISPATCH_ID_KEY_MAX)
		return false;
	while (at < key.length) {
		if (key.bytes[at] != '[')
			return false;
		at++;
		length = name_length(span_of(key.bytes + at, key.length - at));
		at += length;
		if (length == 0 || at == key.length || key.bytes[at] != ']')
			return false;
		at++;
	}
	return true;
}

void
dispatch_id_path(const char *key, char path[DISPATCH_ID_KEY_MAX + 1])
{
	struct buffer b;

	buffer_init(&b, path, DISPATCH_ID_KEY_MAX + 1);
	for (; *key != '\0'; key++) {
		if (*key == '[') {
			buffer_byte(&b, '.');
		} else if (*key != ']') {
			buffer_byte(&b, *key);
		}
	}
}

int
dispatch_id_make(char id[DISPATCH_ID_SIZE], struct error *e)
{
	unsigned char random[DISPATCH_ID_DIGITS / 2];
	struct buffer b;
	size_t i;

	if (process_entropy(random, sizeof(random), e) < 0)
		return -1;
	buffer_init(&b, id, DISPATCH_ID_SIZE);
	for (i = 0; i < sizeof(random); i++)
		buffer_format(&b, "%02x", random[i]);
	return 0;
}

static int
refuse(const char *key, struct error *e)
{
	return error_set(e, ERROR_PAYLOAD,
	    "%s must be a number or a string of 1 to %d bytes to find the "
	    "event's runs",
	    key, DISPATCH_ID_SIZE - 1);
}

int
dispatch_id_read(struct span body, const char *key, char id[DISPATCH_ID_SIZE],
    struct error *e)
{
	static const char payload[] = "client_payload.";
	char path[sizeof(payload) + DISPATCH_ID_KEY_MAX];
	char text[DISPATCH_ID_SIZE], number[DISPATCH_ID_SIZE];
	struct json_member members[] = {
	    JSON_STRING_AT(path, text),
	    JSON_NUMBER_AT(path, number),
	};
	const struct json_member *member = &members[0];

	id[0] = '\0';
	memcpy(path, payload, sizeof(payload));
	dispatch_id_path(key, path + sizeof(payload) - 1);
	if (json_read_members(body, members, COUNT(members)) < 0 ||
	    member->found == JSON_END)
		return 0;
	if (member->found == JSON_NUMBER)
		member = &members[1];
	if (member->found != member->kind || member->is_cut ||
	    member->length == 0 || strlen(member->text) != member->length)
		return refuse(key, e);
	memcpy(id, member->text, member->length + 1);
	return 0;
}

/* Whether two neighbouring characters belong to one word. */
static bool
is_word(char left, char right)
{
	return ascii_is_alphanumeric((unsigned char)left) &&
	       ascii_is_alphanumeric((unsigned char)right);
}

bool
dispatch_id_is_shown(const char *title, const char *id)
{
	size_t length = strlen(id);
	const char *at;

	for (at = title; *at != '\0'; at++) {
		if (strncmp(at, id, length) == 0 &&
		    (at == title || !is_word(at[-1], id[0])) &&
		    !is_word(id[length - 1], at[length]))
			return true;
	}
	return false;
}
