// Keeping what is drawn: a while after the last change, one request at a time, never over somebody else's work.
const PAUSE = 900;
const AGAIN = 8_000;

/** `draft`: {url, token, revision, forms, name}; `read()` gives the schema as it is; `say(kind, words)` tells of it. */
export class Saving {
  constructor(draft, read, say) {
    Object.assign(this, { draft, read, say, timer: null, running: null, dirty: false, stale: false });
    this.known = sameText(draft.forms[draft.name]);
  }

  /** Whether something is not known to be kept. */
  unfinished() {
    return this.dirty || this.running !== null;
  }

  changed() {
    this.dirty = true;
    if (this.stale) return;
    this.say("typing", "Có thay đổi chưa lưu …");
    this.later(PAUSE);
  }

  later(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), pause);
  }

  /** Whether everything is kept on the server afterwards. */
  async save(kind = "auto") {
    clearTimeout(this.timer);
    if (this.running) await this.running;
    if (this.stale || (!this.dirty && kind === "auto")) return !this.dirty;
    this.running = this.send(kind);
    try {
      return await this.running;
    } finally {
      this.running = null;
    }
  }

  async send(kind) {
    const { draft } = this;
    const schema = this.read();
    this.dirty = false;
    this.say("saving", "Đang lưu …");
    let answer, told;
    try {
      answer = await fetch(draft.url, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": draft.token },
        credentials: "same-origin",
        redirect: "manual",
        body: JSON.stringify({ revision: draft.revision, forms: { ...draft.forms, [draft.name]: schema }, kind }),
      });
      told = await answer.json();
    } catch {
      return this.failed("Chưa lưu được (mất kết nối hoặc hết phiên). Những gì đã vẽ vẫn ở đây, hệ thống sẽ thử lại.");
    }
    if (answer.ok) return this.kept(schema, told);
    this.dirty = true;
    if (answer.status === 409 || answer.status === 412) return this.merge(told);
    if (answer.status >= 500 || answer.status === 429) return this.failed("Máy chủ chưa lưu được, sẽ thử lại.");
    this.say("wrong", told.detail ?? "Máy chủ không nhận bản này.");
    return false;
  }

  kept(schema, { revision, saved_at }) {
    Object.assign(this.draft, { revision, forms: { ...this.draft.forms, [this.draft.name]: schema } });
    this.known = sameText(schema);
    if (!this.dirty) this.say("kept", `Đã lưu lúc ${clock(saved_at)}`);
    else this.later(PAUSE);
    return !this.dirty;
  }

  failed(words) {
    this.dirty = true;
    this.say("wrong", words);
    this.later(AGAIN);
    return false;
  }

  /** Somebody saved the draft meanwhile: another part of it is simply taken over, the same form is left to the person. */
  async merge(told) {
    const now = await this.latest();
    if (now && now.state === "open" && sameText(now.forms[this.draft.name]) === this.known) {
      Object.assign(this.draft, { revision: now.revision, forms: now.forms });
      this.say("typing", "Bản vẽ vừa được lưu ở nơi khác; biểu mẫu này không đổi, đang lưu tiếp …");
      this.later(0);
      return false;
    }
    this.stale = true;
    this.say("stale", told.detail ?? "Người khác đã lưu bản vẽ này sau khi bạn mở.");
    return false;
  }

  /** Ours in the place of theirs, which stays in the draft's history. */
  async insist() {
    const now = await this.latest();
    if (!now) return false;
    Object.assign(this.draft, { revision: now.revision, forms: now.forms });
    Object.assign(this, { stale: false, dirty: true });
    return this.save("kept");
  }

  async latest() {
    try {
      const answer = await fetch(this.draft.url, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      return answer.ok ? await answer.json() : null;
    } catch {
      return null;
    }
  }
}

/** A schema as text, whatever the order of its members: the server's database has its own. */
const sameText = (value) => JSON.stringify(value, (_, one) => (plain(one) ? Object.fromEntries(Object.entries(one).sort()) : one));
const plain = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

const clock = (at) => new Intl.DateTimeFormat("vi-VN", { timeStyle: "medium", timeZone: "Asia/Ho_Chi_Minh" }).format(new Date(at));
