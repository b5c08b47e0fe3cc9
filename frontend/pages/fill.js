// `<button data-fill='{"applicant-name": "…"}'>` fills fields by id. The search beside it is htmx's work.
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-fill]");
  if (!button) return;
  event.preventDefault(); // without this script the button sends the form, which comes back filled in
  const { form } = button;
  const filled = Object.entries(JSON.parse(button.dataset.fill)).flatMap(([id, value]) => fill(id, value));
  button.closest(".found")?.replaceChildren();
  next(form, filled)?.focus();
});

function fill(id, value) {
  const field = document.getElementById(id);
  if (!field) return [];
  if (field.type === "checkbox" || field.type === "radio") field.checked = Boolean(value);
  else field.value = value ?? "";
  for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
  return [field];
}

/** The first empty field from those that were filled on, so that what is known is passed over. */
function next(form, filled) {
  const fields = [...(form?.elements ?? [])].filter((one) => one.matches("input:not([type=hidden]), select, textarea") && one.checkVisibility());
  const from = fields.indexOf(filled.find((one) => fields.includes(one)));
  return fields.slice(Math.max(from, 0)).find((one) => !one.value && !one.disabled) ?? filled[0];
}

// Enter in the search for an applicant searches, or takes the first one that was found for what stands there; it does not
// send the form around it.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.ctrlKey || event.isComposing || !event.target.matches?.("[data-applicant-search]")) return;
  event.preventDefault();
  const asked = event.target.value.trim().replace(/\s+/g, " ");
  const first = document.querySelector("#found [data-found-for]");
  if (asked && first?.dataset.foundFor === asked) first.querySelector("[data-fill]").click();
  else event.target.dispatchEvent(new Event("search", { bubbles: true }));
});
