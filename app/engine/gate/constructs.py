"""Gate: what BPMN has but the engine leaves out, ignores or would run wrongly."""

from __future__ import annotations

from collections.abc import Iterator

from app.engine.gate.model import ACTIVITIES, EVENTS, Model, Node, label_of, line_of, nearest_id
from app.engine.names import bpmn, is_true, local
from app.engine.problems import Problem, error

_NODES = {
    "task": ("task.plain", "chưa có loại. Hãy đổi thành bước của người dùng (User Task)"),
    "manualTask": ("task.manual", "là Manual Task, hệ thống không theo dõi được. Hãy đổi thành User Task"),
    "scriptTask": ("task.script", "là Script Task: sơ đồ không được chạy mã. Hãy bỏ hoặc đổi thành User Task"),
    "serviceTask": (
        "task.service",
        "là Service Task, không có gì thực hiện nó. Hãy đổi thành User Task hoặc Send Task",
    ),
    "businessRuleTask": ("task.business-rule", "là Business Rule Task. Hãy dùng cổng loại trừ với điều kiện FEEL"),
    "complexGateway": ("gateway.complex", "là cổng phức hợp. Hãy dùng cổng loại trừ, bao hàm hoặc song song"),
    "adHocSubProcess": ("block.ad-hoc", "là khối tùy ý (ad hoc). Hãy đổi thành khối con thường"),
}

_EVENTS = {
    "signalEventDefinition": (
        "event.signal",
        "là sự kiện tín hiệu, chưa được hỗ trợ. Hãy bỏ hoặc thay bằng sự kiện thời gian",
    ),
    "compensateEventDefinition": (
        "event.compensation",
        "là sự kiện bù trừ, chưa được hỗ trợ. Hãy vẽ bước xử lý ngược lại",
    ),
    "conditionalEventDefinition": (
        "event.conditional",
        "là sự kiện điều kiện, chưa được hỗ trợ. Hãy dùng cổng loại trừ",
    ),
}

# Where each supported definition may stand; an event without a definition may be anything but a boundary event.
_PLACES = {
    "timerEventDefinition": ("intermediateCatchEvent", "boundaryEvent"),
    "messageEventDefinition": ("intermediateCatchEvent", "boundaryEvent"),
    "terminateEventDefinition": ("endEvent",),
    "errorEventDefinition": ("endEvent", "boundaryEvent"),
    "escalationEventDefinition": ("intermediateThrowEvent", "endEvent", "boundaryEvent"),
    "cancelEventDefinition": ("endEvent", "boundaryEvent"),
    "linkEventDefinition": ("intermediateThrowEvent", "intermediateCatchEvent"),
}

_DATA = (
    "ioSpecification",
    "property",
    "dataInput",
    "dataOutput",
    "inputSet",
    "outputSet",
    "dataInputAssociation",
    "dataOutputAssociation",
)


def check_constructs(model: Model) -> Iterator[Problem]:
    for node in model.nodes():
        if node.kind in _NODES:
            code, text = _NODES[node.kind]
            yield error(code, f"{node.label} {text}.", node.id, node.line)
        if node.kind in ACTIVITIES:
            yield from _activity(node)
        if node.kind in EVENTS:
            yield from _event(node)
    for store in model.root.iter(bpmn("dataStore"), bpmn("dataStoreReference")):
        message = "Kho dữ liệu (Data Store) chưa được hỗ trợ. Hãy xóa đi."
        yield error("data.store", message, store.get("id"), line_of(store))
    for owner, kind in dict.fromkeys((found.getparent(), local(found)) for found in model.root.iter(*map(bpmn, _DATA))):
        if owner is not None and local(owner) not in _DATA:
            message = (
                f"{label_of(owner)} khai báo dữ liệu BPMN ({kind}), không được xét. "
                "Hãy xóa đi, kể cả nét nối với đối tượng dữ liệu: dữ liệu nằm trong biểu mẫu."
            )
            yield error("data.unsupported", message, nearest_id(owner), line_of(owner))


def _activity(node: Node) -> Iterator[Problem]:
    element = node.element
    if element.find(bpmn("standardLoopCharacteristics")) is not None:
        message = f"{node.label} có dấu lặp (loop), chưa được hỗ trợ. Hãy vẽ vòng lặp bằng cổng loại trừ."
        yield error("activity.loop", message, node.id, node.line)
    for name in ("startQuantity", "completionQuantity"):
        if element.get(name, "1").strip() != "1":
            yield error(
                "activity.quantity", f"{node.label}: thuộc tính {name} không được xét. Hãy xóa đi.", node.id, node.line
            )
    if is_true(element.get("isForCompensation")):
        yield error(
            "activity.compensation", f"{node.label} là bước bù trừ, chưa được hỗ trợ. Hãy bỏ đi.", node.id, node.line
        )
    if is_true(element.get("triggeredByEvent")):
        message = f"{node.label} là khối sự kiện (event sub-process), chạy không đúng. Hãy dùng sự kiện ở biên của khối thường."
        yield error("block.event", message, node.id, node.line)


def _event(node: Node) -> Iterator[Problem]:
    definitions = node.definitions()
    if node.element.find(bpmn("eventDefinitionRef")) is not None:
        message = f"{node.label} trỏ tới định nghĩa sự kiện chung (eventDefinitionRef), không được xét. Hãy ghi ngay trong nó."
        yield error("event.definition-ref", message, node.id, node.line)
    if len(definitions) > 1:
        yield error(
            "event.several", f"{node.label} có nhiều loại sự kiện. Hãy tách thành nhiều sự kiện.", node.id, node.line
        )
    if not definitions and node.kind in ("boundaryEvent", "intermediateCatchEvent"):
        message = f"{node.label} chưa có loại sự kiện. Hãy chọn sự kiện thời gian hoặc thông điệp."
        yield error("event.untyped", message, node.id, node.line)
    for definition in definitions:
        kind = local(definition)
        if kind in _EVENTS:
            code, text = _EVENTS[kind]
            yield error(code, f"{node.label} {text}.", node.id, node.line)
        elif node.kind == "startEvent":
            message = f"Sự kiện bắt đầu {node.label} phải là loại thường: hồ sơ do bộ phận một cửa khởi tạo."
            yield error("start.typed", message, node.id, node.line)
        elif kind == "messageEventDefinition" and node.kind in ("endEvent", "intermediateThrowEvent"):
            message = f"{node.label} gửi thông điệp, chưa được hỗ trợ. Để báo cho ai đó, hãy dùng Send Task."
            yield error("event.message-throw", message, node.id, node.line)
        elif node.kind not in _PLACES.get(kind, ()):
            yield error(
                "event.misplaced",
                f"Loại sự kiện của {node.label} không đặt được ở đây. Hãy chọn loại khác.",
                node.id,
                node.line,
            )
