// `<button type="button" data-print hidden>` prints the page; it shows only where this script runs.
import { onContent } from "./htmx.js";

onContent(() => {
  for (const button of document.querySelectorAll("button[data-print][hidden]")) button.hidden = false;
  for (const button of document.querySelectorAll("button[data-keys-help][hidden]")) button.hidden = false;
});

document.addEventListener("click", ({ target }) => {
  if (target.closest?.("button[data-print]")) window.print();
});
