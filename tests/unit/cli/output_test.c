/* output_test.c - what reaches the descriptor: foreign text and JSON made
 * harmless and without secrets, across the edges of buffers and pieces, too,
 * and words of ours as they are. */
#include "cli/output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/secrets.h"
#include "base/span.h"
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
		output_json(
		    &output, documents[i].json, strlen(documents[i].json));
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
		output_shown(&output, text, sizeof(text));
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
	output_frame(&output, "x");
	output_finish(&output, &e);
	tap_number(e.kind, ERROR_LOCAL, "a failure: the kind");
	tap_ok(strncmp(e.line, "cannot write to standard output: ", 33) == 0,
	    "a failure: %s", e.line);
}

#define TOKEN "ghp_Wq7Zr2Lx9Vb4Kd1Tm8Ny"

static void
put_json(struct output *output, const char *text)
{
	output_json(output, text, strlen(text));
}

/* In each form, with secrets of which some are a piece of it. */
static const struct {
	void (*put)(struct output *output, const char *text);
	const char *text, *result;
} forms[] = {
    {output_frame, "\",\"error\":\"" TOKEN, "\",\"error\":\"" TOKEN},
    {output_plain, "a\n" TOKEN "%", "a\n[hidden]%"},
    {output_shown_text, "\x01 ::" TOKEN "\n", "\\x01 :\\x3a[hidden]\\n"},
    {output_command, "100% of " TOKEN "%41", "100%25 of [hidden]%2541"},
    {output_markdown, "a|" TOKEN "_b", "a&#124;[hidden]&#95;b"},
    {output_markdown, "p\xc3\xa4\xc3\x9fwort, \xc3\xa4",
	"[hidden], &#92;xc3&#92;xa4"},
    {output_json_string, "a " TOKEN "\"", "\"a [hidden]\\u0022\""},
    {output_json_string, "x\",\"error\":\"x", "\"x[hidden]x\""},
    {output_json_string, "p\xc3\xa4\xc3\x9fwort", "\"[hidden]\""},
    {output_json_string, ":" TOKEN ":", "\":[hidden]:\""},
    {output_json_string, "12345678", "\"[hidden]\""},
    {put_json, "{\"error\":\"error\",\"error\":\"\"}",
	"{\"error\":\"error\",\"error\":\"\"}"},
    {put_json, "{\"a\":\"" TOKEN "\",\"b\":12345678}",
	"{\"a\":\"[hidden]\",\"b\":12345678}"},
    {put_json, "{\"" TOKEN "\":[12345678,\"12345678\"]}",
	"{\"[hidden]\":[12345678,\"[hidden]\"]}"},
    {put_json, "[\"x\\\",\\\"error\\\":\\\"x\"]", "[\"x[hidden]x\"]"},
    {put_json, "[\"\\u0067hp_Wq7Zr\\\\\",\"\"]", "[\"[hidden]\\\\\",\"\"]"},
    {put_json, "[\"=b-ackspace\\\\\\b-ackspace\"]", "[\"=[hidden]\"]"},
    {put_json, "[\"=k3v9QwX\\\\\"]", "[\"=[hidden]\"]"},
    {put_json, "[\"p\\u00e4\xc3\x9fwort\xc3\xa4\"]", "[\"[hidden]\\u00e4\"]"},
    {put_json, "[\"none", "[\"none"},
};

static void
test_secrets(void)
{
	struct output output;
	FILE *file;
	size_t i;

	secrets_add(span_text(TOKEN), SECRETS_LASTING);
	secrets_add(span_text("\",\"error\":\""), SECRETS_LASTING);
	secrets_add(span_text("p\xc3\xa4\xc3\x9fwort"), SECRETS_LASTING);
	secrets_add(span_text("b-ackspace"), SECRETS_LASTING);
	secrets_add(span_text("k3v9QwX\\"), SECRETS_LASTING);
	secrets_add(span_text("12345678"), SECRETS_LASTING);
	for (i = 0; i < COUNT(forms); i++) {
		file = tmpfile();
		output = (struct output){.fd = fileno(file)};
		forms[i].put(&output, forms[i].text);
		tap_text(written(&output, file), forms[i].result,
		    "with secrets: %s", forms[i].text);
		fclose(file);
	}
}

/* Secrets one after the other, over more than a buffer, at each place. */
static void
test_rows(void)
{
	static const char other[] = "Rs5Tu8Vw3Xy6Za";
	char text[8192], wanted[64];
	struct output output;
	size_t before, length, bad = 0;
	FILE *file;

	secrets_add(span_text(other), SECRETS_RECENT);
	memset(text, '.', sizeof(text));
	for (before = 0; before < 40; before++) {
		length = before;
		while (length + sizeof(other) < sizeof(text)) {
			memcpy(text + length, other, sizeof(other) - 1);
			length += sizeof(other) - 1;
		}
		file = tmpfile();
		output = (struct output){.fd = fileno(file)};
		output_shown(&output, text, length);
		(void)snprintf(wanted, sizeof(wanted), "%.*s%s", (int)before,
		    "........................................", "[hidden]");
		bad += strcmp(written(&output, file), wanted) != 0;
		memset(text, '.', sizeof(text));
		fclose(file);
	}
	tap_number(bad, 0, "a long row of secrets is hidden whole");
}

/* Without room for a secret all text is hidden, and no form is broken. */
static void
test_full(void)
{
	static const char wanted[] =
	    "{\"[hidden]\":[\"[hidden]\",1,\"\",null]}\"[hidden]\" | 7";
	static char many[40000];
	struct output output;
	FILE *file = tmpfile();
	size_t i;

	srand(7);
	for (i = 0; i < sizeof(many); i++)
		many[i] = (char)('A' + rand() % 26);
	secrets_add(span_of(many, sizeof(many)), SECRETS_LASTING);
	output = (struct output){.fd = fileno(file)};
	put_json(&output, "{\"a\":[\"b\\u0022\",1,\"\",null]}");
	output_json_string(&output, "a");
	output_frame(&output, " | ");
	output_number(&output, 7);
	tap_text(written(&output, file), wanted, "no room for a secret");
	fclose(file);
	secrets_wipe();
}

int
main(void)
{
	test_json();
	test_shown();
	test_large();
	test_failure();
	test_secrets();
	test_rows();
	test_full();
	return tap_done();
}
