// The properties panel: what the engine reads of the selected element, in a designer's words, and nothing else.
import { isAny } from "bpmn-js/lib/features/modeling/util/ModelingUtil";
import { group } from "./entries.js";
import { documentation, getBusinessObject, is, processOf, setAttribute, setDocumentation, setModdle, setProperty } from "./elements.js";
import { conditionFields, eventFields, loopFields } from "./flow_fields.js";
import { limitWords } from "./limits.js";
import { effectField, limitField, moreStepFields, noticeFields, stepFields } from "./step_fields.js";
import { appliedTemplate } from "./templates.js";

const SIDE = new Set(["supplement", "rejection", "withdrawal", "stopping", "extension", "payment", "opinion", "verification", "intake", "deadline_watch"]);

/** The module; `context` is {lists, draft} as they are loaded. */
export function fieldsModule(context) {
  class Provider {
    static $inject = ["propertiesPanel", "injector"];
    constructor(propertiesPanel, injector) {
      this.injector = injector;
      propertiesPanel.registerProvider(200, this);
    }
    getGroups(element) {
      return () => groups(this.injector, context, element.labelTarget ?? element);
    }
  }
  return { __init__: ["motcuaFields"], motcuaFields: ["type", Provider] };
}

function groups(injector, context, element) {
  const bo = getBusinessObject(element);
  const side = SIDE.has(processIdOf(bo));
  const own = [];
  if (is(bo, "bpmn:UserTask")) {
    own.push(group("motcua-step", stepTitle(element), stepFields(injector, context.lists, context.draft, element, side)));
    own.push(group("motcua-step-more", "Lựa chọn, giao việc, giấy tờ", [...moreStepFields(injector), side && effectField(injector)], false));
  }
  if (is(bo, "bpmn:SendTask")) own.push(group("motcua-notice", "Thông báo", noticeFields(injector)));
  if (is(bo, "bpmn:Lane")) own.push(group("motcua-lane", "Thời hạn của làn", [limitField(injector, laneWords())]));
  if (is(bo, "bpmn:CallActivity")) own.push(group("motcua-call", "Gọi quy trình khác", [called(injector)]));
  if (isAny(bo, ["bpmn:SequenceFlow"])) own.push(...some("motcua-condition", "Đi theo đường này khi nào", conditionFields(injector, element)));
  if (is(bo, "bpmn:Event")) own.push(...some("motcua-event", "Sự kiện", eventFields(injector, element)));
  if (is(bo, "bpmn:ReceiveTask")) own.push(...some("motcua-event", "Thông điệp chờ", eventFields(injector, element)));
  if (isAny(bo, ["bpmn:Task", "bpmn:SubProcess", "bpmn:CallActivity"])) own.push(...some("motcua-loop", "Lặp theo danh sách", loopFields(injector, element), Boolean(bo.get("loopCharacteristics"))));
  if (isAny(bo, ["bpmn:Process", "bpmn:Collaboration", "bpmn:Participant"])) own.push(...some("motcua-process", "Quy trình", processFields(injector, element)));
  const [name, text, id, words] = general(injector, element);
  return [...some("motcua-general", "Tên", [name, text].filter(Boolean)), ...own, group("motcua-about", "Mã, mô tả", [id, words], false)];
}

function some(id, label, fields, open = true) {
  return fields.length ? [group(id, label, fields, open)] : [];
}

function stepTitle(element) {
  const template = appliedTemplate(element);
  return template && template.id !== "motcua.step" ? `Bước: ${template.name}` : "Bước xử lý";
}

function processIdOf(bo) {
  let at = bo;
  while (at && !is(at, "bpmn:Process")) at = at.$parent;
  return at?.id;
}

function general(injector, element) {
  const bo = getBusinessObject(element);
  const named = !isAny(bo, ["bpmn:TextAnnotation", "bpmn:Group", "bpmn:Association", "bpmn:Collaboration"]);
  return [
    named && {
      id: "motcua-name",
      kind: "area",
      rows: 1,
      label: nameLabel(bo),
      get: () => bo.name ?? "",
      set: (_, value) => injector.get("modeling").updateLabel(element, value),
    },
    is(bo, "bpmn:TextAnnotation") && { id: "motcua-text", kind: "area", label: "Nội dung ghi chú", get: () => bo.text ?? "", set: (_, value) => injector.get("modeling").updateLabel(element, value) },
    {
      id: "motcua-id",
      label: is(bo, "bpmn:Process") ? "Mã quy trình" : "Mã",
      description: is(bo, "bpmn:UserTask") ? "Điều kiện rẽ nhánh gọi bước bằng mã này." : undefined,
      get: () => bo.id,
      set: (_, value) => injector.get("modeling").updateProperties(element, { id: value }),
      validate: (value) => idFault(injector, bo, value),
    },
    {
      id: "motcua-documentation",
      kind: "area",
      label: "Mô tả, căn cứ",
      get: () => documentation(bo),
      set: (_, value) => setDocumentation(injector, element, bo, value),
    },
  ];
}

function nameLabel(bo) {
  if (is(bo, "bpmn:Lane")) return "Tên cơ quan, bộ phận";
  if (is(bo, "bpmn:Participant")) return "Tên hồ (pool)";
  if (is(bo, "bpmn:SequenceFlow")) return "Chữ trên đường nối";
  return is(bo, "bpmn:UserTask") ? "Tên bước, như trong quyết định" : "Tên";
}

function idFault(injector, bo, value) {
  if (!value) return "Phải có mã";
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,99}$/.test(value)) return "Chỉ dùng chữ không dấu, số và dấu _, bắt đầu bằng chữ";
  const taken = injector.get("moddle").ids.assigned(value);
  return taken && taken !== bo ? "Mã này đã dùng cho phần tử khác" : null;
}

function laneWords() {
  return { label: "Thời hạn của cả làn", description: "Cho quy tắc chuyển hồ sơ giữa các cơ quan (QT-21a). Để trống: tổng thời hạn các bước của làn." };
}

function called(injector) {
  return {
    id: "motcua-called",
    label: "Mã quy trình được gọi",
    get: (element) => getBusinessObject(element).calledElement ?? "",
    set: (element, value) => setAttribute(injector, element, "calledElement", value),
  };
}

function processFields(injector, element) {
  const process = processOf(element);
  if (!process) return [];
  const shown = getBusinessObject(element);
  const values = () => (process.get("extensionElements")?.get("values") ?? []).flatMap((one) => (one.$type === "camunda:Properties" ? one.get("values") : []));
  return [
    shown !== process && { id: "motcua-process-name", label: "Tên quy trình", get: () => process.name ?? "", set: (one, value) => setModdle(injector, one, process, { name: value || undefined }) },
    {
      ...limitField(injector),
      label: "Thời hạn của cả quy trình",
      description: "Như quyết định ghi; được so với tổng thời hạn các bước.",
      get: () => limitWords(values().findLast((one) => one.name === "timeLimit")?.value ?? ""),
      set: (one, value) => setProperty(injector, one, "timeLimit", limitField(injector).read(value), process),
    },
    shown !== process && { id: "motcua-process-documentation", kind: "area", label: "Mô tả quy trình", get: () => documentation(process), set: (one, value) => setDocumentation(injector, one, process, value) },
  ];
}
