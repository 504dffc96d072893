/* workflow_test.c - which workflows and refs are accepted, and the path. */
#include "github/workflow.h"

#include <string.h>

#include "base/array.h"
#include "base/error.h"
#include "base/span.h"
#include "tap.h"

#define PART(name) "/actions/workflows/" name "/dispatches"
#define A_50 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void
test_names(void)
{
	static const struct {
		const char *text;
		const char *name; /* NULL: it is refused */
		const char *part; /* or a part of the error */
	} rows[] = {
	    {"deploy.yml", "deploy.yml", PART("deploy.yml")},
	    {"a.yaml", "a.yaml", PART("a.yaml")},
	    {"161335", "161335", PART("161335")},
	    {".github/workflows/x.yml", "x.yml", PART("x.yml")},
	    {"my deploy+1 (a)%.yml", "my deploy+1 (a)%.yml",
		PART("my%20deploy%2B1%20%28a%29%25.yml")},
	    {"\xc3\xbc.yml", "\xc3\xbc.yml", PART("%C3%BC.yml")},
	    {"a?b#c.yml", "a?b#c.yml", PART("a%3Fb%23c.yml")},
	    {"..yml", "..yml", PART("..yml")},
	    {A_50 A_50 A_50 A_50 A_50 "a.yml", A_50 A_50 A_50 A_50 A_50 "a.yml",
		NULL},
	    {"", NULL, "\"\" is neither"},
	    {"Deploy", NULL, "\"Deploy\" is neither the file name"},
	    {"deploy", NULL, "nor an id"},
	    {".yml", NULL, "is neither"},
	    {"deploy.yml/x", NULL, "is neither"},
	    {"../x.yml", NULL, "is neither"},
	    {".github/workflows/../../x.yml", NULL, "is neither"},
	    {"x/deploy.yml", NULL, "is neither"},
	    {"/deploy.yml", NULL, "is neither"},
	    {"-7", NULL, "is neither"},
	    {"7.5", NULL, "is neither"},
	    {"99999999999999999999", NULL, "is neither"},
	    {"a\r\nb.yml", NULL, "is neither"},
	    {"a\xff.yml", NULL, "is neither"},
	    {"deploy.YML", NULL, "is neither"},
	    {A_50 A_50 A_50 A_50 A_50 "aa.yml", NULL, "too long"},
	    {"                                                                "
	     "                      .yml",
		NULL, "too long"},
	};
	struct workflow workflow;
	struct error e;
	int result;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		error_clear(&e);
		result = workflow_set(&workflow, span_text(rows[i].text), &e);
		if (rows[i].name == NULL) {
			tap_number(result, -1, "row %zu is refused", i);
			tap_number(e.kind, ERROR_USAGE, "row %zu: the kind", i);
			tap_part(e.line, rows[i].part, "row %zu: %s", i,
			    rows[i].part);
			continue;
		}
		tap_number(result, 0, "row %zu is accepted", i);
		tap_text(workflow.name, rows[i].name, "row %zu: the name", i);
		if (rows[i].part != NULL)
			tap_text(workflow.part, rows[i].part, "row %zu: %s", i,
			    rows[i].part);
	}
}

static void
test_refs(void)
{
	static const struct {
		const char *ref;
		const char *line; /* a part of the error, or NULL */
	} rows[] = {
	    {"main", NULL},
	    {"refs/heads/main", NULL},
	    {"refs/tags/v1.0", NULL},
	    {"feature/\"quoted\"-#1", NULL},
	    {"\xc3\xbc", NULL},
	    {"8a7c2f10", NULL},
	    {"", "the ref is empty"},
	    {"HEAD~1", "cannot contain \"~\""},
	    {"HEAD^", "\"^\""},
	    {"octo:main", "\":\""},
	    {"main..x", "\"..\""},
	    {"main@{1}", "\"@{\""},
	    {"a b", "\" \""},
	    {"refs/heads/*", "\"*\""},
	    {"a?", "\"?\""},
	    {"a[1]", "\"[\""},
	    {"a\\b", "\"\\\""},
	    {"a//b", "\"//\""},
	    {"a\nb", "control character"},
	    {"a\x7f", "control character"},
	    {"\xff", "not UTF-8"},
	};
	struct error e;
	int result;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		error_clear(&e);
		result = workflow_check_ref(rows[i].ref, &e);
		tap_number(result, rows[i].line == NULL ? 0 : -1,
		    "row %zu: the result", i);
		if (rows[i].line == NULL)
			continue;
		tap_number(e.kind, ERROR_USAGE, "row %zu: the kind", i);
		tap_part(e.line, rows[i].line, "row %zu: %s", i, rows[i].line);
	}
}

int
main(void)
{
	test_names();
	test_refs();
	return tap_done();
}
