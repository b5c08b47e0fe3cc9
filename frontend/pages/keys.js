// Keys: which there are on this page, the sheet that explains them, and moving in a list. The "cursor" is the focus itself.
// What acts on tasks stands in acting_keys.js. Single keys can be turned off, per device (WCAG 2.1.4); those with Ctrl cannot.
import { refresh } from "./selection.js";
import { ACTING } from "./acting_keys.js";

const OFF = "motcua-keys-off";
const TYPING = "textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=button], [type=submit])";
const HELP = [
  [
    "Trong danh sách",
    [
      [["j", "k"], "Dòng tiếp theo, dòng trước"],
      [["x"], "Chọn hoặc bỏ chọn dòng"],
      [["Shift", "x"], "Chọn mọi dòng từ dòng chọn trước đến dòng này"],
      [["o", "Enter"], "Mở hồ sơ"],
      [["f", "r", "h"], "Chuyển bước, trả lại, bàn giao các dòng đã chọn; chưa chọn dòng nào thì dòng này"],
      [["/"], "Tìm trong danh sách"],
    ],
  ],
  [
    "Ở trang hồ sơ",
    [
      [["f", "r", "h"], "Đến biểu mẫu chuyển bước, trả lại, bàn giao"],
      [["Ctrl", "Enter"], "Gửi biểu mẫu đang điền"],
      [["n", "p"], "Việc sau, việc trước của danh sách"],
      [["u", "Backspace"], "Về danh sách (Esc hai lần cũng vậy khi đang gõ)"],
    ],
  ],
  [
    "Mọi trang",
    [
      [["Esc"], "Rời ô đang gõ; đóng bảng này"],
      [["?"], "Bảng phím tắt này"],
    ],
  ],
];

const rows = () => [...document.querySelectorAll(".inbox tbody tr")].filter((row) => row.querySelector("a[href]"));
const linkOf = (row) => row.querySelector("[data-open]") ?? row.querySelector("a[href]");
const current = () => document.activeElement?.closest?.(".inbox tbody tr") ?? null;
const boxOf = (row) => row?.querySelector("[data-select]:not(:disabled)");
let lastChosen = null;

function move(by) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(current());
  const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1);
  linkOf(all[next]).focus({ preventScroll: true });
  all[next].scrollIntoView({ block: "nearest" });
}

function choose() {
  const box = boxOf(current());
  if (!box) return;
  box.checked = !box.checked;
  lastChosen = box.checked ? current() : null;
  refresh();
}

/** From the row that was chosen last to this one. */
function chooseTo() {
  const all = rows();
  const here = all.indexOf(current());
  if (here < 0) return;
  const from = all.includes(lastChosen) ? all.indexOf(lastChosen) : here;
  for (const row of all.slice(Math.min(from, here), Math.max(from, here) + 1)) {
    if (boxOf(row)) boxOf(row).checked = true;
  }
  lastChosen = all[here];
  refresh();
}

function search() {
  const field = document.querySelector("[data-search]") ?? document.querySelector("main input[type=search], [role=search] input");
  field?.focus();
  field?.select();
}

const follow = (selector) => () => document.querySelector(selector)?.click();
const back = follow("[data-back-to-list]");

const ACTIONS = {
  j: () => move(1),
  k: () => move(-1),
  x: choose,
  X: chooseTo,
  o: () => current() && linkOf(current()).click(),
  n: follow("[data-next-task]"),
  p: follow("[data-previous-task]"),
  u: back,
  Backspace: back,
  Escape: back,
  "/": search,
  "?": () => explain(),
  ...ACTING,
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.target.closest?.(TYPING)) {
    if (event.key === "Escape" && event.target.closest("main")) event.target.blur();
    return;
  }
  const act = ACTIONS[event.key];
  if (!act || event.repeat === true && !["j", "k"].includes(event.key) || (event.key !== "?" && isOff())) return;
  event.preventDefault();
  act();
});

document.addEventListener("click", ({ target }) => {
  if (target.closest?.("[data-keys-help]")) explain();
});

/** Single keys can be in the way of speech input: each person may turn them off, on this device. */
function isOff() {
  try {
    return localStorage.getItem(OFF) === "1";
  } catch {
    return false;
  }
}

function setOff(off) {
  try {
    if (off) localStorage.setItem(OFF, "1");
    else localStorage.removeItem(OFF);
  } catch {
    // Storage is closed to us: the keys stay on.
  }
}

function explain() {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog dialog-keys";
  dialog.setAttribute("aria-labelledby", "keys-title");
  dialog.innerHTML = `<h2 id="keys-title">Phím tắt</h2><div class="key-groups"></div>
    <label class="form-check"><input class="form-check-input" type="checkbox"> <span class="form-check-label">Dùng phím tắt trên máy này</span></label>
    <form method="dialog"><button class="btn btn-primary">Đóng</button></form>`;
  for (const [title, keys] of HELP) dialog.querySelector(".key-groups").append(group(title, keys));
  const on = dialog.querySelector("input");
  on.checked = !isOff();
  on.addEventListener("change", () => setOff(!on.checked));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function group(title, keys) {
  const section = document.createElement("section");
  section.append(Object.assign(document.createElement("h3"), { textContent: title }));
  const list = Object.assign(document.createElement("dl"), { className: "keys" });
  for (const [pressed, words] of keys) {
    const pair = document.createElement("div");
    const term = document.createElement("dt");
    for (const key of pressed) term.append(Object.assign(document.createElement("kbd"), { textContent: key }), " ");
    pair.append(term, Object.assign(document.createElement("dd"), { textContent: words }));
    list.append(pair);
  }
  section.append(list);
  return section;
}
