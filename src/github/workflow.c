/* workflow.c - the text loses the folder that all workflows are in; what is
 * left must look like the name of a workflow's file, or be a number. */
#include "github/workflow.h"

#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/buffer.h"
#include "base/text.h"
#include "base/url.h"
#include "base/utf8.h"
#include "base/value.h"

static bool
is_utf8(struct span text)
{
	uint32_t point;
	size_t i, length;

	for (i = 0; i < text.length; i += length) {
		length = utf8_decode(text.bytes + i, text.length - i, &point);
		if (length == 0)
			return false;
	}
	return true;
}

static bool
ends_with(struct span text, const char *ending)
{
	size_t length = strlen(ending);

	return text.length > length &&
	       span_equal(span_of(text.bytes + text.length - length, length),
		   span_text(ending));
}

/* Whether this names a file in the folder of workflows. GitHub reads those
 * with these endings only (its docs, "Workflow syntax for GitHub Actions"). */
static bool
is_file(struct span text)
{
	return is_utf8(text) && text_find_control(text) == text.length &&
	       memchr(text.bytes, '/', text.length) == NULL &&
	       (ends_with(text, ".yml") || ends_with(text, ".yaml"));
}

static bool
is_id(struct span text)
{
	uint64_t ignored;

	return ascii_decimal(
		   span_chars(text), text.length, UINT64_MAX, &ignored) == 0;
}

int
workflow_set(struct workflow *workflow, struct span text, struct error *e)
{
	static const char folder[] = ".github/workflows/";
	const size_t length = sizeof(folder) - 1;
	char segment[WORKFLOW_SEGMENT_SIZE];
	struct value shown;
	struct buffer b;

	if (text.length > length && memcmp(text.bytes, folder, length) == 0)
		text = span_of(text.bytes + length, text.length - length);
	if (!is_id(text) && !is_file(text)) {
		error_set(e, ERROR_USAGE,
		    "\"%s\" is neither the file name of a workflow, such as "
		    "deploy.yml, nor an id",
		    value_show(&shown, text));
		return error_hint(e,
		    "a workflow is named by its file in .github/workflows, "
		    "not by the name that GitHub shows");
	}
	buffer_init(&b, segment, sizeof(segment));
	url_encode(&b, text);
	if (b.overflowed ||
	    span_copy(text, workflow->name, sizeof(workflow->name)) < 0) {
		return error_set(
		    e, ERROR_USAGE, "the name of the workflow is too long");
	}
	buffer_init(&b, workflow->part, sizeof(workflow->part));
	buffer_format(&b, "/actions/workflows/%s/dispatches", segment);
	return 0;
}

int
workflow_check_ref(const char *ref, struct error *e)
{
	/* Each is in no ref, and one that a user may write: HEAD~1, OWNER:x. */
	static const char *const refused[] = {
	    " ", "~", "^", ":", "?", "*", "[", "\\", "..", "@{", "//"};
	const struct span text = span_text(ref);
	struct value shown;
	size_t i;

	if (text.length == 0)
		return error_set(e, ERROR_USAGE, "the ref is empty");
	if (!is_utf8(text) || text_find_control(text) < text.length) {
		return error_set(e, ERROR_USAGE,
		    "the ref has a control character, or is not UTF-8");
	}
	for (i = 0; i < COUNT(refused); i++) {
		if (strstr(ref, refused[i]) != NULL) {
			error_set(e, ERROR_USAGE,
			    "\"%s\" is not a ref: the name of a branch or a "
			    "tag cannot contain \"%s\"",
			    value_show(&shown, text), refused[i]);
			return -1;
		}
	}
	return 0;
}
