/* field_test.c - arguments and variables taken apart: kinds, keys, values,
 * places, and what is refused. Each field is shown as KIND KEY=VALUE, with "-"
 * for a value that is absent. */
#include "event/field.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "base/error.h"
#include "tap.h"

static const struct field_origin raw = {"--raw-field", false, NULL},
				 typed = {"--field", true, NULL},
				 variable = {"DISPATCH_FIELD", true, NULL};
static struct field_list list;

static const char *
look_up(const char *name, const char **why)
{
	if (strcmp(name, "SHA") == 0)
		return "a=\n";
	if (strcmp(name, "EMPTY") == 0)
		return "";
	*why = "is not there";
	return NULL;
}

static const struct field_origin env = {"--env-field", false, look_up};

static const char *
show(const struct field_list *fields)
{
	static const char *const kinds[] = {"raw", "typed", "json"};
	static char shown[512];
	struct buffer b;
	size_t i;

	buffer_init(&b, shown, sizeof(shown));
	for (i = 0; i < fields->count; i++) {
		const struct field *f = &fields->fields[i];

		buffer_format(&b, "%s%s ", i > 0 ? "|" : "", kinds[f->kind]);
		buffer_append(&b, f->key.bytes, f->key.length);
		buffer_byte(&b, '=');
		if (f->value.bytes == NULL)
			buffer_byte(&b, '-');
		buffer_append(&b, f->value.bytes, f->value.length);
	}
	return shown;
}

static const struct {
	const struct field_origin *origin;
	const char *text, *result; /* the field, or the error's line */
} arguments[] = {
    {&raw, "a=b", "raw a=b"},
    {&raw, "a=b=c", "raw a=b=c"},
    {&raw, "a=", "raw a="},
    {&raw, "a:=1", "raw a:=1"},
    {&raw, "a<<b=1", "raw a<<b=1"},
    {&raw, "a[b][]=1", "raw a[b][]=1"},
    {&typed, "a=b", "typed a=b"},
    {&typed, "a:=b", "json a=b"},
    {&typed, "a::=b", "json a:=b"},
    {&typed, "a[]", "typed a[]=-"},
    {&env, "a=SHA", "raw a=a=\n"},
    {&env, "a[b][]=EMPTY", "raw a[b][]="},
    {&env, "a:=SHA", "raw a:=a=\n"},
    {&env, "a=NONE", "--env-field 1 (a): the variable \"NONE\" is not there"},
    {&env, "a=", "--env-field 1 (a): no variable after =; write KEY=VARIABLE"},
    {&env, "a=$SHA", "--env-field 1 (a): the variable \"$SHA\" is not there"},
    {&env, "a",
	"--env-field 1 (a): the name of a variable is missing; write "
	"KEY=VARIABLE"},
    {&env, "a[]",
	"--env-field 1 (a[]): the name of a variable is missing; write "
	"KEY=VARIABLE"},
    {&env, "=SHA", "--env-field 1 (): the key is empty"},
    {&raw, "a", "--raw-field 1 (a): there is no value; write KEY=VALUE"},
    {&typed, "a:", "--field 1 (a:): there is no value; write KEY=VALUE"},
    {&raw, "", "--raw-field 1 (): the key is empty"},
    {&raw, "=v", "--raw-field 1 (): the key is empty"},
    {&typed, ":=v", "--field 1 (): the key is empty"},
};

static void
test_arguments(void)
{
	const char *result;
	struct error e;
	size_t i;

	for (i = 0; i < COUNT(arguments); i++) {
		list.count = 0;
		error_clear(&e);
		result = field_add(&list, arguments[i].origin,
			     arguments[i].text, &e) == 0
			     ? show(&list)
			     : e.line;
		tap_ok(strcmp(result, arguments[i].result) == 0, "%s: %s",
		    arguments[i].text, result);
		tap_ok(e.kind == ERROR_NONE || e.kind == ERROR_USAGE,
		    "a usage error, if any, row %zu", i);
	}
}

static const struct {
	const char *text, *result;
} variables[] = {
    {"", ""},
    {"\n\r\n", ""},
    {"a=1", "typed a=1"},
    {"a=1\nb:=2\n", "typed a=1|json b=2"},
    {"a=1\r\nb[]\r\n", "typed a=1|typed b[]=-"},
    {"a=x\r", "typed a=x"},
    {"a=x\r\r", "typed a=x\r"},
    {"a=1\r\nb[]\r", "typed a=1|typed b[]=-"},
    {"a=b<<c", "typed a=b<<c"},
    {"a<b=c", "typed a<b=c"},
    {"a<<E\n1\n2\nE\nb=3", "typed a=1\n2|typed b=3"},
    {"a:<<E\n[1]\nE", "json a=[1]"},
    {"a<<E\nE", "typed a="},
    {"a<<E\n\nE", "typed a="},
    {"a<<E\nx\r\nE", "typed a=x\r"},
    {"a<<E\r\nx\r\ny\r\nE\r\n", "typed a=x\r\ny"},
    {"a=1\n\nb",
	"line 3 of DISPATCH_FIELD (b): there is no value; write KEY=VALUE"},
    {"a<<\nx", "line 1 of DISPATCH_FIELD (a): there is no delimiter after <<"},
    {"x<<E\n1\nE\na<<E\nx",
	"line 4 of DISPATCH_FIELD (a): the value does not end in a line that "
	"is the delimiter"},
    {"=1", "line 1 of DISPATCH_FIELD (): the key is empty"},
};

static void
test_variables(void)
{
	const char *result;
	struct error e;
	size_t i;

	for (i = 0; i < COUNT(variables); i++) {
		list.count = 0;
		error_clear(&e);
		result = field_add_lines(
			     &list, &variable, variables[i].text, &e) == 0
			     ? show(&list)
			     : e.line;
		tap_text(result, variables[i].result, "variable %zu", i);
	}
}

static void
test_places(void)
{
	char place[FIELD_PLACE_SIZE], key[300];
	struct error e;
	int result;

	list.count = 0;
	error_clear(&e);
	result = field_add(&list, &raw, "a=1", &e);
	result |= field_add(&list, &typed, "a=1", &e);
	result |= field_add(&list, &raw, "a=1", &e);
	result |= field_add_lines(&list, &variable, "\nx<<E\n\nE\n\ny=1", &e);
	tap_number(result, 0, "five fields are added");
	tap_number(list.count, 5, "five fields are in the list");
	field_place(&list.fields[1], place);
	tap_ok(strcmp(place, "--field 1") == 0, "options count apart");
	field_place(&list.fields[2], place);
	tap_ok(strcmp(place, "--raw-field 2") == 0, "from 1");
	field_place(&list.fields[3], place);
	tap_ok(strcmp(place, "line 2 of DISPATCH_FIELD") == 0,
	    "the first line of several");
	field_place(&list.fields[4], place);
	tap_ok(strcmp(place, "line 6 of DISPATCH_FIELD") == 0,
	    "lines after several");
	memset(key, 'k', sizeof(key) - 1);
	key[sizeof(key) - 1] = '\0';
	tap_ok(field_add(&list, &raw, key, &e) < 0,
	    "a long key without a value is refused");
	tap_ok(strlen(e.line) < 200, "a long key is cut in a message");
}

static void
test_count(void)
{
	struct error e;
	size_t i;
	int result = 0;

	list.count = 0;
	error_clear(&e);
	for (i = 0; i < FIELD_MAX; i++)
		result |= field_add(&list, &raw, "a[]=1", &e);
	tap_ok(result == 0, "as many fields as there may be");
	tap_ok(field_add(&list, &raw, "a[]=1", &e) < 0,
	    "one field more is refused");
	tap_text(e.line, "more than 1024 fields", "one field more: the line");
}

int
main(void)
{
	test_arguments();
	test_variables();
	test_places();
	test_count();
	return tap_done();
}
