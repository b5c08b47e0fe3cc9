// Every change is kept: sent after two seconds, and held in the browser until the server has it. Nothing is overwritten.
import { ask, clock, el, when } from "./dom.js";

const WAIT = 2000;
const AGAIN = 5000;

export class Saving {
  constructor(modeler, server, draft, line, bringing) {
    Object.assign(this, { modeler, server, draft, line, bringing });
    this.revision = draft.revision;
    this.key = `motcua.draft.${draft.id}`;
    this.changes = 0;
    this.kept = 0;
    this.stopped = false;
    this.say(`Đã lưu ${draft.saved_at ? clock(draft.saved_at) : ""}`, "saved");
    modeler.on("commandStack.changed", () => this.changed());
    window.addEventListener("online", () => this.unsaved && this.soon(0));
    window.addEventListener("beforeunload", (event) => {
      if (this.unsaved) event.preventDefault();
    });
    // Links are followed by htmx, without the browser asking.
    document.addEventListener("htmx:confirm", (event) => this.leaving(event));
  }

  get unsaved() {
    return this.changes !== this.kept;
  }

  changed() {
    this.changes += 1;
    if (this.stopped) return;
    this.say("Chưa lưu…", "waiting");
    this.hold();
    this.soon();
  }

  soon(wait = WAIT) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), wait);
  }

  /** The newest drawing stays in this browser until the server has it. */
  async hold() {
    const { xml } = await this.modeler.saveXML({ format: true });
    if (!this.unsaved) return;
    try {
      localStorage.setItem(this.key, JSON.stringify({ revision: this.revision, xml, at: Date.now() }));
    } catch {
      // A full store: the page itself still has it, and warns before it is left.
    }
  }

  release() {
    try {
      localStorage.removeItem(this.key);
    } catch {
      // Nothing was held.
    }
  }

  /** What was drawn here and never reached the server, when it was made from the state that is shown now. */
  held() {
    try {
      return JSON.parse(localStorage.getItem(this.key) ?? "null");
    } catch {
      return null;
    }
  }

  /** Sends what there is; one at a time. Answers whether the server has it all. */
  async save(more = {}) {
    clearTimeout(this.timer);
    if (this.sending) await this.sending;
    if (this.stopped || (!this.unsaved && !more.kind)) return !this.unsaved;
    this.sending = this.send(more);
    try {
      return await this.sending;
    } finally {
      this.sending = null;
    }
  }

  async send(more) {
    const changes = this.changes;
    this.say("Đang lưu…", "waiting");
    try {
      const { bringing } = this;
      if (this.overtaken && bringing.pending) bringing.over((await this.server.get("ban-ve")).forms ?? {});
      this.overtaken = false;
      const brought = bringing.changes;
      const forms = bringing.pending ? { forms: this.draft.forms } : {};
      const { xml } = await this.modeler.saveXML({ format: true });
      const answer = await this.server.post("ban-ve", { revision: this.revision, diagram: xml, kind: "auto", ...forms, ...more });
      this.revision = answer.revision;
      this.kept = changes;
      bringing.kept = brought;
      if (this.unsaved) this.soon();
      else this.release();
      this.say(`Đã lưu ${clock(answer.saved_at)}`, "saved");
      return !this.unsaved;
    } catch (error) {
      return this.failed(error);
    }
  }

  async failed(error) {
    if (!error.status) {
      this.say("Mất mạng – sẽ lưu lại", "lost");
      this.soon(AGAIN);
    } else if (error.problem.code === "stale_version") {
      await this.stale(error.problem);
    } else {
      this.say(`Chưa lưu được: ${error.message}`, "lost");
      if (error.status >= 500 || error.status === 429) this.soon(AGAIN);
    }
    return false;
  }

  /** Somebody else saved meanwhile: theirs is opened, or ours becomes the next state; theirs stays in the history. */
  async stale({ saved_by, saved_at, revision }) {
    this.stopped = true;
    this.say(`${saved_by} đã lưu bản khác`, "lost");
    const choice = await ask(
      "Có người khác đã lưu bản vẽ này",
      [
        el("p", {}, `${saved_by} đã lưu lúc ${when(saved_at)}, sau khi bạn mở. Chưa có gì bị ghi đè.`),
        el("p", {}, "Lưu bản của bạn thành lần lưu tiếp theo thì bản kia vẫn còn trong Lịch sử, và có thể so sánh hai bản."),
      ],
      [
        { text: "Lưu bản của tôi thành lần lưu tiếp theo", value: "mine", main: true },
        { text: `Mở bản của ${saved_by}`, value: "theirs" },
        { text: "Để sau", value: "" },
      ],
    );
    if (choice === "mine") {
      this.stopped = false;
      this.overtaken = true;
      this.revision = revision;
      await this.send({ kind: "kept", label: "Giữ lại sau khi có người khác lưu" });
    } else if (choice === "theirs") {
      const { xml } = await this.modeler.saveXML({ format: true });
      localStorage.setItem(`${this.key}.mine`, xml); // still at hand, should it have been the wrong button
      this.kept = this.changes;
      this.release();
      window.location.reload();
    } else {
      this.line.append(el("button", { type: "button", class: "btn btn-sm", onclick: () => this.stale({ saved_by, saved_at, revision }) }, "Giải quyết…"));
    }
  }

  /** A state with a name, that later automatic ones do not replace. */
  async keep() {
    const field = el("input", { class: "form-control", id: "keep-name", maxlength: "200", value: "" });
    const choice = await ask("Lưu thành một mốc", [el("p", {}, "Mốc có tên thì không bị lần tự lưu sau thay thế; xem và lấy lại ở thẻ Lịch sử."), el("label", { for: "keep-name", class: "form-label" }, "Tên mốc"), field], [
      { text: "Lưu mốc", value: "keep", main: true },
      { text: "Thôi", value: "" },
    ]);
    if (choice === "keep") await this.save({ kind: "kept", label: field.value.trim() || "Mốc không tên" });
  }

  async leaving(event) {
    const target = event.detail?.elt;
    if (!this.unsaved || !target?.matches?.("a[href], form")) return;
    event.preventDefault();
    if (await this.save()) {
      event.detail.issueRequest(true);
      return;
    }
    const choice = await ask("Chưa lưu được", [el("p", {}, "Thay đổi cuối chưa đến máy chủ; trình duyệt này còn giữ và sẽ hỏi lại khi bạn mở bản vẽ.")], [
      { text: "Ở lại", value: "" },
      { text: "Vẫn rời trang", value: "leave" },
    ]);
    if (choice === "leave") event.detail.issueRequest(true);
  }

  say(words, state) {
    this.line.replaceChildren(words);
    this.line.dataset.state = state;
  }
}
