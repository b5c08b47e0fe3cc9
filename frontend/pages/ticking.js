// `<span data-ticking="seconds" data-hours="a-b,c-d">`: a limit in working time counts down. The server said how many working
// seconds are left and when today's working hours run, in seconds from when the page was made; nothing is reckoned here.
const SOON = 3600;
const made = new WeakMap();

function left(badge) {
  if (!made.has(badge)) made.set(badge, Date.now());
  const passed = (Date.now() - made.get(badge)) / 1000;
  const worked = badge.dataset.hours.split(",").filter(Boolean).reduce((sum, hours) => {
    const [from, to] = /^(-?\d+)-(-?\d+)$/.exec(hours).slice(1).map(Number);
    return sum + Math.max(0, Math.min(to, passed) - Math.max(from, 0));
  }, 0);
  return Math.round(Number(badge.dataset.ticking) - worked);
}

function words(seconds) {
  const minutes = Math.floor(Math.abs(seconds) / 60);
  const shown = minutes >= 60 ? `${Math.floor(minutes / 60)} giờ ${String(minutes % 60).padStart(2, "0")} phút` : `${minutes} phút`;
  return seconds > 0 ? `còn ${shown}` : `quá hạn ${shown}`;
}

function tick() {
  for (const badge of document.querySelectorAll("[data-ticking]")) {
    const seconds = left(badge);
    const told = badge.querySelector("[data-tick-words]");
    if (told.textContent !== words(seconds)) told.textContent = words(seconds);
    badge.classList.toggle("ticking-late", seconds <= 0);
    badge.classList.toggle("ticking-soon", seconds > 0 && seconds < SOON);
  }
}

setInterval(tick, 5000);
