// While a form with data-progress waits for its answer, the part of a page at that address says how far the work is.
const EVERY = 1000;
const watching = new WeakMap();

async function tell(form) {
  const place = form.querySelector("[data-progress-shown]");
  try {
    const answer = await fetch(form.dataset.progress, { headers: { Accept: "text/html" } });
    if (answer.ok && !answer.redirected && watching.has(form)) place.innerHTML = await answer.text();
  } catch {
    // The next time, perhaps; the form's own answer says what came of it.
  }
}

document.addEventListener("htmx:beforeRequest", ({ target, defaultPrevented }) => {
  if (defaultPrevented || !target.matches?.("form[data-progress]") || watching.has(target)) return;
  watching.set(target, setInterval(() => tell(target), EVERY));
});

document.addEventListener("htmx:afterRequest", ({ detail: { elt } }) => {
  if (!watching.has(elt)) return;
  clearInterval(watching.get(elt));
  watching.delete(elt);
});
