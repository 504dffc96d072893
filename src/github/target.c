/* target.c - lists are cut into words first, then every word goes through
 * target_add. The text of a file is cut in place with NULs. */
#include "github/target.h"

#include <stdbool.h>
#include <string.h>

#include "base/ascii.h"
#include "base/buffer.h"
#include "base/error.h"
#include "os/clock.h"
#include "os/file.h"

static int
set_name(char out[TARGET_NAME_SIZE], const char *name, size_t length,
    const char *what, struct error *e)
{
	int shown = length > 100 ? 100 : (int)length;
	size_t i;

	if (length == 0 || length >= TARGET_NAME_SIZE)
		return error_set(e, ERROR_USAGE, "the %s is %s: \"%.*s\"", what,
		    length == 0 ? "empty" : "too long", shown, name);
	for (i = 0; i < length; i++) {
		if (!ascii_is_alphanumeric((unsigned char)name[i]) &&
		    !(name[i] == '-' || name[i] == '.' || name[i] == '_'))
			break;
	}
	if (i < length || ascii_equal(".", name, length) ||
	    ascii_equal("..", name, length))
		return error_set(e, ERROR_USAGE,
		    "\"%.*s\" cannot be the %s's name", shown, name, what);
	memcpy(out, name, length);
	out[length] = '\0';
	return 0;
}

int
target_set(struct target *t, const char *owner, size_t owner_length,
    const char *name, size_t name_length, struct error *e)
{
	t->event_type = NULL;
	if (set_name(t->owner, owner, owner_length, "owner", e) == -1)
		return -1;
	return set_name(t->name, name, name_length, "repository", e);
}

static bool
is_same(const struct target *a, const struct target *b)
{
	const char *x = a->event_type != NULL ? a->event_type : "";
	const char *y = b->event_type != NULL ? b->event_type : "";

	/* Names first: they differ more often than owners do. */
	return ascii_equal_nocase(a->name, b->name, strlen(b->name)) &&
	       ascii_equal_nocase(a->owner, b->owner, strlen(b->owner)) &&
	       strcmp(x, y) == 0;
}

/* Sent twice, an event starts twice as many workflows. */
static int
check_new(const struct target_list *l, struct error *e)
{
	const struct target *last = &l->list[l->count - 1];
	size_t i;

	for (i = 0; i + 1 < l->count; i++) {
		if (is_same(&l->list[i], last))
			return error_set(e, ERROR_USAGE,
			    "the target %s/%s is given twice", last->owner,
			    last->name);
	}
	return 0;
}

int
target_add(struct target_list *l, const char *owner, const char *text,
    size_t length, const char *event_type, struct error *e)
{
	const char *slash = memchr(text, '/', length);
	struct target *t = &l->list[l->count];

	if (l->count == TARGET_MAX)
		return error_set(
		    e, ERROR_USAGE, "more than %d targets", TARGET_MAX);
	if (slash == NULL && owner == NULL) {
		error_set(e, ERROR_USAGE, "no owner for repository %.*s",
		    length > 100 ? 100 : (int)length, text);
		return error_hint(e, "write OWNER/NAME, or give --owner");
	}
	if (slash != NULL) {
		owner = text;
		text = slash + 1;
		length -= (size_t)(text - owner);
	}
	if (target_set(t, owner, strcspn(owner, "/"), text, length, e) == -1)
		return -1;
	t->event_type = event_type;
	l->count++;
	return check_new(l, e);
}

/* "OWNER/NAME [EVENT]" */
static int
add_line(struct target_list *l, const char *owner, char *line, struct error *e)
{
	static const char space[] = " \t\r";
	size_t length, n;
	char *event;

	line += strspn(line, space);
	length = strcspn(line, space);
	if (length == 0 || line[0] == '#')
		return 0;
	event = line + length;
	event += strspn(event, space);
	n = event[0] == '#' ? 0 : strcspn(event, space);
	if (n > 0 && event[n] != '\0' &&
	    event[n + strspn(event + n, space)] != '\0' &&
	    event[n + strspn(event + n, space)] != '#')
		return error_set(e, ERROR_USAGE,
		    "more than a target and an event type: \"%.100s\"", line);
	event[n] = '\0';
	return target_add(l, owner, line, length, n > 0 ? event : NULL, e);
}

int
target_add_file(struct target_list *l, const char *owner, const char *path,
    struct deadline d, struct error *e)
{
	char *line = l->text, *end;
	struct buffer b;
	unsigned number = 1;
	struct error cause;

	buffer_init(&b, l->text, sizeof(l->text));
	if (file_read(path, &b, d, ERROR_LOCAL, e) < 0)
		return -1;
	if (b.overflowed)
		return file_too_large(path, &b, ERROR_LOCAL, e);
	if (memchr(l->text, '\0', b.length) != NULL)
		return error_set(
		    e, ERROR_USAGE, "%s is no text: it has a NUL", path);
	for (;; number++) {
		end = strchr(line, '\n');
		if (end != NULL)
			*end = '\0';
		error_clear(&cause);
		if (add_line(l, owner, line, &cause) == -1)
			return error_set(e, cause.kind, "%s:%u: %s",
			    file_name(path), number, cause.line);
		if (end == NULL)
			return 0;
		line = end + 1;
	}
}
