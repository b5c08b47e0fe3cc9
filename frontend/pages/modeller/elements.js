// Reading and writing what the engine reads of an element: attributes, camunda properties, expressions. All undoable.
import { getBusinessObject, is } from "bpmn-js/lib/util/ModelUtil";

export { getBusinessObject, is };

export function propertiesOf(bo) {
  const extension = bo.get("extensionElements")?.get("values")?.find((value) => value.$type === "camunda:Properties");
  return extension?.get("values") ?? [];
}

export function property(element, name) {
  return propertiesOf(getBusinessObject(element)).findLast?.((one) => one.name === name)?.value ?? "";
}

/** Sets a `camunda:property`; an empty value takes it away, and with the last one what held it. */
export function setProperty(injector, element, name, value, owner = getBusinessObject(element)) {
  const factory = injector.get("bpmnFactory");
  const stack = injector.get("commandStack");
  const set = (moddleElement, properties) => stack.execute("element.updateModdleProperties", { element, moddleElement, properties });
  const make = (type, values, parent) => Object.assign(factory.create(type, values), { $parent: parent });
  let extensions = owner.get("extensionElements");
  let holder = extensions?.get("values")?.find((one) => one.$type === "camunda:Properties");
  const entries = holder?.get("values") ?? [];
  const entry = entries.findLast((one) => one.name === name);
  if (!value) {
    if (!entry) return;
    const left = entries.filter((one) => one.name !== name);
    if (left.length) set(holder, { values: left });
    else set(extensions, { values: extensions.get("values").filter((one) => one !== holder) });
    return;
  }
  if (entry) {
    set(entry, { value });
    return;
  }
  if (!extensions) {
    extensions = make("bpmn:ExtensionElements", { values: [] }, owner);
    set(owner, { extensionElements: extensions });
  }
  if (!holder) {
    holder = make("camunda:Properties", { values: [] }, extensions);
    set(extensions, { values: [...extensions.get("values"), holder] });
  }
  set(holder, { values: [...holder.get("values"), make("camunda:Property", { name, value }, holder)] });
}

/** Sets plain attributes (`name`, `camunda:formKey`); an empty text takes one away. */
export function setAttribute(injector, element, name, value) {
  injector.get("modeling").updateProperties(element, { [name]: value || undefined });
}

export function setModdle(injector, element, moddleElement, properties) {
  injector.get("modeling").updateModdleProperties(element, moddleElement, properties);
}

/** A formal expression below `owner`, or none for an empty text. */
export function setExpression(injector, element, owner, name, body) {
  const expression = body ? injector.get("bpmnFactory").create("bpmn:FormalExpression", { body }) : undefined;
  if (expression) expression.$parent = owner;
  setModdle(injector, element, owner, { [name]: expression });
}

export function definitionOf(element, type) {
  return (getBusinessObject(element).get("eventDefinitions") ?? []).find((one) => is(one, type));
}

export function documentation(bo) {
  return bo.get("documentation")?.[0]?.text ?? "";
}

export function setDocumentation(injector, element, bo, text) {
  const made = text ? [injector.get("bpmnFactory").create("bpmn:Documentation", { text })] : [];
  for (const one of made) one.$parent = bo;
  setModdle(injector, element, bo, { documentation: made });
}

/** Extension elements with these camunda properties, for elements that are made new. */
export function extensionsWith(factory, values) {
  const properties = Object.entries(values)
    .filter(([, value]) => value)
    .map(([name, value]) => factory.create("camunda:Property", { name, value }));
  const holder = factory.create("camunda:Properties", { values: properties });
  for (const one of properties) one.$parent = holder;
  const extensions = factory.create("bpmn:ExtensionElements", { values: [holder] });
  holder.$parent = extensions;
  return extensions;
}

/** The process that an element (a pool, the whole diagram) shows. */
export function processOf(element) {
  const bo = getBusinessObject(element);
  if (is(bo, "bpmn:Process")) return bo;
  if (is(bo, "bpmn:Participant")) return bo.processRef;
  if (is(bo, "bpmn:Collaboration")) return bo.get("participants")?.find((one) => one.processRef)?.processRef;
  return undefined;
}

export function decisionsOf(bo) {
  const text = propertiesOf(bo).findLast((one) => one.name === "decisions")?.value ?? "";
  return text
    .split(";")
    .map((part) => part.split("="))
    .filter(([value, title]) => value?.trim() && title?.trim())
    .map(([value, title]) => ({ value: value.trim(), title: title.trim() }));
}
