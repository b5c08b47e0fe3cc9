// A published table beside its steps: what is focused or pointed at on one side is marked on the other.
//   data-table-sides   around both;   data-steps="a b" on cells,   data-step="a" on steps
const MARKED = { cell: "of-step", step: "of-cell" };

function clear(sides) {
  for (const kind of Object.values(MARKED)) {
    for (const one of sides.querySelectorAll(`.${kind}`)) one.classList.remove(kind);
  }
}

function mark(event) {
  const sides = event.target.closest?.("[data-table-sides]");
  if (!sides) return;
  const cell = event.target.closest("[data-steps]");
  const step = event.target.closest("[data-step]");
  if (!cell && !step) return;
  clear(sides);
  if (cell) {
    for (const key of cell.dataset.steps.split(" ")) {
      sides.querySelector(`[data-step="${CSS.escape(key)}"]`)?.classList.add(MARKED.step);
    }
  } else {
    for (const one of sides.querySelectorAll("[data-steps]")) {
      if (one.dataset.steps.split(" ").includes(step.dataset.step)) one.classList.add(MARKED.cell);
    }
  }
}

function openAimed() {
  const aimed = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const details = aimed?.matches?.("[data-step]") ? aimed.querySelector("details") : null;
  if (details) details.open = true;
}

document.addEventListener("focusin", mark);
document.addEventListener("mouseover", mark);
window.addEventListener("hashchange", openAimed);
document.addEventListener("DOMContentLoaded", openAimed);
document.addEventListener("htmx:afterSettle", openAimed);
