/* tree_test.c - payloads opened and written, fields put in their place, and
 * what is refused. Fields are KEY=JSON, separated by "|"; KEY without a value
 * adds an empty array. */
#include "event/tree.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/span.h"
#include "tap.h"

static const struct field_origin origin = {"field", true, NULL};
static struct tree tree;
static struct field fields[8];

static const struct {
	const char *payload, *fields;
	const char *result; /* what is written, or the error's line */
} rows[] = {
    {"{}", "", "{}"},
    {" { \"a\" : [ 1 , { } ] , \"b\":\"\" }\n", "",
	"{\"a\":[1,{}],\"b\":\"\"}"},
    {"{\"a\":{\"b\":1,\"b\":2}}", "", "{\"a\":{\"b\":1,\"b\":2}}"},
    {"{\"a\":[\" \\\" \",\t\"\\\\\" , \"\\\\\\\" ]\" ]\r\n,\"b\": 1 }", "",
	"{\"a\":[\" \\\" \",\"\\\\\",\"\\\\\\\" ]\"],\"b\":1}"},
    {"", "", "p:1:1: not JSON: expected a value, but there is nothing"},
    {"[1]", "", "p: not a JSON object such as {\"key\": \"value\"}"},
    {"[1", "", "p:1:3: not JSON: expected a comma or ]"},
    {"{\"a\":1", "", "p:1:7: not JSON: expected a comma or }"},
    {"{\"a\":[1}", "", "p:1:8: not JSON: expected a comma or ]"},
    {"{\"a\":{\"b\" 1}}", "",
	"p:1:11: not JSON: expected a colon after the "
	"key"},
    {"{} {}", "", "p:1:4: not JSON: expected nothing after the value"},
    {"{\"a\":1,\n\"\\u0061\":2}", "",
	"the key \"\\u0061\" is given twice: p:1:2 and p:2:1"},
    {"{}", "a=1", "{\"a\":1}"},
    {"{\"a\":{}}", "a[b]=1|a[c]=2", "{\"a\":{\"b\":1,\"c\":2}}"},
    {"{}", "a[b][c]=1|a[b][d]=2", "{\"a\":{\"b\":{\"c\":1,\"d\":2}}}"},
    {"{}", "a[]|a[]=1|a[]=2", "{\"a\":[1,2]}"},
    {"{\"a\":[0]}", "a[]=1", "{\"a\":[0,1]}"},
    {"{}", "a[][b]=1|a[][c]=2|a[][b]=3",
	"{\"a\":[{\"b\":1,\"c\":2},{\"b\":3}]}"},
    {"{\"a\":[{\"b\":[0]}]}", "a[][b][]=1", "{\"a\":[{\"b\":[0,1]}]}"},
    {"{}", "a={\"b\" : 1}|a[c]=2", "{\"a\":{\"b\":1,\"c\":2}}"},
    {"{\"a\":1}", "a=2", "the key \"a\" is given twice: p:1:2 and field 1"},
    {"{}", "a=1|a=2", "the key \"a\" is given twice: field 1 and field 2"},
    {"{\"a\":1}", "a[b]=2",
	"field 1 (a[b]): \"a\" is already a number, set at "
	"p:1:2"},
    {"{}", "a=\"x\"|a[b]=2",
	"field 2 (a[b]): \"a\" is already a string, set by field 1"},
    {"{\"x\":0, \"a\":true}", "a[]=2",
	"field 1 (a[]): \"a\" is already true, set at p:1:9"},
    {"{\"a\":null}", "a[]=2",
	"field 1 (a[]): \"a\" is already null, set at "
	"p:1:2"},
    {"{\"a\":false}", "a[][b]=2",
	"field 1 (a[][b]): \"a\" is already false, "
	"set at p:1:2"},
    {"{\"a\":[]}", "a[b]=2",
	"field 1 (a[b]): \"a\" is already an array, set "
	"at p:1:2"},
    {"{}", "a[b]=1|a[]=2",
	"field 2 (a[]): \"a\" is already an object, set by "
	"field 1"},
    {"{}", "a[][]=1",
	"field 1 (a[][]): an array cannot be put into an array; set the outer "
	"one with KEY:=JSON"},
    {"{}", "a]=1", "field 1 (a]): there is a ] without a ["},
    {"{}", "a[b=1", "field 1 (a[b): there is a [ without a ]"},
    {"{}", "a[b]c=1", "field 1 (a[b]c): there is text after a ]"},
    {"{}", "a[[b]]=1", "field 1 (a[[b]]): there is a [ inside brackets"},
    {"{}", "[b]=1", "field 1 ([b]): the key is empty"},
    {"{}", "a\xff=1", "field 1 (a\xff): the key is not UTF-8 at offset 1"},
};

/* Adds KEY=JSON, the number-th field. */
static int
add(const char *text, size_t number, struct error *e)
{
	size_t length = strcspn(text, "=|"), end = strcspn(text, "|");

	fields[number] = (struct field){.kind = FIELD_JSON,
	    .key = span_of(text, length),
	    .origin = &origin,
	    .number = (unsigned)number + 1};
	return tree_add(&tree, &fields[number],
	    text[length] == '=' ? span_of(text + length + 1, end - length - 1)
				: span_of(NULL, 0),
	    e);
}

static void
test_row(size_t row)
{
	char keys_storage[64], written[128];
	const char *text = rows[row].fields;
	struct buffer keys, b;
	struct error e;
	size_t number = 0;
	int result;

	error_clear(&e);
	buffer_init(&keys, keys_storage, sizeof(keys_storage));
	buffer_init(&b, written, sizeof(written));
	result = tree_open(&tree, "p", span_text(rows[row].payload), &keys, &e);
	while (result == 0 && *text != '\0') {
		result = add(text, number++, &e);
		text += strcspn(text, "|");
		text += *text == '|';
	}
	if (result == 0)
		tree_write(&tree, &b);
	tap_text(result == 0 ? written : e.line, rows[row].result, "%s with %s",
	    rows[row].payload, rows[row].fields);
}

static void
test_counts(void)
{
	struct field deep = {.key = span_text("a[b][][c]")};
	struct buffer keys;
	struct error e;
	char storage[8];

	error_clear(&e);
	buffer_init(&keys, storage, sizeof(storage));
	tap_ok(tree_open(&tree, "p", span_text("{\"a\":[1,2],\"b\":{\"c\":3}}"),
		   &keys, &e) == 0,
	    "a payload with nested members is opened");
	tap_number(tree_count(&tree), 2, "only the outermost members count");
	tap_number(tree_levels(&deep), 4, "levels around a value");
	tap_ok(add("long_key=1", 0, &e) < 0, "no room for a key");
	tap_number(e.kind, ERROR_PAYLOAD, "no room for a key: the kind");
	tap_text(e.line, "the fields take more than 7 bytes",
	    "no room for a key: the line");
}

int
main(void)
{
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		test_row(i);
	test_counts();
	return tap_done();
}
