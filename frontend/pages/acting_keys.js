// f, r, h and Ctrl+Enter: the actions on a task by key. In a list they go to the chosen rows, or to the row with the focus;
// on a dossier's page they open the action's form and go to its first field.

const WANTED = "motcua-act"; // the action that the next page is opened for
const FIELDS = "input:not([type=hidden], [type=file]), select, textarea";

const chosen = () => document.querySelector("[data-select]:checked");
const row = () => document.activeElement?.closest?.(".inbox tbody tr");

function act(action) {
  if (chosen()) batch(action);
  else if (row()) open(action);
  else if (document.querySelector("main table.inbox [data-open]")) return;
  else show(action);
}

/** The page of what would be done to the chosen rows. */
function batch(action) {
  const bar = chosen().form;
  const button = bar.querySelector(`[data-batch="${action}"]`);
  if (button) return button.click();
  const other = bar.elements.namedItem("other");
  if (!other || ![...other.options].some((option) => option.value === action)) return undefined;
  other.value = action;
  return bar.querySelector('[data-batch="other"]').click();
}

function open(action) {
  const link = row().querySelector("[data-open]");
  if (!link) return;
  try {
    sessionStorage.setItem(WANTED, action);
  } catch {
    // Then the page is opened, and one presses the key again.
  }
  link.click();
}

/** The place of an action on a dossier's page: its fold, or the form of which it is the first action. */
function placeOf(action) {
  const button = document.querySelector(`main button[formaction$="/${action}"]`);
  if (button) return button.closest("details") ?? button.form;
  return document.querySelector(`main form[action$="/${action}"]`);
}

function show(action) {
  const place = placeOf(action);
  if (!place) return;
  for (let fold = place.closest("details"); fold; fold = fold.parentElement?.closest("details")) fold.open = true;
  const fields = [...place.querySelectorAll(FIELDS)].filter((field) => !field.disabled && field.checkVisibility());
  // What another action's fold asks is not this one's to fill in; the comment, which all share, stands outside.
  const first = fields.find((field) => !foldedBelow(field, place)) ?? place.querySelector("button[type=submit]");
  first?.focus({ preventScroll: true });
  (place.matches("form") ? first : place)?.scrollIntoView({ block: "nearest" });
}

function foldedBelow(field, place) {
  const fold = field.closest("details");
  return fold !== null && fold !== place && place.contains(fold);
}

export const ACTING = { f: () => act("forward"), r: () => act("return"), h: () => act("handoff") };

/** What the page was opened for. */
function showWanted() {
  let wanted = null;
  try {
    wanted = sessionStorage.getItem(WANTED);
    sessionStorage.removeItem(WANTED);
  } catch {
    // Nothing was wanted.
  }
  if (wanted) show(wanted);
}

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  // The event comes once for each part of the page, all in one turn, and each time focus.js goes where reading starts.
  if (detail.boosted || detail.requestConfig?.boosted) setTimeout(showWanted);
});
showWanted();

/** The button that sends an action which is folded away. */
const sender = (fold) => fold.querySelector("button[formaction]:not([formtarget], [formnovalidate])");

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.altKey || event.repeat || event.isComposing) return;
  const form = event.target.closest?.("main form");
  if (!form || form.method !== "post" || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  if (form.getAttribute("aria-busy") === "true") return;
  const folds = [...form.querySelectorAll("details[open]")].filter(sender);
  const own = folds.find((fold) => fold.contains(event.target));
  if (own) sender(own).click();
  else if (folds.length) sender(folds.at(-1)).focus(); // which of the actions is meant is for the person to say
  else (form.querySelector("button.btn-primary[type=submit]") ?? form.querySelector("button[type=submit]"))?.click();
});
