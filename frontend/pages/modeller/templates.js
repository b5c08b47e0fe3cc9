// The element templates, one source for this page and for the desktop Camunda Modeler: kinds of elements, their fields.
import templates from "../../../bpmn/element-templates/motcua.json";
import { extensionsWith, getBusinessObject, propertiesOf } from "./elements.js";

export const TEMPLATES = templates;

export function templateOf(id) {
  return templates.find((one) => one.id === id);
}

export function appliedTemplate(element) {
  return templateOf(getBusinessObject(element)?.get?.("camunda:modelerTemplate"));
}

/** The template's field that is bound to this name: {label, description, choices}. */
export function field(templateId, name) {
  return templateOf(templateId).properties.find((one) => one.binding.name === name) ?? {};
}

/** A new element of that kind with what its template says, besides what `more` brings ({name, properties, …}). */
export function newElement(injector, templateId, more = {}) {
  const template = templateOf(templateId);
  const factory = injector.get("bpmnFactory");
  const { properties = {}, attributes = {}, ...shape } = more;
  const values = Object.fromEntries(
    template.properties.filter((one) => one.binding.type === "camunda:property").map((one) => [one.binding.name, one.value]),
  );
  const businessObject = factory.create(template.elementType.value, {
    "camunda:modelerTemplate": template.id,
    "camunda:modelerTemplateVersion": template.version,
    ...attributes,
    extensionElements: extensionsWith(factory, { ...values, ...properties }),
  });
  businessObject.get("extensionElements").$parent = businessObject;
  if (more.name) businessObject.name = more.name;
  return injector.get("elementFactory").createShape({
    type: template.elementType.value,
    eventDefinitionType: template.elementType.eventDefinition,
    ...shape,
    businessObject,
  });
}

/** Makes an element that stands already one of that kind: what it says already stays. */
export function applyTemplate(injector, element, templateId) {
  const template = templateOf(templateId);
  const bo = getBusinessObject(element);
  const known = new Set(propertiesOf(bo).map((one) => one.name));
  const wanted = template.properties.filter((one) => one.binding.type === "camunda:property" && one.value && !known.has(one.binding.name));
  const kept = propertiesOf(bo).map((one) => [one.name, one.value]);
  const added = wanted.map((one) => [one.binding.name, one.value]);
  const extensionElements = extensionsWith(injector.get("bpmnFactory"), Object.fromEntries([...kept, ...added]));
  for (const other of bo.get("extensionElements")?.get("values") ?? []) {
    if (other.$type !== "camunda:Properties") extensionElements.get("values").push(other);
  }
  injector.get("modeling").updateProperties(element, {
    extensionElements,
    "camunda:modelerTemplate": template.id,
    "camunda:modelerTemplateVersion": template.version,
  });
}
