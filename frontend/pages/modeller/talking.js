// What designers say about elements of the diagram: pins on the canvas and a list beside it. And who else is here.
import { el, when } from "./dom.js";
import { centre } from "./checking.js";

const EVERY = 20_000;

export class Talking {
  constructor(modeler, server, panel, editable) {
    Object.assign(this, { modeler, server, panel, editable });
    this.comments = [];
    this.list = panel.querySelector("[data-comments-list]");
    this.summary = panel.querySelector("[data-comments-summary]");
    this.form = panel.querySelector("form");
    this.about = panel.querySelector("[data-comment-about]");
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.add(this.form.elements.text, this.selected()?.id ?? null, null);
    });
    modeler.on("selection.changed", () => this.sayAbout());
    modeler.on("import.done", () => this.show());
    this.sayAbout();
  }

  selected() {
    const [one] = this.modeler.get("selection").get();
    return one?.labelTarget ?? one;
  }

  sayAbout() {
    const one = this.selected();
    this.about.textContent = one?.parent ? `Về: ${one.businessObject.name || one.businessObject.id}` : "Về cả sơ đồ (chọn một phần tử để nói riêng về nó)";
  }

  async load() {
    try {
      const answer = await this.server.get("gop-y");
      this.comments = Array.isArray(answer) ? answer : (answer?.comments ?? []);
      this.show();
    } catch {
      this.summary.textContent = "Góp ý: chưa tải được";
    }
  }

  async add(field, element, parent) {
    const text = field.value.trim();
    if (!text) return;
    try {
      await this.server.post("gop-y", { text, element, ...(parent ? { parent } : {}) });
      field.value = "";
      await this.load();
    } catch (error) {
      this.summary.textContent = error.status ? error.message : "Mất mạng: góp ý chưa gửi được, chữ vẫn còn trong ô.";
    }
  }

  async resolve(comment) {
    await this.server.post(`gop-y/${comment.id}/xong`, { settled: true });
    await this.load();
  }

  show() {
    const open = this.comments.filter((one) => !one.resolved && !one.parent);
    this.summary.textContent = open.length ? `Góp ý (${open.length})` : "Góp ý";
    const top = this.comments.filter((one) => !one.parent);
    this.list.replaceChildren(...top.map((one) => this.thread(one)));
    this.pins(open);
  }

  thread(comment) {
    const said = (one) => el("p", { class: "comment-words" }, el("b", {}, one.by), ` ${when(one.at)}`, el("br"), one.text);
    const item = el("li", { class: comment.resolved ? "comment comment-done" : "comment" });
    const element = comment.element && this.modeler.get("elementRegistry").get(comment.element);
    if (element) item.append(el("button", { type: "button", class: "comment-about", onclick: () => this.go(element) }, element.businessObject.name || comment.element));
    item.append(said(comment), ...(comment.answers ?? []).map(said));
    if (comment.resolved) item.append(el("span", { class: "muted" }, "✓ Đã xong"));
    else item.append(this.answer(comment));
    return item;
  }

  answer(comment) {
    const field = el("textarea", { class: "form-control", rows: "1", "aria-label": `Trả lời ${comment.by}`, placeholder: "Trả lời…" });
    return el(
      "div",
      { class: "comment-answer" },
      field,
      el("button", { type: "button", class: "btn btn-sm", onclick: () => this.add(field, comment.element, comment.id) }, "Trả lời"),
      el("button", { type: "button", class: "btn btn-sm", onclick: () => this.resolve(comment) }, "Đã xong"),
    );
  }

  go(element) {
    centre(this.modeler.get("canvas"), element);
    this.modeler.get("selection").select(element);
  }

  pins(open) {
    const overlays = this.modeler.get("overlays");
    overlays.remove({ type: "motcua-comment" });
    const counts = new Map();
    for (const one of open) if (one.element) counts.set(one.element, (counts.get(one.element) ?? 0) + 1);
    for (const [id, count] of counts) {
      const element = this.modeler.get("elementRegistry").get(id);
      if (!element?.parent || element.waypoints) continue;
      const html = el("button", { type: "button", class: "badge-comment", tabindex: "-1", title: `${count} góp ý`, "aria-label": `${count} góp ý`, onclick: () => this.reveal(element) }, `💬 ${count}`);
      overlays.add(element, "motcua-comment", { position: { bottom: 10, left: 6 }, html, scale: { min: 0.9, max: 1.2 } });
    }
  }

  reveal(element) {
    this.modeler.get("selection").select(element);
    this.panel.open = true;
    this.panel.scrollIntoView({ block: "nearest" });
  }
}

/** Who else has the draft open; asked every twenty seconds while somebody looks at the page. */
export class Presence {
  constructor(modeler, server, line, saving) {
    Object.assign(this, { server, line, saving });
    this.drew = false;
    modeler.on("commandStack.changed", () => (this.drew = true));
    document.addEventListener("visibilitychange", () => this.tell());
    window.addEventListener("pagehide", () => server.beacon("co-mat", { roi: "1" }));
    setInterval(() => this.tell(), EVERY);
    this.tell();
  }

  async tell() {
    if (document.visibilityState !== "visible") return;
    const drew = this.drew;
    this.drew = false;
    try {
      const answer = await this.server.send("co-mat", drew ? { nhap: "1" } : {});
      const words = answer?.here ?? "";
      const moved = answer?.revision > (this.saving?.revision ?? answer.revision) && !this.saving?.sending;
      this.line.textContent = moved ? `${words} Đã có bản lưu mới hơn: tải lại trang để xem.`.trim() : words;
      this.line.hidden = !this.line.textContent;
    } catch {
      // The next time, perhaps.
    }
  }
}
