/* query_test.c - members found in one pass, wherever they are, and whether the
 * text is JSON; items of an array, each with its members. */
#include "json/query.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/span.h"
#include "tap.h"

static const struct {
	const char *text, *path;
	enum json_event kind;
	int result;
	enum json_event found;
	const char *value;
} rows[] = {
    {"{\"message\":\"x\"}", "message", JSON_STRING, 0, JSON_STRING, "x"},
    {"{\"m\\u0065ssage\":\"\\u0078\"}", "message", JSON_STRING, 0, JSON_STRING,
	"x"},
    {"{\"a\":{\"message\":1},\"message\":2}", "message", JSON_NUMBER, 0,
	JSON_NUMBER, "2"},
    {"{\"a\":[[1,2],{\"b\":\"c\"}]}", "a[1].b", JSON_STRING, 0, JSON_STRING,
	"c"},
    {"{\"a\":[[1,2.50],{\"b\":true}]}", "a[0][1]", JSON_NUMBER, 0, JSON_NUMBER,
	"2.50"},
    {"{\"a\":[[1,2],{\"b\":{\"c\":-1}}]}", "a[1].b.c", JSON_NUMBER, 0,
	JSON_NUMBER, "-1"},
    {"{\"errors\":[{\"code\":\"c\"}]}", "errors[0].code", JSON_STRING, 0,
	JSON_STRING, "c"},
    /* Absent. */
    {"{}", "a", JSON_STRING, 0, JSON_END, ""},
    {"{\"a\":1}", "b", JSON_STRING, 0, JSON_END, ""},
    {"{\"a\":1}", "a.b", JSON_STRING, 0, JSON_END, ""},
    {"{\"a\":{\"b\":1}}", "b", JSON_NUMBER, 0, JSON_END, ""},
    {"{\"a\":{},\"b\":1}", "a.b", JSON_NUMBER, 0, JSON_END, ""},
    {"{\"errors\":[]}", "errors[0].code", JSON_STRING, 0, JSON_END, ""},
    {"{\"errors\":{}}", "errors[0]", JSON_STRING, 0, JSON_END, ""},
    {"{\"errors\":{\"\":\"x\"}}", "errors[0]", JSON_STRING, 0, JSON_END, ""},
    {"{\"a\":[1]}", "a[1]", JSON_NUMBER, 0, JSON_END, ""},
    {"{\"a\":[[[7]],8]}", "a[1]", JSON_NUMBER, 0, JSON_NUMBER, "8"},
    /* Of another kind. */
    {"{\"a\":1}", "a", JSON_STRING, 0, JSON_NUMBER, ""},
    {"{\"a\":\"1\"}", "a", JSON_NUMBER, 0, JSON_STRING, ""},
    {"{\"a\":null}", "a", JSON_STRING, 0, JSON_NULL, ""},
    {"{\"a\":{\"a\":\"x\"}}", "a", JSON_STRING, 0, JSON_OBJECT_BEGIN, ""},
    {"{\"a\":[\"x\"]}", "a", JSON_STRING, 0, JSON_ARRAY_BEGIN, ""},
    /* Twice: the first counts. */
    {"{\"a\":\"x\",\"a\":\"y\"}", "a", JSON_STRING, 0, JSON_STRING, "x"},
    {"{\"a\":1,\"a\":\"y\"}", "a", JSON_STRING, 0, JSON_NUMBER, ""},
    {"{\"a\":[],\"a\":[\"y\"]}", "a[0]", JSON_STRING, 0, JSON_END, ""},
    {"{\"a\":7,\"a\":[\"y\"]}", "a[0]", JSON_STRING, 0, JSON_END, ""},
    /* Cut. */
    {"{\"a\":\"123456789012345678\"}", "a", JSON_STRING, 0, JSON_STRING,
	"123456789012345"},
    {"{\"a\":\"12345678901234\xe2\x82\xac\"}", "a", JSON_STRING, 0, JSON_STRING,
	"12345678901234"},
    {"{\"a\":123456789012345678}", "a", JSON_NUMBER, 0, JSON_NUMBER, ""},
    /* Not one JSON object; nothing that was found before counts. */
    {"{\"a\":\"x\"}x", "a", JSON_STRING, -1, JSON_END, ""},
    {"{\"a\":\"x\",}", "a", JSON_STRING, -1, JSON_END, ""},
    {"{\"a\":\"x\"", "a", JSON_STRING, -1, JSON_END, ""},
    {"{\"a\":\"x\",\"b\":[{]}}", "a", JSON_STRING, -1, JSON_END, ""},
    {"{\"a\"", "a", JSON_STRING, -1, JSON_END, ""},
    {"{\"a\":", "a", JSON_STRING, -1, JSON_END, ""},
    {"[\"x\"]", "a", JSON_STRING, -1, JSON_END, ""},
    {"\"x\"", "a", JSON_STRING, -1, JSON_END, ""},
    {"<html>", "a", JSON_STRING, -1, JSON_END, ""},
    {"", "a", JSON_STRING, -1, JSON_END, ""},
};

static void
test_rows(void)
{
	struct json_member m;
	char text[16], name[128];
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		m = (struct json_member){.path = rows[i].path,
		    .kind = rows[i].kind,
		    .text = text,
		    .size = sizeof(text)};
		memset(text, '?', sizeof(text));
		(void)snprintf(
		    name, sizeof(name), "%s in %s", rows[i].path, rows[i].text);
		tap_number(json_read_members(span_text(rows[i].text), &m, 1),
		    rows[i].result, "%s: the result", name);
		tap_number(m.found, rows[i].found, "%s: what is found", name);
		tap_number(
		    m.length, strlen(rows[i].value), "%s: the length", name);
		tap_text(text, rows[i].value, "%s: the value", name);
	}
}

/* What GitHub says with a 422, and all of it that we ask for. */
static void
test_table(void)
{
	static const char body[] =
	    "{\"message\":\"Validation Failed\",\"errors\":[{\"resource\":"
	    "\"Release\",\"field\":\"tag\",\"code\":\"custom\",\"other\":[[[]]]"
	    ","
	    "\"message\":\"no \\\"x\\\"\"},\"second\"],\"documentation_url\":"
	    "\"https://docs.github.com/rest\",\"status\":\"422\",\"id\":17}";
	char message[64], first[64], error[64], field[64], code[64], url[64],
	    id[24], name[24];
	struct json_member members[] = {
	    JSON_STRING_AT("message", message),
	    JSON_STRING_AT("errors[0]", first),
	    JSON_STRING_AT("errors[0].message", error),
	    JSON_STRING_AT("errors[0].field", field),
	    JSON_STRING_AT("errors[0].code", code),
	    JSON_STRING_AT("documentation_url", url),
	    JSON_NUMBER_AT("id", id),
	    JSON_STRING_AT("id", name),
	};

	tap_ok(json_read_members(span_text(body), members, COUNT(members)) == 0,
	    "an object with many members");
	tap_ok(strcmp(message, "Validation Failed") == 0, "message");
	tap_number(
	    members[1].found, JSON_OBJECT_BEGIN, "errors[0] is an object");
	tap_text(first, "", "an object has no text");
	tap_ok(strcmp(error, "no \"x\"") == 0, "errors[0].message");
	tap_ok(strcmp(field, "tag") == 0, "errors[0].field");
	tap_ok(strcmp(code, "custom") == 0, "errors[0].code");
	tap_ok(strcmp(url, "https://docs.github.com/rest") == 0, "the URL");
	tap_ok(strcmp(id, "17") == 0, "a number as it is written");
	tap_number(members[7].found, JSON_NUMBER,
	    "the same path as a string is a number");
	tap_text(name, "", "a number has no text as a string");
	tap_ok(!members[0].is_cut, "nothing is cut");
}

static void
test_nul(void)
{
	char text[8];
	struct json_member m = JSON_STRING_AT("a", text);

	tap_ok(
	    json_read_members(span_text("{\"a\":\"x\\u0000y\"}"), &m, 1) == 0,
	    "a string with a NUL is read");
	tap_number(m.length, 3, "a NUL within a string shows in its length");
	tap_ok(memcmp(text, "x\0y", 4) == 0, "a NUL within a string is kept");
	tap_ok(json_read_members(span_text("{\"a\":\"12345678\"}"), &m, 1) == 0,
	    "a string that does not fit is read");
	tap_ok(m.is_cut, "a string that does not fit is marked");
	tap_text(text, "1234567", "a string that does not fit is cut");
}

static const struct {
	const char *text;
	const char *ids; /* each with a "," after it */
	int end;
} arrays[] = {
    {"{\"runs\":[]}", "", 0},
    {"{\"runs\":[{\"id\":1}]}", "1,", 0},
    {"{\"n\":2,\"runs\":[{\"id\":1},{\"id\":2}],\"more\":{}}", "1,2,", 0},
    {"{\"runs\":[{\"x\":[{\"id\":9}],\"id\":1},{},{\"id\":3}]}", "1,,3,", 0},
    {"{\"x\":{\"runs\":[{\"id\":9}]},\"runs\":[{\"id\":1}]}", "1,", 0},
    {"{\"runs\":[{\"id\":1}],\"runs\":[{\"id\":2}]}", "1,", 0},
    {"{\"runs\":[{\"id\":1},2]}", "1,", -1},
    {"{\"runs\":[{\"id\":1},[]]}", "1,", -1},
    {"{\"runs\":[{\"id\":1}]", "1,", -1},
    {"{\"runs\":[{\"id\":1}],\"x\":}", "1,", -1},
    {"{\"runs\":[{\"id\":1}]} x", "1,", -1},
    {"{\"runs\":[{\"id\":1},]}", "1,", -1},
    {"{\"runs\":[{\"id\":1", "", -1},
    {"{\"runs\":{\"id\":1}}", "", -1},
    {"{\"runs\":1,\"runs\":[]}", "", -1},
    {"{\"x\":[]}", "", -1},
    {"{\"x\":tru", "", -1},
    {"{}", "", -1},
    {"[{\"id\":1}]", "", -1},
    {"", "", -1},
};

static void
test_items(void)
{
	char id[24], ids[256];
	struct json_member m = JSON_NUMBER_AT("id", id);
	struct json_items items;
	size_t i, used;
	int more;

	for (i = 0; i < COUNT(arrays); i++) {
		used = 0;
		ids[0] = '\0';
		json_items_open(&items, span_text(arrays[i].text), "runs");
		while ((more = json_items_next(&items, &m, 1)) > 0) {
			used += (size_t)snprintf(
			    ids + used, sizeof(ids) - used, "%s,", id);
		}
		tap_number(more, arrays[i].end, "items of %s: the end",
		    arrays[i].text);
		tap_text(ids, arrays[i].ids, "items of %s: their numbers",
		    arrays[i].text);
		tap_text(id, "", "items of %s: no number after the end",
		    arrays[i].text);
		tap_ok(json_items_next(&items, &m, 1) < 0,
		    "items of %s: no item after the end", arrays[i].text);
	}
}

int
main(void)
{
	test_rows();
	test_table();
	test_nul();
	test_items();
	return tap_done();
}
