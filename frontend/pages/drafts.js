// The draft of a comment is kept on the server while it is typed: `<textarea data-draft-url="…">`.
const QUIET_MS = 800;
const pending = new Map(); // textarea -> timer
const sending = new Map(); // textarea -> AbortController of the draft on its way

const token = (area) => area.form?.elements.namedItem("csrf_token")?.value ?? "";
const bodyOf = (area) => new URLSearchParams({ csrf_token: token(area), text: area.value });

function say(area, words) {
  const scope = area.closest(".field") ?? area.form ?? document;
  const place = scope.querySelector("[data-draft-status]") ?? area.form?.querySelector("[data-draft-status]");
  if (place) place.textContent = words;
}

async function keep(area, { last = false } = {}) {
  clearTimeout(pending.get(area));
  pending.delete(area);
  sending.get(area)?.abort();
  const control = new AbortController();
  sending.set(area, control);
  try {
    // `keepalive` lets the request outlive the page.
    const answer = await fetch(area.dataset.draftUrl, {
      method: "POST",
      body: bodyOf(area),
      credentials: "same-origin",
      redirect: "manual",
      keepalive: last,
      signal: control.signal,
    });
    say(area, answer.ok ? "Đã lưu nháp" : "Chưa lưu được nháp; nội dung vẫn còn trong ô này");
  } catch (error) {
    if (error.name !== "AbortError") say(area, "Chưa lưu được nháp; nội dung vẫn còn trong ô này");
  } finally {
    if (sending.get(area) === control) sending.delete(area);
  }
}

function keepAll(options) {
  for (const area of [...pending.keys()]) keep(area, options);
}

function schedule(area) {
  clearTimeout(pending.get(area));
  pending.set(area, setTimeout(() => keep(area), QUIET_MS));
}

/** The form itself is being sent: a draft that arrives after it would come back to life. */
function forget(form) {
  for (const area of form.querySelectorAll("textarea[data-draft-url]")) {
    clearTimeout(pending.get(area));
    pending.delete(area);
    sending.get(area)?.abort();
  }
}

document.addEventListener("input", ({ target }) => {
  if (!target.matches?.("textarea[data-draft-url]")) return;
  say(target, "");
  schedule(target);
});

window.addEventListener("submit", ({ target, defaultPrevented }) => {
  if (!defaultPrevented) forget(target);
});
document.addEventListener("htmx:beforeSend", ({ detail }) => {
  if (detail.elt instanceof HTMLFormElement) forget(detail.elt);
  if (detail.boosted || detail.requestConfig?.boosted) keepAll(); // whoever leaves by a link loses nothing
});
for (const failure of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, ({ detail }) => {
    for (const area of detail.elt?.querySelectorAll?.("textarea[data-draft-url]") ?? []) if (area.value) schedule(area);
  });
}
window.addEventListener("pagehide", () => keepAll({ last: true }));
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") keepAll({ last: true });
});
