// The list of what waits for approval: the first page of the draft whose row has the focus, and a stop while it signs.
const wide = matchMedia("(min-width: 1100px)");

document.addEventListener("focusin", ({ target }) => {
  const row = target.closest?.("[data-preview]");
  const place = document.querySelector("[data-preview-shown]");
  if (!row || !place || !wide.matches || place.dataset.shows === row.dataset.preview) return;
  place.dataset.shows = row.dataset.preview;
  place.querySelector("[data-preview-name]").textContent = row.dataset.previewTitle;
  place.querySelector("[data-preview-picture]").src = row.dataset.preview;
  place.hidden = false;
});

function stopOf(form) {
  return form.matches?.("form[data-stop]") ? document.getElementById(form.dataset.stop) : null;
}

document.addEventListener("htmx:beforeRequest", ({ target, detail, defaultPrevented }) => {
  const path = detail?.requestConfig?.path ?? "";
  const returning = path.includes("/tra-lai/");
  const stop = defaultPrevented || returning ? null : stopOf(target);
  if (stop) stop.hidden = false;
});

document.addEventListener("htmx:afterRequest", ({ detail: { elt } }) => {
  const stop = elt && stopOf(elt);
  if (stop) stop.hidden = true;
});

// Stopping must not take the place of the answer that is being waited for.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches?.("form.stop-batch")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const button = form.querySelector("button");
  button.disabled = true;
  fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" }).then(
    () => (button.textContent = "Đang dừng…"),
    () => (button.disabled = false),
  );
}, true);
