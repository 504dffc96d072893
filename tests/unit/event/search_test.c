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

/* Rows that differ in one fact from a run that fits. */
static void
test_facts(void)
{
	static const struct {
		const char *name, *ref, *branch, *workflow, *actor, *rerunner;
		enum search_fit fit;
	} facts[] = {
	    {"no ref is asked for", NULL, "dev", NULL, "", "", SEARCH_FITS},
	    {"the branch", "main", "main", NULL, "", "", SEARCH_FITS},
	    {"refs/heads/", "refs/heads/main", "main", NULL, "", "",
		SEARCH_FITS},
	    {"refs/tags/", "refs/tags/v1", "v1", NULL, "", "", SEARCH_FITS},
	    {"another branch", "main", "dev", NULL, "", "", SEARCH_NOT},
	    {"refs/heads/ of another", "refs/heads/main", "dev", NULL, "", "",
		SEARCH_NOT},
	    {"its workflow's file", NULL, "", "a.yml", "", "", SEARCH_FITS},
	    {"its workflow's id", NULL, "", "77", "", "", SEARCH_FITS},
	    {"another workflow", NULL, "", "b.yml", "", "", SEARCH_NOT},
	    {"another workflow's id", NULL, "", "7", "", "", SEARCH_NOT},
	    {"a workflow without a name", NULL, "", "", "", "", SEARCH_NOT},
	    {"the sender started it again", NULL, "", NULL, "hubot", "Octocat",
		SEARCH_FITS},
	    {"others did both", NULL, "", NULL, "hubot", "mona", SEARCH_NOT},
	};
	static struct run_listed listed;
	struct search search = {.event = TYPE,
	    .type = "deploy",
	    .id = "",
	    .since = SENT,
	    .until = SENT + 300,
	    .actor = "octocat"};
	struct span workflow;
	size_t i;

	for (i = 0; i < COUNT(facts); i++) {
		memset(&listed, 0, sizeof(listed));
		strcpy(listed.event, TYPE);
		strcpy(listed.title, "deploy");
		strcpy(listed.branch, facts[i].branch);
		strcpy(listed.actor, facts[i].actor);
		strcpy(listed.rerunner, facts[i].rerunner);
		strcpy(listed.run.path, ".github/workflows/a.yml");
		strcpy(listed.run.workflow_id, "77");
		listed.run.created = SENT;
		search.ref = facts[i].ref;
		search.workflow_count = facts[i].workflow != NULL;
		if (facts[i].workflow != NULL)
			workflow = span_text(facts[i].workflow);
		search.workflows = &workflow;
		tap_number(search_judge(&search, &listed), facts[i].fit, "%s",
		    facts[i].name);
	}
}

static void
test_workflows(void)
{
	const struct span files[] = {
	    span_text("deploy.yml"), span_text(".github/workflows/b.yml")};
	const struct span id = span_text("77");
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
	strcpy(two.path, "");
	strcpy(two.workflow_id, "77");
	tap_ok(search_has_all(&id, 1, &one), "one that is named by its id");
}

int
main(void)
{
	test_rows();
	test_facts();
	test_workflows();
	return tap_done();
}
