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
  for (const place of document.querySelectorAll("[data-selected-count]")) {
    const words = chosen ? `Đã chọn ${chosen}` : "";
    if (place.textContent !== words) place.textContent = words;
  }
}

document.addEventListener("change", ({ target }) => {
  if (target.matches?.("[data-select-all]")) for (const box of rows()) box.checked = target.checked;
  if (target.matches?.("[data-select], [data-select-all]")) refresh();
});

onContent(() => refresh());
// The browser puts old ticks back when one returns to the page.
window.addEventListener("pageshow", () => refresh());
