"""Gate: what BPMN has but the engine leaves out, ignores or would run wrongly."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from app.engine.gate_model import ACTIVITIES, BLOCKS, EVENTS, Model, Node, Scope, line_of
from app.engine.names import CAMUNDA, bpmn, local
from app.engine.problems import Problem, error, warning

_NODES = {
    "task": ("task.plain", "chưa có loại. Hãy đổi thành bước của người dùng (User Task)"),
    "manualTask": ("task.manual", "là Manual Task, hệ thống không theo dõi được. Hãy đổi thành User Task"),
    "scriptTask": ("task.script", "là Script Task: sơ đồ không được chạy mã. Hãy bỏ hoặc đổi thành User Task"),
    "serviceTask": (
        "task.service",
        "là Service Task, không có gì thực hiện nó. Hãy đổi thành User Task hoặc Send Task",
    ),
    "businessRuleTask": ("task.business-rule", "là Business Rule Task. Hãy dùng cổng loại trừ với điều kiện FEEL"),
    "receiveTask": ("task.receive", "là Receive Task, không có thông điệp nào tới. Hãy đổi thành User Task"),
    "complexGateway": ("gateway.complex", "là cổng phức hợp. Hãy dùng cổng loại trừ, bao hàm hoặc song song"),
    "transaction": ("block.transaction", "là giao dịch (transaction). Hãy đổi thành khối con thường"),
    "adHocSubProcess": ("block.ad-hoc", "là khối tùy ý (ad hoc). Hãy đổi thành khối con thường"),
}

_EVENTS = {
    "linkEventDefinition": (
        "event.link",
        "là sự kiện liên kết: quy trình sẽ kết thúc ngay tại đó. Hãy nối thẳng bằng đường nối",
    ),
    "signalEventDefinition": (
        "event.signal",
        "là sự kiện tín hiệu, chưa được hỗ trợ. Hãy bỏ hoặc thay bằng sự kiện thời gian",
    ),
    "messageEventDefinition": (
        "event.message",
        "là sự kiện thông điệp, chưa được hỗ trợ. Để thông báo, hãy dùng Send Task",
    ),
    "escalationEventDefinition": (
        "event.escalation",
        "là sự kiện leo thang, chưa được hỗ trợ. Hãy dùng sự kiện thời gian ở biên",
    ),
    "compensateEventDefinition": (
        "event.compensation",
        "là sự kiện bù trừ, chưa được hỗ trợ. Hãy vẽ bước xử lý ngược lại",
    ),
    "conditionalEventDefinition": (
        "event.conditional",
        "là sự kiện điều kiện, chưa được hỗ trợ. Hãy dùng cổng loại trừ",
    ),
    "cancelEventDefinition": (
        "event.cancel",
        "là sự kiện hủy giao dịch, chưa được hỗ trợ. Hãy dùng sự kiện lỗi ở biên khối",
    ),
}

# Where each supported definition may stand; an event without a definition may be anything but a boundary event.
_PLACES = {
    "timerEventDefinition": ("intermediateCatchEvent", "boundaryEvent"),
    "terminateEventDefinition": ("endEvent",),
    "errorEventDefinition": ("endEvent", "boundaryEvent"),
}

_IGNORED_EXTENSIONS = frozenset(
    (
        "executionListener",
        "taskListener",
        "inputOutput",
        "connector",
        "formData",
        "in",
        "out",
        "script",
        "failedJobRetryTimeCycle",
    )
)
_IGNORED_ATTRIBUTES = frozenset(
    (
        "assignee",
        "candidateUsers",
        "dueDate",
        "followUpDate",
        "class",
        "expression",
        "delegateExpression",
        "type",
        "topic",
    )
)
_DATA = ("ioSpecification", "dataInputAssociation", "dataOutputAssociation", "property")


def check_constructs(model: Model) -> Iterator[Problem]:
    for node in model.nodes():
        if node.kind in _NODES:
            code, text = _NODES[node.kind]
            yield error(code, f"{node.label} {text}.", node.id, node.line)
        if node.kind in ACTIVITIES:
            yield from _activity(node)
        if node.kind in EVENTS:
            yield from _event(node)
            yield from _error_event(model, node)
        yield from _extensions(node)
    for store in model.root.iterfind(bpmn("dataStore")):
        yield error(
            "data.store", "Kho dữ liệu (Data Store) chưa được hỗ trợ. Hãy xóa đi.", store.get("id"), line_of(store)
        )


def _activity(node: Node) -> Iterator[Problem]:
    element = node.element
    if element.find(bpmn("multiInstanceLoopCharacteristics")) is not None:
        message = f"{node.label} lặp theo danh sách (multi-instance), chưa được hỗ trợ. Hãy vẽ từng nhánh song song."
        yield error("activity.multi-instance", message, node.id, node.line)
    if element.find(bpmn("standardLoopCharacteristics")) is not None:
        message = f"{node.label} có dấu lặp (loop), chưa được hỗ trợ. Hãy vẽ vòng lặp bằng cổng loại trừ."
        yield error("activity.loop", message, node.id, node.line)
    for name in ("startQuantity", "completionQuantity"):
        if element.get(name, "1").strip() != "1":
            yield error(
                "activity.quantity", f"{node.label}: thuộc tính {name} không được xét. Hãy xóa đi.", node.id, node.line
            )
    if element.get("isForCompensation") in ("true", "1"):
        yield error(
            "activity.compensation", f"{node.label} là bước bù trừ, chưa được hỗ trợ. Hãy bỏ đi.", node.id, node.line
        )
    if element.get("triggeredByEvent") in ("true", "1"):
        message = f"{node.label} là khối sự kiện (event sub-process), chạy không đúng. Hãy dùng sự kiện ở biên của khối thường."
        yield error("block.event", message, node.id, node.line)
    for name in _DATA:
        if element.find(bpmn(name)) is not None:
            message = (
                f"{node.label} khai báo dữ liệu BPMN ({name}), không được xét. Hãy xóa đi: dữ liệu nằm trong biểu mẫu."
            )
            yield error("data.unsupported", message, node.id, node.line)


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
        message = f"{node.label} chưa có loại sự kiện. Hãy chọn sự kiện thời gian."
        yield error("event.untyped", message, node.id, node.line)
    for definition in definitions:
        kind = local(definition)
        if kind in _EVENTS:
            code, text = _EVENTS[kind]
            yield error(code, f"{node.label} {text}.", node.id, node.line)
        elif node.kind == "startEvent":
            message = f"Sự kiện bắt đầu {node.label} phải là loại thường: hồ sơ do bộ phận một cửa khởi tạo."
            yield error("start.typed", message, node.id, node.line)
        elif node.kind not in _PLACES.get(kind, ()):
            yield error(
                "event.misplaced",
                f"Loại sự kiện của {node.label} không đặt được ở đây. Hãy chọn loại khác.",
                node.id,
                node.line,
            )


def _error_event(model: Model, node: Node) -> Iterator[Problem]:
    """An error must be caught on the border of an embedded block around it, and what is caught must be thrown."""
    definition = node.element.find(bpmn("errorEventDefinition"))
    if definition is None:
        return
    reference = definition.get("errorRef")
    known = {element.get("id") for element in model.root.iterfind(bpmn("error"))}
    if reference is not None and _plain(reference) not in known:
        message = f"{node.label} nêu lỗi “{reference}” chưa được khai báo. Hãy chọn lại lỗi."
        yield error("error.unknown", message, node.id, node.line)
    if node.kind == "boundaryEvent":
        host = node.scope.nodes.get(node.element.get("attachedToRef", ""))
        if host is not None and host.kind not in BLOCKS:
            message = f"Sự kiện lỗi {node.label} chỉ đặt được ở biên của một khối có điểm kết thúc lỗi."
            yield error("error.host", message, node.id, node.line)
        if node.element.get("cancelActivity") in ("false", "0"):
            message = f"Sự kiện lỗi {node.label} luôn ngắt khối. Hãy đổi thành loại ngắt."
            yield error("error.non-interrupting", message, node.id, node.line)
    elif node.kind == "endEvent" and not _is_caught(model, node, reference):
        message = f"Lỗi ở {node.label} không nơi nào bắt. Hãy đặt sự kiện lỗi cùng mã ở biên của khối chứa nó."
        yield error("error.uncaught", message, node.id, node.line)


def _is_caught(model: Model, node: Node, reference: str | None) -> bool:
    scope: Scope | None = node.scope
    while scope is not None and scope.owner is not None:
        around = scope.owner.scope
        for event in around.of_kind("boundaryEvent"):
            definition = event.element.find(bpmn("errorEventDefinition"))
            if definition is not None and event.element.get("attachedToRef") == scope.owner.id:
                caught = definition.get("errorRef")
                if caught is None or (reference is not None and _plain(caught) == _plain(reference)):
                    return True
        scope = around
    return False


def _plain(name: str) -> str:
    return name.rpartition(":")[2]


def _extensions(node: Node) -> Iterator[Problem]:
    extensions = node.element.find(bpmn("extensionElements"))
    prefix = f"{{{CAMUNDA}}}"
    for child in extensions if extensions is not None else ():
        name = _camunda_name(child, prefix)
        if name in _IGNORED_EXTENSIONS:
            message = f"{node.label} có khai báo camunda:{name}, hệ thống không chạy. Hãy xóa đi."
            yield error("extension.unsupported", message, node.id, line_of(child))
    for attribute in node.element.attrib:
        name = str(attribute).removeprefix(prefix)
        if str(attribute).startswith(prefix) and name in _IGNORED_ATTRIBUTES:
            message = (
                f"{node.label}: thuộc tính camunda:{name} không được xét. Người làm do vị trí việc làm quyết định."
            )
            yield warning("attribute.ignored", message, node.id, node.line)


def _camunda_name(element: etree._Element, prefix: str) -> str:
    tag = element.tag
    return tag.removeprefix(prefix) if isinstance(tag, str) and tag.startswith(prefix) else ""
