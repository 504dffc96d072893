/* target_test.c - which names are accepted, and lists of targets in a file. */
#include "github/target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/error.h"
#include "base/span.h"
#include "os/clock.h"
#include "tap.h"

static struct target_list targets;

#define NAME_127                                                           \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void
test_names(void)
{
	static const struct {
		const char *owner, *name;
		const char *line; /* of the error, or NULL */
	} rows[] = {
	    {"octo-org", "app", NULL},
	    {"o", ".github", NULL},
	    {"o", "a_b-c.d", NULL},
	    {"o", NAME_127, NULL},
	    {"o", NAME_127 "a", "the repository name is longer than 127"},
	    {"", "n", "the owner name is empty"},
	    {"o", "", "the repository name is empty"},
	    {"o", ".", "\".\" is not a valid repository name"},
	    {"..", "n", "\"..\" is not a valid owner name"},
	    {"o", "a/b", "\"a/b\" is not a valid repository name"},
	    {"o", "a?b", "\"a?b\" is not"},
	    {"o", "a b", "\"a b\" is not"},
	    {"o", "a%2fb", "is not"},
	    {"\xc3\xb6", "n", "is not a valid owner name"},
	};
	struct target target;
	struct error e;
	int result;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		error_clear(&e);
		result = target_set(&target, span_text(rows[i].owner),
		    span_text(rows[i].name), &e);
		if (rows[i].line == NULL) {
			tap_number(
			    result, 0, "%s/%s", rows[i].owner, rows[i].name);
			tap_text(target.owner, rows[i].owner,
			    "the owner of %s/%s", rows[i].owner, rows[i].name);
			tap_text(target.name, rows[i].name, "the name of %s/%s",
			    rows[i].owner, rows[i].name);
			continue;
		}
		tap_number(result, -1, "row %zu is refused", i);
		tap_number(e.kind, ERROR_USAGE, "row %zu: the kind", i);
		tap_part(e.line, rows[i].line, "row %zu: %s", i, rows[i].line);
	}
}

static int
add(const char *owner, const char *text, const char *event, struct error *e)
{
	error_clear(e);
	return target_add(&targets, owner, span_text(text), event, e);
}

static void
test_add(void)
{
	struct error e;

	targets.count = 0;
	tap_ok(add(NULL, "o/n", NULL, &e) == 0, "OWNER/NAME");
	tap_ok(add("p", "n", NULL, &e) == 0, "NAME with an owner");
	tap_text(targets.list[1].owner, "p", "NAME with an owner: the owner");
	tap_ok(add("p/x", "m", NULL, &e) == 0, "an owner given as OWNER/NAME");
	tap_text(targets.list[2].owner, "p",
	    "an owner given as OWNER/NAME: the owner");
	tap_ok(add(NULL, "n", NULL, &e) < 0, "NAME without an owner");
	tap_number(
	    e.advice, ADVICE_NAME_OWNER, "NAME without an owner: the advice");
	tap_ok(add(NULL, "O/N", NULL, &e) < 0,
	    "a target that is there, in capitals");
	tap_part(e.line, "given twice", "a target that is there: the line");
	targets.count = 1;
	tap_ok(add(NULL, "o/n", "other", &e) == 0,
	    "the same with another event type");
	targets.count = TARGET_MAX;
	tap_ok(add(NULL, "o/z", NULL, &e) < 0, "too many targets");
	tap_part(e.line, "more than", "too many targets: the line");
}

/* Reads a file with this text. */
static int
add_file(const char *text, struct error *e)
{
	char path[] = "/tmp/target_test_XXXXXX";
	int fd = mkstemp(path), result = -1;
	size_t length = strlen(text);

	targets.count = 0;
	error_clear(e);
	if (fd >= 0 && write(fd, text, length) == (ssize_t)length)
		result = target_add_file(
		    &targets, "me", path, deadline_after(5000), e);
	(void)close(fd);
	(void)unlink(path);
	return result;
}

static void
test_files(void)
{
	static const struct {
		const char *text;
		const char *expected; /* OWNER/NAME TYPE|..., or NULL */
		const char *line;     /* of the error */
	} rows[] = {
	    {"", "", NULL},
	    {"o/n\n", "o/n -|", NULL},
	    {"o/n", "o/n -|", NULL},
	    {"\n # nothing\no/n\r\n\r\n", "o/n -|", NULL},
	    {"o/n own # why\n\tm\t\n", "o/n own|me/m -|", NULL},
	    {"o/n # own\n", "o/n -|", NULL},
	    {"o/n#x\n", NULL, ":1: \"n#x\" is not a valid"},
	    {"o/n\no/m a b\n", NULL,
		":2: more than a target and an event type: \"o/m a\""},
	    {"o/n\no/n\n", NULL, ":2: the target o/n is given twice"},
	    {"o/n\n\n../m\n", NULL, ":3: \"..\" is not a valid owner name"},
	};
	char found[256];
	struct error e;
	size_t i, k;
	int result;

	for (i = 0; i < COUNT(rows); i++) {
		result = add_file(rows[i].text, &e);
		found[0] = '\0';
		for (k = 0; k < targets.count; k++)
			(void)snprintf(found + strlen(found),
			    sizeof(found) - strlen(found), "%s/%s %s|",
			    targets.list[k].owner, targets.list[k].name,
			    targets.list[k].event_type != NULL
				? targets.list[k].event_type
				: "-");
		tap_number(result, rows[i].expected != NULL ? 0 : -1,
		    "file %zu: the result", i);
		tap_part(e.line, rows[i].line, "file %zu: the line", i);
		if (rows[i].expected != NULL)
			tap_text(
			    found, rows[i].expected, "file %zu: the list", i);
	}
	error_clear(&e);
	tap_ok(target_add_file(&targets, NULL, "/does/not/exist",
		   deadline_after(5000), &e) < 0,
	    "no such file");
	tap_number(e.kind, ERROR_LOCAL, "no such file: the kind");
}

int
main(void)
{
	test_names();
	test_add();
	test_files();
	return tap_done();
}
