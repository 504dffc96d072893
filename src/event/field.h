/* field.h - one field as it is given: KEY=VALUE on the command line, or a line
 * of an environment variable. Here it is only taken apart; members.h puts it
 * in its place. */
#ifndef FIELD_H
#define FIELD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

#define FIELD_MAX 1024 /* fields of one run */

enum field_kind {
	FIELD_RAW,   /* a string, whatever it looks like */
	FIELD_TYPED, /* true, false, null, an integer, @FILE, else a string */
	FIELD_JSON   /* KEY:=JSON */
};

/* Points into the argument or variable. */
struct field {
	enum field_kind kind;
	const char *key; /* with its brackets, such as a[b][] */
	size_t key_length;
	const char *value; /* NULL: KEY[] alone, an empty array */
	size_t value_length;
	bool by_variable, typed; /* which option it came by, */
	unsigned number; /* and the line there, or the count of such options */
};

struct field_list {
	size_t count;
	struct field fields[FIELD_MAX];
};

/* Adds what --raw-field, or --field if typed, says. KEY:= marks JSON only
 * there. Returns 0, or -1 with an ERROR_USAGE. */
int field_add(struct field_list *l, bool typed, const char *text,
    struct error *e) __attribute__((warn_unused_result));

/* Adds a variable's fields, one a line; empty lines are passed over. A value
 * of several lines is written as in GITHUB_OUTPUT: KEY<<DELIMITER, its lines,
 * and a line that is the delimiter; the last line end is not part of it. Lines
 * may end with CRLF, which within such a value stays as it is. Returns 0,
 * or -1 with an ERROR_USAGE that names the line. */
int field_add_lines(struct field_list *l, bool typed, const char *text,
    struct error *e) __attribute__((warn_unused_result));

#define FIELD_PLACE_SIZE 64

/* "--field number 2" or "line 3 of DISPATCH_FIELD". */
void field_place(const struct field *f, char out[FIELD_PLACE_SIZE]);

/* An ERROR_USAGE that names place and key. Returns -1. */
int field_refuse(const struct field *f, const char *why, struct error *e);

#endif
