// `<button data-fill='{"applicant-name": "…"}'>` fills fields by id. The search beside it is htmx's work.
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-fill]");
  if (!button) return;
  event.preventDefault(); // without this script the button sends the form, which comes back filled in
  const filled = Object.entries(JSON.parse(button.dataset.fill)).flatMap(([id, value]) => fill(id, value));
  filled[0]?.focus();
  button.closest(".found")?.replaceChildren();
});

function fill(id, value) {
  const field = document.getElementById(id);
  if (!field) return [];
  if (field.type === "checkbox" || field.type === "radio") field.checked = Boolean(value);
  else field.value = value ?? "";
  for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
  return [field];
}

// Enter in the search for an applicant searches; it does not send the form around it.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || !event.target.matches?.("[data-applicant-search]")) return;
  event.preventDefault();
  event.target.dispatchEvent(new Event("search", { bubbles: true }));
});
