// What is wrong with the diagram as it stands now: the gate's problems and bpmnlint's, on the canvas and in one list.
import { el } from "./dom.js";
import { lint } from "./lint.js";
import { limitSeconds, secondsWords } from "./limits.js";
import { propertiesOf, processOf } from "./elements.js";

const WAIT = 700;
const AGAIN = 15_000;
const KINDS = {
  error: { icon: "✕", word: "Lỗi", rank: 0 },
  warning: { icon: "!", word: "Cần xem", rank: 1 },
  hint: { icon: "i", word: "Nét vẽ", rank: 2 },
};

export class Checking {
  constructor(modeler, server, draft, panel) {
    Object.assign(this, { modeler, server, draft, panel });
    this.asked = 0;
    this.gate = [];
    this.drawn = [];
    this.state = "";
    this.summary = panel.querySelector("[data-problems-summary]");
    this.list = panel.querySelector("[data-problems-list]");
    this.total = panel.querySelector("[data-total]");
    modeler.on("commandStack.changed", () => this.soon());
    modeler.on("import.done", () => this.soon(0));
    window.addEventListener("online", () => this.soon(0));
  }

  soon(wait = WAIT) {
    clearTimeout(this.timer);
    this.panel.removeAttribute("data-checked");
    this.timer = setTimeout(() => this.check(), wait);
  }

  async check() {
    const number = ++this.asked;
    this.controller?.abort();
    this.controller = new AbortController();
    try {
      const { xml } = await this.modeler.saveXML({ format: true });
      this.drawn = await lint(this.modeler, this.modeler.get("translate"));
      if (number !== this.asked) return;
      this.say("Đang kiểm tra…");
      const { called, forms } = this.draft;
      const verdict = await this.server.post("/thiet-ke/kiem-tra", { diagram: xml, called: called ?? {}, forms: forms ?? {} }, this.controller.signal);
      if (number !== this.asked) return;
      this.gate = verdict.problems;
      this.steps = verdict.steps;
      this.say("");
      this.panel.dataset.checked = String(number);
    } catch (error) {
      if (error.name === "AbortError" || number !== this.asked) return;
      this.say(error.status ? error.message : "Mất mạng nên chưa kiểm tra được; sẽ kiểm tra lại.");
      this.timer = setTimeout(() => this.check(), AGAIN);
    }
    this.show();
  }

  say(words) {
    this.state = words;
    this.count();
  }

  all() {
    const told = [...this.gate.map((one) => ({ ...one, gate: true })), ...this.drawn];
    return told.map((one, index) => ({ ...one, index })).sort((a, b) => Number(Boolean(a.element)) - Number(Boolean(b.element)) || KINDS[a.severity].rank - KINDS[b.severity].rank || a.index - b.index);
  }

  count() {
    const count = (severity) => this.all().filter((one) => one.severity === severity).length;
    const parts = [];
    if (count("error")) parts.push(`✕ ${count("error")} lỗi`);
    if (count("warning")) parts.push(`! ${count("warning")} điều cần xem`);
    if (count("hint")) parts.push(`i ${count("hint")} góp ý về nét vẽ`);
    const words = parts.length ? parts.join(" · ") : "✓ Không có lỗi";
    this.summary.textContent = this.state ? `${this.state} ${parts.join(" · ")}` : words;
    this.summary.dataset.severity = count("error") ? "error" : count("warning") ? "warning" : "fine";
  }

  show() {
    const problems = this.all();
    this.count();
    this.list.replaceChildren(...problems.map((one) => this.line(one)));
    if (!problems.length) this.list.append(el("li", { class: "problem-none" }, "Sơ đồ đạt: có thể chạy thử và ban hành."));
    this.badges(problems);
    this.total.textContent = this.sum();
  }

  line({ severity, message, element, name, file, form, gate }) {
    const { icon, word } = KINDS[severity];
    const words = [
      el("span", { class: `problem-kind problem-${severity}` }, el("span", { "aria-hidden": "true" }, icon), ` ${word}`),
      el("span", { class: "problem-words" }, `${file ? `${file}: ` : ""}${gate ? "" : `${this.nameOf(element, name)}: `}${message}`),
    ];
    if (form) return el("li", {}, el("a", { class: "problem", href: this.server.at(`bieu-mau/${encodeURIComponent(form)}`) }, ...words));
    const here = element && showing(this.modeler, element) && !file;
    if (!here) return el("li", {}, el("div", { class: "problem" }, ...words));
    return el("li", {}, el("button", { type: "button", class: "problem", onclick: () => this.go(element) }, ...words));
  }

  nameOf(id, name) {
    const bo = this.modeler.get("elementRegistry").get(id)?.businessObject;
    return bo?.name ? `“${bo.name}”` : (name ?? id);
  }

  /** Selects an element in the middle of the canvas; answers whether it is there. */
  go(id) {
    const element = showing(this.modeler, id);
    if (!element) return false;
    const canvas = this.modeler.get("canvas");
    const root = canvas.findRoot(element);
    if (root && root !== canvas.getRootElement()) canvas.setRootElement(root);
    if (element.parent) centre(canvas, element);
    this.modeler.get("selection").select(element.parent ? element : []); // the whole diagram's fields stand there when nothing is selected
    return true;
  }

  badges(problems) {
    const overlays = this.modeler.get("overlays");
    const registry = this.modeler.get("elementRegistry");
    overlays.remove({ type: "motcua-problem" });
    const byElement = new Map();
    for (const one of problems) {
      const shown = one.element && !one.file && registry.get(one.element);
      if (shown && shown.parent) byElement.set(shown, [...(byElement.get(shown) ?? []), one]);
    }
    for (const [element, found] of byElement) {
      const worst = found.reduce((a, b) => (KINDS[b.severity].rank < KINDS[a.severity].rank ? b : a));
      const { icon, word } = KINDS[worst.severity];
      const title = found.map((one) => `${KINDS[one.severity].word}: ${one.message}`).join("\n");
      const html = el("button", { type: "button", class: `badge-problem badge-${worst.severity}`, title, "aria-label": `${word}, ${found.length} điều: ${title}`, tabindex: "-1", onclick: () => this.reveal(element, found) }, found.length > 1 ? `${icon} ${found.length}` : icon);
      const position = element.waypoints ? middle(element) : { top: -13, right: 13 };
      overlays.add(element, "motcua-problem", { position, html, scale: { min: 0.9, max: 1.2 } });
    }
  }

  reveal(element, found) {
    this.modeler.get("selection").select(element);
    this.panel.open = true;
    const first = [...this.list.querySelectorAll(".problem-words")].find((line) => line.textContent.includes(found[0].message));
    first?.scrollIntoView({ block: "nearest" });
    first?.closest("button")?.focus();
  }

  /** Steps' limits against what the process says; groups that share a limit count once, other branches all count here. */
  sum() {
    const said = this.gate.find((one) => one.code === "procedure.limit-differs");
    const process = processOf(this.modeler.get("canvas").getRootElement());
    const steps = (this.steps ?? []).filter((one) => one.limit && one.limit !== "none");
    if (!this.steps?.length) return ""; // refused before its steps were read
    const groups = new Set();
    let seconds = 0;
    for (const step of steps) {
      if (step.limit_group && groups.has(step.limit_group)) continue;
      if (step.limit_group) groups.add(step.limit_group);
      if ((step.limit_unit ?? "working") !== "working") return "Có bước tính theo lịch nên không cộng thời hạn.";
      const length = limitSeconds(step.limit);
      if (length === null) return "Có thời hạn tính theo biểu thức nên không cộng.";
      seconds += length;
    }
    const whole = process && limitSeconds(propertiesOf(process).findLast((one) => one.name === "timeLimit")?.value);
    const words = `Tổng thời hạn ${(this.steps ?? []).length} bước: ${secondsWords(seconds)}`;
    if (said) return `✕ ${words} – khác thời hạn của quy trình${whole ? ` (${secondsWords(whole)})` : ""}`;
    return whole ? `${words}; quy trình ghi ${secondsWords(whole)}` : words;
  }
}

/** What shows an element: of a process in a pool, the pool. */
function showing(modeler, id) {
  const registry = modeler.get("elementRegistry");
  return registry.get(id) ?? registry.find((one) => one.businessObject?.processRef?.id === id);
}

export function centre(canvas, element) {
  const box = canvas.viewbox();
  const at = element.waypoints ? element.waypoints[Math.floor(element.waypoints.length / 2)] : { x: element.x + element.width / 2, y: element.y + element.height / 2 };
  const scale = Math.max(box.scale, 0.7);
  const [width, height] = [box.outer.width / scale, box.outer.height / scale];
  canvas.viewbox({ x: at.x - width / 2, y: at.y - height / 2, width, height });
}

function middle({ waypoints }) {
  const index = Math.floor((waypoints.length - 1) / 2);
  const [a, b] = [waypoints[index], waypoints[index + 1]];
  const left = Math.min(...waypoints.map((one) => one.x));
  const top = Math.min(...waypoints.map((one) => one.y));
  return { left: (a.x + b.x) / 2 - left - 10, top: (a.y + b.y) / 2 - top - 10 };
}
