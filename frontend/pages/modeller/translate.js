// The diagram library's words in Vietnamese. What the dictionary lacks stays English and is noted for the tests.
import { WORDS } from "./vi.js";

export function translate(template, replacements = {}) {
  const found = WORDS[template];
  if (found === undefined && /[A-Za-z]{2}/.test(template)) {
    window.motcuaUntranslated ??= new Set();
    window.motcuaUntranslated.add(template);
  }
  return (found ?? template).replace(/\{([^}]+)\}/gu, (_, key) => replacements[key] ?? `{${key}}`);
}

export const translateModule = { translate: ["value", translate] };
