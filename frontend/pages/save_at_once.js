// A form with data-save-at-once is sent as soon as something in it is chosen; without a script it has its button.
import { onContent } from "./htmx.js";

onContent((root) => {
  for (const form of root.querySelectorAll("form[data-save-at-once]")) {
    for (const button of form.querySelectorAll("[type=submit]")) button.hidden = true;
  }
});

document.addEventListener("change", ({ target }) => {
  const form = target.closest?.("form[data-save-at-once]");
  if (form) form.requestSubmit();
});
