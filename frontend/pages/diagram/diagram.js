// The course of a dossier on its diagram: `<div id="diagram" data-url="…">`, JSON {xml, steps: {id: done | current | late}}.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";

const WORDS = { done: "✓ Đã xong", current: "● Đang xử lý", late: "⚠ Quá hạn" };
const FAILED = "Không tải được sơ đồ. Hãy tải lại trang để thử lại.";

const READABLE = 0.6;

const place = document.getElementById("diagram");
if (place) show(place);

async function show(place) {
  const canvas = document.createElement("div");
  canvas.className = "diagram-canvas";
  try {
    const answer = await fetch(place.dataset.url, { credentials: "same-origin", headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const { xml, steps } = await answer.json();
    place.replaceChildren(canvas);
    const viewer = new NavigatedViewer({ container: canvas });
    await viewer.importXML(xml);
    mark(viewer, steps ?? {});
    const view = viewer.get("canvas");
    place.prepend(buttons(view));
    view.resized();
    fit(view, steps ?? {});
    place.dataset.ready = "";
  } catch (error) {
    console.error(error);
    const text = document.createElement("p");
    text.setAttribute("role", "alert");
    text.textContent = FAILED;
    place.replaceChildren(text);
  }
}

/** Colour for those who see it, and the same in words. A diagram may no longer hold a step of an older version. */
function mark(viewer, steps) {
  const canvas = viewer.get("canvas");
  const overlays = viewer.get("overlays");
  const elements = viewer.get("elementRegistry");
  for (const [id, state] of Object.entries(steps)) {
    if (!elements.get(id) || !WORDS[state]) continue;
    canvas.addMarker(id, `step-${state}`);
    const note = document.createElement("span");
    note.className = `step-note step-note-${state}`;
    note.textContent = WORDS[state];
    overlays.add(id, { position: { top: -12, left: 4 }, html: note, scale: { min: 0.8, max: 1.2 } });
  }
}

/** The whole diagram; where that is too small to read (a telephone), the step that is being worked on. */
function fit(view, steps) {
  view.zoom("fit-viewport", "auto");
  const here = Object.keys(steps).find((id) => steps[id] !== "done" && view.getGraphics(id));
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
