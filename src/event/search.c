/* search.c - the facts are checked in turn; the title decides last. */
#include "event/search.h"

#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/text.h"
#include "event/dispatch_id.h"

/* Whether a path ends with this file, as a whole, or is this id. */
static bool
is_file(struct span file, const char *path)
{
	size_t length = strlen(path), before;

	if (file.length == 0 || file.length > length)
		return false;
	before = length - file.length;
	return memcmp(path + before, file.bytes, file.length) == 0 &&
	       (before == 0 || path[before - 1] == '/');
}

/* Whether a run is on a ref, with or without what git puts before its name. */
static bool
is_on(const struct run_listed *listed, const char *ref)
{
	static const char *const folders[] = {"refs/heads/", "refs/tags/"};
	size_t i, length;

	for (i = 0; i < COUNT(folders); i++) {
		length = strlen(folders[i]);
		if (strncmp(ref, folders[i], length) == 0) {
			ref += length;
			break;
		}
	}
	return strcmp(listed->branch, ref) == 0;
}

bool
search_is_named(const struct span *workflows, size_t count, const char *path)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (is_file(workflows[i], path))
			return true;
	}
	return false;
}

bool
search_has_all(
    const struct span *workflows, size_t count, const struct run *runs)
{
	const struct run *run;
	size_t i;

	for (i = 0; i < count; i++) {
		for (run = runs; run != NULL; run = run->next) {
			if (is_file(workflows[i], run->path) ||
			    is_file(workflows[i], run->workflow_id))
				break;
		}
		if (run == NULL)
			return false;
	}
	return count > 0;
}

/* A run that was started again has two of them. One that is not known is
 * nobody else. */
static bool
is_actor(const char *actor, const struct run_listed *listed)
{
	return actor[0] == '\0' || listed->actor[0] == '\0' ||
	       ascii_equal_nocase(
		   actor, listed->actor, strlen(listed->actor)) ||
	       ascii_equal_nocase(
		   actor, listed->rerunner, strlen(listed->rerunner));
}

bool
search_shows(const char *id, const struct run_listed *listed)
{
	return id[0] != '\0' && (dispatch_id_is_shown(listed->title, id) ||
				    dispatch_id_is_shown(listed->name, id));
}

enum search_fit
search_judge(const struct search *search, const struct run_listed *listed)
{
	const struct run *run = &listed->run;

	if (strcmp(listed->event, search->event) != 0 ||
	    run->created < search->since - SEARCH_SLACK)
		return SEARCH_NOT;
	if (search->workflow_count > 0 &&
	    !search_is_named(
		search->workflows, search->workflow_count, run->path) &&
	    !search_is_named(
		search->workflows, search->workflow_count, run->workflow_id))
		return SEARCH_NOT;
	if (search->ref != NULL && !is_on(listed, search->ref))
		return SEARCH_NOT;
	if (search_shows(search->id, listed))
		return SEARCH_SHOWS;
	if (run->created > search->until || !is_actor(search->actor, listed))
		return SEARCH_NOT;
	return search->type == NULL || span_equal(span_text(search->type),
					   text_trim(span_text(listed->title)))
		   ? SEARCH_FITS
		   : SEARCH_WEAK;
}
