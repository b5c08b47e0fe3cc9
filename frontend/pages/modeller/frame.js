// The page around the canvas: toolbar, side panels, lines that say what is going on.
import { button, el } from "./dom.js";

const ICONS = { undo: "↶", redo: "↷", fit: "⛶", in: "+", out: "−" };

/** Builds the frame in `place`; `act` has a function for each button. */
export function frame(place, editable, act) {
  const canvas = el("div", { class: "modeller-canvas", "data-canvas": true });
  const fields = el("div", { class: "modeller-fields", "data-fields": true });
  const problems = el(
    "details",
    { class: "modeller-problems", open: true, "data-problems": true },
    el("summary", {}, el("span", { "data-problems-summary": true, role: "status" }, "Đang kiểm tra…"), el("span", { class: "modeller-total", "data-total": true })),
    el("ul", { "data-problems-list": true, tabindex: "0", role: "list", "aria-label": "Các lỗi, điều cần xem của sơ đồ" }),
  );
  const side = el("aside", { class: "modeller-side", id: "modeller-side", "aria-label": "Thuộc tính, góp ý" }, editable ? fields : null, comments());
  place.replaceChildren(
    toolbar(editable, act),
    el("p", { class: "modeller-here", "data-here": true, role: "status", hidden: true }),
    el("p", { class: "modeller-legend", "data-legend": true, role: "status", hidden: true }),
    el("p", { class: "modeller-small" }, "Màn hình này nhỏ: xem, phóng to, thu nhỏ, đọc danh sách lỗi được; muốn vẽ hãy mở trên máy tính."),
    el("div", { class: "modeller-body" }, el("div", { class: "modeller-main" }, canvas, el("p", { class: "modeller-said", "data-said": true, role: "status", hidden: true }), problems), side),
  );
  return { canvas, fields, problems, side, comments: side.querySelector("[data-comments]"), line: place.querySelector("[data-saved]"), here: place.querySelector("[data-here]"), legend: place.querySelector("[data-legend]") };
}

function toolbar(editable, act) {
  const bar = el("div", { class: "modeller-bar", role: "toolbar", "aria-label": "Công cụ vẽ" });
  const group = (...children) => bar.append(el("span", { class: "modeller-group" }, ...children.filter(Boolean)));
  if (editable) {
    group(button(ICONS.undo, "Hoàn tác (Ctrl+Z)", act.undo, { "data-act": "undo" }), button(ICONS.redo, "Làm lại (Ctrl+Y)", act.redo, { "data-act": "redo" }));
    group(act.blocks, button("Sắp xếp lại", "Sắp xếp lại", act.arrange, { "data-act": "arrange" }), button("Thêm làn", "Thêm làn", act.lane, { "data-act": "lane" }));
  }
  group(button(ICONS.out, "Thu nhỏ", act.out), button(ICONS.in, "Phóng to", act.in), button("Vừa khung", "Vừa khung", act.fit), button("Tìm", "Tìm", act.find, { "data-act": "find" }));
  group(
    button("So với bản đang áp dụng", "So với bản đang áp dụng", act.compare, { "data-act": "compare", "aria-pressed": "false" }),
    more(editable, act),
  );
  const end = el("span", { class: "modeller-group modeller-end" });
  if (editable) end.append(el("span", { class: "modeller-saved", "data-saved": true, role: "status" }), button("Lưu thành một mốc", "Lưu thành một mốc", act.keep, { "data-act": "keep" }));
  else end.append(el("span", { class: "modeller-saved", "data-saved": true }, act.why));
  end.append(button("Ẩn bảng bên", "Ẩn bảng bên", act.side, { "data-act": "side", "aria-expanded": "true", "aria-controls": "modeller-side" }));
  bar.append(end);
  return bar;
}

function more(editable, act) {
  const items = [
    button("Tải tệp BPMN", "Tải tệp BPMN", act.bpmn, { class: "menu-item", "data-act": "bpmn" }),
    button("Tải hình SVG", "Tải hình SVG", act.svg, { class: "menu-item", "data-act": "svg" }),
    editable && button("Mở tệp BPMN vào bản vẽ này…", "Mở tệp BPMN vào bản vẽ này…", act.open, { class: "menu-item", "data-act": "open" }),
    el("a", { class: "menu-item", href: "/thiet-ke/mau.json", download: true }, "Mẫu phần tử cho Camunda Modeler"),
    button("Toàn màn hình", "Toàn màn hình", act.full, { class: "menu-item", "data-act": "full" }),
    button("Phím tắt", "Phím tắt", act.keys, { class: "menu-item", "data-act": "keys" }),
  ];
  return menu("Thêm…", items.filter(Boolean));
}

/** A button with a list below it that closes when something in it was chosen, or with Esc. */
export function menu(text, items) {
  const box = el("details", { class: "modeller-menu" }, el("summary", { class: "btn btn-sm" }, text), el("div", { class: "menu-items" }, ...items));
  box.addEventListener("click", (event) => {
    if (event.target.closest(".menu-item")) box.open = false;
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !box.open) return;
    box.open = false;
    box.querySelector("summary").focus();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!box.contains(event.target)) box.open = false;
  });
  return box;
}

function comments() {
  return el(
    "details",
    { class: "modeller-comments", "data-comments": true },
    el("summary", {}, el("span", { "data-comments-summary": true }, "Góp ý")),
    el("form", {}, el("p", { class: "muted", "data-comment-about": true }), el("textarea", { class: "form-control", name: "text", rows: "2", maxlength: "4000", "aria-label": "Góp ý mới", placeholder: "Viết góp ý…" }), el("button", { type: "submit", class: "btn btn-sm" }, "Gửi góp ý")),
    el("ul", { "data-comments-list": true, role: "list" }),
  );
}
