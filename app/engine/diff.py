"""What a later version of a procedure has otherwise than an earlier one, in words for whoever decided it (ST-26.7)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from lxml import etree

from app.engine.changes import Change, form_changes
from app.engine.definition import reading_order
from app.engine.names import bpmn, camunda, is_true, local, properties
from app.engine.reading import parse
from app.engine.steps import Step, read_notice, read_step

Files = Mapping[str, tuple[str, bytes]]
"""Kind and content by name, as a version keeps them."""

_KINDS = {
    "userTask": "bước",
    "exclusiveGateway": "cổng rẽ nhánh",
    "inclusiveGateway": "cổng rẽ nhánh (một hoặc nhiều nhánh)",
    "parallelGateway": "cổng song song",
    "eventBasedGateway": "cổng chờ sự kiện",
    "subProcess": "khối",
    "transaction": "khối",
    "callActivity": "quy trình được gọi",
    "sendTask": "thông báo",
    "receiveTask": "chỗ chờ tin",
    "boundaryEvent": "sự kiện gắn với bước",
    "intermediateCatchEvent": "sự kiện chờ",
    "intermediateThrowEvent": "sự kiện phát",
    "startEvent": "điểm bắt đầu",
    "endEvent": "điểm kết thúc",
}
_STAGES = {"receive": "tiếp nhận", "resolve": "giải quyết", "return": "trả kết quả"}
_UNITS = {"working": "làm việc", "calendar": "theo lịch"}
_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?")
_PARTS = ("ngày", "giờ", "phút")
_ASSIGN = {"group": "cả vị trí", "last": "người xử lý trước", "least_loaded": "người ít việc nhất"}
_NONE = "không có"
_BESIDE: Mapping[str, str] = {"called": "quy trình được gọi", "side": "quy trình kèm theo"}


def compare(before: Files, after: Files, side_titles: Mapping[str, str]) -> list[Change]:
    """Everything that is otherwise, the procedure's own diagram first; `side_titles`: what side processes are called."""
    (own,), (other,) = _of_kind(before, "main").values(), _of_kind(after, "main").values()
    changes = list(_drawings(own, other))
    if own != other and not changes:
        changes.append(Change("process", "changed", None, "Sơ đồ chỉ được vẽ lại cho dễ đọc, nội dung không đổi."))
    for kind, titles in (("called", {}), ("side", dict(side_titles))):
        old, new = _of_kind(before, kind), _of_kind(after, kind)
        for name in sorted(old.keys() | new.keys()):
            process = PurePosixPath(name).stem
            title = titles.get(process, process)
            changes += _beside(_BESIDE[kind], process, title, old.get(name), new.get(name))
    return changes + list(form_changes(_of_kind(before, "form"), _of_kind(after, "form")))


def _of_kind(files: Files, wanted: str) -> dict[str, bytes]:
    return {name: content for name, (kind, content) in files.items() if kind == wanted}


def _beside(what: str, process: str, title: str, before: bytes | None, after: bytes | None) -> list[Change]:
    """A diagram of its own: a called process, or a side process."""
    if before == after:
        return []
    if before is None:
        return [Change("process", "added", None, f"Thêm {what} “{title}”.", process)]
    if after is None:
        return [Change("process", "removed", None, f"Bỏ {what} “{title}”.", process)]
    found = [replace(one, within=process) for one in _drawings(before, after)]
    told = Change("process", "changed", None, f"{_upper(what)} “{title}” được vẽ lại.", process)
    return [told, *found]


@dataclass(frozen=True, slots=True)
class _Node:
    element: etree._Element
    scope: str | None
    """The block that it stands in."""

    @property
    def kind(self) -> str:
        return local(self.element)

    @property
    def name(self) -> str:
        return " ".join((self.element.get("name") or self.element.get("id") or "").split())

    def __str__(self) -> str:
        return f"{_KINDS.get(self.kind, self.kind)} “{self.name}”"


@dataclass(frozen=True, slots=True)
class _Flow:
    source: str
    target: str
    condition: str | None
    default: bool

    def __str__(self) -> str:
        if self.default:
            return "mặc định"
        return f"khi {self.condition}" if self.condition else "không điều kiện"


class _Drawing:
    """The elements of a file by id, in reading order."""

    def __init__(self, content: bytes) -> None:
        self.nodes: dict[str, _Node] = {}
        self.flows: list[_Flow] = []
        self.lanes: dict[str, tuple[str, str]] = {}
        self.home: dict[str, str] = {}
        """The lane in which a node stands, the innermost one."""
        self.titles: dict[str, str] = {}
        for process in parse(content).getroot().iterfind(bpmn("process")):
            self.titles[process.get("id", "")] = " ".join((process.get("name") or "").split())
            self._read(process, None)
            for lane in process.iter(bpmn("lane")):
                name = " ".join((lane.get("name") or "").split())
                self.lanes[lane.get("id", "")] = (name, properties(lane).get("timeLimit", ""))
                for inside in lane.iterfind(bpmn("flowNodeRef")):
                    self.home[(inside.text or "").strip()] = lane.get("id", "")

    def _read(self, scope: etree._Element, owner: str | None) -> None:
        for element in reading_order(scope):
            if local(element) in _KINDS:
                self.nodes[element.get("id", "")] = _Node(element, owner)
                if local(element) in ("subProcess", "transaction"):
                    self._read(element, element.get("id"))
        for flow in scope.iterfind(bpmn("sequenceFlow")):
            source = flow.get("sourceRef", "")
            found = flow.find(bpmn("conditionExpression"))
            condition = " ".join("".join(map(str, found.itertext())).split()) if found is not None else None
            home = self.nodes.get(source)
            default = home is not None and home.element.get("default") == flow.get("id")
            self.flows.append(_Flow(source, flow.get("targetRef", ""), condition, default))

    @property
    def steps(self) -> dict[str, Step]:
        return {name: read_step(node.element) for name, node in self.nodes.items() if node.kind == "userTask"}

    def out(self, name: str) -> dict[str, list[_Flow]]:
        """The flows out of a node, by where they lead."""
        found: dict[str, list[_Flow]] = {}
        for flow in self.flows:
            if flow.source == name:
                found.setdefault(flow.target, []).append(flow)
        return found

    def name(self, element: str) -> str:
        return self.nodes[element].name if element in self.nodes else element


def _drawings(before: bytes, after: bytes) -> Iterator[Change]:
    if before == after:
        return
    old, new = _Drawing(before), _Drawing(after)
    yield from _titles(old, new)
    for name, node in old.nodes.items():
        if name not in new.nodes or new.nodes[name].kind != node.kind:
            yield Change(_about(node), "removed", name, f"Bỏ {node}.")
    for name, node in new.nodes.items():
        if name not in old.nodes or old.nodes[name].kind != node.kind:
            yield Change(_about(node), "added", name, f"Thêm {node}{_details(new, node)}.")
    both = [name for name, node in new.nodes.items() if name in old.nodes and old.nodes[name].kind == node.kind]
    for name in both:
        texts = [*_differences(old, new, name)]
        if texts:
            node = new.nodes[name]
            yield Change(_about(node), "changed", name, f"{_upper(str(node))}: {'; '.join(texts)}.")
    yield from _order(old, new)
    for name in both:
        yield from _ways(old, new, name)
    yield from _lanes(old, new)


def _titles(old: _Drawing, new: _Drawing) -> Iterator[Change]:
    for process, title in new.titles.items():
        if process in old.titles and old.titles[process] != title:
            yield Change("process", "changed", process, f"Tên quy trình: “{old.titles[process]}” đổi thành “{title}”.")


def _about(node: _Node) -> str:
    if node.kind == "userTask":
        return "step"
    if node.kind.endswith("Gateway"):
        return "gateway"
    if node.kind.endswith("Event") or node.kind == "receiveTask":
        return "event"
    return {"sendTask": "notice", "callActivity": "call"}.get(node.kind, "block")


def _details(drawing: _Drawing, node: _Node) -> str:
    """What a reader wants to know at once of something that is new."""
    if node.kind == "userTask":
        step = read_step(node.element)
        told = [f"vị trí {step.position or _NONE}", f"thời hạn {_limit(step)}"]
        if step.agency != "lead":
            told.append(f"cơ quan {step.agency}")
        return f" ({', '.join(told)})"
    told = [text for text in (_host(drawing, node), _time(node)) if text]
    return f" ({', '.join(told)})" if told else ""


def _differences(old: _Drawing, new: _Drawing, name: str) -> Iterator[str]:
    before, after = old.nodes[name], new.nodes[name]
    if before.name != after.name:
        yield f"tên “{before.name}” đổi thành “{after.name}”"
    if before.scope != after.scope:
        places = [f"khối “{one}”" if one else "quy trình chính" for one in (before.scope, after.scope)]
        yield f"chuyển từ {places[0]} sang {places[1]}"
    if after.kind == "userTask":
        yield from _step_differences(read_step(before.element), read_step(after.element))
    yield from _told("lặp theo danh sách", _loop(before), _loop(after))
    yield from _told("gắn với", _host(old, before), _host(new, after))
    yield from _told("thời gian chờ", _time(before), _time(after))
    yield from _told("chờ hoặc phát", _event(before), _event(after))
    if after.kind == "callActivity":
        yield from _told("gọi quy trình", before.element.get("calledElement"), after.element.get("calledElement"))
    if after.kind == "sendTask":
        one, other = read_notice(before.element), read_notice(after.element)
        yield from _told("báo cho", ", ".join(one.to), ", ".join(other.to))
        yield from _told("mẫu thông báo", one.template, other.template)


def _step_differences(before: Step, after: Step) -> Iterator[str]:
    yield from _told("vị trí", before.position, after.position)
    yield from _told("cơ quan", _agency(before), _agency(after))
    yield from _told("thời hạn", _limit(before), _limit(after))
    yield from _told("nhóm dùng chung thời hạn", before.limit_group, after.limit_group)
    yield from _told("giai đoạn", _STAGES.get(before.stage or ""), _STAGES.get(after.stage or ""))
    yield from _told("biểu mẫu", before.form, after.form)
    yield from _told("kết luận", _decisions(before), _decisions(after))
    yield from _told("giấy tờ kèm theo", before.paper, after.paper)
    yield from _told("phiếu", before.slip, after.slip)
    yield from _told("tác dụng", before.effect, after.effect)
    yield from _told("giao việc cho", _ASSIGN[before.assign], _ASSIGN[after.assign])
    yield from _told("chờ người nộp", before.pause, after.pause)


def _told(what: str, before: str | None, after: str | None) -> Iterator[str]:
    if (before or None) != (after or None):
        yield f"{what} từ “{before or _NONE}” thành “{after or _NONE}”"


def _agency(step: Step) -> str:
    return "cơ quan tiếp nhận" if step.agency == "lead" else step.agency


def _limit(step: Step) -> str:
    if step.limit in (None, "none"):
        return "không tính"
    return _spoken(str(step.limit), step.limit_unit)


def _spoken(duration: str, unit: str) -> str:
    """`P2D` of working time as `2 ngày làm việc`; as it is where it is nothing so simple."""
    found = _DURATION.fullmatch(duration)
    parts = [f"{number} {name}" for number, name in zip(found.groups(), _PARTS, strict=True) if number] if found else []
    return " ".join([*parts, _UNITS[unit]]) if parts else f"{duration} ({_UNITS[unit]})"


def _decisions(step: Step) -> str:
    return ", ".join(f"{one.title} ({one.value})" for one in step.decisions)


def _loop(node: _Node) -> str | None:
    loop = node.element.find(bpmn("multiInstanceLoopCharacteristics"))
    if loop is None:
        return None
    what = loop.get(camunda("collection")) or (loop.findtext(bpmn("loopCardinality")) or "").strip()
    until = (loop.findtext(bpmn("completionCondition")) or "").strip()
    way = "lần lượt" if is_true(loop.get("isSequential")) else "cùng lúc"
    return f"{what}, {way}" + (f", đến khi {until}" if until else "")


def _host(drawing: _Drawing, node: _Node) -> str | None:
    if node.kind != "boundaryEvent":
        return None
    ends = is_true(node.element.get("cancelActivity", "true"))
    name = drawing.name(node.element.get("attachedToRef", ""))
    return f"{name}, {'ngắt bước' if ends else 'không ngắt bước'}"


def _time(node: _Node) -> str | None:
    for tag in ("timeDuration", "timeCycle", "timeDate"):
        found = node.element.find(f".//{bpmn(tag)}") if node.kind.endswith("Event") else None
        if found is not None:
            unit = "calendar" if properties(node.element).get("limitUnit") == "calendar" else "working"
            text = "".join(map(str, found.itertext())).strip()
            rounds, _, duration = text.rpartition("/")
            again = (
                f", lặp lại {rounds.removeprefix('R') or 'mãi'}" + (" lần" if rounds != "R" else "") if rounds else ""
            )
            return text if tag == "timeDate" else _spoken(duration, unit) + again
    return None


def _event(node: _Node) -> str | None:
    """What else than time an event is about: its kind and the message, error or escalation that it names."""
    for definition in node.element if node.kind.endswith("Event") or node.kind == "receiveTask" else ():
        kind = local(definition).removesuffix("EventDefinition")
        if kind != local(definition) and kind != "timer":
            return f"{kind} {_reference(node, definition, kind)}".strip()
    if node.kind == "receiveTask":
        return f"message {_reference(node, node.element, 'message')}".strip()
    return None


def _reference(node: _Node, definition: etree._Element, kind: str) -> str:
    wanted = (definition.get(f"{kind}Ref") or "").rpartition(":")[2]
    for declared in node.element.getroottree().getroot().iterfind(bpmn(kind)):
        if declared.get("id") == wanted:
            return declared.get(f"{kind}Code") or declared.get("name") or wanted
    return wanted


def _order(old: _Drawing, new: _Drawing) -> Iterator[Change]:
    """Steps that come elsewhere than before: those outside the longest run that kept its order."""
    before = {name: place for place, name in enumerate(old.steps)}
    common = [name for name in new.steps if name in before]
    stayed = _longest_rising([before[name] for name in common])
    order = list(new.steps)
    for place, name in enumerate(common):
        if place in stayed:
            continue
        at = order.index(name)
        now = f"sau “{new.name(order[at - 1])}”" if at else "đầu tiên"
        was = list(old.steps)
        then = f"sau “{old.name(was[before[name] - 1])}”" if before[name] else "đầu tiên"
        text = f"Bước “{new.name(name)}” đổi thứ tự: trước đây {then}, nay {now}."
        yield Change("order", "changed", name, text)


def _longest_rising(numbers: Sequence[int]) -> set[int]:
    """The places of a longest run of rising numbers."""
    best: list[tuple[int, int]] = []  # length of the run that ends here, and the place before
    for place, number in enumerate(numbers):
        length, previous = max(
            ((best[one][0] + 1, one) for one in range(place) if numbers[one] < number), default=(1, -1)
        )
        best.append((length, previous))
    found: set[int] = set()
    at = max(range(len(best)), key=lambda one: best[one][0], default=-1)
    while at >= 0:
        found.add(at)
        at = best[at][1]
    return found


def _ways(old: _Drawing, new: _Drawing, name: str) -> Iterator[Change]:
    """The flows out of a node that both versions have."""
    before, after = old.out(name), new.out(name)
    node = new.nodes[name]
    if len(before) == len(after) == 1 and not node.kind.endswith("Gateway"):
        (was,), (now,) = before, after
        if was != now:
            text = f"Sau {node} đi tới “{new.name(now)}” (trước đây “{old.name(was)}”)."
            yield Change("flow", "changed", name, text)
        return
    for target in [target for target in before if target not in after]:
        yield Change("flow", "removed", name, f"{_upper(str(node))}: bỏ nhánh tới “{old.name(target)}”.")
    for target, flows in after.items():
        told = ", ".join(map(str, flows))
        if target not in before:
            text = f"{_upper(str(node))}: thêm nhánh tới “{new.name(target)}” ({told})."
            yield Change("flow", "added", name, text)
        elif (was_told := ", ".join(map(str, before[target]))) != told:
            text = f"{_upper(str(node))}, nhánh tới “{new.name(target)}”: từ “{was_told}” thành “{told}”."
            yield Change("flow", "changed", name, text)
    order = [target for target in before if target in after]
    if order != [target for target in after if target in before] and node.kind == "exclusiveGateway":
        yield Change("flow", "changed", name, f"{_upper(str(node))}: các nhánh được xét theo thứ tự khác.")


def _lanes(old: _Drawing, new: _Drawing) -> Iterator[Change]:
    """Lanes are the same where their ids are, or else their names."""
    by_name = {title: name for name, (title, _) in old.lanes.items() if title}
    same = {name: name if name in old.lanes else by_name.get(title, "") for name, (title, _) in new.lanes.items()}
    for name in [name for name in old.lanes if name not in same.values()]:
        yield Change("lane", "removed", name, f"Bỏ làn “{old.lanes[name][0] or name}”.")
    for name, (title, limit) in new.lanes.items():
        if not same[name]:
            yield Change("lane", "added", name, f"Thêm làn “{title or name}”.")
            continue
        before, was = old.lanes[same[name]]
        if before != title:
            text = f"Làn “{before or same[name]}” đổi tên thành “{title or name}”."
            yield Change("lane", "changed", name, text)
        if was != limit:
            text = f"Làn “{title}”: thời hạn chung từ “{was or _NONE}” thành “{limit or _NONE}”."
            yield Change("lane", "changed", name, text)
    for step in new.steps:
        here, there = new.home.get(step), old.home.get(step)
        if here and there and step in old.nodes and same.get(here) != there:
            titles = [drawing.lanes[lane][0] or lane for drawing, lane in ((old, there), (new, here))]
            text = f"Bước “{new.name(step)}” chuyển từ làn “{titles[0]}” sang làn “{titles[1]}”."
            yield Change("lane", "changed", step, text)


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
