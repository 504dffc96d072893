/* workflow.h - which workflow a workflow_dispatch starts, and on which ref.
 * The workflow becomes part of a path, so it is checked and escaped here.
 *
 * Facts: GitHub's REST docs, "Create a workflow dispatch event", and GitHub's
 * OpenAPI description (github/rest-api-description, operation
 * actions/create-workflow-dispatch, read 2026-11): the workflow is "the ID of
 * the workflow", or "the workflow file name as a string"; ref is "the git
 * reference for the workflow", "a branch or tag name". */
#ifndef WORKFLOW_H
#define WORKFLOW_H

#include "base/error.h"
#include "base/span.h"

#define WORKFLOW_NAME_SIZE 256    /* a file's name has at most 255 bytes */
#define WORKFLOW_SEGMENT_SIZE 256 /* escaped it may not be longer either */
#define WORKFLOW_PART_SIZE (WORKFLOW_SEGMENT_SIZE + 64)

struct workflow {
	char name[WORKFLOW_NAME_SIZE]; /* for people */
	/* Where its event is sent, after the path of the repository:
	 * "/actions/workflows/NAME/dispatches". */
	char part[WORKFLOW_PART_SIZE];
	const char *ref; /* whoever set it keeps it */
};

/* Sets the workflow: the name of its file, NAME.yml or NAME.yaml, with or
 * without ".github/workflows/" before it, or its id, a number.
 *
 * Returns 0, or -1 with an ERROR_USAGE. */
int workflow_set(struct workflow *workflow, struct span text, struct error *e)
    __attribute__((warn_unused_result));

/* Checks that a ref can be the name of a branch or of a tag, with or without
 * "refs/heads/" or "refs/tags/": it is valid UTF-8, and has none of the
 * characters that git refuses (git-check-ref-format(1)).
 *
 * Returns 0, or -1 with an ERROR_USAGE. */
int workflow_check_ref(const char *ref, struct error *e)
    __attribute__((warn_unused_result));

#endif
