/* dispatch_id_test.c - the id of an event: its key, its kinds, and where a
 * title shows it. */
#include "event/dispatch_id.h"

#include <string.h>

#include "base/array.h"
#include "tap.h"

static void
test_keys(void)
{
	static const struct {
		const char *key, *path; /* NULL: not valid */
	} rows[] = {
	    {"dispatch_id", "dispatch_id"},
	    {"a[b]", "a.b"},
	    {"a[b][c-1]", "a.b.c-1"},
	    {"", NULL},
	    {"a.b", NULL},
	    {"a[", NULL},
	    {"a[]", NULL},
	    {"a[b", NULL},
	    {"a]b", NULL},
	    {"[b]", NULL},
	    {"a[b]c", NULL},
	    {"a b", NULL},
	    {"a\"b", NULL},
	};
	char path[DISPATCH_ID_KEY_MAX + 1], longest[DISPATCH_ID_KEY_MAX + 2];
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		tap_ok(dispatch_id_key_is_valid(span_text(rows[i].key)) ==
			   (rows[i].path != NULL),
		    "key \"%s\"", rows[i].key);
		if (rows[i].path == NULL)
			continue;
		dispatch_id_path(rows[i].key, path);
		tap_text(path, rows[i].path, "the path of %s", rows[i].key);
	}
	memset(longest, 'k', sizeof(longest));
	tap_ok(dispatch_id_key_is_valid(span_of(longest, DISPATCH_ID_KEY_MAX)),
	    "the longest key");
	tap_ok(!dispatch_id_key_is_valid(
		   span_of(longest, DISPATCH_ID_KEY_MAX + 1)),
	    "a longer one");
}

static void
test_read(void)
{
	static const struct {
		const char *value, *id; /* NULL: refused */
	} rows[] = {
	    {"\"7f\"", "7f"},
	    {"\"\\u0037f\"", "7f"},
	    {"42", "42"},
	    {"-1.50e3", "-1.50e3"},
	    {"\"\"", NULL},
	    {"\"a\\u0000b\"", NULL},
	    {"true", NULL},
	    {"null", NULL},
	    {"{}", NULL},
	    {"[1]", NULL},
	};
	char body[128], id[DISPATCH_ID_SIZE];
	struct error e;
	size_t i;
	int result;

	for (i = 0; i < COUNT(rows); i++) {
		snprintf(body, sizeof(body),
		    "{\"client_payload\":{\"a\":{\"b\":%s}}}", rows[i].value);
		error_clear(&e);
		result = dispatch_id_read(span_text(body), "a[b]", id, &e);
		tap_number(e.kind,
		    rows[i].id != NULL ? ERROR_NONE : ERROR_PAYLOAD, "%s",
		    rows[i].value);
		if (result == 0)
			tap_text(id, rows[i].id, "%s is read", rows[i].value);
	}
	error_clear(&e);
	tap_number(dispatch_id_read(
		       span_text("{\"client_payload\":{}}"), "a[b]", id, &e),
	    0, "none");
	tap_text(id, "", "it is empty");
}

static void
test_shown(void)
{
	static const struct {
		const char *title, *id;
		bool is_shown;
	} rows[] = {
	    {"deploy 7f", "7f", true},
	    {"7f", "7f", true},
	    {"(7f)", "7f", true},
	    {"x7f 7f", "7f", true},
	    {"deploy 7ff", "7f", false},
	    {"deploy a7f", "7f", false},
	    {"7F", "7f", false},
	    {"", "7f", false},
	    {"a-1-b", "-1-", true},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		tap_ok(dispatch_id_is_shown(rows[i].title, rows[i].id) ==
			   rows[i].is_shown,
		    "\"%s\" in \"%s\"", rows[i].id, rows[i].title);
	}
}

static void
test_make(void)
{
	char one[DISPATCH_ID_SIZE], other[DISPATCH_ID_SIZE];
	struct error e;

	error_clear(&e);
	tap_number(dispatch_id_make(one, &e), 0, "an id is made");
	tap_number(dispatch_id_make(other, &e), 0, "and another");
	tap_number((int64_t)strlen(one), DISPATCH_ID_DIGITS, "its length");
	tap_number((int64_t)strspn(one, "0123456789abcdef"), DISPATCH_ID_DIGITS,
	    "it is hexadecimal");
	tap_ok(strcmp(one, other) != 0, "they differ");
}

int
main(void)
{
	test_keys();
	test_read();
	test_shown();
	test_make();
	return tap_done();
}
