// How many wait in each inbox, the bell and what is new, asked again every half minute while the page is seen: one request
// with an ETag. Only numbers change; rows stay where they are under the hand.
const EVERY = 30_000;
let asked = Date.now();
let busy = false;

async function ask() {
  const place = document.querySelector("[data-counts]");
  if (!place || document.hidden || busy) return;
  asked = Date.now();
  busy = true;
  try {
    const answer = await fetch(place.dataset.counts, { headers: { Accept: "text/html" }, credentials: "same-origin" });
    if (answer.ok && !answer.redirected && place.isConnected) show(await answer.text());
  } catch {
    // No connection: the page's next request says so.
  } finally {
    busy = false;
  }
}

function show(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  for (const part of fresh.querySelectorAll("[data-fresh]")) {
    const shown = part.dataset.fresh === "bell" ? document.querySelector("[data-bell]") : placeOf(part.dataset.fresh);
    if (shown && shown.innerHTML !== part.innerHTML) shown.innerHTML = part.innerHTML;
  }
}

const placeOf = (name) => document.querySelector(`main [data-fresh="${CSS.escape(name)}"]`);

setInterval(ask, EVERY);

document.addEventListener("visibilitychange", () => {
  if (!document.hidden && Date.now() - asked >= EVERY) ask();
});
