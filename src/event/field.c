/* field.c - a key ends at the first "=". In a variable it also ends at "<<", if
 * that comes first. If values are typed, a colon at its end belongs to ":=". */
#include "event/field.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/span.h"
#include "base/text.h"
#include "base/value.h"

#define VARIABLE_SIZE 256 /* of the name of a variable */

void
field_place(const struct field *field, char out[FIELD_PLACE_SIZE])
{
	const char *name = field->origin->name;
	struct buffer b;

	buffer_init(&b, out, FIELD_PLACE_SIZE);
	if (field->is_line) {
		buffer_format(&b, "line %u of %s", field->number, name);
	} else {
		buffer_format(&b, "%s %u", name, field->number);
	}
}

void
field_name(const struct field *field, char out[FIELD_NAME_SIZE])
{
	char place[FIELD_PLACE_SIZE];
	struct value shown;
	struct buffer b;

	field_place(field, place);
	buffer_init(&b, out, FIELD_NAME_SIZE);
	buffer_format(&b, "%s (%s)", place, value_show(&shown, field->key));
}

int
field_refuse(const struct field *field, struct error *e, enum error_kind kind,
    const char *format, ...)
{
	char name[FIELD_NAME_SIZE], why[ERROR_LINE_SIZE];
	va_list arguments;

	field_name(field, name);
	va_start(arguments, format);
	(void)vsnprintf(why, sizeof(why), format, arguments);
	va_end(arguments);
	return error_set(e, kind, "%s: %s", name, why);
}

static bool
ends_in(struct span key, const char *end)
{
	size_t length = strlen(end);

	return key.length >= length &&
	       memcmp(key.bytes + key.length - length, end, length) == 0;
}

/* Puts the value of a variable in the place of its name. */
static int
look_up(struct field *field, struct error *e)
{
	const char *text, *why = "is not set";
	char name[VARIABLE_SIZE];
	struct value shown;

	if (field->value.bytes == NULL) {
		return field_refuse(field, e, ERROR_USAGE,
		    "the name of a variable is missing; write KEY=VARIABLE");
	}
	/* No name of a variable has blanks, and forms add CR. */
	field->value = text_trim(field->value);
	if (field->value.length == 0) {
		return field_refuse(field, e, ERROR_USAGE,
		    "no variable after =; write KEY=VARIABLE");
	}
	text = span_copy(field->value, name, sizeof(name)) == 0
		   ? field->origin->look_up(name, &why)
		   : NULL;
	if (text == NULL) {
		return field_refuse(field, e, ERROR_USAGE,
		    "the variable \"%s\" %s", value_show(&shown, field->value),
		    why);
	}
	field->value = span_text(text);
	return 0;
}

/* Adds a field whose key may still have the colon of ":=". */
static int
append(struct field_list *list, struct field *field, struct error *e)
{
	if (list->count == FIELD_MAX) {
		return error_set(
		    e, ERROR_USAGE, "more than %d fields", FIELD_MAX);
	}
	field->kind = field->origin->is_typed ? FIELD_TYPED : FIELD_RAW;
	if (field->kind == FIELD_TYPED && field->value.bytes != NULL &&
	    ends_in(field->key, ":")) {
		field->kind = FIELD_JSON;
		field->key.length--;
	}
	if (field->key.length == 0)
		return field_refuse(field, e, ERROR_USAGE, "the key is empty");
	if (field->origin->look_up != NULL && look_up(field, e) < 0)
		return -1;
	if (field->value.bytes == NULL && !ends_in(field->key, "[]")) {
		return field_refuse(field, e, ERROR_USAGE,
		    "there is no value; write KEY=VALUE");
	}
	list->fields[list->count++] = *field;
	return 0;
}

/* How many fields an option has given. */
static unsigned
count_of(const struct field_list *list, const char *name)
{
	unsigned count = 0;
	size_t i;

	for (i = 0; i < list->count; i++)
		count += strcmp(list->fields[i].origin->name, name) == 0;
	return count;
}

int
field_add(struct field_list *list, const struct field_origin *origin,
    const char *text, struct error *e)
{
	size_t length = strcspn(text, "=");
	struct field field = {.origin = origin,
	    .number = count_of(list, origin->name) + 1,
	    .key = span_of(text, length)};

	if (text[length] == '=')
		field.value = span_text(text + length + 1);
	return append(list, &field, e);
}

/* A place in a variable, at the beginning of a line or at its end. */
struct cursor {
	const char *at;
	unsigned line; /* its number, from 1 */
};

/* Returns the "\n" or the NUL after a line. */
static const char *
line_end(const char *text)
{
	return text + strcspn(text, "\n");
}

/* Returns the line without its ending, which may be CRLF: forms and Windows
 * write that. */
static struct span
line_at(const char *text)
{
	const char *end = line_end(text);

	if (end > text && end[-1] == '\r')
		end--;
	return span_of(text, (size_t)(end - text));
}

/* Where the key of a line ends: at "=", at "<<", or with the line. */
static size_t
find_separator(const char *text)
{
	size_t i = 0;

	while (text[i] != '\0' && text[i] != '\n' && text[i] != '=' &&
	       (text[i] != '<' || text[i + 1] != '<'))
		i++;
	return i;
}

/* Drops the final line ending. It is CRLF only if the KEY<<DELIMITER line ended
 * in CRLF. */
static struct span
without_ending(const char *value, const char *end, bool is_crlf)
{
	if (end > value)
		end--;
	if (is_crlf && end > value && end[-1] == '\r')
		end--;
	return span_of(value, (size_t)(end - value));
}

/* Reads the lines after KEY<<DELIMITER, and leaves the cursor at the end of the
 * last one. */
static int
read_lines(struct field *field, const char *delimiter, struct cursor *cursor,
    struct error *e)
{
	const struct span wanted = line_at(delimiter);
	const char *end = line_end(delimiter), *value = end + 1, *line;

	if (wanted.length == 0) {
		return field_refuse(
		    field, e, ERROR_USAGE, "there is no delimiter after <<");
	}
	while (*end == '\n') {
		line = end + 1;
		end = line_end(line);
		cursor->line++;
		if (span_equal(line_at(line), wanted)) {
			field->value = without_ending(
			    value, line, delimiter[wanted.length] == '\r');
			cursor->at = end;
			return 0;
		}
	}
	return field_refuse(field, e, ERROR_USAGE,
	    "the value does not end in a line that is the delimiter");
}

/* Reads one line, or several if the value has several. */
static int
read_field(struct field_list *list, struct field *field, struct cursor *cursor,
    struct error *e)
{
	struct span line = line_at(cursor->at);
	const char *separator = cursor->at + find_separator(cursor->at);

	if (*separator != '=' && *separator != '<')
		separator = cursor->at + line.length;
	field->key = span_of(cursor->at, (size_t)(separator - cursor->at));
	field->value = span_of(NULL, 0);
	field->number = cursor->line;
	if (*separator == '<') {
		if (read_lines(field, separator + 2, cursor, e) < 0)
			return -1;
	} else if (*separator == '=') {
		field->value = span_of(separator + 1,
		    (size_t)(cursor->at + line.length - separator) - 1);
	}
	return append(list, field, e);
}

int
field_add_lines(struct field_list *list, const struct field_origin *origin,
    const char *text, struct error *e)
{
	struct field field = {.origin = origin, .is_line = true};
	struct cursor cursor = {text, 1};

	for (;;) {
		if (line_at(cursor.at).length > 0 &&
		    read_field(list, &field, &cursor, e) < 0)
			return -1;
		cursor.at = line_end(cursor.at);
		if (*cursor.at == '\0')
			return 0;
		cursor.at++;
		cursor.line++;
	}
}
