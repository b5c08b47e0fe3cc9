// `data-shown-when="field=value"` (or `field=one|two`): shown, and sent, only while the field of that name has that value.
import { onContent } from "./htmx.js";

function valuesOf(form, name) {
  const fields = [...(form ?? document).querySelectorAll(`[name="${CSS.escape(name)}"]`)];
  return fields.filter((field) => !["radio", "checkbox"].includes(field.type) || field.checked).map((field) => field.value);
}

function refresh(root) {
  for (const part of root.querySelectorAll("[data-shown-when]")) {
    const [name, wanted = ""] = part.dataset.shownWhen.split("=");
    const values = valuesOf(part.closest("form"), name);
    const shown = wanted.split("|").some((value) => values.includes(value));
    part.hidden = !shown;
    for (const control of part.querySelectorAll("input, select, textarea, button")) rest(control);
  }
}

/** A hidden field is neither checked nor sent; one that the server disabled stays so. */
function rest(control) {
  const hidden = control.closest("[data-shown-when][hidden]") !== null;
  if (hidden && !control.disabled) {
    control.disabled = true;
    control.dataset.restedWhileHidden = "";
  } else if (!hidden && "restedWhileHidden" in control.dataset) {
    control.disabled = false;
    delete control.dataset.restedWhileHidden;
  }
}

document.addEventListener("change", ({ target }) => refresh(target.form ?? document));
onContent(() => refresh(document));
