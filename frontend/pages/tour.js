// The tour of a role: what its note speaks of is marked and brought into sight; without this the note still stands there.
const MARK = "tour-target";

function show() {
  document.querySelectorAll(`.${MARK}`).forEach((marked) => marked.classList.remove(MARK));
  const note = document.querySelector(".tour[data-tour-target]");
  if (!note) return;
  const target = [...document.querySelectorAll(note.dataset.tourTarget)].find((found) => found.getClientRects().length);
  target?.classList.add(MARK);
  const top = target?.getBoundingClientRect().top;
  if (top < note.getBoundingClientRect().bottom || top > window.innerHeight - 80) target.scrollIntoView({ block: "center" });
  note.querySelector(".tour-title").focus({ preventScroll: true });
}

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.boosted || detail.requestConfig?.boosted) show();
});
show();
