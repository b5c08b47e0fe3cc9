"""Gate: the part of the BPMN 2.0 schema that means something here, element by element and attribute by attribute.

What is not in these tables is refused, wherever the schema allows it: nothing that a designer draws may be left out without
a word. What stands for itself (`gate.constructs`, `gate.events`, `gate.items`) is let through here and looked at there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lxml import etree

from app.engine.gate.model import ACTIVITIES, EVENTS, GATEWAYS, Model, label_of, line_of, nearest_id
from app.engine.names import BPMN, bpmn, local
from app.engine.problems import Problem, error, warning

_COMMON = frozenset(("documentation", "extensionElements"))
_FLOW_NODE = frozenset(("incoming", "outgoing", "categoryValueRef"))
_ARTIFACTS = frozenset(("association", "group", "textAnnotation"))
_DRAWN_DATA = frozenset(("dataObject", "dataObjectReference"))
_SAID_ELSEWHERE = frozenset(
    [
        "ioSpecification",
        "dataInputAssociation",
        "dataOutputAssociation",
        "property",
        "dataInput",
        "dataOutput",
        "inputSet",
        "outputSet",
        "dataStore",
        "dataStoreReference",
        "eventDefinitionRef",
        "script",
        "standardLoopCharacteristics",
    ]
)
"""Refused by their own rules, each with a message of its own."""
_TRIGGERS = frozenset(
    f"{kind}EventDefinition"
    for kind in [
        "cancel",
        "compensate",
        "conditional",
        "error",
        "escalation",
        "link",
        "message",
        "signal",
        "terminate",
        "timer",
    ]
)
_NODES = ACTIVITIES | GATEWAYS | EVENTS
_FLOW_ELEMENTS = _NODES | {"sequenceFlow", "laneSet"} | _ARTIFACTS | _DRAWN_DATA
_ACTIVITY = _FLOW_NODE | {"multiInstanceLoopCharacteristics"}

_CHILDREN: Mapping[str, frozenset[str]] = {
    "definitions": frozenset(
        ("process", "collaboration", "category", "message", "error", "escalation", "signal", "itemDefinition")
    ),
    "process": _FLOW_ELEMENTS,
    "collaboration": _ARTIFACTS | {"participant", "messageFlow"},
    "category": frozenset(("categoryValue",)),
    "laneSet": frozenset(("lane",)),
    "lane": frozenset(("flowNodeRef", "childLaneSet")),
    "childLaneSet": frozenset(("lane",)),
    "sequenceFlow": frozenset(("conditionExpression", "categoryValueRef")),
    "textAnnotation": frozenset(("text",)),
    "timerEventDefinition": frozenset(("timeDate", "timeDuration", "timeCycle")),
    "linkEventDefinition": frozenset(("source", "target")),
    "conditionalEventDefinition": frozenset(("condition",)),
    "multiInstanceLoopCharacteristics": frozenset(("loopCardinality", "completionCondition")),
    "standardLoopCharacteristics": frozenset(("loopCondition",)),
    "adHocSubProcess": _FLOW_ELEMENTS | _ACTIVITY | {"completionCondition"},
    "complexGateway": _FLOW_NODE | {"activationCondition"},
    "dataObject": frozenset(("dataState", "categoryValueRef")),
    "dataObjectReference": frozenset(("dataState", "categoryValueRef")),
    **dict.fromkeys(GATEWAYS - {"complexGateway"}, _FLOW_NODE),
    **dict.fromkeys(EVENTS, _FLOW_NODE | _TRIGGERS),
    **dict.fromkeys(ACTIVITIES - {"adHocSubProcess"}, _ACTIVITY),
    **dict.fromkeys(("subProcess", "transaction"), _ACTIVITY | _FLOW_ELEMENTS),
}
"""Which elements may stand in which, besides `_COMMON`; the schema sees to it that they may at all."""

_ANY = frozenset(("id", "name", "textFormat"))
_ATTRIBUTES: Mapping[str, frozenset[str]] = {
    "definitions": frozenset(("targetNamespace", "expressionLanguage", "typeLanguage", "exporter", "exporterVersion")),
    "process": frozenset(("isExecutable", "definitionalCollaborationRef")),
    "participant": frozenset(("processRef",)),
    "messageFlow": frozenset(("sourceRef", "targetRef", "messageRef")),
    "sequenceFlow": frozenset(("sourceRef", "targetRef")),
    "association": frozenset(("sourceRef", "targetRef", "associationDirection")),
    "group": frozenset(("categoryValueRef",)),
    "categoryValue": frozenset(("value",)),
    "lane": frozenset(("partitionElementRef",)),
    "boundaryEvent": frozenset(("cancelActivity", "attachedToRef")),
    "startEvent": frozenset(("isInterrupting",)),
    "exclusiveGateway": frozenset(("default", "gatewayDirection")),
    "inclusiveGateway": frozenset(("default", "gatewayDirection")),
    "complexGateway": frozenset(("default", "gatewayDirection")),
    "parallelGateway": frozenset(("gatewayDirection",)),
    "eventBasedGateway": frozenset(("gatewayDirection", "instantiate", "eventGatewayType")),
    "callActivity": frozenset(("calledElement",)),
    "receiveTask": frozenset(("messageRef",)),
    "messageEventDefinition": frozenset(("messageRef",)),
    "errorEventDefinition": frozenset(("errorRef",)),
    "escalationEventDefinition": frozenset(("escalationRef",)),
    "signalEventDefinition": frozenset(("signalRef",)),
    "compensateEventDefinition": frozenset(("waitForCompletion", "activityRef")),
    "multiInstanceLoopCharacteristics": frozenset(("isSequential",)),
    "standardLoopCharacteristics": frozenset(("testBefore", "loopMaximum")),
    "error": frozenset(("errorCode", "structureRef")),
    "escalation": frozenset(("escalationCode", "structureRef")),
    "message": frozenset(("itemRef",)),
    "signal": frozenset(("structureRef",)),
    "itemDefinition": frozenset(("structureRef", "isCollection", "itemKind")),
    "dataObject": frozenset(("itemSubjectRef", "isCollection")),
    "dataObjectReference": frozenset(("itemSubjectRef", "dataObjectRef")),
    "scriptTask": frozenset(("scriptFormat",)),
    "adHocSubProcess": frozenset(("cancelRemainingInstances", "ordering")),
}
"""Attributes that mean what they say, or that only describe; `id` and `name` besides."""

_EXPRESSIONS = frozenset(
    ("conditionExpression", "completionCondition", "loopCardinality", "timeDate", "timeDuration", "timeCycle")
)

_AS_IF_ABSENT: Mapping[str, frozenset[str]] = {
    "isClosed": frozenset(("false", "0")),
    "processType": frozenset(("None", "Private")),
    "isImmediate": frozenset(("true", "1")),
    "isForCompensation": frozenset(("false", "0")),
    "startQuantity": frozenset(("1",)),
    "completionQuantity": frozenset(("1",)),
    "triggeredByEvent": frozenset(("false", "0")),
    "parallelMultiple": frozenset(("false", "0")),
    "instantiate": frozenset(("false", "0")),
    "behavior": frozenset(("All",)),
    "method": frozenset(("##Compensate",)),
    "implementation": frozenset(("##unspecified", "##WebService")),
}
"""Values with which an attribute says no more than its absence."""

_OWN_RULE = frozenset(("isForCompensation", "startQuantity", "completionQuantity", "triggeredByEvent"))

_HINTS: Mapping[str, str] = {
    "resourceRole": "Người làm do vị trí việc làm của bước quyết định",
    "performer": "Người làm do vị trí việc làm của bước quyết định",
    "humanPerformer": "Người làm do vị trí việc làm của bước quyết định",
    "potentialOwner": "Người làm do vị trí việc làm của bước quyết định",
    "loopDataInputRef": "Danh sách được ghi ở Collection (camunda:collection)",
    "loopDataOutputRef": "Kết quả có sẵn trong biến <mã bước>_results",
    "inputDataItem": "Phần tử được ghi ở Element variable (camunda:elementVariable)",
    "outputDataItem": "Kết quả có sẵn trong biến <mã bước>_results",
    "behavior": "Chỉ có cách All: xong tất cả rồi mới đi tiếp",
    "complexBehaviorDefinition": "Chỉ có cách All: xong tất cả rồi mới đi tiếp",
    "messageRef": "Send Task là thông báo, ghi người nhận (notify) và mẫu (template)",
    "operationRef": "Hệ thống không gọi dịch vụ nào",
    "implementation": "Hệ thống không gọi dịch vụ nào",
    "instantiate": "Hồ sơ chỉ bắt đầu ở sự kiện bắt đầu",
    "parallelMultiple": "Mỗi sự kiện chỉ có một loại",
    "method": "Giao dịch chỉ được hủy bằng sự kiện hủy",
    "isImmediate": "Đường nối luôn đi ngay",
    "processType": "Quy trình chạy được là loại None hoặc Private",
    "import": "Mỗi tệp phải đủ trong chính nó; quy trình dùng chung thì gọi bằng Call Activity",
    "choreography": "Hãy vẽ quy trình trong một hồ (pool)",
    "globalUserTask": "Hãy gọi một quy trình dùng chung",
    "participantMultiplicity": "Mỗi hồ chỉ là một cơ quan",
}

_DIRECTIONS = {"Converging": "gộp", "Diverging": "rẽ"}


def check_vocabulary(model: Model) -> Iterator[Problem]:
    """The whole document is read, also what hangs below foreign elements and texts."""
    refused: set[etree._Element] = set()
    for element in model.root.iter():
        parent = element.getparent()
        if parent in refused:
            refused.add(element)  # said already
            continue
        if not _is_bpmn(element):
            continue
        kind = local(element)
        if parent is not None and not (_is_bpmn(parent) and _may_stand(kind, local(parent))):
            refused.add(element)
            yield _element(element, kind, parent)
            continue
        yield from _attributes(element, kind)
        if kind in GATEWAYS:
            yield from _direction(model, element)
    yield from _drawn_only(model)


def _is_bpmn(element: etree._Element) -> bool:
    return isinstance(element.tag, str) and element.tag.startswith(f"{{{BPMN}}}")


def _may_stand(kind: str, parent: str) -> bool:
    if parent in ("documentation", "text"):
        return False
    if kind in _COMMON or kind in _SAID_ELSEWHERE:
        return True
    # What was let through for a rule of its own is not looked into.
    return parent in _SAID_ELSEWHERE or kind in _CHILDREN.get(parent, ())


def _element(element: etree._Element, kind: str, parent: etree._Element) -> Problem:
    if not _is_bpmn(parent):
        message = f"Phần tử BPMN “{kind}” nằm trong phần mở rộng, công cụ vẽ không hiện ra. Hãy xóa đi."
        return error("element.hidden", message, element.get("id"), line_of(element))
    hint = f" {_HINTS[kind]}." if kind in _HINTS else ""
    message = f"{label_of(parent)}: phần tử “{kind}” không được hỗ trợ.{hint} Hãy xóa đi."
    return error("element.unsupported", message, parent.get("id"), line_of(element))


def _attributes(element: etree._Element, kind: str) -> Iterator[Problem]:
    known = _ATTRIBUTES.get(kind, frozenset())
    for name in map(str, element.attrib):
        if name.startswith("{") or name in _ANY or name in known or kind in _SAID_ELSEWHERE:
            continue
        if kind in _EXPRESSIONS | {"condition", "loopCondition", "activationCondition"}:
            continue  # `language` has its own rule; what type a value should have is not enforced by anybody
        value = (element.get(name) or "").strip()
        if name == "default":
            message = f"{label_of(element)}: nhánh mặc định chỉ có tác dụng ở cổng rẽ nhánh. Nên xóa đi."
            yield warning("attribute.ignored", message, element.get("id"), line_of(element))
        elif name == "isClosed" and value not in _AS_IF_ABSENT[name]:
            message = f"{label_of(element)}: thuộc tính isClosed không được xét. Nên xóa đi."
            yield warning("attribute.ignored", message, element.get("id"), line_of(element))
        elif name not in _OWN_RULE and value not in _AS_IF_ABSENT.get(name, ()):
            hint = f" {_HINTS[name]}." if name in _HINTS else ""
            message = f"{label_of(element)}: thuộc tính {name}=“{value[:80]}” không được hỗ trợ.{hint} Hãy xóa đi."
            yield error("attribute.unsupported", message, nearest_id(element), line_of(element))


def _direction(model: Model, element: etree._Element) -> Iterator[Problem]:
    said = element.get("gatewayDirection", "Unspecified")
    for scope in model.scopes:
        node = scope.nodes.get(element.get("id", ""))
        if node is None or node.element is not element or said not in _DIRECTIONS:
            continue
        flows = scope.outgoing(node.id) if said == "Converging" else scope.incoming(node.id)
        if len(flows) > 1:
            number = f"{len(flows)} đường {'ra' if said == 'Converging' else 'vào'}"
            message = (
                f"Cổng {node.label} ghi là chỉ {_DIRECTIONS[said]} (gatewayDirection={said}) nhưng có {number}. "
                "Hệ thống chạy theo các đường nối. Hãy vẽ lại hoặc xóa thuộc tính này."
            )
            yield warning("gateway.direction", message, node.id, node.line)


def _drawn_only(model: Model) -> Iterator[Problem]:
    """What is drawn and nothing else: said once, so that nobody waits for it to happen."""
    flows = list(model.root.iter(bpmn("messageFlow")))
    if flows:
        message = (
            "Luồng thông điệp giữa các hồ chỉ để xem, hệ thống không gửi gì theo đó. "
            "Để chờ thông điệp hãy dùng sự kiện thông điệp; để báo tin hãy dùng Send Task."
        )
        yield warning("message-flow.drawn-only", message, flows[0].get("id"), line_of(flows[0]))
