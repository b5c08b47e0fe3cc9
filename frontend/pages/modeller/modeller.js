// The modeller's page: `<div id="modeller" data-base data-token data-editable>` becomes a drawing tool for that draft.
import { BLOCKS, insertBlock } from "./blocks.js";
import { Bringing } from "./bringing.js";
import { Checking } from "./checking.js";
import { Comparing } from "./comparing.js";
import { Presence, Talking } from "./talking.js";
import { Saving } from "./saving.js";
import { Server } from "./server.js";
import { ask, button, download, el, tell, when } from "./dom.js";
import { editing, fontsLoaded, viewing } from "./modeling.js";
import { frame, menu } from "./frame.js";
import { draw, importing } from "./importing.js";
import { showKeys } from "./help.js";

const FAILED = "Không mở được trình vẽ. Hãy tải lại trang để thử lại.";
const READABLE = 0.55;
const LARGE_ENOUGH = "(min-width: 768px)";

const place = document.getElementById("modeller");
if (place) open(place);

async function open(place) {
  const server = new Server(place);
  try {
    const [draft, lists] = await Promise.all([server.get("ban-ve"), server.get("/thiet-ke/danh-muc"), fontsLoaded()]);
    await build(place, server, draft, lists);
  } catch (error) {
    console.error(error);
    place.replaceChildren(el("p", { role: "alert", class: "flash flash-error" }, error.status ? error.message : FAILED));
  }
}

async function build(place, server, draft, lists) {
  const editable = place.dataset.editable !== undefined && window.matchMedia(LARGE_ENOUGH).matches;
  const own = {};
  const parts = frame(place, editable, actions(place, own));
  const modeler = editable ? editing(parts.canvas, parts.fields, { lists, draft }) : viewing(parts.canvas);
  Object.assign(own, { modeler, parts, server, draft, say: (words) => tell(place, words) });
  own.checking = new Checking(modeler, server, draft, parts.problems);
  own.comparing = new Comparing(modeler, server, parts.legend, own.say);
  own.talking = new Talking(modeler, server, parts.comments, editable);
  if (editable) {
    own.bringing = new Bringing(modeler, draft);
    own.saving = new Saving(modeler, server, draft, parts.line, own.bringing);
    importing(place, own);
    keys(place, own);
  }
  if (!window.matchMedia("(min-width: 1100px)").matches) own.parts.problems.open = false;
  const madeUp = await draw(modeler, server, draft.diagram);
  fit(modeler, READABLE);
  if (editable) await takeUpHeld(own);
  if (editable && madeUp) own.say("Tệp không có hình vẽ nên hệ thống đã vẽ giúp; sửa gì thì hình được lưu theo.");
  showAsked(own);
  new Presence(modeler, server, parts.here, own.saving);
  own.talking.load();
  place.dataset.ready = "";
  place.modeler = modeler; // for the tests and for whoever looks with the browser's own tools
}

/** Other pages link to an element: `?phan-tu=<id>`. */
function showAsked({ checking, say }) {
  const id = new URLSearchParams(window.location.search).get("phan-tu");
  if (id && !checking.go(id)) say(`Sơ đồ không có phần tử “${id.slice(0, 100)}”; có thể đã được xóa hoặc đổi mã.`);
}

/** What this browser held because the server never had it. */
async function takeUpHeld({ saving, bringing, modeler, draft }) {
  const held = saving.held();
  if (!held || held.xml === draft.diagram) return saving.release();
  const newer = held.revision !== draft.revision;
  const words = newer
    ? `Trình duyệt này còn giữ thay đổi lúc ${when(held.at)} chưa đến máy chủ, nhưng từ đó đã có bản lưu khác.`
    : `Trình duyệt này còn giữ thay đổi lúc ${when(held.at)} chưa đến máy chủ.`;
  const choice = await ask("Lấy lại thay đổi chưa lưu?", [el("p", {}, words), el("p", {}, "Lấy lại thì thay đổi đó thành lần lưu tiếp theo; bản đang có vẫn ở Lịch sử.")], [
    { text: "Lấy lại", value: "take", main: true },
    { text: "Bỏ thay đổi đó", value: "drop" },
  ]);
  if (choice === "drop") return saving.release();
  if (choice !== "take") return undefined;
  await modeler.importXML(held.xml);
  bringing.all();
  saving.changed();
  return undefined;
}

function actions(place, own) {
  const get = (name) => own.modeler.get(name);
  const step = (factor) => get("canvas").zoom(Math.min(4, Math.max(0.1, get("canvas").zoom() * factor)), "auto");
  return {
    undo: () => get("commandStack").undo(),
    redo: () => get("commandStack").redo(),
    in: () => step(1.25),
    out: () => step(0.8),
    fit: () => fit(own.modeler),
    find: () => get("searchPad").toggle(),
    keys: showKeys,
    why: place.dataset.editable === undefined ? "Chỉ xem: bản vẽ này đã ban hành hoặc đã bỏ" : "Chỉ xem trên màn hình nhỏ",
    full: () => (document.fullscreenElement ? document.exitFullscreen() : place.requestFullscreen()),
    arrange: () => arrange(own),
    lane: () => addLane(own),
    keep: () => own.saving.keep(),
    blocks: menu("Chèn khối", BLOCKS.map((one) => button(one.name, one.name, () => insertBlock(own.modeler.get("injector"), one.id), { class: "menu-item", "data-block": one.id, title: one.words }))),
    compare: async ({ currentTarget }) => currentTarget.setAttribute("aria-pressed", String(Boolean(await own.comparing.toggle()))),
    bpmn: async () => download(`${own.draft.procedure?.code ?? "so-do"}.bpmn`, "application/xml", (await own.modeler.saveXML({ format: true })).xml),
    svg: async () => download(`${own.draft.procedure?.code ?? "so-do"}.svg`, "image/svg+xml", (await own.modeler.saveSVG()).svg),
    open: () => own.pick(),
    side: ({ currentTarget }) => {
      const hidden = place.toggleAttribute("data-alone");
      currentTarget.textContent = hidden ? "Hiện bảng bên" : "Ẩn bảng bên";
      currentTarget.setAttribute("aria-expanded", String(!hidden));
      get("canvas").resized();
    },
  };
}

/** The whole diagram beside the palette; with `least`, no smaller than that, from its beginning. */
function fit(modeler, least = 0) {
  const canvas = modeler.get("canvas");
  const { inner, outer } = canvas.viewbox();
  const left = modeler.get("palette", false) ? 112 : 8;
  const width = Math.max(100, outer.width - left - 16);
  const scale = Math.min(1, Math.max(least, Math.min(width / inner.width, (outer.height - 24) / inner.height)));
  const whole = inner.height * scale <= outer.height;
  const y = whole ? inner.y - (outer.height / scale - inner.height) / 2 : inner.y - 40 / scale;
  canvas.viewbox({ x: inner.x - left / scale, y, width: outer.width / scale, height: outer.height / scale });
}

async function arrange({ modeler, server, say }) {
  try {
    const { xml } = await modeler.saveXML({ format: true });
    const { diagram } = await server.post("/thiet-ke/sap-xep", { diagram: xml });
    const moved = await modeler.get("arranging").from(diagram);
    fit(modeler, READABLE);
    say(`Đã sắp xếp lại ${moved} hình; Ctrl+Z để hoàn tác.`);
  } catch (error) {
    say(error.status ? error.message : "Mất mạng nên chưa sắp xếp được.");
  }
}

/** One more lane at the bottom of the pool, its name being typed at once; a diagram without a pool gets one around it. */
function addLane({ modeler, say }) {
  const registry = modeler.get("elementRegistry");
  const modeling = modeler.get("modeling");
  let [pool] = registry.filter((one) => one.type === "bpmn:Participant");
  if (!pool) {
    const root = modeler.get("canvas").getRootElement();
    const shapes = root.children.filter((one) => !one.waypoints && !one.labelTarget);
    const box = around(shapes);
    pool = modeling.createShape(modeler.get("elementFactory").createParticipantShape({ width: Math.max(600, box.width + 160), height: Math.max(250, box.height + 120) }), { x: box.x + box.width / 2 - 20, y: box.y + box.height / 2 }, root);
  }
  const chosen = modeler.get("selection").get().find((one) => one.type === "bpmn:Lane");
  const lane = modeling.addLane(chosen ?? pool, "bottom");
  modeler.get("selection").select(lane);
  modeler.get("canvas").scrollToElement(lane, 60);
  say("Đã thêm làn: đặt tên cơ quan, bộ phận ở bảng bên hoặc nhấn E.");
  modeler.get("directEditing").activate(lane);
}

function around(shapes) {
  if (!shapes.length) return { x: 0, y: 0, width: 400, height: 100 };
  const [x, y] = [Math.min(...shapes.map((one) => one.x)), Math.min(...shapes.map((one) => one.y))];
  return { x, y, width: Math.max(...shapes.map((one) => one.x + one.width)) - x, height: Math.max(...shapes.map((one) => one.y + one.height)) - y };
}

function keys(place, { modeler, saving, parts }) {
  document.addEventListener("keydown", (event) => {
    if (!place.isConnected || document.querySelector("dialog[open]")) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
      event.preventDefault();
      saving.save();
    } else if (event.key === "F6" && place.contains(event.target)) {
      event.preventDefault();
      parts.fields.querySelector(".bio-properties-panel-input:not([disabled])")?.focus();
    } else if (event.key === "Escape" && parts.fields.contains(event.target)) {
      parts.canvas.querySelector("svg[tabindex], [tabindex='0']")?.focus();
    }
  });
  const stack = modeler.get("commandStack");
  const show = () => {
    place.querySelector("[data-act=undo]").disabled = !stack.canUndo();
    place.querySelector("[data-act=redo]").disabled = !stack.canRedo();
  };
  modeler.on("commandStack.changed", show);
  modeler.on("import.done", show);
}
