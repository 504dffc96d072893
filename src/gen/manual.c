/* manual.c - the tables' Markdown becomes mdoc: a word in back ticks becomes a
 * line with a macro, everything else is text. */
#include "gen/manual.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "base/buffer.h"
#include "base/span.h"
#include "cli/option_name.h"
#include "cli/option_table.h"
#include "gen/describe.h"
#include "gen/status.h"

#define LINE_WIDTH 72
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* Prints a text in which nothing is a request of roff. */
static void
print_literal(struct span text)
{
	size_t i;

	for (i = 0; i < text.length; i++) {
		if (text.bytes[i] == '\\')
			fputs("\\e", stdout);
		else if (text.bytes[i] == '"')
			fputs("\\(dq", stdout);
		else
			putchar(text.bytes[i]);
	}
}

static bool
consists_of(struct span text, const char *accepted)
{
	size_t i;

	for (i = 0; i < text.length; i++) {
		if (strchr(accepted, text.bytes[i]) == NULL)
			return false;
	}
	return text.length > 0;
}

/* An option's name, and what may follow it. */
static void
print_flag(struct span code)
{
	size_t length = 1;

	while (length < code.length && code.bytes[length] != ' ')
		length++;
	fputs("Fl ", stdout);
	print_literal(span_of(code.bytes + 1, length - 1));
	if (length < code.length) {
		fputs(" Ar ", stdout);
		length++;
		print_literal(
		    span_of(code.bytes + length, code.length - length));
	}
}

/* Prints the macro of a text in back ticks. A variable's name has an underscore
 * or is in lower case as well; a placeholder's has neither. */
static void
print_code(struct span code)
{
	if (code.length > 2 && memcmp(code.bytes, "--", 2) == 0) {
		print_flag(code);
	} else if (consists_of(code, UPPER "_") && !consists_of(code, UPPER)) {
		fputs("Ev ", stdout);
		print_literal(code);
	} else if (consists_of(code, UPPER "/")) {
		fputs("Ar ", stdout);
		print_literal(code);
	} else {
		fputs("Ql \"", stdout);
		print_literal(code);
		putchar('"');
	}
}

/* Where a text in Markdown is printed. */
struct page {
	size_t column; /* 0: at the start of a line */
};

static void
end_line(struct page *page)
{
	if (page->column > 0)
		putchar('\n');
	page->column = 0;
}

static void
print_word(struct page *page, struct span word)
{
	if (page->column + 1 + word.length > LINE_WIDTH)
		end_line(page);
	if (page->column > 0) {
		putchar(' ');
		page->column++;
	} else if (strchr(".'", word.bytes[0]) != NULL) {
		fputs("\\&", stdout);
	}
	print_literal(word);
	page->column += word.length;
}

/* Prints a line with a macro for what stands between two marks, which are "`"
 * or
 * "**", and the punctuation that follows them.
 *
 * Returns what follows all that. */
static const char *
print_marked(struct page *page, const char *text)
{
	const char *mark = *text == '`' ? "`" : "**";
	const char *code = text + strlen(mark), *end = strstr(code, mark);
	struct span inside = span_of(code, (size_t)(end - code));

	end_line(page);
	putchar('.');
	if (*mark == '`') {
		print_code(inside);
	} else {
		fputs("Sy ", stdout);
		print_literal(inside);
	}
	for (text = end + strlen(mark); *text != '\0' && *text != ' '; text++)
		printf(" %c", *text);
	putchar('\n');
	return text;
}

static bool
is_mark(const char *text)
{
	return *text == '`' || strncmp(text, "**", 2) == 0;
}

/* Prints a text in Markdown as a sentence: it begins with a capital, unless
 * that is a mark, and ends with a full stop. */
static void
print_sentence(const char *text)
{
	struct page page = {0};
	char sentence[1024];
	struct buffer b;
	size_t length;

	buffer_init(&b, sentence, sizeof(sentence));
	buffer_byte(&b, (char)ascii_upper((unsigned char)text[0]));
	buffer_format(&b, "%s.", text + 1);
	for (text = sentence; *text != '\0'; text += strspn(text, " ")) {
		if (is_mark(text)) {
			text = print_marked(&page, text);
			continue;
		}
		length = strcspn(text, " ");
		print_word(&page, span_of(text, length));
		text += length;
	}
	end_line(&page);
}

static void
print_names(const struct option_row *row)
{
	fputs(".It", stdout);
	if (row->letter != 0) {
		printf(" Fl %c", row->letter);
		if (row->argument != NULL)
			printf(" Ar %s", row->argument);
		fputs(" ,", stdout);
	}
	printf(" Fl -%s", row->name);
	if (row->argument != NULL)
		printf(" Ar %s", row->argument);
	putchar('\n');
}

static void
print_default(const struct option_row *row)
{
	char text[256];
	struct buffer b;

	if (row->required != NULL) {
		print_sentence(row->required);
	} else if (row->default_text != NULL || row->default_value != NULL) {
		buffer_init(&b, text, sizeof(text));
		buffer_text(&b, "default: ");
		describe_default(&b, row);
		print_sentence(text);
	}
}

void
manual_print_options(void)
{
	char text[1024];
	struct buffer b;
	size_t i;

	for (i = 0; i < OPTION_COUNT; i++) {
		print_names(&option_table[i]);
		buffer_init(&b, text, sizeof(text));
		describe_meaning(&b, &option_table[i]);
		print_sentence(text);
		print_default(&option_table[i]);
	}
}

void
manual_print_aliases(void)
{
	const char *alias;
	size_t i, length;

	for (i = 0; i < OPTION_COUNT; i++) {
		alias = option_table[i].aliases;
		if (alias == NULL)
			continue;
		fputs(".It", stdout);
		for (; *alias != '\0'; alias += strspn(alias, " ")) {
			length = strcspn(alias, " ");
			printf(" Ev %.*s", (int)length, alias);
			alias += length;
			fputs(*alias != '\0' ? " ," : "\n", stdout);
		}
		printf("For\n.Fl -%s .\n", option_table[i].name);
	}
}

void
manual_print_statuses(void)
{
	char text[64];
	struct buffer b;
	size_t i;

	for (i = 0; i < STATUS_COUNT; i++) {
		printf(".It %zu\n", i);
		print_sentence(status_table[i].meaning);
		buffer_init(&b, text, sizeof(text));
		buffer_format(&b, "delivered: %s", status_table[i].delivered);
		print_sentence(text);
	}
}
