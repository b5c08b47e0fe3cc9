"""What a draft has otherwise than a version or another of its states: in sentences, and marked on both diagrams."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from lxml import etree
from sqlalchemy import Connection

from app.engine.changes import Change
from app.engine.diff import compare
from app.engine.names import bpmn
from app.engine.problems import DiagramRejected
from app.engine.reading import parse
from app.engine.shared import called_files, fragments, side_files
from app.engine.standard_steps import add_standard_steps
from app.errors import DomainError
from app.store import diagram_drafts, procedures, version_reviews
from app.store.diagram_drafts import DraftFiles, DraftRow
from app.store.transaction import reading
from app.views.drawn import drawn
from app.views.versions import SIDE_TITLES

MAIN = "diagram.bpmn"
Marks = dict[str, str]


@dataclass(frozen=True, slots=True)
class Chosen:
    """One side of a comparison: a `version` of the procedure, or a `state` of the draft."""

    version: int | None = None
    state: int | None = None

    @property
    def title(self) -> str:
        return f"Phiên bản số {self.version}" if self.version is not None else f"Lần lưu {self.state}"


@dataclass(frozen=True, slots=True)
class Compared:
    """`completed`: the steps that publishing will add to the draft were counted in. Marks by element id, for each side."""

    before: Chosen
    after: Chosen
    changes: Sequence[Change]
    before_diagram: bytes
    after_diagram: bytes
    before_marks: Marks
    after_marks: Marks
    completed: bool

    def told(self) -> list[dict[str, Any]]:
        return [asdict(change) for change in self.changes]


def compared(
    draft_id: int, day: date, *, state: int | None = None, against: int | None = None, version: int | None = None
) -> Compared | None:
    """The draft's state `state` (its newest) against its state `against` or the procedure's `version`; without either against
    the version that it began with, else the one in force on `day`, else its first state. None where there is nothing to
    compare with. Errors: DomainError not_found.
    """
    with reading() as connection:
        draft = diagram_drafts.find_draft(connection, draft_id)
        if draft is None:
            raise DomainError("not_found", "Không có bản vẽ này.")
        after = Chosen(state=state or draft.revision)
        before = Chosen(version, against) if version or against else _usual(connection, draft, after, day)
        if before is None:
            return None
        own = _state(connection, draft, after)
        other = _version(connection, draft, before) if before.version is not None else _state(connection, draft, before)
    completed = False
    if before.version is not None:
        own, completed = _completed(own)
    changes = compare(other, own, SIDE_TITLES)
    old, new = other[MAIN][1], own[MAIN][1]
    gone, come = _marks(changes, old, new)
    return Compared(before, after, changes, old, new, gone, come, completed)


def marks_of(found: Compared) -> dict[str, Any]:
    """{before, after, marks, before_marks, after_marks}: both diagrams as text, and what is marked on them."""
    return {
        "before": drawn(found.before_diagram),
        "after": drawn(found.after_diagram),
        "marks": found.before_marks | found.after_marks,
        "before_marks": found.before_marks,
        "after_marks": found.after_marks,
    }


def _usual(connection: Connection, draft: DraftRow, after: Chosen, day: date) -> Chosen | None:
    if draft.base_version is not None:
        return Chosen(version=draft.base_version)
    now = procedures.version_in_force(connection, draft.procedure_id, day)
    if now is not None:
        return Chosen(version=now.number)
    kept = diagram_drafts.revisions(connection, draft.id)
    first = kept[-1].number if kept else None
    return Chosen(state=first) if first is not None and first != after.state else None


def _state(connection: Connection, draft: DraftRow, chosen: Chosen) -> dict[str, tuple[str, bytes]]:
    found = diagram_drafts.files_of(connection, draft.id, chosen.state)
    if found is None:
        raise DomainError("not_found", "Lần lưu này không còn.")
    return files_as_version(found)


def _version(connection: Connection, draft: DraftRow, chosen: Chosen) -> dict[str, tuple[str, bytes]]:
    row = version_reviews.find_version(connection, draft.procedure, chosen.version or 0)
    if row is None:
        raise DomainError("not_found", f"Thủ tục “{draft.procedure}” không có phiên bản số {chosen.version}.")
    files = procedures.version_files(connection, row.id)
    found: dict[str, tuple[str, bytes]] = {}
    for name, (kind, content) in files.items():
        if kind == "main":
            found[MAIN] = (kind, content)
        elif kind == "form":
            found[f"forms/{PurePosixPath(name).stem}.json"] = (kind, _plain(json.loads(content)))
        else:
            found[name] = (kind, content)
    return found


def files_as_version(files: DraftFiles) -> dict[str, tuple[str, bytes]]:
    """Kind and content by name, as a version made of the draft would keep them."""
    found: dict[str, tuple[str, bytes]] = {MAIN: ("main", files.diagram)}
    given = {name: str(text).encode() for name, text in files.called.items()}
    for name, content in called_files(files.diagram, {**fragments(), **given}).items():
        found[f"called/{name}"] = ("called", content)
    sides = {name: str(text).encode() for name, text in files.sides.items()}
    for name, content in {**side_files(), **sides}.items():
        found[name] = ("side", content)
    for name, schema in files.forms.items():
        found[f"forms/{name}.json"] = ("form", _plain(schema))
    return found


def _plain(schema: Any) -> bytes:
    """A form in one form: how its members are ordered says nothing."""
    return json.dumps(schema, ensure_ascii=False, sort_keys=True).encode()


def _completed(files: Mapping[str, tuple[str, bytes]]) -> tuple[dict[str, tuple[str, bytes]], bool]:
    """With the desk's steps that publishing adds, where it can."""
    content = files[MAIN][1]
    try:
        whole = add_standard_steps(content)
    except (DiagramRejected, etree.LxmlError, ValueError):
        whole = content
    return {**files, MAIN: ("main", whole)}, whole != content


def _marks(changes: Sequence[Change], before: bytes, after: bytes) -> tuple[Marks, Marks]:
    gone: Marks = {}
    come: Marks = {}
    for change in changes:
        if change.within is not None or change.element is None or change.about in ("process", "form"):
            continue
        if change.about != "flow" and change.kind == "removed":
            gone[change.element] = "removed"
        elif change.about != "flow" and change.kind == "added":
            come[change.element] = "added"
        else:
            kind = "moved" if change.about == "order" else "changed"
            for marks in (gone, come):
                if marks.get(change.element) in (None, "moved"):
                    marks[change.element] = kind
    old, new = _flows(before), _flows(after)
    gone |= {flow: "removed" for ends, flow in old.items() if ends not in new}
    come |= {flow: "added" for ends, flow in new.items() if ends not in old}
    return gone, come


def _flows(content: bytes) -> dict[tuple[str, str], str]:
    root = parse(content).getroot()
    return {
        (flow.get("sourceRef", ""), flow.get("targetRef", "")): flow.get("id", "")
        for flow in root.iter(bpmn("sequenceFlow"))
        if flow.get("id")
    }
