/* target.c - a file is split into lines and words in place, with NULs; each
 * target, from a file or an option, then goes through target_add(). */
#include "github/target.h"

#include <stdbool.h>
#include <string.h>

#include "base/ascii.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/span.h"
#include "base/value.h"
#include "github/credential.h"
#include "os/clock.h"
#include "os/file.h"

static bool
is_name_character(unsigned char byte)
{
	return ascii_is_alphanumeric(byte) || byte == '-' || byte == '.' ||
	       byte == '_';
}

static bool
is_name(struct span text)
{
	size_t i;

	for (i = 0; i < text.length; i++) {
		if (!is_name_character(text.bytes[i]))
			return false;
	}
	return !span_equal(text, span_text(".")) &&
	       !span_equal(text, span_text(".."));
}

static int
set_name(char out[TARGET_NAME_SIZE], struct span text, const char *what,
    struct error *e)
{
	struct value shown;

	if (text.length == 0)
		return error_set(e, ERROR_USAGE, "the %s name is empty", what);
	if (span_copy(text, out, TARGET_NAME_SIZE) < 0) {
		return error_set(e, ERROR_USAGE,
		    "the %s name is longer than %d characters: \"%s\"", what,
		    TARGET_NAME_SIZE - 1, value_show(&shown, text));
	}
	if (!is_name(text)) {
		return error_set(e, ERROR_USAGE,
		    "\"%s\" is not a valid %s name: use letters, digits, "
		    "\"-\", \".\" and \"_\"",
		    value_show(&shown, text), what);
	}
	/* The name becomes part of URLs and of what is printed. */
	if (credential_is_secret(out)) {
		return error_set(
		    e, ERROR_USAGE, "the %s name looks like a token", what);
	}
	return 0;
}

int
target_set(
    struct target *target, struct span owner, struct span name, struct error *e)
{
	target->event_type = NULL;
	if (set_name(target->owner, owner, "owner", e) < 0)
		return -1;
	return set_name(target->name, name, "repository", e);
}

static bool
is_same(const struct target *one, const struct target *other)
{
	const char *a_type = one->event_type != NULL ? one->event_type : "";
	const char *b_type = other->event_type != NULL ? other->event_type : "";

	/* Names first: they differ more often than owners do. */
	return ascii_equal_nocase(
		   one->name, other->name, strlen(other->name)) &&
	       ascii_equal_nocase(
		   one->owner, other->owner, strlen(other->owner)) &&
	       strcmp(a_type, b_type) == 0;
}

/* An event that is sent twice starts twice as many workflows. */
static int
check_last(const struct target_list *targets, struct error *e)
{
	const struct target *last = &targets->list[targets->count - 1];
	size_t i;

	for (i = 0; i + 1 < targets->count; i++) {
		if (is_same(&targets->list[i], last)) {
			return error_set(e, ERROR_USAGE,
			    "the target %s/%s is given twice", last->owner,
			    last->name);
		}
	}
	return 0;
}

int
target_add(struct target_list *targets, const char *owner, struct span text,
    const char *event_type, struct error *e)
{
	const char *begin = span_chars(text);
	const char *slash = memchr(begin, '/', text.length);
	struct target *target = &targets->list[targets->count];
	struct value shown;
	struct span part;
	size_t length;

	if (targets->count == TARGET_MAX) {
		return error_set(
		    e, ERROR_USAGE, "more than %d targets", TARGET_MAX);
	}
	if (slash != NULL) {
		length = (size_t)(slash - begin);
		part = span_of(begin, length);
		text = span_of(slash + 1, text.length - length - 1);
	} else if (owner != NULL) {
		part = span_of(owner, strcspn(owner, "/"));
	} else {
		error_set(e, ERROR_USAGE, "no owner for the repository \"%s\"",
		    value_show(&shown, text));
		return error_advise(e, ADVICE_NAME_OWNER);
	}
	if (target_set(target, part, text, e) < 0)
		return -1;
	target->event_type = event_type;
	targets->count++;
	return check_last(targets, e);
}

/* Cuts the first word off a line; a comment ends it. Returns "" after the last
 * word. */
static char *
next_word(char **line)
{
	static const char space[] = " \t\r";
	char *word = *line + strspn(*line, space);

	if (word[0] == '#')
		word[0] = '\0';
	*line = word + strcspn(word, space);
	if (**line != '\0')
		*(*line)++ = '\0';
	return word;
}

/* Adds the target of a line: "OWNER/NAME [EVENT] [# COMMENT]". */
static int
add_line(
    struct target_list *targets, const char *owner, char *line, struct error *e)
{
	const char *name = next_word(&line);
	const char *event = next_word(&line);
	struct value shown[2];

	if (name[0] == '\0')
		return 0;
	if (next_word(&line)[0] != '\0') {
		return error_set(e, ERROR_USAGE,
		    "more than a target and an event type: \"%s %s\"",
		    value_show(&shown[0], span_text(name)),
		    value_show(&shown[1], span_text(event)));
	}
	return target_add(targets, owner, span_text(name),
	    event[0] != '\0' ? event : NULL, e);
}

int
target_add_file(struct target_list *targets, const char *owner,
    const char *path, struct deadline d, struct error *e)
{
	char *line = targets->text, *end;
	struct buffer b;
	struct value name;
	struct error cause;
	unsigned number;

	buffer_init(&b, targets->text, sizeof(targets->text));
	if (file_read(path, &b, d, ERROR_LOCAL, e) < 0)
		return -1;
	if (b.overflowed)
		return file_too_large(path, &b, ERROR_LOCAL, e);
	if (memchr(b.bytes, '\0', b.length) != NULL) {
		return error_set(e, ERROR_USAGE, "%s contains a NUL byte",
		    file_name(&name, path));
	}
	for (number = 1; line != NULL; number++) {
		end = strchr(line, '\n');
		if (end != NULL)
			*end++ = '\0';
		error_clear(&cause);
		if (add_line(targets, owner, line, &cause) < 0) {
			return error_wrap(
			    e, &cause, "%s:%u", file_name(&name, path), number);
		}
		line = end;
	}
	return 0;
}
