// When the server cannot be reached the page stays as it is, and says so until an answer comes.
const LOST = "Mất kết nối với máy chủ: những gì bạn đã nhập vẫn còn, hãy bấm lại.";
const SLOW = "Đang gửi, máy chủ trả lời chậm: hãy đợi, không cần bấm lại.";
const SLOW_MS = 2_000;
const LATE = "Máy chủ chưa trả lời: những gì bạn đã nhập vẫn còn, hãy bấm lại.";

/** The live region exists before its text does, otherwise screen readers stay silent. */
function region() {
  let found = document.getElementById("connection");
  if (!found) {
    found = document.createElement("div");
    found.id = "connection";
    found.className = "connection";
    found.setAttribute("role", "status");
    found.setAttribute("aria-live", "assertive");
    document.body.append(found);
  }
  return found;
}

function say(text) {
  region().textContent = text;
}

// Somebody who waits is told so; the forms themselves rest meanwhile (forms.js).
const waiting = new WeakMap();
document.addEventListener("htmx:beforeSend", ({ detail: { elt, xhr } }) => {
  // A form that tells its progress is known to take long.
  if (elt instanceof HTMLFormElement && !elt.dataset.progress) waiting.set(xhr, setTimeout(() => say(SLOW), SLOW_MS));
});
document.addEventListener("htmx:afterRequest", ({ detail: { xhr } }) => {
  clearTimeout(waiting.get(xhr));
  if (region().textContent === SLOW) say("");
});

document.addEventListener("htmx:load", () => region());
document.addEventListener("htmx:sendError", () => say(LOST));
document.addEventListener("htmx:timeout", () => say(LATE));

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, boosted, requestConfig } = event.detail;
  const ours = xhr.status < 500 || /<main[\s>]/.test(xhr.responseText);
  if (ours || !(boosted || requestConfig.boosted)) {
    say("");
    return;
  }
  // A gateway answered instead of us (502 to 504): its page must not take the place of a form that was filled in.
  event.detail.shouldSwap = false;
  say(LOST);
});
