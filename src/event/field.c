/* field.c - a key ends at the first "=", in a variable also at "<<" if that
 * comes first; a colon at its end belongs to ":=" where fields are typed. */
#include "event/field.h"

#include <string.h>

#include "base/buffer.h"
#include "base/error.h"

static const char *const names[2][2] = {
    {"--raw-field", "DISPATCH_RAW_FIELD"},
    {"--field", "DISPATCH_FIELD"},
};

static void
append_text(struct buffer *b, const char *before, const char *after)
{
	buffer_text(b, before);
	buffer_text(b, after);
}

void
field_place(const struct field *f, char out[FIELD_PLACE_SIZE])
{
	const char *name = names[f->typed][f->by_variable];
	struct buffer b;

	buffer_init(&b, out, FIELD_PLACE_SIZE);
	append_text(&b, f->by_variable ? "line " : name,
	    f->by_variable ? "" : " number ");
	buffer_decimal(&b, f->number);
	if (f->by_variable)
		append_text(&b, " of ", name);
}

int
field_refuse(const struct field *f, const char *why, struct error *e)
{
	char place[FIELD_PLACE_SIZE];
	int shown = f->key_length > 100 ? 100 : (int)f->key_length;

	field_place(f, place);
	return error_set(
	    e, ERROR_USAGE, "%s, \"%.*s\": %s", place, shown, f->key, why);
}

/* A key's last colon makes the field JSON. */
static int
append(struct field_list *l, struct field *f, struct error *e)
{
	if (l->count == FIELD_MAX)
		return error_set(
		    e, ERROR_USAGE, "more than %d fields", FIELD_MAX);
	f->kind = f->typed ? FIELD_TYPED : FIELD_RAW;
	if (f->typed && f->value != NULL && f->key_length > 0 &&
	    f->key[f->key_length - 1] == ':') {
		f->kind = FIELD_JSON;
		f->key_length--;
	}
	if (f->key_length == 0)
		return field_refuse(f, "the key is empty", e);
	if (f->value == NULL &&
	    (f->key_length < 2 ||
		memcmp(f->key + f->key_length - 2, "[]", 2) != 0))
		return field_refuse(f, "it has no value: write KEY=VALUE", e);
	l->fields[l->count++] = *f;
	return 0;
}

int
field_add(struct field_list *l, bool typed, const char *text, struct error *e)
{
	struct field f = {.typed = typed, .number = 1, .key = text};
	size_t i;

	for (i = 0; i < l->count; i++)
		f.number += l->fields[i].typed == typed;
	f.key_length = strcspn(text, "=");
	if (text[f.key_length] == '=') {
		f.value = text + f.key_length + 1;
		f.value_length = strlen(f.value);
	}
	return append(l, &f, e);
}

/* The "\n" or the NUL behind a line. */
static const char *
line_end(const char *text)
{
	return text + strcspn(text, "\n");
}

/* Without the line's end, which is CRLF where a form or Windows made it. */
static size_t
line_length(const char *text)
{
	size_t length = (size_t)(line_end(text) - text);

	return length > 0 && text[length] == '\n' && text[length - 1] == '\r'
		   ? length - 1
		   : length;
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

/* Without the line end before the delimiter, which is CRLF only where the one
 * behind KEY<<DELIMITER is. */
static size_t
value_length(const char *value, const char *end, bool crlf)
{
	if (end > value)
		end--;
	if (crlf && end > value && end[-1] == '\r')
		end--;
	return (size_t)(end - value);
}

/* The lines behind KEY<<DELIMITER. Sets the value, and *text to what follows
 * the last line. */
static int
read_lines(struct field *f, const char *delimiter, const char **text,
    unsigned *number, struct error *e)
{
	size_t length = line_length(delimiter), n;
	const char *line = line_end(delimiter);

	if (length == 0)
		return field_refuse(f, "there is no delimiter behind <<", e);
	f->value = line + 1;
	while (*line == '\n') {
		line++;
		(*number)++;
		n = line_length(line);
		if (n == length && memcmp(line, delimiter, n) == 0) {
			*text = line + n;
			f->value_length = value_length(
			    f->value, line, delimiter[length] == '\r');
			return 0;
		}
		line = line_end(line);
	}
	return field_refuse(f, "no line with the delimiter ends the value", e);
}

/* One line, or more where the value has more; *text moves behind it. */
static int
read_line(struct field_list *l, struct field *f, const char **text,
    unsigned *number, struct error *e)
{
	const char *separator;

	f->key = *text;
	f->key_length = find_separator(*text);
	f->value = NULL;
	separator = *text + f->key_length;
	if (*separator == '<') {
		if (read_lines(f, separator + 2, text, number, e) == -1)
			return -1;
	} else {
		*text += line_length(*text);
		if (*separator == '=') {
			f->value = separator + 1;
			f->value_length = (size_t)(*text - f->value);
		}
	}
	return append(l, f, e);
}

int
field_add_lines(
    struct field_list *l, bool typed, const char *text, struct error *e)
{
	struct field f = {.typed = typed, .by_variable = true};
	unsigned number = 0;

	for (;;) {
		f.number = ++number;
		if (line_length(text) > 0 &&
		    read_line(l, &f, &text, &number, e) == -1)
			return -1;
		text = line_end(text);
		if (*text == '\0')
			return 0;
		text++;
	}
}
