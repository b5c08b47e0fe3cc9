// Who else is at this draft of a diagram, asked every twenty seconds while somebody looks at one of its pages, and whether it was
// saved since. The modeller's own page asks for itself.
import { onContent } from "./htmx.js";

const EVERY = 20_000;
let timer = null;
let shown = null; // the page's own element

function body(place, more = {}) {
  return new URLSearchParams({ csrf_token: place.dataset.token, ...more });
}

function say(place, name, words) {
  const line = place.querySelector(`[data-draft-${name}]`);
  if (line.textContent !== words) line.textContent = words;
  line.hidden = !words;
}

async function tell(place) {
  if (document.visibilityState !== "visible" || !place.isConnected) return;
  try {
    const answer = await fetch(place.dataset.draftPresence, {
      method: "POST",
      body: body(place),
      credentials: "same-origin",
      redirect: "manual",
    });
    if (!answer.ok || !place.isConnected) return;
    const { here, revision, changed_by: who } = await answer.json();
    say(place, "here", here);
    const moved = Number(place.dataset.revision) < revision;
    say(place, "moved", moved ? `${who} đã lưu bản vẽ sau khi bạn mở trang này; tải lại trang để xem bản mới.` : "");
  } catch {
    // The next time, perhaps.
  }
}

onContent(() => {
  const place = document.querySelector("[data-draft-presence]");
  if (place === shown) return;
  clearInterval(timer);
  shown = place;
  if (!place) return;
  timer = setInterval(() => tell(place), EVERY);
  tell(place);
});

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible" && shown) tell(shown);
});
window.addEventListener("pagehide", () => {
  if (shown?.isConnected) navigator.sendBeacon(shown.dataset.draftPresence, body(shown, { roi: "1" }));
});
