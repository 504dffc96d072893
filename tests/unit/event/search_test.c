/* search_test.c - which runs are an event's: a row is a run and what is known
 * of the event. */
#include "event/search.h"

#include <string.h>

#include "base/array.h"
#include "tap.h"

#define SENT 1800000000
#define TYPE "repository_dispatch"

static const struct row {
	const char *name;
	const char *event, *title, *run_name, *actor;
	int64_t created; /* seconds after the event */
	const char *id;  /* of the event */
	enum search_fit fit;
} rows[] = {
    {"a title with the id", TYPE, "deploy 7f", "Deploy", "", 1, "7f",
	SEARCH_SHOWS},
    {"a name with the id", TYPE, "x", "deploy 7f", "", 1, "7f", SEARCH_SHOWS},
    {"the id within a word", TYPE, "deploy 7ff", "Deploy", "", 1, "7f",
	SEARCH_WEAK},
    {"another id", TYPE, "deploy 8a", "Deploy", "", 1, "7f", SEARCH_WEAK},
    {"the event type", TYPE, "deploy", "Deploy", "", 1, "7f", SEARCH_FITS},
    {"the event type before a blank", TYPE, "deploy ", "Deploy", "", 1, "",
	SEARCH_FITS},
    {"another event", "push", "deploy 7f", "Deploy", "", 1, "7f", SEARCH_NOT},
    {"a minute before", TYPE, "deploy", "Deploy", "", -60, "", SEARCH_FITS},
    {"more than a minute before", TYPE, "deploy 7f", "Deploy", "", -61, "7f",
	SEARCH_NOT},
    {"too late", TYPE, "deploy", "Deploy", "", 301, "", SEARCH_NOT},
    {"late with the id", TYPE, "deploy 7f", "Deploy", "", 3000, "7f",
	SEARCH_SHOWS},
    {"the sender", TYPE, "deploy", "Deploy", "Octocat", 1, "", SEARCH_FITS},
    {"another sender", TYPE, "deploy", "Deploy", "hubot", 1, "", SEARCH_NOT},
    {"another sender with the id", TYPE, "deploy 7f", "Deploy", "hubot", 1,
	"7f", SEARCH_SHOWS},
};

static void
test_rows(void)
{
	static struct run_listed listed;
	struct search search = {.event = TYPE,
	    .type = "deploy",
	    .since = SENT,
	    .until = SENT + 300,
	    .actor = "octocat"};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		memset(&listed, 0, sizeof(listed));
		strcpy(listed.event, rows[i].event);
		strcpy(listed.title, rows[i].title);
		strcpy(listed.name, rows[i].run_name);
		strcpy(listed.actor, rows[i].actor);
		listed.run.created = SENT + rows[i].created;
		search.id = rows[i].id;
		tap_number(search_judge(&search, &listed), rows[i].fit, "%s",
		    rows[i].name);
	}
}

static void
test_workflows(void)
{
	const struct span files[] = {
	    span_text("deploy.yml"), span_text(".github/workflows/b.yml")};
	static struct run one, two;

	strcpy(one.path, ".github/workflows/deploy.yml");
	strcpy(two.path, ".github/workflows/b.yml");
	tap_ok(search_is_named(files, 2, one.path), "a file's name");
	tap_ok(search_is_named(files, 2, two.path), "a file's path");
	tap_ok(!search_is_named(files, 2, ".github/workflows/redeploy.yml"),
	    "the end of a name");
	tap_ok(!search_has_all(files, 2, &one), "one of two has a run");
	one.next = &two;
	tap_ok(search_has_all(files, 2, &one), "both have a run");
	tap_ok(!search_has_all(files, 0, &one), "none is named");
}

int
main(void)
{
	test_rows();
	test_workflows();
	return tap_done();
}
