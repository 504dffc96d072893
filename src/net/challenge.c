/* challenge.c - a field is a list of challenges, and a challenge has a list of
 * parameters, both with commas between them (RFC 9110, 11.6.1). An element that
 * does not begin with a name and "=" begins a challenge: "=" is never the first
 * character of what may follow a scheme. */
#include "net/challenge.h"

#include <limits.h>

#include "base/ascii.h"
#include "http/message.h"

static struct span
skip(struct span text, size_t length)
{
	return span_of(span_chars(text) + length, text.length - length);
}

static struct span
skip_blanks(struct span text)
{
	while (text.length > 0 &&
	       (*span_chars(text) == ' ' || *span_chars(text) == '\t'))
		text = skip(text, 1);
	return text;
}

/* Returns the text up to the first comma that is not in a quoted string. */
static struct span
first_element(struct span list)
{
	const char *bytes = span_chars(list);
	bool is_quoted = false, is_escaped = false;
	size_t i;

	for (i = 0; i < list.length; i++) {
		if (bytes[i] == ',' && !is_quoted)
			break;
		if (bytes[i] == '"' && !is_escaped)
			is_quoted = !is_quoted;
		is_escaped = is_quoted && bytes[i] == '\\' && !is_escaped;
	}
	return span_of(bytes, i);
}

/* Returns the scheme that an element begins with, empty if it is a parameter
 * of the challenge before. */
static struct span
scheme_of(struct span element)
{
	struct span name = skip_blanks(element), rest;
	size_t length = 0;

	while (length < name.length &&
	       message_is_token(span_chars(name) + length, 1))
		length++;
	rest = skip_blanks(skip(name, length));
	if (rest.length > 0 && *span_chars(rest) == '=')
		length = 0;
	return span_of(span_chars(name), length);
}

static bool
list_field(struct span value, struct buffer *schemes)
{
	struct span element, scheme;
	bool has_basic = false;

	while (value.length > 0) {
		element = first_element(value);
		scheme = scheme_of(element);
		has_basic = has_basic || ascii_equal_nocase("Basic",
					     span_chars(scheme), scheme.length);
		if (scheme.length > 0) {
			buffer_format(schemes, "%s%.*s",
			    schemes->length > 0 ? ", " : "",
			    span_width(scheme, INT_MAX), span_chars(scheme));
		}
		value = skip(value, element.length);
		if (value.length > 0)
			value = skip(value, 1);
	}
	return has_basic;
}

bool
challenge_list_schemes(struct span head, struct buffer *schemes)
{
	static const char name[] = "Proxy-Authenticate";
	struct message_field field;
	bool has_basic = false;
	size_t offset = 0;

	while (message_field_next(head, &offset, &field)) {
		if (ascii_equal_nocase(
			name, span_chars(field.name), field.name.length) &&
		    list_field(field.value, schemes))
			has_basic = true;
	}
	return has_basic;
}
