// The whole form of a task is kept on the server while it is filled in: `<form data-draft-url="…">`. Never files or passwords.
// The newest wins; a page that an older draft came from is told.
const QUIET_MS = 800;
const LOST = "Chưa lưu được nháp; nội dung vẫn còn trên trang";
const pending = new Map(); // form -> timer
const sending = new Map(); // form -> AbortController of the draft on its way
let told = null; // the draft of another page that was told of

function say(form, words) {
  const place = form.querySelector("[data-draft-status]");
  if (place) place.textContent = words;
}

/** Everything that the form would send, but files and passwords, and which action's part is open. */
function bodyOf(form) {
  const body = new URLSearchParams();
  const open = form.querySelector(":scope > details[data-action][open]")?.dataset.action ?? "";
  for (const control of form.elements) {
    if (!control.name || control.disabled || ["file", "password", "submit", "button"].includes(control.type)) continue;
    if (["checkbox", "radio"].includes(control.type) && !control.checked) continue;
    if (control.name === "_open") body.append("_open", open);
    else if (control.type === "select-multiple") for (const one of control.selectedOptions) body.append(control.name, one.value);
    else body.append(control.name, control.value);
  }
  return body;
}

async function keep(form, { last = false } = {}) {
  clearTimeout(pending.get(form));
  pending.delete(form);
  sending.get(form)?.abort();
  const control = new AbortController();
  sending.set(form, control);
  try {
    // `keepalive` lets the request outlive the page.
    const answer = await fetch(form.dataset.draftUrl, {
      method: "POST",
      body: bodyOf(form),
      credentials: "same-origin",
      redirect: "manual",
      keepalive: last,
      signal: control.signal,
    });
    const words = answer.status === 200 ? (await answer.json()).words : "Đã lưu nháp";
    say(form, answer.ok ? words : LOST);
  } catch (error) {
    if (error.name !== "AbortError") say(form, LOST);
  } finally {
    if (sending.get(form) === control) sending.delete(form);
  }
}

function keepAll(options) {
  for (const form of [...pending.keys()]) keep(form, options);
}

function schedule(form) {
  clearTimeout(pending.get(form));
  pending.set(form, setTimeout(() => keep(form), QUIET_MS));
}

/** The form itself is being sent: a draft that arrives after it would come back to life. */
function forget(form) {
  clearTimeout(pending.get(form));
  pending.delete(form);
  sending.get(form)?.abort();
}

/** What the server says of the draft now: another page may have kept a newer one. */
export function draftState(draft) {
  const form = document.querySelector("form[data-draft-url]");
  const own = form?.elements.namedItem("_key")?.value;
  if (!draft || !form || !draft.page || draft.page === own || pending.has(form) || sending.has(form)) return;
  const started = form.dataset.draftKnown ?? "";
  if (draft.at <= started || draft.at === told) return;
  told = draft.at;
  say(form, draft.words);
  const again = Object.assign(document.createElement("a"), { href: location.href, textContent: "Lấy bản nháp ấy" });
  form.querySelector("[data-draft-status]")?.append(" ", again);
}

const draftForm = (target) => (target.closest?.("form[data-draft-url]") && target.type !== "file" ? target.closest("form") : null);

for (const type of ["input", "change", "step-form:typed"]) {
  document.addEventListener(type, ({ target }) => {
    const form = draftForm(target);
    if (!form) return;
    if (type !== "step-form:typed") say(form, "");
    schedule(form);
  });
}

window.addEventListener("submit", ({ target, defaultPrevented }) => {
  if (!defaultPrevented && target.dataset.draftUrl) forget(target);
});
document.addEventListener("htmx:beforeSend", ({ detail }) => {
  if (detail.elt instanceof HTMLFormElement && detail.elt.dataset.draftUrl) forget(detail.elt);
  if (detail.boosted || detail.requestConfig?.boosted) keepAll(); // whoever leaves by a link loses nothing
});
for (const failure of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, ({ detail }) => {
    if (detail.elt?.dataset?.draftUrl) schedule(detail.elt);
  });
}
window.addEventListener("pagehide", () => keepAll({ last: true }));
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") keepAll({ last: true });
});
