/* tree.h - the client payload, taken apart as far as fields reach into it.
 * A payload is opened, fields are added, and the whole is written. The tree
 * keeps only places: text stays where it is, with the caller. */
#ifndef TREE_H
#define TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/span.h"
#include "event/field.h"

#define TREE_MAX 4096 /* members and items that have nodes */

struct tree_node {
	struct span key;           /* a string token; absent for an item */
	struct span text;          /* JSON; unused once it is taken apart */
	const struct field *field; /* that set it; NULL: the payload did */
	uint16_t first, last;      /* of the nodes inside; 0: none */
	uint16_t next, parent;     /* 0: none */
	unsigned char opener;      /* '{' or '[', or 0 for a scalar */
	bool is_open;              /* it is taken apart */
};

struct tree {
	const char *name; /* of the payload, for messages */
	struct span json; /* the payload */
	size_t count;
	struct buffer *keys; /* takes the keys of fields, quoted */
	struct tree_node nodes[TREE_MAX];
};

/* Begins with a payload: one valid JSON object, whose keys differ. It is read
 * as JSON here and never again, except for the objects and arrays that fields
 * reach into.
 *
 * name is for messages. The payload, the name and keys must stay as long as the
 * tree is used.
 *
 * Returns 0, or -1 with an ERROR_PAYLOAD that shows the place. */
int tree_open(struct tree *tree, const char *name, struct span json,
    struct buffer *keys, struct error *e) __attribute__((warn_unused_result));

/* Adds a field with this valid JSON value, or with an empty array if value is
 * absent.
 *
 * The key says where: a[b]=v sets member b of object a, a[]=v adds an item to
 * array a, and a[][b]=v sets member b of the last object in array a, or of a
 * new one if that has b already (unless b is an array itself). gh api (2.40 and
 * later) reads keys in the same way; a key that it would read otherwise is an
 * error here.
 *
 * Objects and arrays are made as needed. What is there already is not replaced.
 *
 * field and value must stay as long as the tree is used.
 *
 * Returns 0, or -1 with an ERROR_USAGE for a malformed key, or with an
 * ERROR_PAYLOAD that names both places if something else is there. */
int tree_add(struct tree *tree, const struct field *field, struct span value,
    struct error *e) __attribute__((warn_unused_result));

/* Returns how many levels of objects and arrays, the outermost object included,
 * are around the value of a field with a well-formed key. */
size_t tree_levels(const struct field *field);

/* Returns whether the outermost object has a member of this name. */
bool tree_has(const struct tree *tree, struct span name);

/* Returns how many members the outermost object has. */
size_t tree_count(const struct tree *tree);

/* Appends where a member was set, for a message: "payload:1:15" or
 * "--field 2". */
void tree_write_place(
    const struct tree *tree, const struct tree_node *node, struct buffer *b);

/* Writes the payload, without white space outside strings. That is a copy. */
void tree_write(const struct tree *tree, struct buffer *b);

/* Returns where tree_write() writes the value of a field that was added: its
 * offset in the payload. */
size_t tree_offset(const struct tree *tree, struct span value);

#endif
