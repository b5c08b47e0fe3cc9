// A form is sent once: its buttons rest while the request runs, so that a double click does nothing.
const resting = new WeakMap();

function rest(form) {
  if (resting.has(form)) return;
  const buttons = [...form.elements].filter((element) => element.type === "submit" && !element.disabled);
  resting.set(form, { buttons, focused: document.activeElement });
  form.setAttribute("aria-busy", "true");
  for (const button of buttons) button.disabled = true;
}

function wake(form) {
  const state = resting.get(form);
  if (!state) return;
  resting.delete(form);
  form.removeAttribute("aria-busy");
  for (const button of state.buttons) button.disabled = false;
  // A button that was disabled has lost the focus.
  if (state.buttons.includes(state.focused) && document.activeElement === document.body) state.focused.focus();
}

const formOf = (event) => (event.target instanceof HTMLFormElement ? event.target : null);

document.addEventListener("htmx:beforeRequest", (event) => {
  const form = formOf(event);
  if (!form) return;
  if (resting.has(form)) event.preventDefault();
  else rest(form);
});

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt;
  if (form instanceof HTMLFormElement) wake(form);
});

// Forms that htmx does not send: the browser has read the pressed button's name and value by the time this runs.
window.addEventListener("submit", (event) => {
  const form = formOf(event);
  if (form && !event.defaultPrevented && form.target !== "_blank") setTimeout(() => rest(form));
});

window.addEventListener("pageshow", () => {
  for (const form of document.forms) wake(form);
});
