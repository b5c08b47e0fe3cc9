// FEEL for the server: bpmn.io's feelin, as in the browser, behind functions that speak JSON.
// It runs in a bare V8 isolate: no DOM, no timers, no modules.
import { evaluate, parseExpression, unaryTest } from "@bpmn-io/feelin";
import { Settings } from "luxon";

// now() and today() mean the clock on the wall of the office, wherever the server stands.
Settings.defaultZone = "Asia/Ho_Chi_Minh";

/** `{value, warnings: [text]}`, or `{error}` when the expression cannot be read or evaluated. */
function run(expression, contextJson) {
  try {
    const { value, warnings } = evaluate(expression, JSON.parse(contextJson));
    const plain = value === undefined || typeof value === "function" ? null : value;
    return JSON.stringify({ value: plain, warnings: warnings.map((warning) => warning.message) });
  } catch (error) {
    return JSON.stringify({ error: String(error && error.message ? error.message : error) });
  }
}

/** `{names: [...]}`, the variables it reads; or `{error, from, to}`, the place where it cannot be read. */
function check(expression) {
  const names = new Set();
  let error = null;
  try {
    parseExpression(expression, {}, undefined).iterate({
      enter({ type, from, to }) {
        if (type.isError && error === null) error = { from, to };
        const isMember = /\.\s*$/.test(expression.slice(0, from));
        if (type.name === "VariableName" && !isMember) names.add(expression.slice(from, to));
      },
    });
  } catch (problem) {
    return JSON.stringify({ error: String(problem), from: 0, to: expression.length });
  }
  if (error === null) return JSON.stringify({ names: [...names] });
  return JSON.stringify({ error: "syntax", ...error });
}

/** `{value}` as form-js finds out whether to hide something: a unary test over nothing, true where the expression is nothing. */
function test(expression, contextJson) {
  try {
    return JSON.stringify({ value: unaryTest(expression, JSON.parse(contextJson)).value === true });
  } catch (error) {
    return JSON.stringify({ error: String(error && error.message ? error.message : error) });
  }
}

/** `{found}`, whether a pattern of a form finds something in a text, by the regular expressions of browsers; or `{error}`. */
function matches(pattern, text) {
  try {
    return JSON.stringify({ found: new RegExp(pattern).test(text) });
  } catch (error) {
    return JSON.stringify({ error: String(error && error.message ? error.message : error) });
  }
}

globalThis.feel = { run, test, check, matches };
