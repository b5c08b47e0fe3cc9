"""Gate: called processes: they exist, they do not call each other in a circle, and their ids do not meet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from app.engine.gate.model import ACTIVITIES, Model, Node, read_model
from app.engine.gate.structure import NESTING_LIMIT
from app.engine.names import bpmn
from app.engine.problems import Problem, error
from app.engine.reading import parse


@dataclass(slots=True)
class Called:
    """The shared files that a diagram needs, directly or through others: file name -> content and model."""

    files: dict[str, bytes] = field(default_factory=dict)
    models: dict[str, Model] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def processes(self, model: Model) -> dict[str, Model]:
        """The model of every process of `model` and of what it calls, by process id."""
        models = (*self.models.values(), model)
        return {process.id: known for known in models for process in known.processes}


def check_calls(model: Model, shared: Mapping[str, bytes]) -> Called:
    found = Called()
    library = _library(shared)
    own = {process.id for process in model.processes}
    for node in _calls(model):
        target = _target(node.element)
        if not target:
            message = f"{node.label} chưa chọn quy trình được gọi. Hãy chọn một quy trình dùng chung."
            found.problems.append(error("call.element-missing", message, node.id, node.line))
        elif target not in own and target not in library:
            message = f"{node.label} gọi quy trình “{target}” không có trong bộ dùng chung. Hãy chọn lại."
            found.problems.append(error("call.process-unknown", message, node.id, node.line))
    _collect(model, library, found)
    found.problems += _cycles(model, found)
    found.problems += _clashes(model, found)
    return found


def _library(shared: Mapping[str, bytes]) -> dict[str, tuple[str, bytes, Model]]:
    """The processes of the shared files by id; files that cannot be read are left out (their own check says why)."""
    known: dict[str, tuple[str, bytes, Model]] = {}
    for name, content in shared.items():
        try:
            model = read_model(parse(content))
        except (etree.XMLSyntaxError, ValueError):
            continue
        for process in model.processes:
            known.setdefault(process.id, (name, content, model))
    return known


def _calls(model: Model) -> list[Node]:
    return [node for node in model.nodes() if node.kind == "callActivity"]


def _target(call: etree._Element) -> str:
    return (call.get("calledElement") or "").strip()


def _targets(model: Model) -> list[str]:
    return [_target(node.element) for node in _calls(model)]


def _collect(model: Model, library: Mapping[str, tuple[str, bytes, Model]], found: Called) -> None:
    own = {process.id for process in model.processes}
    todo = _targets(model)
    while todo:
        target = todo.pop()
        if target in own or target not in library:
            continue
        name, content, called = library[target]
        if name not in found.files:
            found.files[name] = content
            found.models[name] = called
            todo += _targets(called)


def _cycles(model: Model, found: Called) -> Iterator[Problem]:
    edges: dict[str, list[str]] = {}
    for known in (model, *found.models.values()):
        for process in known.processes:
            inner = [_target(call) for call in process.element.iter(bpmn("callActivity"))]
            edges[process.id] = [target for target in inner if target]
    for process in model.processes:
        path = _circle(process.id, edges)
        if path:
            text = " → ".join(path)
            message = (
                f"Các quy trình gọi nhau thành vòng: {text}. Hồ sơ sẽ không bao giờ tới bước nào: hãy bỏ một lời gọi."
            )
            yield error("call.cycle", message, process.id)
        elif _depth(process.id, edges) > NESTING_LIMIT:
            message = f"Các quy trình gọi nhau sâu quá {NESTING_LIMIT} lớp. Hãy gộp bớt."
            yield error("limit.nesting", message, process.id)


def _circle(start: str, edges: Mapping[str, list[str]]) -> list[str]:
    """A path of calls that comes back on itself, reached from `start`; empty when there is none."""
    path = [start]
    waiting = [iter(edges.get(start, []))]
    done: set[str] = set()
    while waiting:
        target = next(waiting[-1], None)
        if target is None:
            done.add(path.pop())
            waiting.pop()
        elif target in path:
            return [*path[path.index(target) :], target]
        elif target not in done:
            path.append(target)
            waiting.append(iter(edges.get(target, [])))
    return []


def _depth(start: str, edges: Mapping[str, list[str]]) -> int:
    depth, level = 0, {start}
    while level and depth <= NESTING_LIMIT + 1:
        level = {target for name in level for target in edges.get(name, [])}
        depth += 1
    return depth


def _clashes(model: Model, found: Called) -> Iterator[Problem]:
    """Steps are known by their ids alone (in `<step>_decision`, in the dossier's history)."""
    own = {node.id: node for node in model.nodes() if node.kind in ACTIVITIES}
    seen: dict[str, str] = {}
    for name, called in found.models.items():
        for node in called.nodes():
            if node.kind not in ACTIVITIES:
                continue
            other = own.get(node.id)
            if other is not None:
                message = f"Mã “{node.id}” cũng có trong tệp được gọi {name}. Hãy đổi mã ở một trong hai tệp."
                yield error("id.clash", message, other.id, other.line)
            elif node.id in seen:
                message = f"Hai tệp được gọi {seen[node.id]} và {name} cùng có mã “{node.id}”. Hãy đổi mã ở một tệp."
                yield error("id.clash", message, node.id)
            seen.setdefault(node.id, name)
