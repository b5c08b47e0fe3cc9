// Keys in a list: j and k move, x chooses, o or Enter opens, / searches, ? explains. The "cursor" is the focus itself.
import { refresh } from "./selection.js";

const OFF = "motcua-keys-off";
const TYPING = "textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=button], [type=submit])";
const HELP = [
  ["j", "Dòng tiếp theo"],
  ["k", "Dòng trước"],
  ["x", "Chọn hoặc bỏ chọn dòng"],
  ["o", "Mở hồ sơ (hoặc Enter)"],
  ["/", "Tìm kiếm"],
  ["?", "Bảng phím tắt này"],
];

const rows = () => [...document.querySelectorAll(".inbox tbody tr")].filter((row) => row.querySelector("a[href]"));
const linkOf = (row) => row.querySelector("[data-open]") ?? row.querySelector("a[href]");
const current = () => document.activeElement?.closest?.(".inbox tbody tr") ?? null;

function move(by) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(current());
  const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1);
  linkOf(all[next]).focus({ preventScroll: true });
  all[next].scrollIntoView({ block: "nearest" });
}

function choose() {
  const box = current()?.querySelector("[data-select]:not(:disabled)");
  if (!box) return;
  box.checked = !box.checked;
  refresh();
}

function search() {
  const field = document.querySelector("[data-search]") ?? document.querySelector("main input[type=search], [role=search] input");
  field?.focus();
  field?.select();
}

const ACTIONS = {
  j: () => move(1),
  k: () => move(-1),
  x: choose,
  o: () => current() && linkOf(current()).click(),
  "/": search,
  "?": () => explain(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented) return;
  if (event.target.closest?.(TYPING) || document.querySelector("dialog[open]")) return;
  const act = ACTIONS[event.key];
  if (!act || (event.key !== "?" && isOff())) return;
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
  dialog.className = "dialog";
  dialog.setAttribute("aria-labelledby", "keys-title");
  dialog.innerHTML = `<h2 id="keys-title">Phím tắt</h2><dl class="keys"></dl>
    <label class="form-check"><input class="form-check-input" type="checkbox"> <span class="form-check-label">Dùng phím tắt trên máy này</span></label>
    <form method="dialog"><button class="btn btn-primary">Đóng</button></form>`;
  for (const [key, words] of HELP) {
    const pair = document.createElement("div");
    pair.append(document.createElement("dt"), document.createElement("dd"));
    pair.firstChild.append(Object.assign(document.createElement("kbd"), { textContent: key }));
    pair.lastChild.textContent = words;
    dialog.querySelector("dl").append(pair);
  }
  const on = dialog.querySelector("input");
  on.checked = !isOff();
  on.addEventListener("change", () => setOff(!on.checked));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
