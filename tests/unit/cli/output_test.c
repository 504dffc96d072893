/* output_test.c - what reaches the descriptor: foreign text and JSON made
 * harmless, across the edges of buffers and pieces, too. */
#include "cli/output.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "tap.h"

static const struct {
	const char *json, *result;
} documents[] = {
    {"{\"a\": [1.0, null]}", "{\"a\": [1.0, null]}"},
    {"\"::error::\"", "\":\\u003aerror:\\u003a\""},
    {"\"##[x]\"", "\"#\\u0023[x]\""},
    {"\"\xc3\xa9\"", "\"\\u00e9\""},
    {"\"\xf0\x9f\x98\x80\"", "\"\\ud83d\\ude00\""},
    {"\"\xff\xc3\"", "\"\\ufffd\\ufffd\""},
    {"\"\xed\xa0\x80\"", "\"\\ufffd\\ufffd\\ufffd\""},
    {"\"\x7f\"", "\"\\u007f\""},
};

static const struct {
	const char *text, *result;
} strings[] = {
    {"", "\"\""},
    {"a\"b\\c", "\"a\\u0022b\\u005cc\""},
    {"\n\x1b[2J", "\"\\u000a\\u001b[2J\""},
    {"\"\"", "\"\\u0022\\u0022\""},
    {NULL, "null"},
};

/* What was written to the file, as text. */
static const char *
written(struct output *output, FILE *file)
{
	static char text[32768];
	size_t length;

	output_flush(output);
	rewind(file);
	length = fread(text, 1, sizeof(text) - 1, file);
	text[length] = '\0';
	return text;
}

static void
test_json(void)
{
	struct output output;
	FILE *file;
	size_t i;

	for (i = 0; i < COUNT(documents); i++) {
		file = tmpfile();
		output = (struct output){.fd = fileno(file)};
		output_json_text(&output, documents[i].json);
		tap_ok(strcmp(written(&output, file), documents[i].result) == 0,
		    "JSON: %s", documents[i].result);
		fclose(file);
	}
	for (i = 0; i < COUNT(strings); i++) {
		file = tmpfile();
		output = (struct output){.fd = fileno(file)};
		output_json_string(&output, strings[i].text);
		tap_ok(strcmp(written(&output, file), strings[i].result) == 0,
		    "a string: %s", strings[i].result);
		fclose(file);
	}
}

/* "::" at each place around the end of a piece. */
static void
test_shown(void)
{
	char text[128];
	struct output output;
	const char *shown;
	FILE *file;
	size_t i;

	for (i = 40; i < 60; i++) {
		memset(text, 'x', sizeof(text));
		memcpy(text + i, "::", 2);
		file = tmpfile();
		output = (struct output){.fd = fileno(file)};
		output_shown(&output, text, sizeof(text));
		shown = written(&output, file);
		tap_ok(strstr(shown, "::") == NULL,
		    "a command at %zu is broken", i);
		tap_part(shown, ":\\x3ax", "a command at %zu: its escape", i);
		fclose(file);
	}
}

static void
test_large(void)
{
	char text[100];
	struct output output;
	FILE *file = tmpfile();
	size_t i;

	memset(text, 'y', sizeof(text));
	output = (struct output){.fd = fileno(file)};
	for (i = 0; i < 100; i++)
		output_bytes(&output, text, sizeof(text));
	output_number(&output, 18446744073709551615U);
	tap_ok(strlen(written(&output, file)) == 10020,
	    "more than the buffer holds");
	fclose(file);
}

static void
test_failure(void)
{
	struct output output = {.fd = -1};
	struct error e;

	error_clear(&e);
	output_text(&output, "x");
	output_finish(&output, &e);
	tap_number(e.kind, ERROR_LOCAL, "a failure: the kind");
	tap_ok(strncmp(e.line, "cannot write to standard output: ", 33) == 0,
	    "a failure: %s", e.line);
}

int
main(void)
{
	test_json();
	test_shown();
	test_large();
	test_failure();
	return tap_done();
}
