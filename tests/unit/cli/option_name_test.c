/* option_name_test.c - names found, mistyped and made. */
#include "cli/option_name.h"

#include <string.h>

#include "base/array.h"
#include "tap.h"

static const struct {
	const char *name;
	enum option nearest;
} mistyped[] = {
    {"evnt-type", OPTION_EVENT_TYPE},
    {"event", OPTION_EVENT_TYPE},
    {"repository", OPTION_REPO},
    {"target", OPTION_TARGETS},
    {"time-out", OPTION_TIMEOUT},
    {"jsn", OPTION_JSON},
    {"json-fields", OPTION_FIELD},
    {"data", OPTION_PAYLOAD},
    {"cacert", OPTION_CA_FILE},
    {"zebra", OPTION_COUNT},
    {"zzzzzzzzz", OPTION_COUNT},
    {"", OPTION_COUNT},
    {"a-name-that-is-longer-than-any-option-may-be", OPTION_COUNT},
};

static const struct {
	enum option option;
	const char *variable;
} variables[] = {
    {OPTION_EVENT_TYPE, "DISPATCH_EVENT_TYPE"},
    {OPTION_REPO, "DISPATCH_REPO"},
    {OPTION_INSTALLATION_ID, "DISPATCH_INSTALLATION_ID"},
};

int
main(void)
{
	char text[OPTION_VARIABLE_SIZE];
	const char *name;
	struct buffer b;
	size_t i;

	for (i = 0; i < OPTION_COUNT; i++) {
		name = option_table[i].name;
		tap_ok(option_by_name(name, strlen(name)) == i, "--%s", name);
		tap_ok(option_by_name(name, strlen(name) - 1) != i,
		    "--%s is not found by its beginning", name);
		buffer_init(&b, text, sizeof(text));
		option_write_variable(&b, (enum option)i);
		tap_ok(!b.overflowed, "%s fits", text);
	}
	tap_number(option_by_letter('e'), OPTION_EVENT_TYPE, "a letter");
	tap_number(option_by_letter('F'), OPTION_FIELD, "a capital letter");
	tap_number(option_by_letter('z'), OPTION_COUNT, "no option's letter");
	for (i = 0; i < COUNT(mistyped); i++) {
		name = mistyped[i].name;
		tap_ok(
		    option_nearest(name, strlen(name)) == mistyped[i].nearest,
		    "near to \"%s\"", name);
	}
	for (i = 0; i < COUNT(variables); i++) {
		buffer_init(&b, text, sizeof(text));
		option_write_variable(&b, variables[i].option);
		tap_ok(strcmp(text, variables[i].variable) == 0, "%s", text);
	}
	buffer_init(&b, text, sizeof(text));
	option_write_alias(&b, OPTION_TOKEN);
	tap_ok(strcmp(text, "GH_PAT") == 0, "the strongest alias");
	return tap_done();
}
