"""The diagrams of `bpmn/shared`: side processes that run beside every dossier, and fragments that a procedure may call.

A published version takes its own copies, so nothing here is read at run time.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from lxml import etree

from app.engine.names import bpmn
from app.engine.reading import parse

FOLDER = Path(__file__).resolve().parents[2] / "bpmn" / "shared"
DEADLINE_WATCH = "deadline_watch"
INTAKE = "intake"
REQUESTS = (
    "supplement",
    "rejection",
    "withdrawal",
    "stopping",
    "extension",
    "payment",
    "opinion",
    "verification",
)
"""The side processes that somebody asks for; their rules are in `app/rules/side.py`."""
SIDE_PROCESSES = (DEADLINE_WATCH, INTAKE, *REQUESTS)
"""Reserved process ids: a procedure's own diagram may have none of them."""


@cache
def side_files() -> Mapping[str, bytes]:
    """The side processes as shipped, file name -> content."""
    return {f"{name}.bpmn": (FOLDER / f"{name}.bpmn").read_bytes() for name in SIDE_PROCESSES}


@cache
def fragments() -> Mapping[str, bytes]:
    """What the call activities of a procedure may call, file name -> content."""
    return {path.name: path.read_bytes() for path in sorted(FOLDER.glob("*.bpmn")) if path.name not in side_files()}


def called_files(diagram: bytes, library: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of `library` whose processes the diagram calls, directly or through one another."""
    homes = {process: name for name, content in library.items() for process in processes_of(content)}
    found: dict[str, bytes] = {}
    waiting = called_processes(diagram)
    while waiting:
        name = homes.get(waiting.pop())
        if name is not None and name not in found:
            found[name] = library[name]
            waiting |= called_processes(library[name])
    return found


def _root(content: bytes) -> etree._Element:
    return parse(content).getroot()


def processes_of(content: bytes) -> set[str]:
    """The ids of the processes in a file."""
    return {process.get("id", "") for process in _root(content).iterfind(bpmn("process"))}


def called_processes(content: bytes) -> set[str]:
    """The ids of the processes that a file calls."""
    return {
        (activity.get("calledElement") or "").rpartition(":")[2]
        for activity in _root(content).iter(bpmn("callActivity"))
    }
