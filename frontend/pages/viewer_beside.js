// Papers beside the form of a step: another file, another page, another size, without leaving what is being typed.
import { onContent } from "./htmx.js";

const SIZES = [100, 140, 190, 260, 350];

function show(panel, { page = 1, again = false } = {}) {
  const select = panel.querySelector("select");
  const picture = panel.querySelector("img");
  const pages = Number(select.selectedOptions[0].dataset.pages);
  const number = Math.max(1, pages ? Math.min(page, pages) : page);
  if (Number(panel.dataset.page) === number && !again) return;
  const title = select.selectedOptions[0].textContent;
  const size = SIZES[Number(panel.dataset.size ?? 0)];
  panel.dataset.page = number;
  picture.src = `${select.value}/trang/${number}.png?rong=${size > 140 ? 1600 : 1200}`;
  picture.alt = `Trang ${number} của ${title}`;
  panel.querySelector("[data-beside-where]").textContent = pages ? `Trang ${number} / ${pages}` : `Trang ${number}`;
  panel.querySelector("[data-beside-open]").href = `${select.value}/xem?trang=${number}`;
  panel.querySelector('[data-beside-page="-1"]').disabled = number <= 1;
  panel.querySelector('[data-beside-page="1"]').disabled = pages > 0 && number >= pages;
}

function turn(panel, by) {
  show(panel, { page: Number(panel.dataset.page) + by });
  panel.querySelector("[data-beside-paper]").scrollTop = 0;
}

function zoom(panel, by) {
  const size = Math.min(SIZES.length - 1, Math.max(0, Number(panel.dataset.size ?? 0) + by));
  panel.dataset.size = size;
  panel.querySelector('[data-beside-zoom="-1"]').disabled = size === 0;
  panel.querySelector('[data-beside-zoom="1"]').disabled = size === SIZES.length - 1;
  show(panel, { page: Number(panel.dataset.page), again: true });
}

const KEYS = {
  ArrowRight: (panel) => turn(panel, 1),
  ArrowLeft: (panel) => turn(panel, -1),
  PageDown: (panel) => turn(panel, 1),
  PageUp: (panel) => turn(panel, -1),
  "+": (panel) => zoom(panel, 1),
  "=": (panel) => zoom(panel, 1),
  "-": (panel) => zoom(panel, -1),
};

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-beside-page], [data-beside-zoom]");
  const panel = button?.closest("[data-beside]");
  if (!panel) return;
  if (button.dataset.besidePage) turn(panel, Number(button.dataset.besidePage));
  else zoom(panel, Number(button.dataset.besideZoom));
});
document.addEventListener("change", ({ target }) => {
  const panel = target.id === "beside-file" && target.closest("[data-beside]");
  if (!panel) return;
  sessionStorage.setItem(`beside ${location.pathname}`, target.value);
  show(panel, { page: 1, again: true });
});
document.addEventListener("keydown", (event) => {
  const panel = event.target.closest?.("[data-beside-paper]")?.closest("[data-beside]");
  if (!panel || event.ctrlKey || event.altKey || event.metaKey || !KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key](panel);
});

onContent(() => {
  for (const panel of document.querySelectorAll("[data-beside]:not([data-page])")) {
    panel.querySelector("[data-beside-tools]").hidden = false;
    panel.querySelector("[data-beside-list]").hidden = true;
    const select = panel.querySelector("select");
    const last = sessionStorage.getItem(`beside ${location.pathname}`);
    const known = [...select.options].some((one) => one.value === last);
    if (known) select.value = last;
    panel.dataset.page = 0;
    zoom(panel, 0);
    if (known) show(panel, { page: 1, again: true });
  }
});
