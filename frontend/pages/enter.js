// In `<form data-enter-moves>` Enter goes on to the next field: scanners end with Enter, and half a form is not to be sent.
const FIELDS = "input:not([type=hidden]), select, textarea, button.btn-primary";

document.addEventListener("keydown", (event) => {
  const { target } = event;
  if (event.key !== "Enter" || event.ctrlKey || event.isComposing || event.defaultPrevented) return;
  if (!target.matches?.("[data-enter-moves] input")) return;
  event.preventDefault();
  const fields = [...target.form.elements].filter((one) => one.matches(FIELDS) && !one.disabled && one.checkVisibility());
  fields[fields.indexOf(target) + 1]?.focus();
});
