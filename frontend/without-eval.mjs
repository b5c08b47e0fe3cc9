// htmx can evaluate expressions written in attributes. Our pages never do (htmx.config.allowEval is false, and the
// content security policy forbids it), so the bundle does not even hold that code. A new version of htmx in which one
// of these places looks different stops the build.
import { readFile } from "node:fs/promises";

const PLACES = [
  ["return eval(str)", "return undefined"],
  ["return Function(conditionalSource)()", "return undefined"],
  ["func = new Function('event', code)", "func = function() {}"],
  ["return Function('event', 'return (' + str + ')').call(elt, event)", "return {}"],
  ["return Function('return (' + str + ')').call(elt)", "return {}"],
];

export const withoutEval = {
  name: "without-eval",
  setup(build) {
    build.onLoad({ filter: /htmx\.esm\.js$/ }, async ({ path }) => {
      let contents = await readFile(path, "utf8");
      for (const [place, instead] of PLACES) {
        if (contents.split(place).length !== 2) throw new Error(`htmx: expected exactly once: ${place}`);
        contents = contents.replace(place, instead);
      }
      return { contents, loader: "js" };
    });
    // lodash looks for the global object by evaluating a text, where there is no other way; there is one.
    build.onLoad({ filter: /lodash[\\/](lodash|_root)\.js$/ }, async ({ path }) => {
      const parts = (await readFile(path, "utf8")).split("Function('return this')()");
      if (parts.length !== 2) throw new Error("lodash: expected exactly once: Function('return this')()");
      return { contents: parts.join("globalThis"), loader: "js" };
    });
  },
};
