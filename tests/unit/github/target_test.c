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
	    {"o", ".git", "\".git\" is not a valid repository name"},
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

/* text is NULL for a part that is absent. */
static void
check_part(struct span part, const char *text, const char *what)
{
	if (text == NULL)
		tap_ok(part.bytes == NULL, "there is no %s", what);
	else
		tap_bytes(part.bytes, part.length, text, "the %s", what);
}

/* Repositories as they are pasted, and as gh takes them. */
static void
test_forms(void)
{
	static const struct {
		const char *text;
		const char *host, *owner, *name; /* NULL: absent */
	} rows[] = {
	    {"n", NULL, NULL, "n"},
	    {"o/n", NULL, "o", "n"},
	    {"n.git", NULL, NULL, "n"},
	    {"o/n.git", NULL, "o", "n"},
	    {"o/.git", NULL, "o", ".git"},
	    {"o/n.github", NULL, "o", "n.github"},
	    {"o/", NULL, "o", ""},
	    {"/n", NULL, "", "n"},
	    {"", NULL, NULL, ""},
	    {"o/n/", NULL, "o", "n/"},
	    {"o/../n", NULL, "o", "../n"},
	    {"github.com/o/n", "github.com", "o", "n"},
	    {"github.com/o/n.git", "github.com", "o", "n"},
	    {"ghes.example:8443/o/n", "ghes.example", "o", "n"},
	    {"localhost/o/n", "localhost", "o", "n"},
	    {"https://github.com/o/n", "github.com", "o", "n"},
	    {"HTTPS://GitHub.com/o/n", "GitHub.com", "o", "n"},
	    {"https://github.com/o/n.git", "github.com", "o", "n"},
	    {"https://github.com/o/n/", "github.com", "o", "n"},
	    {"https://github.com/o/n?tab=readme#x", "github.com", "o", "n"},
	    {"http://github.com/o/n", "github.com", "o", "n"},
	    {"git://github.com/o/n", "github.com", "o", "n"},
	    {"https://u:p@github.com/o/n.git", "github.com", "o", "n"},
	    {"https://u:p@x@github.com/o/n.git", "github.com", "o", "n"},
	    {"https://ghes.example:8443/o/n", "ghes.example", "o", "n"},
	    {"https://[::1]:8443/o/n", "::1", "o", "n"},
	    {"ssh://git@github.com/o/n.git", "github.com", "o", "n"},
	    {"ssh://git@ssh.github.com:443/o/n.git", "ssh.github.com", "o",
		"n"},
	    {"git+ssh://git@github.com/o/n", "github.com", "o", "n"},
	    {"git@github.com:o/n.git", "github.com", "o", "n"},
	    {"org-1@github.com:o/n", "github.com", "o", "n"},
	    {"git@github.com:/o/n", "github.com", "o", "n"},
	};
	static const char *const wrong[] = {"https://github.com",
	    "https://github.com/", "https://github.com/o",
	    "https://github.com/o/", "https://github.com/o/n/tree/main",
	    "https://api.github.com/repos/o/n", "ssh://git@github.com",
	    "git@github.com:n.git", "git@github.com",
	    "https://u:secret@github.com/o",
	    "https://u:a/secret@github.com/o/n"};
	struct target_parts parts;
	struct error e;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		error_clear(&e);
		tap_ok(target_read(span_text(rows[i].text), "localhost", &parts,
			   &e) == 0,
		    "read \"%s\"", rows[i].text);
		check_part(parts.host, rows[i].host, "host");
		check_part(parts.owner, rows[i].owner, "owner");
		check_part(parts.name, rows[i].name, "name");
	}
	for (i = 0; i < COUNT(wrong); i++) {
		error_clear(&e);
		tap_ok(target_read(
			   span_text(wrong[i]), "localhost", &parts, &e) < 0,
		    "%s is refused", wrong[i]);
		tap_number(e.kind, ERROR_USAGE, "%s: the kind", wrong[i]);
		tap_part(e.line, "has the path OWNER/NAME", "%s: the line",
		    wrong[i]);
		tap_ok(strstr(e.line, "secret") == NULL,
		    "%s: the line shows no password", wrong[i]);
	}
}

static struct target_rules rules = {.api_host = "api.github.com"};

static int
add(const char *owner, const char *text, const char *event, struct error *e)
{
	error_clear(e);
	rules.owner = owner != NULL ? span_text(owner) : (struct span){NULL, 0};
	return target_add(&targets, &rules, span_text(text), event, e);
}

static void
test_add(void)
{
	struct error e;

	target_clear(&targets);
	tap_ok(add(NULL, "o/n", NULL, &e) == 0, "OWNER/NAME");
	tap_ok(add("p", "n", NULL, &e) == 0, "NAME with an owner");
	tap_text(targets.list[1].owner, "p", "NAME with an owner: the owner");
	rules.replaces_owner = true;
	tap_ok(add("p", "x/m", NULL, &e) == 0, "an owner that is replaced");
	tap_text(
	    targets.list[2].owner, "p", "an owner that is replaced: the owner");
	rules.replaces_owner = false;
	tap_ok(add(NULL, "n", NULL, &e) < 0, "NAME without an owner");
	tap_number(
	    e.advice, ADVICE_NAME_OWNER, "NAME without an owner: the advice");
	tap_ok(add(NULL, "O/N", NULL, &e) < 0,
	    "a target that is there, in capitals");
	tap_part(e.line, "given twice", "a target that is there: the line");
	tap_ok(add(NULL, "https://github.com/o/n.git", NULL, &e) < 0,
	    "a target that is there, as a URL");
	tap_part(e.line, "given twice", "a URL that is there: the line");
	tap_ok(add(NULL, "o/n", "other", &e) == 0,
	    "the same with another event type");
	targets.count = TARGET_MAX;
	tap_ok(add(NULL, "o/z", NULL, &e) < 0, "too many targets");
	tap_part(e.line, "more than", "too many targets: the line");
}

/* Each of the most there can be is known again, wherever it is. */
static void
test_many(void)
{
	char name[32];
	struct error e;
	size_t refused = 0, i;

	target_clear(&targets);
	for (i = 0; i < TARGET_MAX - 1; i++) {
		snprintf(name, sizeof(name), "o/repository-%zu", i);
		refused += add(NULL, name, NULL, &e) < 0;
	}
	tap_number((intmax_t)refused, 0, "many targets are added");
	for (i = 0; i < TARGET_MAX - 1; i++) {
		snprintf(name, sizeof(name), "O/Repository-%zu", i);
		targets.count = TARGET_MAX - 1;
		refused += add(NULL, name, NULL, &e) < 0;
	}
	tap_number((intmax_t)refused, TARGET_MAX - 1,
	    "each of many is refused if it is given twice");
	target_clear(&targets);
	tap_ok(add(NULL, "o/repository-1", NULL, &e) == 0,
	    "a list that is cleared knows none");
}

/* The owners and repositories of a list, and what is known of each. */
static void
test_owners(void)
{
	static const struct {
		const char *name;
		const char *list[6][2]; /* target, event type */
		const char *seen;       /* of the owner of the first target */
		const char *repeated;   /* NULL: no repository is */
	} rows[] = {
	    {"one target", {{"o/a", NULL}}, "a", NULL},
	    {"an event type", {{"o/a", "x"}}, "a", NULL},
	    {"two owners", {{"o/a", NULL}, {"p/a", NULL}}, "a", NULL},
	    {"an order", {{"o/b", NULL}, {"o/a", NULL}, {"o/c", NULL}}, "bac",
		NULL},
	    {"capitals", {{"o/a", NULL}, {"O/b", NULL}, {"o/C", NULL}}, "abC",
		NULL},
	    {"turns",
		{{"o/a", NULL}, {"p/x", NULL}, {"o/b", NULL}, {"p/y", NULL},
		    {"o/c", NULL}},
		"abc", NULL},
	    {"two events", {{"o/a", NULL}, {"O/A", "x"}}, "a", "A"},
	    {"more events",
		{{"o/a", "x"}, {"o/b", "x"}, {"p/a", "x"}, {"o/B", "y"},
		    {"o/c", "x"}, {"o/a", "z"}},
		"abc", "B"},
	    {"the same name elsewhere", {{"o/a", NULL}, {"p/a", "x"}}, "a",
		NULL},
	};
	const struct target *next;
	char seen[16];
	struct error e;
	size_t i, k;

	for (i = 0; i < COUNT(rows); i++) {
		target_clear(&targets);
		for (k = 0; k < 6 && rows[i].list[k][0] != NULL; k++) {
			tap_ok(add(NULL, rows[i].list[k][0], rows[i].list[k][1],
				   &e) == 0,
			    "%s: target %zu", rows[i].name, k);
		}
		next = NULL;
		for (k = 0; k + 1 < sizeof(seen) &&
			    (next = target_next_of_owner(
				 &targets, targets.list, next)) != NULL;
		     k++)
			seen[k] = next->name[0];
		seen[k] = '\0';
		tap_text(seen, rows[i].seen, "%s: the owner's", rows[i].name);
		tap_text(targets.repeated != NULL ? targets.repeated->name : "",
		    rows[i].repeated != NULL ? rows[i].repeated : "",
		    "%s: the repository with two events", rows[i].name);
	}
}

/* As many of each kind as there can be. */
static void
test_many_owners(void)
{
	static const struct {
		const char *name;
		size_t owners, names, repositories; /* of each owner */
	} rows[] = {
	    {"many owners", TARGET_MAX, 1, 1},
	    {"many repositories", 1, TARGET_MAX, TARGET_MAX},
	    {"many events", 1, 1, 1},
	    {"many of each", 100, 100, 1},
	};
	static char types[TARGET_MAX][8];
	const struct target *next;
	char text[32];
	struct error e;
	size_t refused, seen, i, k;

	for (k = 0; k < COUNT(rows); k++) {
		target_clear(&targets);
		refused = seen = 0;
		for (i = 0; i < TARGET_MAX; i++) {
			(void)snprintf(types[i], sizeof(types[i]), "e%zu", i);
			(void)snprintf(text, sizeof(text), "o%zu/n%zu",
			    i % rows[k].owners, i % rows[k].names);
			refused += add(NULL, text, types[i], &e) < 0;
		}
		tap_number(refused, 0, "%s: all are added", rows[k].name);
		next = NULL;
		while ((next = target_next_of_owner(
			    &targets, &targets.list[17], next)) != NULL)
			seen++;
		tap_number(seen, rows[k].repositories,
		    "%s: the repositories of an owner", rows[k].name);
	}
}

/* A repository on another server is never taken for one on the API's. */
static void
test_hosts(void)
{
	static const struct {
		const char *api_host, *text;
		const char *line; /* NULL: it is added */
	} rows[] = {
	    {"api.github.com", "https://github.com/o/n", NULL},
	    {"api.github.com", "git@github.com:o/n.git", NULL},
	    {"api.github.com", "www.github.com/o/n", NULL},
	    {"api.acme.ghe.com", "https://acme.ghe.com/o/n", NULL},
	    {"ghes.example", "https://ghes.example:8443/o/n", NULL},
	    {"localhost", "localhost/o/n", NULL},
	    {"api.github.com", "https://ghes.example/o/n",
		"o/n is on ghes.example, and the API is that of "
		"api.github.com"},
	    {"api.github.com", "git@acme.ghe.com:o/n.git",
		"o/n is on acme.ghe.com, and the API is that of "
		"api.github.com"},
	    {"api.acme.ghe.com", "github.com/o/n",
		"o/n is on github.com, and the API is that of "
		"api.acme.ghe.com"},
	    {"ghes.example", "https://github.com/o/n",
		"o/n is on github.com, and the API is that of ghes.example"},
	    {"api.github.com", "https://github.com@evil.example/o/n",
		"o/n is on evil.example, and the API is that of "
		"api.github.com"},
	};
	struct error e;
	size_t i;
	int result;

	for (i = 0; i < COUNT(rows); i++) {
		rules.api_host = rows[i].api_host;
		target_clear(&targets);
		result = add(NULL, rows[i].text, NULL, &e);
		if (rows[i].line == NULL) {
			tap_ok(result == 0, "%s with the API of %s",
			    rows[i].text, rows[i].api_host);
			continue;
		}
		tap_ok(result < 0, "%s with the API of %s", rows[i].text,
		    rows[i].api_host);
		tap_text(e.line, rows[i].line, "the line");
		tap_number(e.kind, ERROR_USAGE, "the kind");
		tap_number(targets.count, 0, "nothing is added");
	}
	rules.api_host = "api.github.com";
}

/* Reads a file with these bytes. */
static int
add_file(const char *text, size_t length, struct error *e)
{
	char path[] = "/tmp/target_test_XXXXXX";
	int fd = mkstemp(path), result = -1;

	target_clear(&targets);
	rules.owner = span_text("me");
	error_clear(e);
	if (fd >= 0 && write(fd, text, length) == (ssize_t)length) {
		result = target_add_file(
		    &targets, &rules, path, deadline_after(5000), e);
	}
	(void)close(fd);
	(void)unlink(path);
	return result;
}

/* Files that would be understood in part. */
static void
test_encodings(void)
{
	static const struct {
		const char *name, *text;
		size_t length;
		const char *line;
	} rows[] = {
	    {"a byte order mark", "\xef\xbb\xbfo/n\n", 7,
		" begins with a byte order mark: save"},
	    {"UTF-16, little endian", "\xff\xfeo\0/\0n\0", 8,
		" is UTF-16: save"},
	    {"UTF-16, big endian", "\xfe\xff\0o\0/\0n", 8, " is UTF-16: save"},
	    {"UTF-16 without a mark", "o\0/\0n\0", 6,
		" contains a NUL byte: save"},
	    {"CR line ends", "o/a\ro/b\r", 8, ":1: a carriage return in"},
	    {"CR line ends after a comment", "# a\ro/b\r", 8,
		":1: a carriage return in"},
	    {"one CR among LF", "o/a\no/b\ro/c\n", 12,
		":2: a carriage return in"},
	};
	struct error e;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		tap_ok(add_file(rows[i].text, rows[i].length, &e) < 0,
		    "a file with %s is refused", rows[i].name);
		tap_number(e.kind, ERROR_USAGE, "%s: the kind", rows[i].name);
		tap_part(e.line, rows[i].line, "%s: the line", rows[i].name);
	}
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
	    /* A line of a key, and a token. */
	    {"o/n\ndKx9Rb3QmZt7+Wc1/Lv5Np8Yh2Jf6Gs0wAq4Ey\n", NULL,
		":2: the repository (not shown) looks like a part of a key"},
	    {"o/n\no/m ghp_0123456789abcdefghijklmnopqrstuvwxyz\n", NULL,
		":2: the event type looks like a token"},
	    {"o/m ghp_deploy\n", "o/m ghp_deploy|", NULL},
	    {"o/n\n\n../m\n", NULL, ":3: \"..\" is not a valid owner name"},
	};
	char found[256];
	struct error e;
	size_t i, k;
	int result;

	for (i = 0; i < COUNT(rows); i++) {
		result = add_file(rows[i].text, strlen(rows[i].text), &e);
		found[0] = '\0';
		for (k = 0; k < targets.count; k++) {
			(void)snprintf(found + strlen(found),
			    sizeof(found) - strlen(found), "%s/%s %s|",
			    targets.list[k].owner, targets.list[k].name,
			    targets.list[k].event_type != NULL
				? targets.list[k].event_type
				: "-");
		}
		tap_number(result, rows[i].expected != NULL ? 0 : -1,
		    "file %zu: the result", i);
		tap_part(e.line, rows[i].line, "file %zu: the line", i);
		if (rows[i].expected != NULL) {
			tap_text(
			    found, rows[i].expected, "file %zu: the list", i);
		}
	}
	error_clear(&e);
	tap_ok(target_add_file(&targets, &rules, "/does/not/exist",
		   deadline_after(5000), &e) < 0,
	    "no such file");
	tap_number(e.kind, ERROR_LOCAL, "no such file: the kind");
}

int
main(void)
{
	test_names();
	test_forms();
	test_add();
	test_many();
	test_owners();
	test_many_owners();
	test_hosts();
	test_files();
	test_encodings();
	return tap_done();
}
