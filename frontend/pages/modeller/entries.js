// Fields of the properties panel, made from plain descriptions {id, kind, label, get, set, …}.
import { h } from "@bpmn-io/properties-panel/preact";
import {
  CheckboxEntry,
  SelectEntry,
  TextAreaEntry,
  TextFieldEntry,
  isCheckboxEntryEdited,
  isSelectEntryEdited,
  isTextAreaEntryEdited,
  isTextFieldEntryEdited,
} from "@bpmn-io/properties-panel";
import { useService } from "bpmn-js-properties-panel";

const KINDS = {
  text: [TextFieldEntry, isTextFieldEntryEdited],
  area: [TextAreaEntry, isTextAreaEntryEdited],
  select: [SelectEntry, isSelectEntryEdited],
  check: [CheckboxEntry, isCheckboxEntryEdited],
};

/** One field. `get(element)`, `set(element, value)`; `validate(value)` answers what is wrong in words. */
export function entry(description) {
  if (description.kind === "note") return { id: description.id, component: () => note(description) };
  const [, isEdited] = KINDS[description.kind ?? "text"];
  return { id: description.id, field: description, component: Field, isEdited };
}

function Field({ element, id, field }) {
  const debounce = useService("debounceInput");
  const [Component] = KINDS[field.kind ?? "text"];
  return h(Component, {
    element,
    id,
    debounce,
    label: field.label,
    description: field.description,
    placeholder: field.placeholder,
    disabled: field.disabled,
    rows: field.rows,
    autoResize: field.kind === "area",
    getValue: () => field.get(element),
    setValue: (value, fault) => {
      if (!fault) field.set(element, value);
    },
    getOptions: field.options ? () => field.options(element) : undefined,
    validate: field.validate,
  });
}

function note({ lines }) {
  const shown = lines();
  return h(
    "div",
    { class: "bio-properties-panel-entry modeller-note" },
    shown.map((line) => h("p", {}, line)),
  );
}

export function group(id, label, entries, open = true) {
  return { id, label, entries: entries.filter(Boolean).map(entry), shouldOpen: open };
}
