"""Gate: what modellers and other engines write beside BPMN. Only a few things of camunda's namespace mean anything here."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from app.engine.gate.model import FLOW_NODES, Model, label_of, line_of, nearest_id
from app.engine.names import BPMN, CAMUNDA, bpmn, local, properties
from app.engine.problems import Problem, error, warning

_OTHER_ENGINES = {
    "http://camunda.org/schema/zeebe/1.0": "Camunda 8 (zeebe)",
    "http://activiti.org/bpmn": "Activiti",
    "http://flowable.org/bpmn": "Flowable",
    "http://www.jboss.org/drools": "jBPM",
    "http://www.jboss.org/drools/flow/gpd": "jBPM",
    "http://spiffworkflow.org/bpmn/schema/1.0/core": "SpiffWorkflow",
    "https://www.spiffworkflow.org/bpmn/schema/1.0/core": "SpiffWorkflow",
}
"""Namespaces in which a file tells an engine what to do: here nobody would do it."""

_INCLUDE = "http://www.w3.org/2001/XInclude"
_PLATFORM = "{http://camunda.org/schema/modeler/1.0}executionPlatform"

_HARMLESS = frozenset(("historyTimeToLive", "versionTag", "isStartableInTasklist"))
_HARMLESS_PREFIXES = ("modelerTemplate",)
_READ = {
    "userTask": frozenset(("candidateGroups", "formKey")),
    "multiInstanceLoopCharacteristics": frozenset(("collection", "elementVariable")),
}
"""Attributes of camunda's namespace that mean something, by element."""
_WITH_PROPERTIES = FLOW_NODES | {"lane", "process"}
"""Elements whose properties have rules of their own."""
_OWN_RULE = frozenset((("conditionExpression", "resource"),))


def check_extensions(model: Model) -> Iterator[Problem]:
    yield from _other_engines(model.root)
    for element in model.root.iter(f"{{{_INCLUDE}}}*"):
        message = "Tệp chèn nội dung của tệp khác (XInclude), hệ thống không đọc. Hãy vẽ đủ trong một tệp."
        yield error("xml.include", message, nearest_id(element), line_of(element))
    for element in model.root.iter():
        if not (isinstance(element.tag, str) and element.tag.startswith(f"{{{BPMN}}}")):
            continue
        yield from _elements(element)
        yield from _attributes(element)
        if local(element) not in _WITH_PROPERTIES:
            for name in properties(element):
                message = f"Thuộc tính “{name}” của {label_of(element)} không được xét. Nên xóa đi."
                yield warning("property.unknown", message, nearest_id(element), line_of(element))


def _other_engines(root: etree._Element) -> Iterator[Problem]:
    """Once an engine, at the first place: such a file is drawn again in another mode, not put right piece by piece."""
    told: set[str] = set()
    if root.get(_PLATFORM) == "Camunda Cloud":
        told.add("Camunda 8 (zeebe)")
        yield _for_engine("Camunda 8 (zeebe)", root)
    for element in root.iter():
        for name in (str(element.tag), *map(str, element.attrib)):
            engine = _OTHER_ENGINES.get(name[1:].partition("}")[0]) if name.startswith("{") else None
            if engine is not None and engine not in told:
                told.add(engine)
                yield _for_engine(engine, element)


def _for_engine(engine: str, element: etree._Element) -> Problem:
    message = (
        f"Tệp vẽ cho {engine}: các khai báo của công cụ đó không được thực hiện ở đây. "
        "Hãy vẽ ở chế độ Camunda Platform 7 rồi ghi lại vị trí việc làm, thời hạn và biểu mẫu."
    )
    return error("extension.other-engine", message, nearest_id(element), line_of(element))


def _elements(element: etree._Element) -> Iterator[Problem]:
    for child in element.iterfind(f"{bpmn('extensionElements')}/*"):
        space, _, name = str(child.tag)[1:].partition("}")
        if space == CAMUNDA and name != "properties":
            message = f"{label_of(element)} có khai báo camunda:{name}, hệ thống không chạy. Hãy xóa đi."
            yield error("extension.unsupported", message, nearest_id(element), line_of(child))


def _attributes(element: etree._Element) -> Iterator[Problem]:
    kind = local(element)
    known = _READ.get(kind, frozenset())
    for attribute in map(str, element.attrib):
        space, _, name = attribute[1:].partition("}")
        if not attribute.startswith("{") or space != CAMUNDA or (kind, name) in _OWN_RULE:
            continue
        if name in known or name in _HARMLESS or name.startswith(_HARMLESS_PREFIXES):
            continue
        hint = " Người làm do vị trí việc làm quyết định." if kind == "userTask" else " Nên xóa đi."
        message = f"{label_of(element)}: thuộc tính camunda:{name} không được xét.{hint}"
        yield warning("attribute.ignored", message, nearest_id(element), line_of(element))
