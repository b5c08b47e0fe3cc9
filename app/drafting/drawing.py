"""A draft of a table as a diagram: what `docs/diagrams.md` says of a step, said for every row, laid out and fit for the gate.

What is doubtful is drawn with the best guess, so that there is always a diagram to look at: a position that nobody chose has
the code proposed for it, a limit that could not be read is `none`, a way that leads nowhere goes on to the next step.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from app.drafting.duties import Ids, ascii_id, duty_of
from app.drafting.layout import lay_out
from app.drafting.model import DraftStep, Route, TableDraft
from app.drafting.positions import settled
from app.drafting.wording import one_line, shortened
from app.engine.names import BPMN, CAMUNDA, bpmn, camunda
from app.rules.limits import LimitError, parse_limit

NAME_LENGTH, LANE_LENGTH, TEXT_LENGTH = 160, 60, 6_000
STEPS_LIMIT = 150
"""A table of more rows is no procedure's; the gate takes 400 elements."""
LEAD_PLACE = "Cơ quan giải quyết"
ASKED_FORM = "asked_agencies"
PAID = "payment_received"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_MODELER = "http://camunda.org/schema/modeler/1.0"
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_FEEL_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_AGENCY = re.compile(r"[A-Za-z][\w.-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Drawn:
    """`forms`: schemas by the name by which a step of the diagram calls them; `ids`: a step's key -> its id there."""

    diagram: bytes
    forms: Mapping[str, Any]
    ids: Mapping[str, str]


@dataclass(slots=True)
class _Node:
    element: etree._Element
    lane: str


@dataclass(slots=True)
class _Pen:
    ids: Ids
    process: etree._Element
    nodes: dict[str, _Node] = field(default_factory=dict)
    flows: list[tuple[str, str, str, str]] = field(default_factory=list)
    """Source, target, name and condition."""
    defaults: dict[str, int] = field(default_factory=dict)
    """Gateway -> which of `flows` is its default."""


def draw(draft: TableDraft) -> Drawn:
    """The diagram of a draft, laid out. Positions that are missing get the standard ones."""
    draft = settled(draft)
    return _Drawing(draft).drawn()


class _Drawing:
    def __init__(self, draft: TableDraft) -> None:
        self._draft = draft
        self._steps = draft.steps[:STEPS_LIMIT]
        ids = Ids()
        self._name = shortened(_plain(draft.name), NAME_LENGTH) or "Thủ tục chưa có tên"
        self._id = ids.take(f"procedure_{ascii_id(draft.code or draft.name) or 'new'}")
        spaces = {"bpmn": BPMN, "camunda": CAMUNDA, "xsi": _XSI, "modeler": _MODELER}
        self._root = etree.Element(bpmn("definitions"), nsmap=spaces)
        self._root.set("id", ids.take(f"definitions_{self._id}"))
        self._root.set("targetNamespace", "urn:motcua:bpmn")
        self._root.set(f"{{{_MODELER}}}executionPlatform", "Camunda Platform")
        self._root.set(f"{{{_MODELER}}}executionPlatformVersion", "7.21.0")
        self._pen = _Pen(ids, etree.Element(bpmn("process")))
        self._asking: str | None = None
        # Fixed ids first, so that no step takes them.
        for fixed in ("start", "end"):
            ids.take(fixed)
        self._step_ids = {step.key: self._id_of(step) for step in self._steps}

    def drawn(self) -> Drawn:
        self._nodes()
        self._flows()
        self._write()
        content: bytes = etree.tostring(self._root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
        forms = {ASKED_FORM: _asked_form(self._asking)} if self._asking else {}
        return Drawn(lay_out(content), forms, self._step_ids)

    def _id_of(self, step: DraftStep) -> str:
        asked, pause = bool(step.asked), step.pause
        return self._pen.ids.take(duty_of(step.name, step.stage, step.position, asked=asked, pause=pause))

    # --- the nodes ---

    def _nodes(self) -> None:
        first = _place(self._steps[0]) if self._steps else LEAD_PLACE
        last = _place(self._steps[-1]) if self._steps else LEAD_PLACE
        self._node("startEvent", "start", "Nộp hồ sơ", first)
        asking = self._who_asks()
        for step in self._steps:
            self._step(step, asks=step.key in asking)
        self._node("endEvent", "end", "Đã trả kết quả", last)

    def _node(self, kind: str, name: str, title: str, lane: str) -> etree._Element:
        element = etree.Element(bpmn(kind), {"id": name})
        if title:
            element.set("name", title)
        self._pen.nodes[name] = _Node(element, lane)
        return element

    def _who_asks(self) -> set[str]:
        """Before each opinion round the step whose form asks which agencies; a specialist's, else the one right before."""
        found: set[str] = set()
        for index, step in enumerate(self._steps):
            if not step.asked or not _FEEL_NAME.fullmatch(step.asked) or not index:
                continue
            before = [one for one in self._steps[:index] if not one.form and one.pause is None and not one.asked]
            drafting = [one for one in before if (one.position or "").startswith("specialist")]
            if before:
                found.add((drafting or before)[-1].key)
                self._asking = step.asked
        return found

    def _step(self, step: DraftStep, *, asks: bool) -> None:
        name = self._step_ids[step.key]
        element = self._node(
            "userTask", name, shortened(_plain(step.name or f"Bước {step.number}"), NAME_LENGTH) or "Bước", _place(step)
        )
        element.set(camunda("candidateGroups"), ascii_id(step.position or "specialist") or "specialist")
        form = step.form or (ASKED_FORM if asks else None)
        if form and _AGENCY.fullmatch(form):
            element.set(camunda("formKey"), form)
        _document(element, self._words(step))
        _properties(element, self._said(step))
        if step.asked:
            loop = etree.SubElement(element, bpmn("multiInstanceLoopCharacteristics"))
            loop.set(camunda("collection"), step.asked)
            loop.set(camunda("elementVariable"), "item")
        if step.pause == "payment":
            self._payment(name, _place(step))

    def _said(self, step: DraftStep) -> dict[str, str]:
        paused = step.pause == "payment"
        unit = step.limit_unit if step.limit_unit in ("working", "calendar") else "working"
        said = {
            "stage": step.stage if step.stage in ("receive", "resolve", "return") else "resolve",
            "agency": "=item" if step.asked else _agency(step.agency),
            "timeLimit": "none" if paused else _limit(step.limit, unit),
            "limitUnit": unit,
        }
        if step.limit_group and not paused and said["timeLimit"] != "none":
            said["limitGroup"] = ascii_id(step.limit_group) or "shared"
        if paused:
            said["pause"] = "payment"
        decided = _decisions(step.routes)
        if decided and not paused:
            said["decisions"] = decided
        return said

    def _words(self, step: DraftStep) -> str:
        """The printed row, whole: what is drawn is only what a system needs of it."""
        numbers = {one.key: one.number for one in self._steps}
        number = step.number if step.number.lower().startswith("bước") else f"Bước {step.number}"
        parts = [f"{number}: {step.who}".strip(" :"), step.work or step.name]
        if step.limit_text:
            parts.append(f"Thời gian in trong bảng: {step.limit_text}")
        if step.paper:
            parts.append(f"Kết quả, biểu mẫu: {step.paper}")
        if step.returns in numbers:
            parts.append(f"Không đồng ý: trả lại bước {numbers[step.returns]} (thao tác Trả lại).")
        return "\n".join(part for part in parts if part)

    def _payment(self, name: str, lane: str) -> None:
        event = self._node("boundaryEvent", self._pen.ids.take(PAID), "Có chứng từ nộp tiền", lane)
        event.set("attachedToRef", name)
        awaited = etree.SubElement(event, bpmn("messageEventDefinition"))
        awaited.set("id", self._pen.ids.take(f"awaited_{PAID}"))
        awaited.set("messageRef", f"message_{PAID}")
        if self._root.find(bpmn("message")) is None:
            self._pen.ids.take(f"message_{PAID}")
            etree.SubElement(self._root, bpmn("message"), {"id": f"message_{PAID}", "name": PAID})

    # --- the ways ---

    def _flows(self) -> None:
        names = [self._step_ids[step.key] for step in self._steps]
        ways: list[tuple[str, str, str, str]] = []
        self._way(ways, "start", names[0] if names else "end")
        for index, step in enumerate(self._steps):
            following = names[index + 1] if index + 1 < len(names) else "end"
            self._ways_of(step, names[index], following, ways)
        self._join(ways)

    def _ways_of(self, step: DraftStep, name: str, following: str, ways: list[tuple[str, str, str, str]]) -> None:
        routes = _routes(step.routes) if step.pause is None and not step.asked else ()
        targets = [self._target(route, following, name) for route in routes]
        if len(set(targets)) < 2:
            self._way(ways, name, targets[0] if targets else following)
            if step.pause == "payment":
                event = next(one for one, node in self._pen.nodes.items() if node.element.get("attachedToRef") == name)
                self._way(ways, event, following)
            return
        gateway = self._pen.ids.take(f"{name}_outcome")
        self._node("exclusiveGateway", gateway, "Kết quả?", _place(step))
        self._way(ways, name, gateway)
        usual = next((index for index, target in enumerate(targets) if target == following), len(targets) - 1)
        for index, (route, target) in enumerate(zip(routes, targets, strict=True)):
            condition = "" if index == usual else f'{name}_decision = "{route.value}"'
            self._way(ways, gateway, target, route.title, condition)
            if index == usual:
                self._pen.defaults[gateway] = len(ways) - 1

    def _target(self, route: Route, following: str, own: str) -> str:
        if route.to == "end":
            return "end"
        target = self._step_ids.get(route.to, following)
        return following if target == own else target

    def _way(
        self, ways: list[tuple[str, str, str, str]], source: str, target: str, name: str = "", when: str = ""
    ) -> None:
        ways.append((source, target, shortened(_plain(name), NAME_LENGTH), when))

    def _join(self, ways: list[tuple[str, str, str, str]]) -> None:
        """Several ways into one step meet in a gateway before it."""
        counts: dict[str, int] = {}
        for _, target, _, _ in ways:
            counts[target] = counts.get(target, 0) + 1
        joins: dict[str, str] = {}
        for target, count in counts.items():
            if count > 1 and target != "end":
                joins[target] = self._pen.ids.take(f"before_{target}")
                self._node("exclusiveGateway", joins[target], "", self._pen.nodes[target].lane)
        self._pen.flows = [(source, joins.get(target, target), name, when) for source, target, name, when in ways]
        self._pen.flows += [(join, target, "", "") for target, join in joins.items()]

    # --- the document ---

    def _write(self) -> None:
        collaboration = etree.SubElement(self._root, bpmn("collaboration"))
        collaboration.set("id", self._pen.ids.take(f"collaboration_{self._id}"))
        pool = etree.SubElement(collaboration, bpmn("participant"))
        pool.set("id", self._pen.ids.take(f"participant_{self._id}"))
        pool.set("name", self._name)
        pool.set("processRef", self._id)
        process = self._pen.process
        self._root.append(process)
        for key, value in (("id", self._id), ("name", self._name), ("isExecutable", "true")):
            process.set(key, value)
        process.set(camunda("historyTimeToLive"), "P3650D")
        _document(process, _decision(self._draft))
        total = _limit(self._draft.total, self._draft.total_unit)
        if total != "none" and self._draft.total_unit == "working":
            _properties(process, {"timeLimit": total, "limitUnit": "working"})
        self._lanes(process)
        self._elements(process)

    def _lanes(self, process: etree._Element) -> None:
        lanes = etree.SubElement(process, bpmn("laneSet"), {"id": self._pen.ids.take(f"lanes_{self._id}")})
        made: dict[str, etree._Element] = {}
        for name, node in self._pen.nodes.items():
            if node.lane not in made:
                lane = etree.SubElement(lanes, bpmn("lane"))
                lane.set("id", self._pen.ids.take(f"lane_{ascii_id(node.lane, 40) or 'lead'}"))
                lane.set("name", shortened(node.lane, LANE_LENGTH))
                made[node.lane] = lane
            etree.SubElement(made[node.lane], bpmn("flowNodeRef")).text = name

    def _elements(self, process: etree._Element) -> None:
        flows = []
        for source, target, name, when in self._pen.flows:
            flow = etree.Element(bpmn("sequenceFlow"), {"id": self._pen.ids.take(f"flow_{source}_{target}")})
            if name:
                flow.set("name", name)
            flow.set("sourceRef", source)
            flow.set("targetRef", target)
            if when:
                condition = etree.SubElement(flow, bpmn("conditionExpression"))
                condition.set(f"{{{_XSI}}}type", "bpmn:tFormalExpression")
                condition.text = when
            flows.append(flow)
        for gateway, index in self._pen.defaults.items():
            self._pen.nodes[gateway].element.set("default", flows[index].get("id", ""))
        for name, node in self._pen.nodes.items():
            for kind, end in (("incoming", "targetRef"), ("outgoing", "sourceRef")):
                for flow in flows:
                    if flow.get(end) == name:
                        _mark(node.element, kind, flow.get("id", ""))
            process.append(node.element)
        for flow in flows:
            process.append(flow)


def _asked_form(key: str) -> dict[str, Any]:
    """The form that asks which agencies give an opinion: those that have a leader, who answers."""
    label = "Các cơ quan được xin ý kiến"
    description = "Mỗi cơ quan được chọn có một việc riêng, với thời hạn của bước."
    question = {
        "type": "checklist",
        "id": key,
        "key": key,
        "label": label,
        "description": description,
        "properties": {"position": "director"},
        "values": [],
        "validate": {"required": True},
    }
    form = {"type": "default", "id": ASKED_FORM, "schemaVersion": 18, "components": [question]}
    return json.loads(json.dumps(form))  # type: ignore[no-any-return]


def _place(step: DraftStep) -> str:
    return _plain(step.place) or LEAD_PLACE


def _plain(text: str) -> str:
    return one_line(_UNPRINTABLE.sub("", text))


def _limit(limit: str | None, unit: str) -> str:
    """A limit that the gate can read, else `none`."""
    if not limit or limit == "none":
        return "none"
    try:
        read = parse_limit(limit, unit)
    except LimitError:
        return "none"
    return "none" if read is None or read.seconds <= 0 else limit


def _agency(agency: str) -> str:
    said = agency.strip()
    return said if said.startswith("=") or _AGENCY.fullmatch(said) else "lead"


def _routes(routes: Sequence[Route]) -> tuple[Route, ...]:
    """With values that a condition may name, each once, and titles that may stand in a list."""
    ids = Ids()
    clean = []
    for number, route in enumerate(routes, 1):
        value = ids.take(ascii_id(route.value) or f"outcome_{number}")
        title = " ".join(re.sub("[;=]", ",", _plain(route.title)).split()) or value
        clean.append(Route(value, shortened(title, 80), route.to))
    return tuple(clean)


def _decisions(routes: Sequence[Route]) -> str:
    clean = _routes(routes)
    return ";".join(f"{route.value}={route.title}" for route in clean) if len(clean) > 1 else ""


def _decision(draft: TableDraft) -> str:
    """What the process says of where it comes from."""
    said = f"Quy trình nội bộ của thủ tục “{_plain(draft.name)}”"
    if draft.code:
        said += f", mã {draft.code}"
    if draft.decision_number:
        said += f", ban hành kèm theo Quyết định số {draft.decision_number}"
    if draft.decided_on:
        year, month, day = [*draft.decided_on.split("-"), "", ""][:3]
        said += f" ngày {day}/{month}/{year}"
    said += "."
    return f"{said} Thời hạn in trong quyết định: {draft.total_text}." if draft.total_text else said


def _document(element: etree._Element, words: str) -> None:
    lines = [_plain(line) for line in words.split("\n")]
    etree.SubElement(element, bpmn("documentation")).text = shortened("\n".join(filter(None, lines)), TEXT_LENGTH)


def _properties(element: etree._Element, said: Mapping[str, str]) -> None:
    extensions = etree.SubElement(element, bpmn("extensionElements"))
    entries = etree.SubElement(extensions, camunda("properties"))
    for name, value in said.items():
        etree.SubElement(entries, camunda("property"), {"name": name, "value": value})


def _mark(element: etree._Element, kind: str, flow: str) -> None:
    """`incoming` and `outgoing` stand before what makes an event or a repetition of the node."""
    entry = etree.Element(bpmn(kind))
    entry.text = flow
    before = [bpmn(tag) for tag in ("documentation", "extensionElements", "incoming", "outgoing")]
    element.insert(sum(1 for child in element if child.tag in before), entry)
