// A step's own form by form-js: takes the place of the fields that the server drew, checks as one types, and puts what was
// filled in into hidden fields of the same names, so that the task's form sends it, keeps it as a draft and shows it again.
import { Form } from "@bpmn-io/form-js-viewer";
import flatpickr from "flatpickr";
import { Vietnamese } from "flatpickr/dist/l10n/vn.js";
import { translate } from "./vi.js";

flatpickr.localize(Vietnamese);

const READ = "data-step-form";

async function mount(place) {
  const taskForm = document.getElementById(place.dataset.for);
  const drawn = taskForm?.querySelector("[data-step-fields]");
  const form = new Form({ container: place, debounce: false, additionalModules: [{ translate: ["value", translate] }] });
  place.stepForm = form;
  try {
    await form.importSchema(JSON.parse(place.dataset.schema), JSON.parse(place.dataset.values));
  } catch (error) {
    form.destroy(); // what the server drew still stands there
    console.warn(error);
    place.dataset.failed = "";
    return;
  }
  place.hidden = false;
  const sent = document.createElement("div");
  sent.hidden = true;
  drawn?.replaceWith(sent);
  let first = true;
  const keep = () => {
    sent.replaceChildren(...flat(form, place.dataset.prefix).map(hidden));
    if (!first) taskForm?.dispatchEvent(new CustomEvent("step-form:typed", { bubbles: true }));
  };
  form.on("changed", () => queueMicrotask(keep));
  await drawn2frames();
  tidy(place);
  keep();
  first = false;
  told(form, place, JSON.parse(place.dataset.wrong || "{}"));
  taskForm?.addEventListener("click", (event) => check(event, form, place), { capture: true });
  new MutationObserver(() => tidy(place)).observe(place, { childList: true, subtree: true });
  place.dataset.ready = "";
}

/** form-js registers its fields while it draws them, which takes a frame or two. */
const drawn2frames = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));

/** [name, text] of everything that is visible, an emptied field as "". */
function flat(form, prefix) {
  const { data } = form._getState();
  const fields = form.get("formFieldRegistry");
  const pairs = [];
  for (const { id, valuePath } of form.get("formFieldInstanceRegistry").getAllKeyed()) {
    const { type, disabled } = fields.get(id);
    if (disabled || type === "expression") continue;
    const name = prefix + valuePath.join(".");
    const value = at(data, valuePath);
    if (Array.isArray(value)) pairs.push([name, ""], ...value.map((one) => [name, text(one)]));
    else pairs.push([name, text(value)]);
  }
  const names = new Set(pairs.map(([name]) => name));
  for (const field of fields.getAll()) {
    if (field.type !== "dynamiclist" || !field.path) continue;
    const rows = at(data, field.path.split("."));
    const name = prefix + field.path;
    if (Array.isArray(rows) && ![...names].some((one) => one.startsWith(`${name}.`))) pairs.push([name, ""]);
  }
  return pairs;
}

const at = (data, path) => path.reduce((found, step) => found?.[step], data);

function text(value) {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function hidden([name, value]) {
  const input = document.createElement("input");
  Object.assign(input, { type: "hidden", name, value });
  return input;
}

/** Forwarding is refused here already while something is missing; other actions may leave the form half filled in. */
function check(event, form, place) {
  const button = event.target.closest?.("button[type=submit]");
  if (!button || button.name === "luu") return;
  const address = button.getAttribute("formaction") ?? button.form.getAttribute("action");
  if (!address.endsWith("/forward") && !("checksForm" in button.dataset)) return;
  const { errors } = form.submit();
  if (Object.keys(errors).length === 0) return;
  event.preventDefault();
  event.stopPropagation();
  setTimeout(() => focusFirst(place));
}

function focusFirst(place) {
  const wrong = place.querySelector(".fjs-has-errors");
  const field = wrong?.querySelector("input, textarea, select, [tabindex='0']");
  (field ?? wrong)?.scrollIntoView({ block: "center" });
  field?.focus({ preventScroll: true });
}

/** What the server said of fields stands at them, and the summary's links lead there. */
function told(form, place, wrong) {
  const errors = {};
  for (const { id, valuePath, indexes } of form.get("formFieldInstanceRegistry").getAllKeyed()) {
    const path = valuePath.join(".");
    if (!(path in wrong)) continue;
    const rows = Object.values(indexes ?? {});
    let here = errors;
    for (const row of [id, ...rows.slice(0, -1)]) here = here[row] ??= {};
    if (rows.length) here[rows.at(-1)] = [wrong[path]];
    else errors[id] = [wrong[path]];
    const link = document.querySelector(`#error-summary a[href="#${CSS.escape(place.dataset.prefix + path)}"]`);
    const target = `fjs-form-${form._id}-${[id, ...rows].join("_")}`;
    const found = document.getElementById(target) ?? place.querySelector(`[id^="${target}"]`);
    if (link && found) link.setAttribute("href", `#${found.id}`);
  }
  if (Object.keys(errors).length) form._setState({ errors });
}

/** What form-js leaves out for whoever does not see: names of what has none, groups that say what they are. */
function tidy(place) {
  for (const button of place.querySelectorAll(".fjs-repeat-row-remove:not([aria-label])")) {
    button.setAttribute("aria-label", "Bỏ dòng này");
  }
  for (const link of place.querySelectorAll(".fjs-powered-by:not([aria-label])")) link.setAttribute("aria-label", "bpmn.io");
}

function mountAll(root) {
  for (const place of (root ?? document).querySelectorAll?.(`[${READ}]:not([data-mounted])`) ?? []) {
    place.dataset.mounted = "";
    mount(place);
  }
}

document.addEventListener("htmx:load", ({ target }) => mountAll(target.parentElement ?? document));
mountAll(document);
window.mountStepForms = mountAll;
