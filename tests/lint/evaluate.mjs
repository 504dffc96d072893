// evaluate.mjs - GitHub's own engine of expressions. It reads requests, one line
// of JSON each: {text, contexts} for a text with ${{ }} in it, or {text, contexts,
// condition: true, failed} for an if:. The response is {value} or {error}.
import { createInterface } from "node:readline";
import { Evaluator, Lexer, Parser, data } from "@actions/expressions";

// What an if: may ask about the job so far, which the engine leaves to the
// runner (docs.github.com, Expressions, Status check functions).
function statusFunctions(failed) {
  const values = { always: true, success: !failed, failure: failed };
  return Object.entries(values).map(([name, value]) => ({
    name,
    minArgs: 0,
    maxArgs: 0,
    call: () => new data.BooleanData(value),
  }));
}

function evaluate(expression, contexts, functions) {
  const dictionary = JSON.parse(JSON.stringify(contexts), data.reviver);
  const { tokens } = new Lexer(expression).lex();
  const tree = new Parser(tokens, Object.keys(contexts), functions).parse();
  const known = new Map(functions.map((f) => [f.name, f]));
  return new Evaluator(tree, dictionary, known).evaluate();
}

// A condition without a status function also requires that nothing has failed.
function holds({ text, contexts, failed }) {
  const bare = text.trim().replace(/^\$\{\{(.*)\}\}$/s, "$1");
  const functions = statusFunctions(failed);
  const asks = /\b(always|success|failure)\(\)/.test(bare);
  const whole = asks ? bare : `success() && (${bare || "true"})`;
  return evaluate(whole, contexts, functions).coerceString() === "true";
}

// The result of an expression is not evaluated again.
function fill({ text, contexts }) {
  return text.replace(/\$\{\{(.*?)\}\}/gs, (_, expression) =>
    evaluate(expression, contexts, []).coerceString(),
  );
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  let response;
  try {
    response = { value: request.condition ? holds(request) : fill(request) };
  } catch (e) {
    response = { error: `${request.text}: ${e.message}` };
  }
  process.stdout.write(`${JSON.stringify(response)}\n`);
}
