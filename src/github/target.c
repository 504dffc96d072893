/* target.c - a file is split into lines and words in place, with NULs; each
 * target, from a file or an option, then goes through target_add(). Its text is
 * cut from the left: scheme and user, host, path. */
#include "github/target.h"

#include <stdbool.h>
#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/span.h"
#include "base/value.h"
#include "github/credential.h"
#include "github/host.h"
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
	       !span_equal(text, span_text("..")) &&
	       !span_equal(text, span_text(".git"));
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

const char *
target_text(const struct target *target, char out[TARGET_TEXT_SIZE])
{
	struct buffer b;

	buffer_init(&b, out, TARGET_TEXT_SIZE);
	buffer_format(&b, "%s/%s", target->owner, target->name);
	return out;
}

_Static_assert(TARGET_MAX < TARGET_SLOTS && TARGET_MAX < UINT16_MAX,
    "a slot is free for each target, and can name it");

static const char *
type_of(const struct target *target)
{
	return target->event_type != NULL ? target->event_type : "";
}

static bool
is_same(
    const struct target *one, const struct target *other, enum target_key key)
{
	return (key < TARGET_WHOLE ||
		   strcmp(type_of(one), type_of(other)) == 0) &&
	       (key < TARGET_REPOSITORY ||
		   ascii_equal_nocase(
		       one->name, other->name, strlen(other->name))) &&
	       ascii_equal_nocase(
		   one->owner, other->owner, strlen(other->owner));
}

void
target_clear(struct target_list *targets)
{
	if (targets->count > 0)
		memset(targets->slots, 0, sizeof(targets->slots));
	targets->count = 0;
	targets->repeated = NULL;
}

/* Continues a hash with a text: FNV-1a, of 32 bits (RFC 9923). Case does not
 * count. The end of the text does: "a", "bc" is not "ab", "c". */
static uint32_t
hash_text(uint32_t hash, const char *text)
{
	for (;; text++) {
		hash ^= ascii_lower((unsigned char)*text);
		hash *= 0x01000193;
		if (*text == '\0')
			return hash;
	}
}

/* Returns where the table has the target, or would have it. */
static size_t
slot_of(const struct target_list *targets, enum target_key key,
    const struct target *target)
{
	const uint16_t *slots = targets->slots[key];
	uint32_t hash = hash_text(0x811c9dc5, target->owner);
	size_t slot;

	if (key >= TARGET_REPOSITORY)
		hash = hash_text(hash, target->name);
	if (key >= TARGET_WHOLE)
		hash = hash_text(hash, type_of(target));
	/* The lower bits of a product do not depend on its upper ones. */
	hash ^= hash >> 16;
	for (slot = hash % TARGET_SLOTS; slots[slot] != 0;
	     slot = (slot + 1) % TARGET_SLOTS) {
		if (is_same(&targets->list[slots[slot] - 1], target, key))
			break;
	}
	return slot;
}

/* Adds a target to the hash tables, which are never full.
 *
 * An event that is sent twice starts twice as many workflows: that is an
 * error. */
static int
index_target(struct target_list *targets, size_t index, struct error *e)
{
	struct target *target = &targets->list[index], *last = target;
	uint16_t position = (uint16_t)(index + 1), *slot;

	slot =
	    &targets
		 ->slots[TARGET_WHOLE][slot_of(targets, TARGET_WHOLE, target)];
	if (*slot != 0) {
		return error_set(e, ERROR_USAGE,
		    "the target %s/%s is given twice", target->owner,
		    target->name);
	}
	*slot = position;
	slot = &targets->slots[TARGET_REPOSITORY]
			      [slot_of(targets, TARGET_REPOSITORY, target)];
	if (*slot != 0) {
		if (targets->repeated == NULL)
			targets->repeated = target;
		return 0;
	}
	*slot = position;
	slot =
	    &targets
		 ->slots[TARGET_OWNER][slot_of(targets, TARGET_OWNER, target)];
	if (*slot != 0) {
		last = &targets->list[*slot - 1];
		target->next = last->next;
	}
	last->next = *slot = position;
	return 0;
}

/* Most lists have one target only, which needs no table. */
static int
index_last(struct target_list *targets, struct error *e)
{
	if (targets->count == 1)
		return 0;
	if (targets->count == 2 && index_target(targets, 0, e) < 0)
		return -1;
	return index_target(targets, targets->count - 1, e);
}

const struct target *
target_next_of_owner(const struct target_list *targets, const struct target *of,
    const struct target *previous)
{
	const struct target *last = targets->list;

	if (targets->count == 1)
		return previous == NULL ? last : NULL;
	last +=
	    targets->slots[TARGET_OWNER][slot_of(targets, TARGET_OWNER, of)] -
	    1;
	if (previous == last)
		return NULL;
	return &targets->list[(previous != NULL ? previous : last)->next - 1];
}

/* Returns the length of the text before the first of this byte, or of all of
 * it. */
static size_t
length_before(struct span text, char byte)
{
	const char *begin = span_chars(text), *at;

	at = text.length > 0 ? memchr(begin, byte, text.length) : NULL;
	return at != NULL ? (size_t)(at - begin) : text.length;
}

static struct span
from(struct span text, size_t offset)
{
	return span_of(text.bytes + offset, text.length - offset);
}

/* Returns the host of [USER@]HOST[:PORT]. The user ends at the last "@". */
static struct span
host_in(struct span authority)
{
	size_t length;

	while ((length = length_before(authority, '@')) < authority.length)
		authority = from(authority, length + 1);
	if (authority.length > 0 && authority.bytes[0] == '[') {
		authority = from(authority, 1);
		return span_of(authority.bytes, length_before(authority, ']'));
	}
	return span_of(authority.bytes, length_before(authority, ':'));
}

/* Returns the length of "SCHEME://" if git uses the scheme, or 0. */
static size_t
scheme_length(struct span text)
{
	static const char *const schemes[] = {"https://", "http://", "ssh://",
	    "git://", "git+ssh://", "git+https://"};
	size_t i, length;

	for (i = 0; i < COUNT(schemes); i++) {
		length = strlen(schemes[i]);
		if (text.length > length &&
		    ascii_equal_nocase(schemes[i], text.bytes, length))
			return length;
	}
	return 0;
}

/* Cuts the path of a URL, "/OWNER/NAME", in two. A message shows no more than
 * the path, since there may be a password before it, and not even that if an @
 * in it may be the end of a password with a slash. */
static int
read_path(struct span path, struct target_parts *parts, struct error *e)
{
	struct value shown;

	path.length = length_before(path, '?');
	path.length = length_before(path, '#');
	while (path.length > 0 && path.bytes[0] == '/')
		path = from(path, 1);
	while (path.length > 0 && path.bytes[path.length - 1] == '/')
		path.length--;
	parts->owner = span_of(path.bytes, length_before(path, '/'));
	if (parts->owner.length < path.length) {
		parts->name = from(path, parts->owner.length + 1);
		if (length_before(parts->name, '/') == parts->name.length)
			return 0;
	}
	if (path.length == 0 || memchr(path.bytes, '@', path.length) != NULL) {
		return error_set(e, ERROR_USAGE,
		    "the URL of a repository has the path OWNER/NAME, and this "
		    "one (not shown) does not");
	}
	return error_set(e, ERROR_USAGE,
	    "the URL of a repository has the path OWNER/NAME, not \"%s\"",
	    value_show(&shown, path));
}

/* [HOST/]OWNER/NAME or NAME. */
static void
read_plain(struct span text, const char *api_host, struct target_parts *parts)
{
	size_t first = length_before(text, '/'), second;
	struct span host = host_in(span_of(text.bytes, first));

	if (first < text.length) {
		second = first + 1 + length_before(from(text, first + 1), '/');
		if (second < text.length &&
		    (length_before(host, '.') < host.length ||
			host_is_same(host, span_text(api_host)))) {
			parts->host = host;
			text = from(text, first + 1);
			first = second - first - 1;
		}
		parts->owner = span_of(text.bytes, first);
		text = from(text, first + 1);
	}
	parts->name = text;
}

/* The path of HOST/OWNER/NAME after "USER@", which may have a password. */
static int
refuse_colon(struct span rest, struct error *e)
{
	size_t length = length_before(rest, '/');
	struct value host, path;

	return error_set(e, ERROR_USAGE,
	    "an SSH address has a colon after the host: write git@%s:%s",
	    value_show(&host, span_of(rest.bytes, length)),
	    value_show(&path, from(rest, length + 1)));
}

int
target_read(struct span text, const char *api_host, struct target_parts *parts,
    struct error *e)
{
	static const char ending[] = ".git";
	size_t scheme = scheme_length(text), slash = length_before(text, '/');
	size_t at = length_before(text, '@'), length = sizeof(ending) - 1;
	struct span rest;
	int result = 0;

	*parts = (struct target_parts){.host = {NULL, 0}};
	if (scheme > 0) {
		rest = from(text, scheme);
		length = length_before(rest, '/');
		parts->host = host_in(span_of(rest.bytes, length));
		result = read_path(from(rest, length), parts, e);
	} else if (at < slash) {
		rest = from(text, at + 1);
		length = length_before(rest, ':');
		if (length == rest.length && slash < text.length)
			return refuse_colon(rest, e);
		parts->host = span_of(rest.bytes, length);
		result = read_path(
		    from(rest, length + (length < rest.length)), parts, e);
	} else {
		read_plain(text, api_host, parts);
	}
	length = sizeof(ending) - 1;
	if (parts->name.length > length &&
	    ascii_equal(ending, parts->name.bytes + parts->name.length - length,
		length))
		parts->name.length -= length;
	return result;
}

static int
add(struct target_list *targets, const struct target_rules *rules,
    struct span text, const char *event_type, struct error *e)
{
	struct target *target = &targets->list[targets->count];
	struct target_parts parts;
	struct value shown;

	if (targets->count == TARGET_MAX) {
		return error_set(
		    e, ERROR_USAGE, "more than %d targets", TARGET_MAX);
	}
	if (target_read(text, rules->api_host, &parts, e) < 0)
		return -1;
	if (parts.owner.bytes == NULL || rules->replaces_owner)
		parts.owner = rules->owner;
	if (parts.owner.bytes == NULL) {
		error_set(e, ERROR_USAGE, "no owner for the repository \"%s\"",
		    value_show(&shown, parts.name));
		return error_advise(e, ADVICE_NAME_OWNER);
	}
	if (target_set(target, parts.owner, parts.name, e) < 0)
		return -1;
	if (parts.host.bytes != NULL &&
	    !host_is_same(parts.host, span_text(rules->api_host))) {
		error_set(e, ERROR_USAGE,
		    "%s/%s is on %s, and the API is that of %s", target->owner,
		    target->name, value_show(&shown, parts.host),
		    rules->api_host);
		return error_advise_about(e, ADVICE_NAME_SERVER, shown.text);
	}
	target->event_type = event_type;
	targets->count++;
	return index_last(targets, e);
}

int
target_add(struct target_list *targets, const struct target_rules *rules,
    struct span text, const char *event_type, struct error *e)
{
	struct error cause;

	error_clear(&cause);
	if (add(targets, rules, text, event_type, &cause) == 0)
		return 0;
	/* The slashes of a key cut it into parts that look like names. */
	if (value_is_base64(text)) {
		return error_set(e, ERROR_USAGE,
		    "the repository (not shown) looks like a part of a key");
	}
	if (e->kind == ERROR_NONE)
		*e = cause;
	return -1;
}

/* Cuts the first word off a line; a comment ends it. Returns "" after the last
 * word. */
static char *
next_word(char **line)
{
	static const char space[] = " \t";
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
add_line(struct target_list *targets, const struct target_rules *rules,
    char *line, struct error *e)
{
	size_t length = strlen(line);
	const char *name, *event;
	struct value shown[2];

	if (length > 0 && line[length - 1] == '\r')
		line[--length] = '\0';
	if (strchr(line, '\r') != NULL) {
		return error_set(e, ERROR_USAGE,
		    "a carriage return in the line: end lines with LF or "
		    "CRLF");
	}
	name = next_word(&line);
	event = next_word(&line);
	if (name[0] == '\0')
		return 0;
	if (next_word(&line)[0] != '\0') {
		return error_set(e, ERROR_USAGE,
		    "more than a target and an event type: \"%s %s\"",
		    value_show(&shown[0], span_text(name)),
		    value_show(&shown[1], span_text(event)));
	}
	if (credential_is_secret(event)) {
		return error_set(
		    e, ERROR_USAGE, "the event type looks like a token");
	}
	return target_add(targets, rules, span_text(name),
	    event[0] != '\0' ? event : NULL, e);
}

/* A file in another encoding would be understood in part. */
static int
check_encoding(const struct buffer *b, const char *path, struct error *e)
{
	static const struct {
		const char *mark, *name;
	} marks[] = {{"\xef\xbb\xbf", "begins with a byte order mark"},
	    {"\xff\xfe", "is UTF-16"}, {"\xfe\xff", "is UTF-16"}};
	struct value name;
	size_t i;

	for (i = 0; i < COUNT(marks); i++) {
		/* The text ends with a NUL. */
		if (strncmp(b->bytes, marks[i].mark, strlen(marks[i].mark)) ==
		    0) {
			error_set(e, ERROR_USAGE,
			    "%s %s: save it as UTF-8 without a byte order mark",
			    file_name(&name, path), marks[i].name);
			return error_of_file(e);
		}
	}
	if (memchr(b->bytes, '\0', b->length) != NULL) {
		error_set(e, ERROR_USAGE,
		    "%s contains a NUL byte: save it as UTF-8",
		    file_name(&name, path));
		return error_of_file(e);
	}
	return 0;
}

int
target_add_file(struct target_list *targets, const struct target_rules *rules,
    const char *path, struct deadline d, struct error *e)
{
	char *line = targets->text, *end;
	struct buffer b;
	struct value name;
	struct error cause;
	unsigned number;
	int result;

	buffer_init(&b, targets->text, sizeof(targets->text));
	result = file_read(path, &b, d, ERROR_LOCAL, e);
	targets->text_used = b.length;
	if (result < 0)
		return -1;
	if (b.overflowed)
		return file_too_large(path, &b, ERROR_LOCAL, e);
	/* Messages show parts of it, in which a key cannot be recognised. */
	(void)value_learn(span_of(b.bytes, b.length));
	if (check_encoding(&b, path, e) < 0)
		return -1;
	for (number = 1; line != NULL; number++) {
		end = strchr(line, '\n');
		if (end != NULL)
			*end++ = '\0';
		error_clear(&cause);
		if (add_line(targets, rules, line, &cause) < 0) {
			return error_wrap(
			    e, &cause, "%s:%u", file_name(&name, path), number);
		}
		line = end;
	}
	return 0;
}

void
target_wipe(struct target_list *targets)
{
	wipe(targets->text, targets->text_used);
}
