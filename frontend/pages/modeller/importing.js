// A .bpmn file dropped on the canvas, or picked, becomes the drawing; what was drawn before stays in the history.
import { ask, el } from "./dom.js";

const LARGEST = 5 * 1024 * 1024;

/** Shows a diagram; one that says what runs but not where it stands is laid out first. Answers whether it was. */
export async function draw(modeler, server, xml) {
  try {
    await modeler.importXML(xml);
    return false;
  } catch (error) {
    if (modeler.getDefinitions()?.get("diagrams")?.length) throw error;
    const { diagram } = await server.post("/thiet-ke/sap-xep", { diagram: xml });
    await modeler.importXML(diagram);
    return true;
  }
}

export function importing(place, own) {
  const picker = el("input", { type: "file", accept: ".bpmn,.xml,application/xml,text/xml", hidden: true, "aria-label": "Tệp BPMN" });
  place.append(picker);
  picker.addEventListener("change", () => {
    take(own, picker.files[0]);
    picker.value = "";
  });
  own.pick = () => picker.click();
  own.parts.canvas.addEventListener("dragover", (event) => {
    if (![...(event.dataTransfer?.types ?? [])].includes("Files")) return;
    event.preventDefault();
    own.parts.canvas.dataset.drop = "";
  });
  own.parts.canvas.addEventListener("dragleave", () => delete own.parts.canvas.dataset.drop);
  own.parts.canvas.addEventListener("drop", (event) => {
    delete own.parts.canvas.dataset.drop;
    const [file] = event.dataTransfer?.files ?? [];
    if (!file) return;
    event.preventDefault();
    take(own, file);
  });
}

async function take({ modeler, server, saving, bringing, say }, file) {
  if (!file) return;
  if (file.size > LARGEST) return say("Tệp lớn hơn 5 MB nên không mở được.");
  const xml = await file.text();
  if (!/definitions[\s>]/.test(xml)) return say("Tệp này không phải sơ đồ BPMN.");
  const choice = await ask("Thay bản vẽ bằng tệp này?", [el("p", {}, `“${file.name}” thay cho sơ đồ đang vẽ. Sơ đồ hiện tại được lưu thành một mốc ở Lịch sử.`)], [
    { text: "Thay bằng tệp này", value: "take", main: true },
    { text: "Thôi", value: "" },
  ]);
  if (choice !== "take") return undefined;
  if (!(await saving.save({ kind: "kept", label: `Trước khi mở tệp ${file.name}`.slice(0, 200) }))) return say("Chưa lưu được bản đang vẽ nên chưa mở tệp.");
  const { xml: before } = await modeler.saveXML({ format: true });
  try {
    await draw(modeler, server, xml);
  } catch {
    await modeler.importXML(before);
    return say("Không đọc được tệp này: nội dung không phải BPMN hoặc không có hình vẽ.");
  }
  modeler.get("canvas").zoom("fit-viewport", "auto");
  bringing.all();
  saving.changed();
  return undefined;
}
