// The number on the bell, asked again now and then while the page is looked at. The browser asks whether it changed (ETag).
const EVERY = 45_000;
let asked = Date.now();

async function ask() {
  const bell = document.querySelector("[data-bell]");
  if (!bell || document.hidden || document.querySelector("[data-counts]")) return; // the inbox asks for all of it at once
  asked = Date.now();
  try {
    const answer = await fetch(bell.dataset.bell, { headers: { Accept: "text/html" }, credentials: "same-origin" });
    if (answer.ok && !answer.redirected && bell.isConnected) bell.innerHTML = await answer.text();
  } catch {
    // No connection: the page's next request says so.
  }
}

setInterval(ask, EVERY);

document.addEventListener("visibilitychange", () => {
  if (!document.hidden && Date.now() - asked >= EVERY) ask();
});
