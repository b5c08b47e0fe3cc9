// Small helpers for the modeller's own parts of the page.

/** `el("button", {class: "btn", onclick}, "text", child)`; attributes that are null or false are left out. */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "text") element.textContent = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function button(text, title, act, more = {}) {
  const { class: extra, ...rest } = more;
  const named = title === text ? {} : { title, "aria-label": title };
  return el("button", { type: "button", class: extra ?? "btn btn-sm", onclick: act, ...named, ...rest }, text);
}

/** A dialog that closes with Esc and by its buttons; answers the value of the button that closed it. */
export function ask(title, body, buttons) {
  return new Promise((resolve) => {
    const heading = el("h2", { id: "modeller-dialog-title" }, title);
    const row = el("div", { class: "form-buttons" });
    const dialog = el("dialog", { class: "modeller-dialog", "aria-labelledby": "modeller-dialog-title" }, heading, ...body, row);
    for (const { text, value, main } of buttons) {
      row.append(el("button", { type: "button", class: main ? "btn btn-primary" : "btn", onclick: () => dialog.close(value) }, text));
    }
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue);
    });
    dialog.addEventListener("cancel", () => (dialog.returnValue = ""));
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** A short word at the bottom of the canvas that goes away by itself. */
export function tell(place, words) {
  const line = place.querySelector("[data-said]");
  line.textContent = words;
  line.hidden = !words;
  clearTimeout(line.timer);
  line.timer = setTimeout(() => (line.hidden = true), 8000);
}

export function download(name, type, text) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = el("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

const CLOCK = new Intl.DateTimeFormat("vi-VN", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Ho_Chi_Minh" });
const DAY = new Intl.DateTimeFormat("vi-VN", { day: "2-digit", month: "2-digit", timeZone: "Asia/Ho_Chi_Minh" });

export function clock(instant) {
  return CLOCK.format(new Date(instant));
}

export function when(instant) {
  return `${CLOCK.format(new Date(instant))} ngày ${DAY.format(new Date(instant))}`;
}
