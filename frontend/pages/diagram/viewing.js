// What every read-only diagram shares: how it is fetched and drawn, its buttons, and which part of it is seen first.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";

const FAILED = "Không tải được sơ đồ. Hãy tải lại trang để thử lại.";
const READABLE = 0.6;

/** Draw into `place` what its data-url answers ({xml, …}); `mark(viewer, answer)` marks it and answers what to look at first. */
export async function draw(place, mark) {
  const canvas = document.createElement("div");
  canvas.className = "diagram-canvas";
  try {
    const response = await fetch(place.dataset.url, { credentials: "same-origin", headers: { Accept: "application/json" } });
    if (!response.ok) throw new Error(`status ${response.status}`);
    const answer = await response.json();
    place.replaceChildren(canvas);
    const viewer = new NavigatedViewer({ container: canvas });
    await viewer.importXML(answer.xml);
    const here = mark(viewer, answer);
    const view = viewer.get("canvas");
    place.prepend(buttons(view));
    view.resized();
    fit(view, here);
    place.dataset.ready = "";
  } catch (error) {
    console.error(error);
    const text = document.createElement("p");
    text.setAttribute("role", "alert");
    text.textContent = FAILED;
    place.replaceChildren(text);
  }
}

/** The whole diagram; where that is too small to read (a telephone), the step that matters. */
function fit(view, here) {
  view.zoom("fit-viewport", "auto");
  if (view.zoom() >= READABLE || !here) return;
  view.zoom(READABLE);
  view.scrollToElement(here, 24);
}

function buttons(view) {
  const bar = document.createElement("div");
  bar.className = "diagram-buttons";
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", "Phóng to, thu nhỏ sơ đồ");
  const kinds = [
    ["+", "Phóng to", () => view.zoom(Math.min(view.zoom() * 1.25, 4), "auto")],
    ["−", "Thu nhỏ", () => view.zoom(Math.max(view.zoom() / 1.25, 0.2), "auto")],
    ["Vừa khung", "Vừa khung", () => view.zoom("fit-viewport", "auto")],
  ];
  for (const [text, label, act] of kinds) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn";
    button.textContent = text;
    button.setAttribute("aria-label", label);
    button.addEventListener("click", act);
    bar.append(button);
  }
  return bar;
}
