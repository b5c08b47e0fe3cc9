// What the editor may make: the components and settings that the server checks as the browser does
// (app/actions/form_schema.py). The others can still be read, so that a form from elsewhere opens; the palette has none.
import { autoKey, keyOf } from "./keys.js";

const NAMES = {
  textfield: ["Ô nhập chữ", "Ô nhập chữ"],
  textarea: ["Ô nhiều dòng", "Ô nhiều dòng"],
  number: ["Số", "Số"],
  datetime: ["Ngày, giờ", null],
  checkbox: ["Đánh dấu", "Đánh dấu"],
  checklist: ["Chọn nhiều (ô)", "Chọn nhiều"],
  radio: ["Chọn một (nút)", "Chọn một"],
  select: ["Danh sách chọn", "Danh sách chọn"],
  taglist: ["Chọn nhiều (nhãn)", "Chọn nhiều"],
  filepicker: ["Tệp của hồ sơ", "Tệp của hồ sơ"],
  expression: ["Ô tính sẵn", null],
  group: ["Nhóm", "Nhóm"],
  dynamiclist: ["Danh sách nhiều dòng", "Danh sách"],
  text: ["Đoạn chữ", null],
  separator: ["Đường kẻ", null],
  spacer: ["Khoảng trống", null],
};
const NOT_OURS = ["html", "iframe", "image", "table", "button", "documentPreview"];

/** Settings that would promise what the server does not do: see docs/forms.md. */
const WITHOUT = new Set(["id", "versionTag", "accept", "action", "altText", "maxHeight"]);
const WITHOUT_GROUPS = new Set(["securityAttributes"]);
const WITH_OPTIONS = new Set(["select", "radio", "checklist", "taglist"]);

function renamed(formFields) {
  for (const [type, [name, label]] of Object.entries(NAMES)) {
    const config = formFields.get(type).config;
    if (config.ours) continue;
    const create = config.create;
    Object.assign(config, { ours: true, name, create: (attrs, fresh) => vietnamese(create(attrs, fresh), fresh) });
    if (label !== null && config.label) config.label = label;
  }
}

/** What form-js writes into a new field in English. */
function vietnamese(field, fresh) {
  if (fresh === false) return field;
  if (field.dateLabel === "Date") field.dateLabel = "Ngày";
  if (field.timeLabel === "Time") field.timeLabel = "Giờ";
  if (field.type === "text" && field.text === "# Text") field.text = "Đoạn chữ";
  if (field.values?.length === 1 && field.values[0].value === "value") {
    field.values = [{ label: "Lựa chọn 1", value: "lua_chon_1" }];
  }
  return field;
}

function OnlyOurs(formFields, propertiesPanel, eventBus, modeling) {
  renamed(formFields);
  // The palette lists what is enumerable; opening a form asks by name.
  for (const type of NOT_OURS) {
    const value = formFields._formFields[type];
    if (value) Object.defineProperty(formFields._formFields, type, { value, enumerable: false, configurable: true });
  }
  propertiesPanel.registerProvider({ getGroups: (field) => (groups) => kept(groups, field) }, 500);
  eventBus.on("commandStack.formField.edit.postExecute", ({ context }) => followLabel(context, modeling));
}
OnlyOurs.$inject = ["formFields", "propertiesPanel", "eventBus", "modeling"];

function kept(groups, field) {
  if (!field) return groups;
  return groups
    .filter(({ id }) => !WITHOUT_GROUPS.has(id) && (id !== "custom-values" || WITH_OPTIONS.has(field.type)))
    .map((group) => (group.entries ? { ...group, entries: group.entries.filter(({ id }) => !WITHOUT.has(id)) } : group))
    .filter((group) => group.items || group.entries?.length);
}

/** A key that nobody chose is made from the label, and an option's value from the option's. */
function followLabel({ formField, properties, oldProperties }, modeling) {
  const label = ["label", "dateLabel", "timeLabel"].find((name) => name in properties);
  if (label && formField.key && autoKey(formField.key, oldProperties[label])) {
    const key = keyOf(properties[label]);
    if (key && key !== formField.key && free(key, formField, modeling)) modeling.editFormField(formField, "key", key);
  }
  if (!Array.isArray(properties.values) || !Array.isArray(oldProperties.values)) return;
  const values = properties.values.map((option, at) => {
    const before = oldProperties.values[at];
    const follows = before && before.label !== option.label && before.value === option.value;
    return follows && autoKey(option.value, before.label) ? { ...option, value: keyOf(option.label) || option.value } : option;
  });
  const changed = values.some((option, at) => option.value !== properties.values[at].value);
  if (changed && new Set(values.map(({ value }) => value)).size === values.length) {
    modeling.editFormField(formField, "values", values);
  }
}

function free(key, field, modeling) {
  const { schema } = modeling._formEditor._getState();
  const taken = (at) => (at.components ?? []).some((one) => (one !== field && one.key === key) || taken(one));
  return !taken(schema);
}

export default { __init__: ["onlyOurs"], onlyOurs: ["type", OnlyOurs] };
