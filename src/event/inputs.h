/* inputs.h - the inputs of a workflow_dispatch, from a payload and its fields.
 *
 * An input is text: what the receiving workflow calls a boolean, a number or a
 * choice is written as text, too ("gh workflow run" sends strings only). A
 * number or a truth value becomes the text it is written as; what has no such
 * text is refused. */
#ifndef INPUTS_H
#define INPUTS_H

#include "base/buffer.h"
#include "base/error.h"
#include "event/tree.h"

/* GitHub's limits (its docs, "Workflow syntax for GitHub Actions",
 * on.workflow_dispatch.inputs, read 2026-11): "The maximum number of top-level
 * properties for inputs is 25. The maximum payload for inputs is 65,535
 * characters." Those of the JSON count. Servers before 2025-12 take 10 (GitHub
 * Enterprise Server 3.19, its OpenAPI description). GitHub says of more:
 * "inputs are too large.", with a 422. */
#define INPUTS_MAX 25
#define INPUTS_SIZE_MAX 65535 /* characters */

/* Appends the members of the outermost object, each value as a string.
 *
 * Returns 0, or -1 with an ERROR_PAYLOAD that names the first member which is
 * an object, an array or null. */
int inputs_write(const struct tree *tree, struct buffer *b, struct error *e)
    __attribute__((warn_unused_result));

#endif
