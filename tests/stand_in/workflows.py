"""workflows.py - what GitHub says of a workflow_dispatch that it refuses.

The name of the workflow's file selects it: missing…, untriggered…, disabled…,
requires… (which requires the input "version"), strict… (which defines the
inputs "version" and "count" and no other). Any other file takes all inputs but
"dispatch_id" and those whose names begin with "unknown".

Facts: GitHub's REST docs, "Create a workflow dispatch event"; the messages are
those in public reports (src/github/response.c names some)."""

import json

STRICT = {"version", "count"}


def refusal(file, document):
    """GitHub's message, for a 422, or None. The ref was found."""
    inputs = document.get("inputs", {})
    if file.startswith("disabled"):
        return "Cannot trigger a 'workflow_dispatch' on a disabled workflow"
    if file.startswith("untriggered"):
        return "Workflow does not have 'workflow_dispatch' trigger"
    if len(inputs) > 25:
        return ("Invalid request.\n\nNo more than 25 properties are allowed; "
                f"{len(inputs)} were supplied.")
    if not all(isinstance(value, str) for value in inputs.values()):
        return "Invalid request.\n\nInvalid input."
    if len(json.dumps(inputs, ensure_ascii=False,
                      separators=(",", ":"))) > 65535:
        return "inputs are too large."
    unknown = [name for name in inputs
               if name == "dispatch_id" or name.startswith("unknown") or
               file.startswith("strict") and name not in STRICT]
    if unknown:
        return f"Unexpected inputs provided: {json.dumps(unknown)}"
    if file.startswith("requires") and "version" not in inputs:
        return "Required input 'version' not provided"
    return None
