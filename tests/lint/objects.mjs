// objects.mjs - checks Kubernetes objects, also Argo's, and CircleCI's files.
// Standard input is a JSON array of {kind, document}; standard output gets one
// array of messages for each. A kind is that of a Kubernetes object or a part
// of one, or "CircleCI".
//
// The packages' validators know types and required members, but take members
// of any name. Those are looked up in the packages' declarations for
// TypeScript.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import circleci from "@circleci/circleci-config-parser";

const modules = fileURLToPath(new URL("node_modules", import.meta.url));
const KINDS = {
  Container: "kubernetes-models/v1/Container",
  CronJob: "kubernetes-models/batch/v1/CronJob",
  Job: "kubernetes-models/batch/v1/Job",
  Secret: "kubernetes-models/v1/Secret",
  WorkflowTemplate:
    "@kubernetes-models/argo-workflows/argoproj.io/v1alpha1/WorkflowTemplate",
};

// A declared type: {members: {name: type}}, {items: type}, or null for any. A
// name is looked up in scope, {file, imports}.
const declared = new Map();

function declarationOf(file) {
  if (!declared.has(file)) {
    const text = readFileSync(file, "utf8").replace(/\/\*.*?\*\//gs, "");
    const imports = {};
    for (const [, name, from] of text.matchAll(
      /^import \{ (\w+) \} from "(.*)";$/gm,
    )) {
      imports[name] = from.startsWith(".")
        ? join(dirname(file), from.replace(/\.js$/, ".d.ts"))
        : join(modules, `${from}.d.ts`);
    }
    const body = text.match(/^export interface \w+[^{]*(\{.*?^\})/ms);
    declared.set(file, body ? typeOf(body[1], imports) : null);
  }
  return declared.get(file);
}

// Where the type of a member ends: at the semicolon that is in no braces.
function endOfType(text, start) {
  let depth = 0;
  let i = start;
  for (; text[i] !== ";" || depth > 0; i++) {
    depth += (text[i] === "{") - (text[i] === "}");
  }
  return i;
}

function typeOf(text, imports) {
  const list = text.match(/^Array<(.*)>$/s);
  if (list) {
    return { items: typeOf(list[1], imports) };
  }
  if (/^\w+$/.test(text)) {
    return text in imports ? { file: imports[text] } : null;
  }
  if (!text.startsWith("{") || /^\{\s*\[key: string\]/.test(text)) {
    return null;
  }
  const members = { apiVersion: null, kind: null };
  const member = /"(\w+)"\??: /y;
  for (let i = text.indexOf('"'); i > 0; i = text.indexOf('"', i)) {
    member.lastIndex = i;
    const [, name] = member.exec(text);
    const end = endOfType(text, member.lastIndex);
    members[name] = typeOf(text.slice(member.lastIndex, end), imports);
    i = end;
  }
  return { members };
}

function findUnknown(value, type, path) {
  if (type?.file) {
    type = existsSync(type.file) ? declarationOf(type.file) : null;
  }
  if (type?.items && Array.isArray(value)) {
    return value.flatMap((item, i) =>
      findUnknown(item, type.items, `${path}/${i}`),
    );
  }
  if (!type?.members || value === null || typeof value !== "object") {
    return [];
  }
  return Object.entries(value).flatMap(([name, inner]) =>
    name in type.members
      ? findUnknown(inner, type.members[name], `${path}/${name}`)
      : [`${path}: no member ${name} is known`],
  );
}

async function checkObject(kind, document) {
  const from = KINDS[kind];
  if (!from) {
    return [`no schema for the kind ${kind}`];
  }
  const { [kind]: Model } = await import(from);
  const type = { file: `${join(modules, from)}.d.ts` };
  const messages = findUnknown(document, type, "");
  for (const key of ["apiVersion", "kind"]) {
    if (key in Model && document[key] !== Model[key]) {
      messages.push(`${key} is not ${Model[key]}`);
    }
  }
  try {
    new Model(document).validate();
  } catch (e) {
    messages.push(e.message);
  }
  return messages;
}

async function check({ kind, document }) {
  if (kind !== "CircleCI") {
    return checkObject(kind, document);
  }
  try {
    circleci.parseConfig(document);
    return [];
  } catch (e) {
    return [e.message];
  }
}

const documents = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(await Promise.all(documents.map(check))));
