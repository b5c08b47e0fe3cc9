"""Lanes: which steps lie in them, and the limit that a designer may give all of them together (QT-21a)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from app.engine.names import bpmn, properties

LANE_LIMIT = "timeLimit"


@dataclass(frozen=True, slots=True)
class Lane:
    """`limit`: an ISO 8601 duration of working time or None; `steps`: the user tasks inside, those of its blocks and of the
    processes that it calls too."""

    id: str
    name: str
    limit: str | None
    steps: frozenset[str]


def read_lanes(process: etree._Element, processes: Mapping[str, etree._Element]) -> tuple[Lane, ...]:
    """The lanes of a process that hold steps themselves; `processes`: every process of the files, by id."""
    nodes = {node.get("id", ""): node for node in process}
    lanes = []
    for lane in process.iter(bpmn("lane")):
        inside = [
            nodes[name] for ref in lane.iterfind(bpmn("flowNodeRef")) if (name := (ref.text or "").strip()) in nodes
        ]
        steps = frozenset(name for node in inside for name in _steps(node, processes, set()))
        if steps:
            limit = properties(lane).get(LANE_LIMIT, "").strip() or None
            lanes.append(Lane(lane.get("id", ""), lane.get("name", ""), limit, steps))
    return tuple(lanes)


def _steps(node: etree._Element, processes: Mapping[str, etree._Element], seen: set[str]) -> Iterator[str]:
    if node.tag == bpmn("userTask"):
        yield node.get("id", "")
    elif node.tag == bpmn("subProcess"):
        for inner in node:
            yield from _steps(inner, processes, seen)
    elif node.tag == bpmn("callActivity"):
        called = node.get("calledElement", "")
        if called in processes and called not in seen:
            seen.add(called)
            for inner in processes[called]:
                yield from _steps(inner, processes, seen)
