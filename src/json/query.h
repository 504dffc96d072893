/* query.h - members of a JSON object, wherever they are in it: any number of
 * them are read in one pass, which also finds out whether the text is JSON.
 * A response or a run is read with one table of the members that matter. */
#ifndef QUERY_H
#define QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "json/reader.h"

/* A member to look for, and what was found. Set the first four. */
struct json_member {
	/* Names and indexes that lead from the object to a string or number:
	 * "message", "errors[0].code". A name has no "." and no "[". */
	const char *path;
	enum json_event kind; /* JSON_STRING or JSON_NUMBER */
	char *text;           /* size bytes, at least 1 */
	size_t size;
	/* What is there, of any kind; JSON_END if nothing is. */
	enum json_event found;
	size_t length; /* of text, without its NUL */
	bool is_cut;   /* the text did not fit */
	/* Private from here on. */
	const char *rest; /* of the path */
	unsigned depth;   /* at which the rest may match; 0: none */
	uint64_t items;   /* passed in an array at that depth */
};

/* Initializers of a table: the string or the number at a path goes to an array
 * of char. */
#define JSON_STRING_AT(where, array)                                   \
	{                                                              \
		.path = (where), .kind = JSON_STRING, .text = (array), \
		.size = sizeof(array)                                  \
	}
#define JSON_NUMBER_AT(where, array)                                   \
	{                                                              \
		.path = (where), .kind = JSON_NUMBER, .text = (array), \
		.size = sizeof(array)                                  \
	}

/* Reads members of an object.
 *
 * A string is decoded, and cut between two characters if it does not fit. A
 * number is copied as it is written, or left out if it does not fit. Each text
 * gets a NUL; it is "" if the member is absent or of another kind.
 *
 * If a name is in an object twice, the first one counts. Two entries may have
 * the same path and different kinds.
 *
 * Returns 0, or -1 if the text is not one valid JSON object. Then every member
 * is absent. */
int json_read_members(struct span text, struct json_member *members,
    size_t count) __attribute__((warn_unused_result));

/* The items of an array that is a member of an object, one after the other and
 * in the same pass:
 *
 *	json_items_open(&items, body, "workflow_runs");
 *	while ((more = json_items_next(&items, members, COUNT(members))) > 0)
 *		take the members of one item;
 *	if (more < 0)
 *		the text is not JSON, or has no such array of objects;
 *
 * A fault may come after items that were valid. */
struct json_items {
	struct json_reader reader; /* private */
	bool is_inside;            /* private: the array was found */
};

/* text and name must stay until the last item was read. */
void json_items_open(
    struct json_items *items, struct span text, const char *name);

/* Reads members of the next item, as json_read_members() does.
 *
 * Returns 1, or 0 after the last item if the whole text is one valid JSON
 * object, or -1 if it is not, if it has no such array or if an item is not an
 * object. */
int json_items_next(struct json_items *items, struct json_member *members,
    size_t count) __attribute__((warn_unused_result));

#endif
