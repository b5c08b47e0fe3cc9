// A read-only diagram with figures on it. Several may stand on a page; one that htmx brings later is drawn too.
//
//   <div data-heat data-url="…" data-label="Sơ đồ: nơi hồ sơ phải chờ"></div>
//   <script src="{{ asset('heat.js') }}" defer></script>  <link rel="stylesheet" href="{{ asset('heat.css') }}">  (the view is marked @drawing)
//
// The address answers JSON; everything but `xml` may be left out, ids that the diagram does not hold are passed over:
//   xml      the diagram
//   heat     {id: 0…1}            how hot an element is; filled in five steps (0–0.2, … 0.8–1), in a word when it has no pill
//   pills    {id: [text, …]}      short texts below the element, one a line, at most four
//   marks    {id: "added" | "removed" | "changed" | "moved" | "taken" | "open" | "never"}   of steps, events, gateways and flows
//   legend   [{text, class}]      class: "heat-1" … "heat-5", "mark-added" …; left out, what is drawn is explained in our words
//   focus    id                   what to look at first where the whole is too small to read
// Set afterwards: `data-ready` on the place. What is drawn must also stand in a table on the page: it is not told to screen readers.
import { draw } from "../diagram/viewing.js";

const MARKS = {
  added: "＋ Thêm",
  removed: "－ Bỏ",
  changed: "✎ Sửa",
  moved: "⇄ Chuyển chỗ",
  taken: "✓ Đã qua",
  open: "● Đang mở",
  never: "○ Chưa đi qua",
};
const HEAT = ["Rất thấp", "Thấp", "Trung bình", "Cao", "Rất cao"];
const MOST_PILLS = 4;

/** 1 … 5 of a share 0 … 1. */
function level(share) {
  return Math.min(5, Math.max(1, Math.ceil(Number(share) * 5) || 1));
}

function mark(viewer, answer, place) {
  const elements = viewer.get("elementRegistry");
  const known = (told) => Object.entries(told ?? {}).filter(([id]) => elements.get(id));
  const heat = known(answer.heat);
  const marks = known(answer.marks).filter(([, kind]) => MARKS[kind]);
  const pills = Object.fromEntries(known(answer.pills));
  for (const [id, share] of heat) pills[id] ??= [HEAT[level(share) - 1]];
  for (const [id, share] of heat) viewer.get("canvas").addMarker(id, `heat-${level(share)}`);
  for (const [id, kind] of marks) markOne(viewer, id, kind);
  for (const [id, texts] of Object.entries(pills)) pill(viewer, id, texts);
  name(place);
  place.append(legend(answer.legend ?? explained(heat, marks)));
  const hottest = heat.reduce((most, one) => (most && most[1] >= one[1] ? most : one), null);
  return [answer.focus, hottest?.[0], marks.find(([, kind]) => kind !== "never")?.[0]].find((id) => elements.get(id));
}

function markOne(viewer, id, kind) {
  viewer.get("canvas").addMarker(id, `mark-${kind}`);
  const element = viewer.get("elementRegistry").get(id);
  if (element.waypoints || !["added", "removed", "changed", "moved", "open"].includes(kind)) return;
  note(viewer, id, { top: -13, left: 4 }, `heat-note mark-${kind}`, [MARKS[kind]]);
}

function pill(viewer, id, texts) {
  const said = [texts].flat().filter(Boolean).slice(0, MOST_PILLS).map(String);
  if (said.length) note(viewer, id, { bottom: 6, left: 4 }, "heat-note heat-pill", said);
}

function note(viewer, id, position, className, lines) {
  const box = document.createElement("div");
  box.className = className;
  for (const line of lines) {
    const text = document.createElement("span");
    text.textContent = line;
    box.append(text);
  }
  viewer.get("overlays").add(id, { position, html: box, scale: { min: 0.8, max: 1.2 } });
}

function name(place) {
  const drawn = place.querySelector(".diagram-canvas svg");
  drawn?.setAttribute("role", "img");
  drawn?.setAttribute("aria-label", place.dataset.label ?? "Sơ đồ quy trình; số liệu trên sơ đồ có trong bảng của trang này");
}

function explained(heat, marks) {
  const levels = new Set(heat.map(([, share]) => level(share)));
  const kinds = new Set(marks.map(([, kind]) => kind));
  return [
    ...[1, 2, 3, 4, 5].filter((one) => levels.has(one)).map((one) => ({ text: HEAT[one - 1], class: `heat-${one}` })),
    ...Object.keys(MARKS).filter((kind) => kinds.has(kind)).map((kind) => ({ text: MARKS[kind], class: `mark-${kind}` })),
  ];
}

function legend(entries) {
  const list = document.createElement("ul");
  list.className = "heat-legend";
  list.setAttribute("aria-label", "Chú giải");
  for (const entry of entries) {
    const item = document.createElement("li");
    const swatch = document.createElement("span");
    swatch.className = `heat-swatch ${/^(heat-[1-5]|mark-[a-z]+)$/.test(entry.class) ? entry.class : ""}`;
    swatch.setAttribute("aria-hidden", "true");
    item.append(swatch, entry.text);
    list.append(item);
  }
  list.hidden = !entries.length;
  return list;
}

function drawAll() {
  for (const place of document.querySelectorAll("[data-heat]:not([data-begun])")) {
    place.dataset.begun = "";
    draw(place, (viewer, answer) => mark(viewer, answer, place));
  }
}

drawAll();
document.addEventListener("htmx:load", drawAll);
