// The fields of a step: who, in what time, at which agency, with which outcomes; named as in the element template.
import { EXAMPLE, limitWords, readLimit } from "./limits.js";
import { decisionsOf, getBusinessObject, property, setAttribute, setProperty } from "./elements.js";
import { field } from "./templates.js";

const OTHER = "\u0000other";
const STEP = "motcua.step";
const SIDE_ROLES = [
  ["@asker", "Người đã đề nghị"],
  ["@unit_head", "Phụ trách bộ phận đó"],
  ["@leader", "Lãnh đạo cơ quan"],
  ["@clerk", "Văn thư"],
  ["@desk", "Bộ phận một cửa"],
  ["@desk_head", "Phụ trách bộ phận một cửa"],
  ["@agency_inbox", "Nơi nhận của cơ quan"],
];
const KNOWN = { "đồng ý": "agree", "không đồng ý": "reject", "từ chối": "refuse", "đạt": "pass", "không đạt": "fail", "đủ điều kiện": "eligible", "không đủ điều kiện": "ineligible" };

/** A field bound to a camunda property of the element. */
function bound(injector, name, more = {}) {
  const said = field(more.template ?? STEP, name);
  return {
    id: `motcua-${name}`,
    label: said.label,
    description: said.description,
    get: (element) => property(element, name),
    set: (element, value) => setProperty(injector, element, name, value),
    ...more,
  };
}

export function choices(injector, name, more = {}) {
  const said = field(more.template ?? STEP, name);
  return bound(injector, name, {
    kind: "select",
    options: (element) => withUnknown(said.choices.map((one) => ({ value: one.value, label: one.name })), property(element, name)),
    ...more,
  });
}

function withUnknown(options, value) {
  if (!value) return options.some((one) => one.value === "") ? options : [{ value: "", label: "– chưa ghi –" }, ...options];
  return options.some((one) => one.value === value) ? options : [...options, { value, label: value }];
}

export function limitField(injector, more = {}) {
  return bound(injector, "timeLimit", {
    description: EXAMPLE,
    get: (element) => limitWords(property(element, "timeLimit")),
    set: (element, value) => setProperty(injector, element, "timeLimit", readLimit(value)),
    read: readLimit,
    validate: (value) => (readLimit(value ?? "") === null ? `Chưa đọc được. ${EXAMPLE}.` : null),
    ...more,
  });
}

function positionFields(injector, lists, side) {
  const get = (element) => getBusinessObject(element).get("camunda:candidateGroups") ?? "";
  const set = (element, value) => setAttribute(injector, element, "camunda:candidateGroups", value);
  const known = lists.positions;
  const select = {
    id: "motcua-position",
    kind: "select",
    label: "Vị trí việc làm",
    description: "Mỗi bước do đúng một vị trí thực hiện.",
    get: (element) => (typing.has(element.id) ? OTHER : get(element)),
    set: (element, value) => {
      if (value === OTHER) typing.add(element.id);
      else typing.delete(element.id);
      if (value === OTHER) injector.get("eventBus").fire("elements.changed", { elements: [element] });
      else set(element, value);
    },
    options: (element) => {
      const value = get(element);
      const options = [{ value: "", label: "– chọn vị trí –" }, ...known.map((one) => ({ value: one.code, label: `${one.name} (${one.code})` }))];
      if (side) options.push(...SIDE_ROLES.map(([code, name]) => ({ value: code, label: `${name} (${code})` })));
      if (value && !options.some((one) => one.value === value)) options.push({ value, label: `${value} – chưa cơ quan nào có` });
      return [...options, { value: OTHER, label: "Vị trí khác, ghi mã…" }];
    },
  };
  const typed = {
    id: "motcua-position-code",
    label: "Mã vị trí mới",
    description: "Chữ thường không dấu, số và _; vị trí này phải được tạo ở cơ quan trước khi ban hành.",
    get,
    set,
    validate: (value) => (!value || /^@?[a-z][a-z0-9_]{0,79}$/.test(value) ? null : "Chỉ dùng chữ thường không dấu, số và dấu _"),
  };
  return { select, typed };
}
const typing = new Set();

function agencyFields(injector, lists, side) {
  const get = (element) => property(element, "agency");
  const set = (element, value) => setProperty(injector, element, "agency", value);
  const select = {
    id: "motcua-agency",
    kind: "select",
    label: "Cơ quan thực hiện",
    get: (element) => (get(element).startsWith("=") ? OTHER : get(element) || "lead"),
    set: (element, value) => set(element, value === OTHER ? "=agency" : value),
    options: (element) => {
      const value = get(element);
      const options = [{ value: "lead", label: "Cơ quan tiếp nhận, chủ trì (lead)" }, ...lists.agencies.map((one) => ({ value: one.code, label: `${one.name} (${one.code})` }))];
      if (side) options.push({ value: "asker", label: "Cơ quan của người đề nghị (asker)" });
      if (value && !value.startsWith("=") && !options.some((one) => one.value === value)) options.push({ value, label: `${value} – chưa có cơ quan này` });
      return [...options, { value: OTHER, label: "Tùy dữ liệu của hồ sơ (biểu thức)…" }];
    },
  };
  const computed = {
    id: "motcua-agency-computed",
    label: "Biểu thức chọn cơ quan",
    description: "Bắt đầu bằng dấu =, ví dụ =land_commune; trong bước lấy ý kiến nhiều cơ quan: =item",
    get,
    set: (element, value) => set(element, value && !value.startsWith("=") ? `=${value}` : value),
  };
  return { select, computed };
}

export function stepFields(injector, lists, draft, element, side) {
  const position = positionFields(injector, lists, side);
  const agency = agencyFields(injector, lists, side);
  const unit = property(element, "limitUnit") || "working";
  return [
    position.select,
    typing.has(element.id) && position.typed,
    limitField(injector),
    choices(injector, "limitUnit", { get: () => unit, set: (one, value) => setProperty(injector, one, "limitUnit", value) }),
    { id: "motcua-alarms", kind: "note", lines: () => alarms(property(element, "timeLimit"), unit) },
    choices(injector, "stage"),
    agency.select,
    property(element, "agency").startsWith("=") && agency.computed,
    formField(injector, draft),
  ];
}

/** A step's two standard alarms, which nobody draws. */
function alarms(limit, unit) {
  if (!limit || limit === "none") return ["Không tính thời hạn: bước này không có hai lần nhắc (sắp đến hạn, quá hạn)."];
  const days = unit === "calendar" ? "tính cả ngày nghỉ" : "giờ làm việc của cơ quan thực hiện";
  return [`⏰ Tự nhắc khi sắp đến hạn và khi quá hạn ${limitWords(limit)} (${days}); không phải vẽ.`];
}

function formField(injector, draft) {
  const get = (element) => getBusinessObject(element).get("camunda:formKey") ?? "";
  return {
    id: "motcua-form",
    kind: "select",
    label: "Biểu mẫu",
    description: "Biểu mẫu của bản vẽ này soạn ở thẻ Biểu mẫu.",
    get,
    set: (element, value) => setAttribute(injector, element, "camunda:formKey", value),
    options: (element) => {
      const names = Object.keys(draft.forms ?? {});
      const value = get(element);
      const options = [{ value: "", label: "Không có biểu mẫu riêng" }, ...names.map((name) => ({ value: name, label: name }))];
      if (value && !names.includes(value)) options.push({ value, label: `${value} – chưa có trong bản vẽ` });
      return options;
    },
  };
}

export function moreStepFields(injector) {
  return [
    {
      id: "motcua-decisions",
      kind: "area",
      label: "Các lựa chọn khi xong bước",
      description: "Mỗi dòng một lựa chọn, ví dụ “Đồng ý”. Cổng rẽ nhánh sau bước sẽ hỏi theo lựa chọn này.",
      get: (element) => decisionsOf(getBusinessObject(element)).map(({ value, title }) => `${title} = ${value}`).join("\n"),
      set: (element, text) => setProperty(injector, element, "decisions", readDecisions(text)),
    },
    choices(injector, "assign", { get: (element) => property(element, "assign") || "group", set: (element, value) => setProperty(injector, element, "assign", value === "group" ? "" : value) }),
    bound(injector, "limitGroup"),
    {
      id: "motcua-pause",
      kind: "check",
      label: "Dừng đồng hồ, chờ nộp tiền ở bước này",
      get: (element) => property(element, "pause") === "payment",
      set: (element, value) => setProperty(injector, element, "pause", value ? "payment" : ""),
    },
    bound(injector, "paper"),
    bound(injector, "slip"),
  ];
}

export function effectField(injector) {
  return { id: "motcua-effect", label: "Tác dụng (effect)", description: "Chỉ ở quy trình kèm theo: việc được thực hiện với hồ sơ khi xong bước.", get: (element) => property(element, "effect"), set: (element, value) => setProperty(injector, element, "effect", value) };
}

/** "Đồng ý = agree" or only "Đồng ý", a line each -> "agree=Đồng ý;…". */
export function readDecisions(text) {
  return text
    .split("\n")
    .map((line) => line.split("=").map((part) => part.trim().replaceAll(";", ",")))
    .filter(([title]) => title)
    .map(([title, value]) => `${value || codeOf(title)}=${title}`)
    .join(";");
}

function codeOf(title) {
  const known = KNOWN[title.normalize("NFC").toLowerCase()];
  if (known) return known;
  const plain = title.normalize("NFD").replace(/[\u0300-\u036f]/gu, "").replace(/[đĐ]/gu, "d").toLowerCase();
  const code = plain.replace(/[^a-z0-9]+/gu, "_").replace(/^_+|_+$/gu, "");
  return /^[a-z]/.test(code) ? code : `choice_${code}`;
}

export function noticeFields(injector) {
  return [choices(injector, "notify", { template: "motcua.notice" }), bound(injector, "template", { template: "motcua.notice" })];
}
