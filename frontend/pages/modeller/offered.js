// What may be drawn: palette, context pad and menus offer only what the engine runs, steps first.
import { getBusinessObject, is } from "./elements.js";
import { BLOCKS, blockElements } from "./blocks.js";
import { TEMPLATES, applyTemplate, newElement } from "./templates.js";

/** Menu entries for constructs that the gate refuses; the rest of an entry's id is the construct. */
const REFUSED =
  /service-task|script-task|business-rule|manual-task|(?:^|-)task$|signal|compensation|conditional-(?:start|intermediate|boundary|event|catch)|ad-hoc|event-subprocess|complex-gateway|data-|parallel-event-based|exclusive-event-based|instantiate|(?:message|timer|conditional|signal|error|escalation)-start|non-interrupting-.*-start|message-(?:intermediate-throw|end)|cancel-intermediate|collection|loop$|participant-multiplicity|toggle-is-collection|expanded-pool|empty-pool|multiple|none-intermediate|intermediate-event$|transaction|collapsed-subprocess|subprocess-collapsed/;
const ALLOWED = /user-task|send-task|receive-task|replace-with-task-/;

export function isOffered(id) {
  const construct = id.replace(/^(?:append|create|replace)[-.](?:with-)?/u, "");
  if (ALLOWED.test(id) && !/compensation/.test(id)) return true;
  return !REFUSED.test(construct);
}

const FLOW_END = new Set(["bpmn:EndEvent"]);

class Offered {
  static $inject = ["injector", "palette", "contextPad", "popupMenu", "create", "elementFactory", "autoPlace", "translate"];

  constructor(injector, palette, contextPad, popupMenu, create, elementFactory, autoPlace, translate) {
    Object.assign(this, { injector, create, elementFactory, autoPlace, popupMenu, translate });
    palette.registerProvider(300, this);
    contextPad.registerProvider(300, this);
    for (const menu of ["bpmn-append", "bpmn-create", "bpmn-replace"]) {
      popupMenu.registerProvider(menu, 300, { getPopupMenuEntries: (element) => (entries) => this.menu(menu, element, entries), getPopupMenuHeaderEntries: () => (entries) => filtered(entries) });
    }
  }

  getPaletteEntries() {
    return (entries) => {
      const kept = ["hand-tool", "lasso-tool", "space-tool", "global-connect-tool", "tool-separator"];
      const out = Object.fromEntries(kept.filter((one) => entries[one]).map((one) => [one, entries[one]]));
      const shape = (type, group, className, title, more) => this.tool(group, className, title, () => this.elementFactory.createShape({ type, ...more }));
      const template = (id, group, className, title, name) => this.tool(group, className, title, () => newElement(this.injector, id, { name, ...size(id) }));
      Object.assign(out, {
        "create.start-event": shape("bpmn:StartEvent", "flow", "bpmn-icon-start-event-none", "Bắt đầu"),
        "create.end-event": shape("bpmn:EndEvent", "flow", "bpmn-icon-end-event-none", "Kết thúc"),
        "create.step": template("motcua.step", "flow", "bpmn-icon-user-task", "Bước xử lý"),
        "create.notice": template("motcua.notice", "flow", "bpmn-icon-send-task", "Thông báo", "Thông báo"),
        "create.exclusive-gateway": shape("bpmn:ExclusiveGateway", "flow", "bpmn-icon-gateway-xor", "Rẽ nhánh: chỉ một đường"),
        "create.parallel-gateway": shape("bpmn:ParallelGateway", "flow", "bpmn-icon-gateway-parallel", "Song song: đi mọi đường"),
        "create.wait": template("motcua.wait", "flow", "bpmn-icon-intermediate-event-catch-timer", "Chờ một khoảng thời gian"),
        "create.participant": this.tool("flow", "bpmn-icon-participant", "Hồ (pool) có làn của các cơ quan", () => this.elementFactory.createParticipantShape()),
        "block-separator": { group: "blocks", separator: true },
      });
      for (const block of BLOCKS) {
        out[`block.${block.id}`] = this.tool("blocks", `${block.icon} modeller-block`, `${block.name}: ${block.words}`, () => blockElements(this.injector, block.id));
      }
      if (entries.create) out.create = { ...entries.create, group: "zz-more", title: this.translate("Create element") };
      return out;
    };
  }

  tool(group, className, title, make) {
    const start = (event) => this.create.start(event, make());
    return { group, className, title, action: { dragstart: start, click: start } };
  }

  getContextPadEntries(element) {
    return (entries) => {
      for (const id of Object.keys(entries)) if (!isOffered(id) || id === "append.intermediate-event" || id === "append.compensation-activity") delete entries[id];
      for (const id of ["append.condition-intermediate-event", "append.signal-intermediate-event"]) delete entries[id];
      const bo = getBusinessObject(element);
      if (!entries["append.append-task"] && !entries["append.gateway"]) return entries;
      if (FLOW_END.has(bo.$type)) return entries;
      delete entries["append.append-task"];
      const step = { ...this.appending("bpmn-icon-user-task", "Thêm bước tiếp theo", () => newElement(this.injector, "motcua.step", size("motcua.step"))) };
      const notice = this.appending("bpmn-icon-send-task", "Thêm thông báo", () => newElement(this.injector, "motcua.notice", { name: "Thông báo", ...size("motcua.notice") }));
      return { "append.step": step, "append.notice": notice, ...entries };
    };
  }

  appending(className, title, make) {
    return {
      group: "model",
      className,
      title,
      action: {
        click: (_, element) => this.autoPlace.append(element, make()),
        dragstart: (event, element) => this.create.start(event, make(), { source: element }),
      },
    };
  }

  menu(menu, element, entries) {
    const kept = filtered(entries);
    const group = { id: "motcua", name: "Một cửa" };
    if (menu === "bpmn-replace") {
      const fits = TEMPLATES.filter((one) => one.appliesTo.includes(getBusinessObject(element).$type) && fitsEvent(one, element));
      const ours = Object.fromEntries(
        fits.map((one) => [`replace.${one.id}`, { label: one.name, description: one.description, search: one.keywords.join(" "), group, className: icon(one), action: () => applyTemplate(this.injector, element, one.id) }]),
      );
      return { ...ours, ...kept };
    }
    const appending = menu === "bpmn-append";
    const ours = {};
    for (const one of TEMPLATES) {
      if (["bpmn:Lane", "bpmn:BoundaryEvent"].includes(one.elementType.value)) continue;
      const make = () => newElement(this.injector, one.id, { name: one.id === "motcua.step" ? undefined : one.name, ...size(one.id) });
      ours[`${menu}.${one.id}`] = { label: one.name, description: one.description, search: one.keywords.join(" "), group, className: icon(one), action: this.placing(appending, element, make) };
    }
    if (!appending) {
      for (const block of BLOCKS) {
        ours[`${menu}.block.${block.id}`] = { label: block.name, description: block.words, group: { id: "motcua-blocks", name: "Khối vẽ sẵn" }, className: block.icon, action: this.placing(false, element, () => blockElements(this.injector, block.id)) };
      }
    }
    return { ...ours, ...kept };
  }

  placing(appending, element, make) {
    const start = (event) => {
      this.popupMenu.close();
      const from = event instanceof KeyboardEvent ? this.injector.get("mouse").getLastMoveEvent() : event;
      this.create.start(from, make(), appending ? { source: element } : undefined);
    };
    return { click: appending ? () => this.autoPlace.append(element, make()) : start, dragstart: start };
  }
}

function filtered(entries) {
  return Object.fromEntries(Object.entries(entries).filter(([id]) => isOffered(id)));
}

function fitsEvent(template, element) {
  const kind = template.elementType.eventDefinition;
  return !kind || (getBusinessObject(element).get("eventDefinitions") ?? []).some((one) => is(one, kind));
}

function icon(template) {
  const kinds = { "bpmn:SendTask": "bpmn-icon-send-task", "bpmn:UserTask": "bpmn-icon-user-task", "bpmn:Lane": "bpmn-icon-lane" };
  return kinds[template.elementType.value] ?? "bpmn-icon-intermediate-event-catch-timer";
}

function size(template) {
  return template === "motcua.wait" || template === "motcua.reminder" ? {} : { width: 160, height: 90 };
}

export const offeredModule = { __init__: ["offered"], offered: ["type", Offered] };
