// What this drawing changes of the version in force, marked on the canvas while it is asked for.
import { el } from "./dom.js";

const WORDS = { added: "+ Thêm", changed: "≠ Sửa", moved: "↔ Dời", removed: "− Bỏ" };

export class Comparing {
  constructor(modeler, server, legend, say) {
    Object.assign(this, { modeler, server, legend, say });
    this.shown = null;
  }

  async toggle() {
    if (this.shown) return this.hide();
    let answer;
    try {
      answer = await this.server.get("so-sanh/du-lieu");
    } catch (error) {
      this.say(error.status ? error.message : "Mất mạng nên chưa so sánh được.");
      return false;
    }
    const marks = answer?.marks ?? {};
    this.shown = Object.entries(marks);
    const registry = this.modeler.get("elementRegistry");
    const gone = [];
    for (const [id, mark] of this.shown) {
      const element = registry.get(id);
      if (!element) {
        if (mark === "removed") gone.push(id);
        continue;
      }
      this.modeler.get("canvas").addMarker(element, `compare-${mark}`);
      if (!element.waypoints && WORDS[mark]) {
        const html = el("span", { class: `compare-note compare-note-${mark}` }, WORDS[mark]);
        this.modeler.get("overlays").add(element, "motcua-compare", { position: { top: -13, left: 4 }, html });
      }
    }
    const count = (mark) => this.shown.filter(([, one]) => one === mark).length;
    const told = Object.entries(WORDS).filter(([mark]) => count(mark)).map(([mark, word]) => `${word}: ${count(mark)}`);
    this.legend.textContent = told.length ? `So với bản đang áp dụng (lần lưu cuối) – ${told.join(" · ")}${gone.length ? "; phần đã bỏ xem ở thẻ Lịch sử, so sánh" : ""}` : "Không khác bản đang áp dụng.";
    this.legend.hidden = false;
    return true;
  }

  hide() {
    const registry = this.modeler.get("elementRegistry");
    for (const [id, mark] of this.shown) if (registry.get(id)) this.modeler.get("canvas").removeMarker(id, `compare-${mark}`);
    this.modeler.get("overlays").remove({ type: "motcua-compare" });
    this.legend.hidden = true;
    this.shown = null;
    return false;
  }
}
