// Rows chosen in a list: choose all, and how many are chosen. The batch bar itself is shown by the style sheet.
import { onContent } from "./htmx.js";

const rows = () => [...document.querySelectorAll("input[type=checkbox][data-select]:not(:disabled)")];

export function refresh() {
  const all = rows();
  const chosen = all.filter((box) => box.checked).length;
  for (const box of document.querySelectorAll("[data-select-all]")) {
    box.checked = chosen > 0 && chosen === all.length;
    box.indeterminate = chosen > 0 && chosen < all.length;
  }
  const matching = document.querySelector("[data-select-matching]");
  const many = chosen && matching?.checked ? matching.dataset.selectMatching : chosen;
  for (const place of document.querySelectorAll("[data-selected-count]")) {
    const words = chosen ? `Đã chọn ${many}` : "";
    if (place.textContent !== words) place.textContent = words;
  }
}

document.addEventListener("change", ({ target }) => {
  if (target.matches?.("[data-select-all]") || (target.matches?.("[data-select-matching]") && target.checked)) {
    for (const box of rows()) box.checked = target.checked;
  }
  if (target.matches?.("[data-select], [data-select-all]") && !target.checked) {
    for (const box of document.querySelectorAll("[data-select-matching]")) box.checked = false;
  }
  if (target.matches?.("[data-select], [data-select-all], [data-select-matching]")) refresh();
});

onContent(() => refresh());
// The browser puts old ticks back when one returns to the page.
window.addEventListener("pageshow", () => refresh());
