// openapi.mjs - checks requests and responses against the part of GitHub's
// OpenAPI description that openapi.py keeps. Standard input is {description,
// exchanges: [{method, path, query, body, status, response}]}; standard output
// gets one array of messages for each exchange. A body or a response that was
// not sent is null.
import { readFileSync } from "node:fs";
import Ajv from "ajv";
import addFormats from "ajv-formats";

const { description, exchanges } = JSON.parse(readFileSync(0, "utf8"));
const options = { strict: false, allErrors: true, inlineRefs: false };
const strict = new Ajv(options);
addFormats(strict);
// Parameters of GitHub's have formats that their own text contradicts.
const loose = new Ajv({ ...options, validateFormats: false, coerceTypes: true });
for (const ajv of [strict, loose]) {
  ajv.addSchema({ $id: "api", components: description.components });
}

const compiled = new Map();

function validate(ajv, where, schema, value) {
  if (!compiled.has(schema)) {
    // References within a part are to the description.
    const text = JSON.stringify(schema).replaceAll('"#/', '"api#/');
    compiled.set(schema, ajv.compile(JSON.parse(text)));
  }
  const check = compiled.get(schema);
  return check(value)
    ? []
    : check.errors.map((e) => `${where}${e.instancePath}: ${e.message}`);
}

function resolve(object) {
  return object.$ref
    ? object.$ref
        .slice(2)
        .split("/")
        .reduce((part, key) => part[key], description)
    : object;
}

function findOperation(method, path) {
  for (const [template, methods] of Object.entries(description.paths)) {
    const pattern = template.replace(/\{\w+\}/g, "[^/]+");
    const operation = methods[method.toLowerCase()];
    if (operation && new RegExp(`^${pattern}$`).test(path)) {
      return operation;
    }
  }
  return null;
}

function checkQuery(operation, query) {
  const known = new Map(
    (operation.parameters ?? [])
      .map(resolve)
      .filter((parameter) => parameter.in === "query")
      .map((parameter) => [parameter.name, parameter]),
  );
  return Object.entries(query).flatMap(([name, value]) =>
    known.has(name)
      ? validate(loose, `query ${name}`, known.get(name).schema, value)
      : [`query: no parameter ${name} is known`],
  );
}

// GitHub refuses members of a body that it does not know.
function checkBody(operation, body) {
  const schema = operation.requestBody
    ? resolve(operation.requestBody).content["application/json"].schema
    : null;
  if (body === null || !schema) {
    return body === null ? [] : ["body: none is expected"];
  }
  const unknown = Object.keys(body).filter((k) => !(k in schema.properties));
  return [
    ...unknown.map((name) => `body: no member ${name} is known`),
    ...validate(strict, "body", schema, body),
  ];
}

function checkResponse(operation, status, response) {
  const known = operation.responses[status];
  if (status > 299) {
    return [];
  }
  const schema = known && resolve(known).content?.["application/json"]?.schema;
  if (!schema) {
    return known && response === null
      ? []
      : [`response: ${status} is not expected, or has a body`];
  }
  return validate(strict, "response", schema, response);
}

function check({ method, path, query, body, status, response }) {
  const operation = findOperation(method, path);
  if (!operation) {
    return ["no such operation"];
  }
  return [
    ...checkQuery(operation, query),
    ...checkBody(operation, body),
    ...(status === null ? [] : checkResponse(operation, status, response)),
  ];
}

process.stdout.write(JSON.stringify(exchanges.map(check)));
