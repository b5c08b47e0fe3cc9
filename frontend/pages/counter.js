// The counter's form: `<form data-counter>`. Everything it does has a button; this only makes the keys reach it.
//   Alt and the letter of an accesskey press it; Ctrl Enter presses the form's primary button.
//   data-tick-all            ticks every `data-required-paper` of the form
//   data-ticks="id"          a chosen file ticks its paper
//   data-drop="id"           files may be dropped here into the chooser of that id
//   data-opened-by="f=v"     a `<details>` that opens when the field f gets the value v
document.addEventListener("keydown", (event) => {
  const form = document.querySelector("form[data-counter]");
  if (!form || event.isComposing || event.repeat) return;
  if (event.key === "Enter" && event.ctrlKey) {
    event.preventDefault();
    const button = form.querySelector("button.btn-primary");
    if (!button.disabled) form.requestSubmit(button);
  } else if (event.altKey && !event.ctrlKey && !event.metaKey) {
    const wanted = /^Key([A-Z])$/.exec(event.code)?.[1].toLowerCase();
    const target = wanted && [...form.querySelectorAll(`[accesskey="${wanted}"]`)].find((one) => one.checkVisibility() && !one.disabled);
    if (!target) return;
    event.preventDefault();
    target.focus();
    target.click();
  }
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-tick-all]");
  if (!button) return;
  event.preventDefault(); // without this script the form comes back ticked
  for (const box of button.form.querySelectorAll("[data-required-paper]")) tick(box);
  button.form.querySelector("#how button.btn-primary")?.focus();
});

document.addEventListener("change", ({ target }) => {
  if (target.matches?.("input[type=file][data-ticks]") && target.files.length) tick(document.getElementById(target.dataset.ticks));
  for (const part of target.form?.querySelectorAll("details[data-opened-by]") ?? []) {
    const [name, value] = part.dataset.openedBy.split("=");
    if (target.name === name && target.value === value && target.checked) part.open = true;
  }
});

function tick(box) {
  if (!box || box.checked) return;
  box.checked = true;
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

function rowOf(event) {
  const row = event.target.closest?.("[data-drop]");
  return row && event.dataTransfer?.types.includes("Files") ? row : null;
}

for (const kind of ["dragenter", "dragover"]) {
  document.addEventListener(kind, (event) => {
    const row = rowOf(event);
    if (!row) return;
    event.preventDefault();
    row.classList.add("dropping");
  });
}

document.addEventListener("dragleave", (event) => {
  const row = event.target.closest?.("[data-drop]");
  if (row && !row.contains(event.relatedTarget)) row.classList.remove("dropping");
});

document.addEventListener("drop", (event) => {
  const row = rowOf(event);
  if (!row) return;
  event.preventDefault();
  row.classList.remove("dropping");
  const chooser = document.getElementById(row.dataset.drop);
  const files = new DataTransfer();
  for (const file of [...chooser.files, ...event.dataTransfer.files]) files.items.add(file);
  chooser.files = files.files;
  chooser.dispatchEvent(new Event("change", { bubbles: true }));
});
