// Ready drawn groups of elements that can be put into a diagram at once: several shapes with what joins them.
import { getBusinessObject } from "./elements.js";
import { newElement } from "./templates.js";

const STEP = { width: 160, height: 90 };
const GAP = 60;

/** Each block: its name in menus, what it is for, and how it is made at (0, 0); the first and last element join the rest. */
export const BLOCKS = [
  { id: "review", icon: "bpmn-icon-user-task", name: "Thẩm định – ký – phát hành", words: "Ba bước nối tiếp: chuyên viên thẩm định, lãnh đạo ký, văn thư phát hành", make: review },
  { id: "opinion", icon: "bpmn-icon-parallel-mi-marker", name: "Lấy ý kiến nhiều cơ quan", words: "Bước chọn cơ quan (có biểu mẫu), rồi mỗi cơ quan một bước cho ý kiến, làm cùng lúc", make: opinion },
  { id: "payment", icon: "bpmn-icon-intermediate-event-catch-message", name: "Chờ nộp tiền", words: "Báo người nộp, dừng đồng hồ, đi tiếp khi có chứng từ", make: payment },
  { id: "agency", icon: "bpmn-icon-subprocess-expanded", name: "Khối của cơ quan khác", words: "Một khối gồm các bước do cơ quan khác làm", make: agency },
  { id: "visit", icon: "bpmn-icon-manual-task", name: "Kiểm tra thực địa", words: "Một bước xác minh tại chỗ, có lời nhắc khi quá lâu", make: visit },
];

function review(made) {
  const check = made.step("Thẩm định hồ sơ, dự thảo kết quả", { properties: { timeLimit: "P2D" }, attributes: { "camunda:candidateGroups": "specialist" } });
  const sign = made.step("Ký kết quả", { properties: { timeLimit: "P1D" }, attributes: { "camunda:candidateGroups": "director" } });
  const issue = made.step("Vào sổ, đóng dấu, phát hành", { properties: { timeLimit: "PT4H" }, attributes: { "camunda:candidateGroups": "clerk" } });
  return made.chain(check, sign, issue);
}

function opinion(made) {
  const choose = made.step("Chọn cơ quan lấy ý kiến", { properties: { timeLimit: "PT4H" }, attributes: { "camunda:formKey": "asked_agencies" } });
  const give = made.of("motcua.opinion_round", "Có ý kiến", { attributes: { "camunda:candidateGroups": "director" } });
  const loop = made.create("bpmn:MultiInstanceLoopCharacteristics", { "camunda:collection": "asked_agencies", "camunda:elementVariable": "item" });
  getBusinessObject(give).loopCharacteristics = loop;
  loop.$parent = getBusinessObject(give);
  return made.chain(choose, give);
}

function payment(made) {
  const notice = made.of("motcua.notice", "Thông báo nộp tiền", { properties: { notify: "applicant", template: "payment_requested" } });
  const wait = made.of("motcua.payment_pause", "Chờ nộp tiền", { attributes: { "camunda:candidateGroups": "desk_officer" } });
  const join = made.shape("bpmn:ExclusiveGateway");
  made.chain(notice, wait, join);
  const paid = made.border(wait, "bpmn:MessageEventDefinition", "Có chứng từ nộp tiền");
  const message = made.message("payment_received");
  getBusinessObject(paid).eventDefinitions[0].messageRef = message;
  made.join(paid, join, [
    { x: paid.x + 18, y: paid.y + 36 },
    { x: paid.x + 18, y: paid.y + 66 },
    { x: join.x + 25, y: paid.y + 66 },
    { x: join.x + 25, y: join.y + 50 },
  ]);
  return made.all;
}

function agency(made) {
  const block = made.shape("bpmn:SubProcess", { isExpanded: true, width: 640, height: 190 });
  getBusinessObject(block).name = "Phần việc của cơ quan khác";
  made.inside(block, () => {
    const start = made.shape("bpmn:StartEvent");
    const take = made.of("motcua.other_agency_step", "Tiếp nhận, phân công", { properties: { timeLimit: "PT4H" } });
    const work = made.of("motcua.other_agency_step", "Xử lý", { properties: { timeLimit: "P1D" } });
    const end = made.shape("bpmn:EndEvent");
    made.chain(start, take, work, end);
  });
  return made.all;
}

function visit(made) {
  const step = made.of("motcua.verification_visit", "Kiểm tra thực địa, lập biên bản", {});
  const late = made.border(step, "bpmn:TimerEventDefinition", "Quá lâu", { cancelActivity: false });
  const duration = made.create("bpmn:FormalExpression", { body: "P3D" });
  getBusinessObject(late).eventDefinitions[0].timeDuration = duration;
  const tell = made.of("motcua.notice", "Nhắc phụ trách", { properties: { notify: "holder_head", template: "step_overdue" } });
  const end = made.shape("bpmn:EndEvent");
  made.place(tell, late.x + 80, late.y + 70);
  made.place(end, tell.x + STEP.width + GAP, tell.y + STEP.height / 2 - 18);
  made.join(late, tell, [
    { x: late.x + 18, y: late.y + 36 },
    { x: late.x + 18, y: tell.y + STEP.height / 2 },
    { x: tell.x, y: tell.y + STEP.height / 2 },
  ]);
  made.join(tell, end);
  return made.all;
}

/** Makes elements side by side from (0, 0) on; nothing of it is in the diagram yet. */
class Making {
  constructor(injector) {
    this.injector = injector;
    this.elements = injector.get("elementFactory");
    this.factory = injector.get("bpmnFactory");
    this.all = [];
    this.parent = undefined;
  }

  create(type, values) {
    return this.factory.create(type, values);
  }

  of(template, name, more) {
    return this.keep(newElement(this.injector, template, { name, ...STEP, ...more }));
  }

  step(name, more) {
    return this.of("motcua.step", name, more);
  }

  shape(type, more = {}) {
    return this.keep(this.elements.createShape({ type, ...more }));
  }

  keep(shape) {
    this.place(shape, 0, 0);
    if (this.parent) shape.parent = this.parent;
    this.all.push(shape);
    return shape;
  }

  place(shape, x, y) {
    shape.x = x;
    shape.y = y;
  }

  /** Side by side, their middles on one line, joined. */
  chain(...shapes) {
    let x = this.parent ? this.parent.x + 30 : 0;
    const middle = this.parent ? this.parent.y + this.parent.height / 2 : STEP.height / 2;
    for (const shape of shapes) {
      this.place(shape, x, middle - shape.height / 2);
      x += shape.width + (this.parent ? 45 : GAP);
    }
    shapes.slice(1).forEach((shape, index) => this.join(shapes[index], shape));
    return this.all;
  }

  inside(block, make) {
    this.parent = block;
    make();
    this.parent = undefined;
  }

  border(host, eventDefinitionType, name, attributes = {}) {
    const event = this.elements.createShape({ type: "bpmn:BoundaryEvent", eventDefinitionType, host, ...attributes });
    getBusinessObject(event).name = name;
    getBusinessObject(event).attachedToRef = getBusinessObject(host); // creating several at once does not set it
    if (attributes.cancelActivity === false) getBusinessObject(event).cancelActivity = false;
    this.place(event, host.x + host.width - 60, host.y + host.height - 18);
    this.all.push(event);
    return event;
  }

  join(source, target, waypoints) {
    const at = waypoints ?? [
      { x: source.x + source.width, y: source.y + source.height / 2 },
      { x: target.x, y: target.y + target.height / 2 },
    ];
    const flow = this.elements.createConnection({ type: "bpmn:SequenceFlow", source, target, waypoints: at });
    if (this.parent) flow.parent = this.parent;
    this.all.push(flow);
    return flow;
  }

  message(name) {
    const roots = this.injector.get("bpmnjs").getDefinitions().get("rootElements");
    return roots.find((one) => one.$type === "bpmn:Message" && one.name === name) ?? this.create("bpmn:Message", { id: `message_${name}`, name });
  }
}

export function blockElements(injector, id) {
  const making = new Making(injector);
  BLOCKS.find((one) => one.id === id).make(making);
  return making.all;
}

/** Puts a block down behind the selected element (and joins them), or in the middle of what is shown. */
export function insertBlock(injector, id) {
  const [selection, canvas] = [injector.get("selection"), injector.get("canvas")];
  const made = blockElements(injector, id);
  const box = canvas.viewbox();
  const [chosen] = selection.get();
  const follows = chosen && chosen.parent && !chosen.waypoints && getBusinessObject(chosen).$instanceOf("bpmn:FlowNode");
  const shapes = made.filter((one) => !one.waypoints);
  const width = Math.max(...shapes.map((one) => one.x + one.width));
  const height = Math.max(...shapes.map((one) => one.y + one.height));
  const at = follows
    ? { x: chosen.x + chosen.width + GAP + width / 2, y: chosen.y + chosen.height / 2 - STEP.height / 2 + height / 2 }
    : { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const parent = follows ? chosen.parent : parentAt(injector, at);
  const context = { made, at, parent, after: follows && chosen.type !== "bpmn:EndEvent" ? chosen : undefined };
  injector.get("commandStack").execute("motcua.insert", context);
  selection.select(context.first);
  canvas.scrollToElement(context.first, 80);
}

/** One command, so that one undo takes the whole block away again. */
class InsertHandler {
  static $inject = ["modeling"];
  constructor(modeling) {
    this.modeling = modeling;
  }

  preExecute(context) {
    const created = this.modeling.createElements(context.made, context.at, context.parent);
    context.first = created.find((one) => !one.waypoints && !one.host && one.type !== "label");
    if (context.after) this.modeling.connect(context.after, context.first);
  }
}

class Blocks {
  static $inject = ["commandStack"];
  constructor(commandStack) {
    commandStack.registerHandler("motcua.insert", InsertHandler);
  }
}

export const blocksModule = { __init__: ["motcuaBlocks"], motcuaBlocks: ["type", Blocks] };

function parentAt(injector, at) {
  const root = injector.get("canvas").getRootElement();
  const pools = injector.get("elementRegistry").filter((one) => one.type === "bpmn:Participant");
  return pools.find((one) => at.x >= one.x && at.x <= one.x + one.width && at.y >= one.y && at.y <= one.y + one.height) ?? pools[0] ?? root;
}
