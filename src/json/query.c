/* query.c - one walk over the events of a text. Each member knows how much of
 * its path is still to be matched, and at which depth; a container in which no
 * member has anything to match is skipped by the fast path. */
#include "json/query.h"

#include <string.h>

#include "base/ascii.h"
#include "base/buffer.h"
#include "base/span.h"
#include "json/string.h"

/* Looks for all members in an object that was just entered. */
static void
start(struct json_member *members, size_t count, unsigned depth)
{
	struct json_member *member;

	for (member = members; member < members + count; member++) {
		member->found = JSON_END;
		member->length = 0;
		member->is_cut = false;
		member->text[0] = '\0';
		member->rest = member->path;
		member->depth = depth;
		member->items = 0;
	}
}

/* The length of the first step of a path, without the "." after it. */
static size_t
step_length(const char *path)
{
	return path[0] == '[' ? strcspn(path, "]") + 1 : strcspn(path, ".[");
}

/* Whether a path goes on to the value that comes next: to that of this key or,
 * without a key, to one more item of an array. */
static bool
leads_to(struct json_member *member, struct span key)
{
	size_t length = step_length(member->rest);
	uint64_t index;

	if (key.bytes != NULL) {
		return member->rest[0] != '[' &&
		       json_equals(key, span_of(member->rest, length));
	}
	return member->rest[0] == '[' &&
	       ascii_decimal(
		   member->rest + 1, length - 2, UINT32_MAX, &index) >= 0 &&
	       index == member->items++;
}

/* Copies the value at the end of a path. */
static void
take(struct json_member *member, enum json_event event, struct span token)
{
	struct buffer b;

	member->found = event;
	member->depth = 0;
	if (event != member->kind)
		return;
	buffer_init(&b, member->text, member->size);
	if (event == JSON_STRING) {
		json_decode(token, &b);
	} else {
		buffer_append(&b, token.bytes, token.length);
	}
	member->length = b.length;
	member->is_cut = b.overflowed;
}

/* Moves a path on by the step that led to a value. */
static void
follow(struct json_member *member, enum json_event event,
    const struct json_reader *reader)
{
	member->rest += step_length(member->rest);
	if (member->rest[0] == '.')
		member->rest++;
	if (member->rest[0] == '\0') {
		take(member, event, reader->token);
	} else if (event == JSON_OBJECT_BEGIN || event == JSON_ARRAY_BEGIN) {
		member->depth = reader->in.depth;
		member->items = 0;
	} else {
		member->depth = 0;
	}
}

/* A place among the members or items of a container. */
struct walk {
	struct json_reader *reader;
	struct json_member *members;
	size_t count;
};

/* At a value of the container at that depth. Returns the value's event; a
 * container is skipped unless a path leads into it. */
static enum json_event
visit(const struct walk *walk, unsigned depth, struct span key,
    enum json_event event)
{
	struct json_member *member;
	bool is_entered = false;

	for (member = walk->members; member < walk->members + walk->count;
	     member++) {
		if (member->depth == depth && leads_to(member, key)) {
			follow(member, event, walk->reader);
			is_entered = is_entered || member->depth > depth;
		}
	}
	return is_entered ? event : json_whole(walk->reader, event);
}

/* After the end of a container, whose members are not looked for again. */
static void
leave(const struct walk *walk, unsigned depth)
{
	struct json_member *member;

	for (member = walk->members; member < walk->members + walk->count;
	     member++) {
		if (member->depth == depth)
			member->depth = 0;
	}
}

/* Reads one key and value, one item, or the end of a container. */
static enum json_event
step(const struct walk *walk)
{
	unsigned depth = walk->reader->in.depth;
	enum json_event event = json_next(walk->reader);
	struct span key = {NULL, 0};

	if (event == JSON_OBJECT_END || event == JSON_ARRAY_END) {
		leave(walk, depth);
		return event;
	}
	if (event == JSON_KEY) {
		key = walk->reader->token;
		event = json_next(walk->reader);
	}
	return event <= JSON_END ? event : visit(walk, depth, key, event);
}

/* Reads an object that was just entered, to its end. */
static int
read_object(const struct walk *walk)
{
	unsigned depth = walk->reader->in.depth;

	start(walk->members, walk->count, depth);
	while (walk->reader->in.depth >= depth) {
		if (step(walk) == JSON_FAULT)
			return -1;
	}
	return 0;
}

int
json_read_members(struct span text, struct json_member *members, size_t count)
{
	struct json_reader r;
	const struct walk w = {&r, members, count};

	json_open(&r, text);
	if (json_next(&r) == JSON_OBJECT_BEGIN && read_object(&w) == 0 &&
	    json_next(&r) == JSON_END)
		return 0;
	start(members, count, 0);
	return -1;
}

void
json_items_open(struct json_items *items, struct span text, const char *name)
{
	struct json_reader *r = &items->reader;
	enum json_event event;
	bool is_wanted = false;

	items->is_inside = false;
	json_open(r, text);
	if (json_next(r) != JSON_OBJECT_BEGIN)
		return;
	while (!is_wanted && json_next(r) == JSON_KEY) {
		is_wanted = json_equals(r->token, span_text(name));
		event = json_next(r);
		items->is_inside = is_wanted && event == JSON_ARRAY_BEGIN;
		if (!is_wanted)
			(void)json_whole(r, event);
	}
}

int
json_items_next(
    struct json_items *items, struct json_member *members, size_t count)
{
	const struct walk w = {&items->reader, members, count};
	enum json_event event = JSON_FAULT;

	if (items->is_inside)
		event = json_next(&items->reader);
	if (event == JSON_OBJECT_BEGIN && read_object(&w) == 0)
		return 1;
	start(members, count, 0);
	items->is_inside = false;
	/* What comes after the array must be JSON, too. */
	return event == JSON_ARRAY_END ? json_validate(&items->reader) : -1;
}
