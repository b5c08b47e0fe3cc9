"""A diagram of one procedure made into another's: its process id and name, the agencies and positions that are known to
correspond. What nobody can know is listed for the designer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lxml import etree

from app.engine.names import bpmn, camunda, properties
from app.engine.steps import LEAD, Step, read_step


@dataclass(frozen=True, slots=True)
class ToAdapt:
    """Something that the designer has to look at; `element` None where it concerns the whole."""

    element: str | None
    name: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a step of the copy is done: the agency to write, and its position; None where none is known."""

    agency: str
    position: str | None
    why: str = ""
    """What is missing, in words, where `position` is None or the agency is another's."""


def renamed(diagram: bytes, process: str, name: str) -> bytes:
    """The diagram with that process id and name; one with several processes keeps its ids."""
    root = _root(diagram)
    found = root.findall(bpmn("process"))
    if len(found) != 1:
        return diagram
    (own,), old = found, found[0].get("id", "")
    taken = {element.get("id") for element in root.iter(etree.Element) if element is not own}
    own.set("name", name)
    for participant in root.iter(bpmn("participant")):
        if (participant.get("processRef") or "").rpartition(":")[2] == old:
            participant.set("name", name)
    if process != old and process not in taken:
        own.set("id", process)
        for element in root.iter(etree.Element):
            for attribute in ("processRef", "bpmnElement"):
                if (element.get(attribute) or "").rpartition(":")[2] == old:
                    element.set(attribute, process)
    return _written(root)


def replaced(diagram: bytes, place_of: Callable[[Step], Place]) -> tuple[bytes, list[ToAdapt]]:
    """The diagram with each step where `place_of` says, and what it could not say. Steps whose position or agency is only
    known when the dossier runs stay as they are."""
    root = _root(diagram)
    todo: list[ToAdapt] = []
    for element in root.iter(bpmn("userTask")):
        step = read_step(element)
        if not step.position or step.role is not None or step.agency.startswith("="):
            continue
        place = place_of(step)
        if place.position is not None and place.position != step.position:
            element.set(camunda("candidateGroups"), place.position)
        if place.agency != step.agency:
            _set_property(element, "agency", place.agency)
        if place.why:
            todo.append(ToAdapt(step.id, step.name, place.why))
    return _written(root), todo


def said_in_words(diagram: bytes) -> bool:
    """Whether the process is explained in words, which name the decision that it was published by."""
    return any(
        (process.findtext(bpmn("documentation")) or "").strip() for process in _root(diagram).iterfind(bpmn("process"))
    )


def fixed_agencies(diagrams: Sequence[bytes]) -> set[str]:
    """The codes of agencies that steps name."""
    steps = (read_step(element) for content in diagrams for element in _root(content).iter(bpmn("userTask")))
    return {step.agency for step in steps if step.agency != LEAD and not step.agency.startswith("=")}


def _set_property(element: etree._Element, name: str, value: str) -> None:
    if name not in properties(element):
        return
    for entry in element.iterfind(f"{bpmn('extensionElements')}/{camunda('properties')}/{camunda('property')}"):
        if entry.get("name") == name:
            entry.set("value", value)


def _root(content: bytes) -> etree._Element:
    """With its comments, unlike what the engine reads."""
    return etree.fromstring(content, etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True))


def _written(root: etree._Element) -> bytes:
    result: bytes = etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8")
    return result
