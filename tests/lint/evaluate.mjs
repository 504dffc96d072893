// evaluate.mjs - GitHub's own engine of expressions, a line of JSON for each
// question: {text, contexts} for a text with ${{ }} in it, or {text, contexts,
// condition: true, failed} for an if:. The answer is {value} or {error}.
import { createInterface } from "node:readline";
import { Evaluator, Lexer, Parser, data } from "@actions/expressions";

// What an if: may ask about the job so far, which the engine leaves to the
// runner (docs.github.com, Expressions, Status check functions).
function statusFunctions(failed) {
  const told = { always: true, success: !failed, failure: failed };
  return Object.entries(told).map(([name, value]) => ({
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

// Without a status function, a condition is also one that nothing failed.
function holds({ text, contexts, failed }) {
  const bare = text.trim().replace(/^\$\{\{(.*)\}\}$/s, "$1");
  const functions = statusFunctions(failed);
  const asks = /\b(always|success|failure)\(\)/.test(bare);
  const whole = asks ? bare : `success() && (${bare || "true"})`;
  return evaluate(whole, contexts, functions).coerceString() === "true";
}

// What an expression gives is not looked at again.
function fill({ text, contexts }) {
  return text.replace(/\$\{\{(.*?)\}\}/gs, (_, expression) =>
    evaluate(expression, contexts, []).coerceString(),
  );
}

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line);
  let answer;
  try {
    answer = { value: question.condition ? holds(question) : fill(question) };
  } catch (e) {
    answer = { error: `${question.text}: ${e.message}` };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
