// documents.mjs - checks documents against a JSON Schema. Standard input is
// {schema, documents}; standard output gets one array of messages for each
// document, and an error of the schema itself ends the process.
import { readFileSync } from "node:fs";
import Ajv from "ajv";
import addFormats from "ajv-formats";

const { schema, documents } = JSON.parse(readFileSync(0, "utf8"));
const ajv = new Ajv({ strict: true, allErrors: true, allowUnionTypes: true });
addFormats(ajv);
const check = ajv.compile(schema);
const messages = documents.map((document) =>
  check(document)
    ? []
    : check.errors.map((e) => `${e.instancePath}: ${e.message}`),
);
process.stdout.write(JSON.stringify(messages));
