// Tables of a slip grow by a row; a preview opens beside the form that htmx would otherwise send.
import { onContent } from "./htmx.js";

onContent(() => {
  for (const button of document.querySelectorAll("button[data-add-row][hidden]")) button.hidden = false;
});

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("button[data-add-row]");
  if (!button) return;
  const body = button.closest("fieldset").querySelector("table[data-rows] tbody");
  const row = body.lastElementChild.cloneNode(true);
  for (const input of row.querySelectorAll("[name]")) {
    const next = input.name.replace(/\.(\d+)\.([a-z_]+)$/, (_, number, column) => `.${Number(number) + 1}.${column}`);
    input.name = input.id = next;
    input.setAttribute("aria-label", input.getAttribute("aria-label").replace(/\d+$/, String(body.children.length + 1)));
    if (input.tagName === "SELECT") input.selectedIndex = 0;
    else input.value = "";
  }
  body.append(row);
  row.querySelector("input, select, textarea").focus();
});

// `formtarget="_blank"`: what the browser would do by itself, without the form's own sending.
document.addEventListener("click", (event) => {
  const button = event.target.closest?.('button[formtarget="_blank"]');
  const form = button?.form;
  if (!form || form.closest("[hx-boost]")?.getAttribute("hx-boost") === "false") return;
  event.preventDefault();
  const { target } = form;
  const action = form.getAttribute("action");
  form.target = "_blank";
  form.setAttribute("action", button.getAttribute("formaction"));
  HTMLFormElement.prototype.submit.call(form);
  form.setAttribute("action", action);
  form.target = target;
});
