// Who else is at this dossier's page, asked every twenty seconds while somebody looks at it, and whether it has moved on.
import { onContent } from "./htmx.js";
import { draftState } from "./drafts.js";

const EVERY = 20_000;
let timer = null;
let typed = false;
let shown = null; // the page's own element

function body(place, more) {
  const form = new URLSearchParams({ csrf_token: place.dataset.token, sau: place.dataset.seq, ...more });
  if (place.dataset.task) form.set("viec", place.dataset.task);
  return form;
}

function say(place, name, words) {
  const line = place.querySelector(`[data-presence-${name}]`);
  if (line.textContent !== words) line.textContent = words;
  line.hidden = !words;
}

async function tell(place) {
  if (document.visibilityState !== "visible" || !place.isConnected) return;
  const typing = typed;
  typed = false;
  try {
    const answer = await fetch(place.dataset.presence, {
      method: "POST",
      body: body(place, typing ? { nhap: "1" } : {}),
      credentials: "same-origin",
      redirect: "manual",
    });
    if (!answer.ok || !place.isConnected) return;
    const { here, moved, draft } = await answer.json();
    say(place, "here", here);
    say(place, "moved", moved);
    draftState(draft);
  } catch {
    // The next time, perhaps.
  }
}

function leave() {
  if (shown?.isConnected) navigator.sendBeacon(shown.dataset.presence, body(shown, { roi: "1" }));
}

onContent(() => {
  const place = document.querySelector("[data-presence]");
  if (place === shown) return;
  clearInterval(timer);
  shown = place;
  if (!place) return;
  timer = setInterval(() => tell(place), EVERY);
  tell(place);
});

document.addEventListener("input", ({ target }) => {
  if (!target.closest?.("main form, [data-step-form]") || !shown?.isConnected) return;
  if (!typed) {
    typed = true;
    if (!shown.dataset.typing) setTimeout(() => shown && tell(shown), 1000); // the first word is told soon
    shown.dataset.typing = "1";
  }
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible" && shown) tell(shown);
});
window.addEventListener("pagehide", leave);
