/* tree.h - the client payload taken apart as far as fields reach into it.
 * A payload is opened, fields are added, and the whole is written. Text stays
 * where it is, which is with the caller: only places are kept. */
#ifndef TREE_H
#define TREE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/span.h"
#include "event/field.h"

#define TREE_MAX 4096 /* members and items that are told apart */

struct tree_node {
	struct span key;  /* a string token; absent for an item and the root */
	struct span text; /* its JSON, where it is not taken apart */
	const struct field *field;    /* that gave it; NULL: the payload */
	uint16_t first, last;         /* of what is inside; 0: none */
	uint16_t next, parent;        /* 0: none */
	unsigned char opener, opened; /* '{' or '[' or 0; taken apart or not */
};

struct tree {
	const char *name, *json; /* the payload's, for messages */
	size_t count;
	struct buffer *keys; /* quoted keys of fields go here */
	struct tree_node nodes[TREE_MAX];
};

/* Begins with a payload, which must be one JSON object whose keys differ. name
 * is for messages. All that is handed over must stay until the end. Returns 0,
 * or -1 with an ERROR_PAYLOAD that shows the place. */
int tree_open(struct tree *m, const char *name, const char *json, size_t length,
    struct buffer *keys, struct error *e) __attribute__((warn_unused_result));

/* Adds a field whose value is this JSON, in its place: a[b]=v is member b of
 * object a, a[]=v one more item of array a, and a[][b]=v member b of the last
 * object in array a, or of a new one if that has b already (unless b is an
 * array itself). That is how `gh api` (2.40 and later) reads keys; but a key
 * with anything else in it is an error here. Returns 0, or -1 with an
 * ERROR_USAGE for a malformed key, or an ERROR_PAYLOAD that names both places
 * if there is something else already. */
int tree_add(struct tree *m, const struct field *f, const char *json,
    size_t length, struct error *e) __attribute__((warn_unused_result));

/* How many members the outermost object has. */
size_t tree_count(const struct tree *m);

/* Writes all of it, without white space outside strings. */
void tree_write(const struct tree *m, struct buffer *b);

#endif
