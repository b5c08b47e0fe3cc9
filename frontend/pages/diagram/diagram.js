// The course of a dossier on its diagram: `<div id="diagram" data-url="…">`, JSON {xml, steps: {id: done | current | late}}.
import { draw } from "./viewing.js";

const WORDS = { done: "✓ Đã xong", current: "● Đang xử lý", late: "⚠ Quá hạn" };

const place = document.getElementById("diagram");
if (place) draw(place, (viewer, { steps }) => mark(viewer, steps ?? {}));

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
  return Object.keys(steps).find((id) => steps[id] !== "done" && elements.get(id));
}
