// Fields of what lies between steps: conditions, times, messages, errors, lists.
import { choices } from "./step_fields.js";
import { EXAMPLE, limitWords, readLimit } from "./limits.js";
import { decisionsOf, definitionOf, getBusinessObject, is, setExpression, setModdle } from "./elements.js";

const INSTANTS = { due_soon_at: "khi sắp đến hạn trả kết quả", deadline_at: "khi đến hạn trả kết quả", appointment_at: "khi đến giờ hẹn trả" };
const FREE = "\u0000free";

export function conditionFields(injector, element) {
  const flow = getBusinessObject(element);
  const source = flow.sourceRef;
  if (!source || !["bpmn:ExclusiveGateway", "bpmn:InclusiveGateway"].includes(source.$type)) return [];
  if ((source.get("outgoing") ?? []).length < 2) return [];
  const gateway = injector.get("elementRegistry").get(source.id);
  const body = () => flow.conditionExpression?.body ?? "";
  const known = outcomes(source);
  const isDefault = source.default === flow;
  return [
    {
      id: "motcua-default",
      kind: "check",
      label: "Nhánh mặc định: đi đường này khi không nhánh nào khác đúng",
      get: () => source.default === flow,
      set: (one, value) => {
        if (value) setExpression(injector, one, flow, "conditionExpression", "");
        injector.get("modeling").updateProperties(gateway, { default: value ? flow : undefined });
      },
    },
    !isDefault &&
      known.length > 0 && {
        id: "motcua-outcome",
        kind: "select",
        label: "Khi bước trước chọn",
        get: () => (known.some((one) => one.value === body()) ? body() : body() ? FREE : ""),
        set: (one, value) => {
          if (value === FREE) return;
          setExpression(injector, one, flow, "conditionExpression", value);
          const title = known.find((outcome) => outcome.value === value)?.title;
          if (title && !flow.name) injector.get("modeling").updateLabel(one, title);
        },
        options: () => [{ value: "", label: "– chọn –" }, ...known, ...(body() && !known.some((one) => one.value === body()) ? [{ value: FREE, label: "Điều kiện khác" }] : [])],
      },
    !isDefault && {
      id: "motcua-condition",
      kind: "area",
      label: "Điều kiện (FEEL)",
      description: 'Ví dụ: review_decision = "agree" hoặc amount > 500000',
      get: body,
      set: (one, value) => setExpression(injector, one, flow, "conditionExpression", value),
    },
  ].filter(Boolean);
}

/** Decisions of steps from which the gateway is reached, the nearest first. */
function outcomes(gateway) {
  const seen = new Set();
  const waiting = [gateway];
  const found = [];
  while (waiting.length && seen.size < 200) {
    const at = waiting.shift();
    if (!at || seen.has(at)) continue;
    seen.add(at);
    if (is(at, "bpmn:UserTask")) {
      for (const { value, title } of decisionsOf(at)) found.push({ value: `${at.id}_decision = "${value}"`, label: `${title} – ở “${at.name || at.id}”`, title });
    }
    waiting.push(...(at.get("incoming") ?? []).map((flow) => flow.sourceRef));
    if (is(at, "bpmn:BoundaryEvent")) waiting.push(at.attachedToRef);
  }
  return found.slice(0, 24);
}

export function eventFields(injector, element) {
  const timer = definitionOf(element, "bpmn:TimerEventDefinition");
  const bo = getBusinessObject(element);
  const fields = [];
  if (timer) fields.push(...timerFields(injector, timer));
  const message = definitionOf(element, "bpmn:MessageEventDefinition") ?? (is(bo, "bpmn:ReceiveTask") ? bo : undefined);
  if (message) fields.push(reference(injector, message, "messageRef", "bpmn:Message", "name", "Tên thông điệp", "Ví dụ payment_received; hệ thống bên ngoài gửi đúng tên này."));
  const fault = definitionOf(element, "bpmn:ErrorEventDefinition");
  if (fault) fields.push(reference(injector, fault, "errorRef", "bpmn:Error", "errorCode", "Mã lỗi", "Để trống ở biên: bắt mọi lỗi."));
  const raised = definitionOf(element, "bpmn:EscalationEventDefinition");
  if (raised) fields.push(reference(injector, raised, "escalationRef", "bpmn:Escalation", "escalationCode", "Mã báo lên", "Để trống ở biên: bắt mọi lần báo lên."));
  const link = definitionOf(element, "bpmn:LinkEventDefinition");
  if (link) fields.push({ id: "motcua-link", label: "Tên liên kết", description: "Đường đi tiếp ở liên kết nhận cùng tên.", get: () => link.name ?? "", set: (one, value) => setModdle(injector, one, link, { name: value || undefined }) });
  if (is(bo, "bpmn:BoundaryEvent") && !fault && !definitionOf(element, "bpmn:CancelEventDefinition")) {
    fields.push({ id: "motcua-interrupting", kind: "check", label: "Ngắt bước đang làm", get: () => bo.cancelActivity !== false, set: (one, value) => setAttributeValue(injector, one, { cancelActivity: value }) });
  }
  return fields;
}

function setAttributeValue(injector, element, values) {
  injector.get("modeling").updateProperties(element, values);
}

const TIMES = [
  ["timeDuration", "Sau một khoảng thời gian"],
  ["timeDate", "Vào một lúc, một mốc"],
  ["timeCycle", "Lặp lại nhiều lần"],
];

function timerFields(injector, timer) {
  const kind = () => TIMES.find(([name]) => timer.get(name))?.[0] ?? "timeDuration";
  const body = () => timer.get(kind())?.body ?? "";
  const write = (element, name, text) => {
    const expression = injector.get("bpmnFactory").create("bpmn:FormalExpression", { body: text });
    expression.$parent = timer;
    setModdle(injector, element, timer, Object.fromEntries(TIMES.map(([one]) => [one, one === name && (text || name !== "timeDuration") ? expression : undefined])));
  };
  const START = { timeDuration: "P1D", timeDate: "deadline_at", timeCycle: "R3/P1D" };
  return [
    { id: "motcua-timer-kind", kind: "select", label: "Đến lúc nào", get: kind, set: (element, value) => write(element, value, START[value]), options: () => TIMES.map(([value, label]) => ({ value, label })) },
    {
      id: "motcua-timer",
      label: { timeDuration: "Khoảng thời gian", timeDate: "Mốc thời gian", timeCycle: "Chu kỳ" }[kind()],
      description: { timeDuration: EXAMPLE, timeDate: `Một lúc (2026-12-31T17:00:00+07:00) hoặc mốc: ${Object.entries(INSTANTS).map(([code, words]) => `${code} – ${words}`).join("; ")}`, timeCycle: "R3/P1D là ba lần, mỗi ngày một lần; R/P1D là không dừng" }[kind()],
      get: () => (kind() === "timeDuration" ? limitWords(body()) : body()),
      set: (element, value) => write(element, kind(), kind() === "timeDuration" ? readLimit(value) : value),
      validate: (value) => (kind() === "timeDuration" && readLimit(value ?? "") === null ? `Chưa đọc được. ${EXAMPLE}.` : null),
    },
    choices(injector, "limitUnit", { template: "motcua.reminder" }),
  ];
}

/** What is declared once for the whole file and named here: found by its name, else declared. */
function reference(injector, owner, name, type, key, label, description) {
  return {
    id: `motcua-${name}`,
    label,
    description,
    get: () => owner.get(name)?.[key] ?? "",
    set: (element, value) => {
      const definitions = injector.get("bpmnjs").getDefinitions();
      const roots = definitions.get("rootElements");
      let found = roots.find((one) => is(one, type) && one[key] === value);
      if (value && !found) {
        found = injector.get("bpmnFactory").create(type, { name: value, [key]: value });
        found.$parent = definitions;
        setModdle(injector, element, definitions, { rootElements: [...roots, found] });
      }
      setModdle(injector, element, owner, { [name]: value ? found : undefined });
    },
  };
}

export function loopFields(injector, element) {
  const bo = getBusinessObject(element);
  const loop = bo.get("loopCharacteristics");
  const several = loop?.$type === "bpmn:MultiInstanceLoopCharacteristics";
  const kind = () => (several ? (loop.isSequential ? "sequential" : "parallel") : "");
  const make = (value) => {
    if (!value) return undefined;
    const made = injector.get("bpmnFactory").create("bpmn:MultiInstanceLoopCharacteristics", { isSequential: value === "sequential", "camunda:collection": "asked_agencies", "camunda:elementVariable": "item" });
    made.$parent = bo;
    return made;
  };
  const fields = [
    {
      id: "motcua-loop",
      kind: "select",
      label: "Số lần thực hiện",
      get: kind,
      set: (one, value) => (several && value ? setModdle(injector, one, loop, { isSequential: value === "sequential" }) : injector.get("modeling").updateProperties(one, { loopCharacteristics: make(value) })),
      options: () => [
        { value: "", label: "Một lần" },
        { value: "parallel", label: "Mỗi mục của danh sách một lần, cùng lúc" },
        { value: "sequential", label: "Mỗi mục của danh sách một lần, lần lượt" },
      ],
    },
  ];
  if (!several) return fields;
  const attribute = (name, label, description) => ({ id: `motcua-loop-${name}`, label, description, get: () => loop.get(`camunda:${name}`) ?? "", set: (one, value) => setModdle(injector, one, loop, { [`camunda:${name}`]: value || undefined }) });
  const expression = (name, label, description) => ({ id: `motcua-loop-${name}`, label, description, get: () => loop.get(name)?.body ?? "", set: (one, value) => setExpression(injector, one, loop, name, value) });
  return [
    ...fields,
    attribute("collection", "Danh sách (FEEL)", "Tên trường của biểu mẫu, ví dụ asked_agencies"),
    attribute("elementVariable", "Gọi mỗi mục là", "Mặc định item; cơ quan của bước ghi =item"),
    expression("loopCardinality", "Hoặc số lần cố định", "Để trống khi đã có danh sách"),
    expression("completionCondition", "Dừng sớm khi (FEEL)", "Để trống: chờ đủ mọi mục"),
  ];
}
