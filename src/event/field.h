/* field.h - one field as it is given: KEY=VALUE in an argument, or in a line of
 * an environment variable. Here a field is only taken apart; tree.h puts it in
 * its place. */
#ifndef FIELD_H
#define FIELD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/span.h"

#define FIELD_MAX 1024 /* fields of one run */

enum field_kind {
	FIELD_RAW,   /* a string, whatever it looks like */
	FIELD_TYPED, /* true, false, null, an integer, @FILE, else a string */
	FIELD_JSON   /* KEY:=JSON, or KEY:=@FILE */
};

/* Where fields come from: one option, or one variable. */
struct field_origin {
	const char *name; /* for messages */
	bool is_typed;    /* FIELD_TYPED and FIELD_JSON, not FIELD_RAW */
	/* NULL, or for KEY=VARIABLE: returns the value of a variable, which
	 * stays, or NULL with *why set to a phrase such as "is not set". */
	const char *(*look_up)(const char *variable, const char **why);
};

struct field {
	enum field_kind kind;
	struct span key;   /* with its brackets, such as a[b][] */
	struct span value; /* absent: KEY[] without a value, an empty array */
	const struct field_origin *origin;
	bool is_line;    /* of a variable */
	unsigned number; /* of the line, or of the option's use, from 1 */
};

struct field_list {
	struct field fields[FIELD_MAX];
	size_t count; /* last: the list of targets follows (cli/options.h) */
};

/* Adds the field that an argument gives.
 *
 * KEY:=JSON is one of JSON if the origin is typed; otherwise the colon belongs
 * to the key.
 *
 * If the origin looks values up, the text is KEY=VARIABLE, and the field has
 * the value of the variable. White space around VARIABLE does not count.
 *
 * origin and text must stay as long as the list is used.
 *
 * Returns 0, or -1 with an ERROR_USAGE. */
int field_add(struct field_list *list, const struct field_origin *origin,
    const char *text, struct error *e) __attribute__((warn_unused_result));

/* Adds the fields of a variable, one in each line that is not empty.
 *
 * A value of several lines is written as in GITHUB_OUTPUT: KEY<<DELIMITER, then
 * the lines, then a line that is the delimiter. The last line ending before the
 * delimiter does not belong to the value.
 *
 * Lines may end in CRLF, the last one also in CR; inside a value of several
 * lines that is kept.
 *
 * Returns 0, or -1 with an ERROR_USAGE that names the line. */
int field_add_lines(struct field_list *list, const struct field_origin *origin,
    const char *text, struct error *e) __attribute__((warn_unused_result));

#define FIELD_PLACE_SIZE 64

/* Writes "--field 2" or "line 3 of DISPATCH_FIELD". */
void field_place(const struct field *field, char out[FIELD_PLACE_SIZE]);

#define FIELD_NAME_SIZE 192

/* Writes the place and the key, which is cut if it is long:
 * "--field 2 (a[b])". */
void field_name(const struct field *field, char out[FIELD_NAME_SIZE]);

/* Sets e to a failure of this kind that begins with the field's name. Returns
 * -1. */
int field_refuse(const struct field *field, struct error *e,
    enum error_kind kind, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
