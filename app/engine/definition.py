"""A procedure as the engine knows it: specifications made once and shared by every instance and thread."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from app.engine.lanes import Lane, read_lanes
from app.engine.names import bpmn, link_target
from app.engine.parser import DiagramParser
from app.engine.problems import DiagramRejected, error
from app.engine.reading import parse
from app.engine.spiff import BoundaryEvent, SpiffWorkflowException
from app.engine.steps import Step, read_step


@dataclass(frozen=True, slots=True)
class Definition:
    """`steps` are in reading order, those of called processes where they are called; `spec` and `subprocess_specs` are
    SpiffWorkflow's and are never changed after this is made."""

    process_id: str
    name: str
    steps: Mapping[str, Step]
    spec: Any
    subprocess_specs: dict[str, Any]
    lanes: tuple[Lane, ...] = ()

    @property
    def beside(self) -> frozenset[str]:
        """The events that start something beside a running step (non-interrupting boundary events)."""
        specs = [task for spec in (self.spec, *self.subprocess_specs.values()) for task in spec.task_specs.values()]
        return frozenset(task.name for task in specs if isinstance(task, BoundaryEvent) and not task.cancel_activity)


def build_definition(files: Mapping[str, bytes], process_id: str | None = None) -> Definition:
    """The definition of the process `process_id` of these files (file name -> content); without an id, of the one process
    that no other calls. Raises DiagramRejected.

    The files are taken as having passed the gate: only what makes them impossible to run is reported here.
    """
    trees = {name: _read(name, content) for name, content in files.items()}
    process_id = process_id or _main_process(trees)
    parser = DiagramParser()
    try:
        for name, tree in trees.items():
            parser.add_bpmn_xml(tree, name)
        spec = parser.get_spec(process_id)
        subprocess_specs = parser.get_subprocess_specs(process_id)
    except (SpiffWorkflowException, RecursionError, TypeError, ValueError, AttributeError, KeyError) as problem:
        raise DiagramRejected([_refusal(problem)]) from problem
    steps = _steps(trees, process_id)
    processes = _processes(trees)
    lanes = read_lanes(processes[process_id], processes)
    return Definition(process_id, spec.description, steps, spec, dict(subprocess_specs), lanes)


def _read(name: str, content: bytes) -> etree._ElementTree:
    try:
        return parse(content)
    except etree.XMLSyntaxError as problem:
        line = problem.lineno
        raise DiagramRejected([error("xml.malformed", f"Tệp {name} không phải XML đọc được.", line=line)]) from problem


def _refusal(problem: Exception) -> Any:
    line = getattr(problem, "line_number", None)
    return error(
        "engine.rejected",
        f"Bộ máy quy trình không nhận sơ đồ này ({problem}). Hãy kiểm tra lại phần tử được nêu.",
        getattr(problem, "id", None) or None,
        line if isinstance(line, int) else None,
    )


def _processes(trees: Mapping[str, etree._ElementTree]) -> dict[str, etree._Element]:
    return {
        process.get("id", ""): process
        for tree in trees.values()
        for process in tree.getroot().iterfind(bpmn("process"))
    }


def _main_process(trees: Mapping[str, etree._ElementTree]) -> str:
    processes = _processes(trees)
    called = {
        activity.get("calledElement")
        for process in processes.values()
        for activity in process.iter(bpmn("callActivity"))
    }
    mains = [name for name in processes if name not in called]
    if len(mains) != 1:
        text = ", ".join(mains) or "không có"
        message = f"Phải có đúng một quy trình chính không bị quy trình khác gọi; tìm thấy: {text}."
        raise DiagramRejected([error("process.main-unclear", message)])
    return mains[0]


def _steps(trees: Mapping[str, etree._ElementTree], process_id: str) -> dict[str, Step]:
    processes = _processes(trees)
    found: dict[str, Step] = {}
    seen = {process_id}
    order: list[etree._Element] = []

    def walk(scope: etree._Element) -> None:
        for node in reading_order(scope):
            if node.tag == bpmn("userTask"):
                order.append(node)
            elif node.tag in (bpmn("subProcess"), bpmn("transaction")):
                walk(node)
            elif node.tag == bpmn("callActivity"):
                called = node.get("calledElement", "")
                if called in processes and called not in seen:
                    seen.add(called)
                    walk(processes[called])

    walk(processes[process_id])
    for node in order:
        step = read_step(node)
        found.setdefault(step.id, step)
    return found


def reading_order(scope: etree._Element) -> Iterator[etree._Element]:
    """The flow nodes of a process or sub-process as a reader follows them: each after what leads to it, branches one
    after the other, in the order of the file; what nothing leads to comes last."""
    nodes = {node.get("id"): node for node in scope if node.get("id") and node.tag != bpmn("sequenceFlow")}
    following: dict[str | None, list[str]] = {}
    for event in scope.iterfind(bpmn("boundaryEvent")):
        following.setdefault(event.get("attachedToRef"), []).append(event.get("id", ""))
    for flow in scope.iterfind(bpmn("sequenceFlow")):
        following.setdefault(flow.get("sourceRef"), []).append(flow.get("targetRef", ""))
    for event in scope.iterfind(bpmn("intermediateThrowEvent")):
        linked = link_target(event)
        if linked is not None:
            following.setdefault(event.get("id"), []).append(linked.get("id", ""))
    seen: set[str] = set()
    main: list[str] = []
    for start in reversed(list(scope.iterfind(bpmn("startEvent")))):
        _finish(start.get("id", ""), following, seen, main)
    order = main[::-1]
    for name in nodes:
        rest: list[str] = []
        _finish(str(name), following, seen, rest)
        order += rest[::-1]
    return (nodes[name] for name in order if name in nodes)


def _finish(start: str, following: Mapping[str | None, list[str]], seen: set[str], finished: list[str]) -> None:
    """Depth first without recursion; a node is finished after everything that it leads to."""
    if start in seen:
        return
    seen.add(start)
    stack = [(start, iter(reversed(following.get(start, []))))]
    while stack:
        name, targets = stack[-1]
        target = next((target for target in targets if target not in seen), None)
        if target is None:
            finished.append(name)
            stack.pop()
        else:
            seen.add(target)
            stack.append((target, iter(reversed(following.get(target, [])))))


class DefinitionCache:
    """The definitions in use, at most `size` of them; safe between threads. A key must name its content (a hash)."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Definition] = OrderedDict()
        self._building: dict[str, threading.Lock] = {}

    def get(self, key: str, loader: Callable[[], Mapping[str, bytes]]) -> Definition:
        """The definition kept under `key`, else the one built from what `loader` returns. Raises DiagramRejected."""
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
            turn = self._building.setdefault(key, threading.Lock())
        with turn:
            with self._lock:
                if key in self._known:
                    return self._known[key]
            try:
                definition = build_definition(loader())
            finally:
                with self._lock:
                    self._building.pop(key, None)
            with self._lock:
                self._known[key] = definition
                while len(self._known) > self._size:
                    self._known.popitem(last=False)
            return definition

    def __len__(self) -> int:
        return len(self._known)
