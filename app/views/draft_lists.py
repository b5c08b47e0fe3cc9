"""The designers' start page, a draft's states, and what a draft may begin with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from app.access.caller import Caller
from app.engine.names import bpmn
from app.engine.reading import parse
from app.engine.steps import read_step
from app.errors import DomainError
from app.rules.versions import STATES, state_of
from app.store import diagram_drafts, draft_comments, draft_presence, procedures, version_reviews
from app.store.diagram_drafts import AUTO, DISCARDED, FIRST, IMPORTED, KEPT, OPEN, PUBLISHED, RESTORED, DraftRow
from app.store.transaction import reading
from app.views.cursors import an_id, an_instant, bad_cursor, make_cursor, page_answer, read_cursor

DRAFT_STATES = {OPEN: "Đang vẽ", PUBLISHED: "Đã ban hành", DISCARDED: "Đã bỏ"}
KINDS = {
    FIRST: "Bắt đầu",
    AUTO: "Tự lưu",
    KEPT: "Lưu lại",
    RESTORED: "Lấy lại",
    IMPORTED: "Từ tệp",
}


def origin_words(origin: Mapping[str, Any]) -> str:
    """From what a draft began."""
    kind = origin.get("kind")
    if kind == "version":
        return f"từ phiên bản số {origin.get('version')}"
    if kind == "copy":
        return f"chép của thủ tục {origin.get('procedure')}, phiên bản số {origin.get('version')}"
    if kind == "file":
        return f"từ tệp {origin.get('name') or ''}".strip()
    if kind == "draft":
        return f"chép bản vẽ “{origin.get('title') or origin.get('draft')}”"
    return "từ bảng của quyết định" if kind == "table" else "vẽ mới"


def draft_list(
    caller: Caller, now: datetime, *, words: str | None, state: str, cursor: str | None, size: int
) -> dict[str, Any]:
    """Drafts of that state, the one changed last first: {data, total, next}. Errors: DomainError invalid (cursor)."""
    before: tuple[datetime, int] | None = None
    if cursor is not None:
        at, number = read_cursor(cursor, "diagram-drafts", an_instant, an_id)
        if at is None:
            raise bad_cursor()
        before = (at, number)
    with reading() as connection:
        rows = diagram_drafts.drafts(connection, state=state, words=words, before=before, most=size + 1)
        total = diagram_drafts.count_drafts(connection, state, words)
        shown = rows[:size]
        ids = [row.id for row in shown]
        at_them = draft_presence.at_drafts(connection, ids, caller.account_id, now) if ids else []
        talk = draft_comments.open_comments(connection, ids) if ids else {}
    here: dict[int, list[str]] = {}
    for one in at_them:
        here.setdefault(one.draft_id, []).append(one.name)
    data = [_listed(row) | {"here": here.get(row.id, []), "open_comments": talk.get(row.id, 0)} for row in shown]
    last = shown[-1] if len(rows) > size else None
    following = make_cursor("diagram-drafts", last.changed_at, last.id) if last else None
    return page_answer(data, total, following)


def _listed(row: DraftRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "procedure": row.procedure,
        "procedure_name": row.procedure_name,
        "title": row.title,
        "state": row.state,
        "state_title": DRAFT_STATES.get(row.state, row.state),
        "origin": origin_words(row.origin),
        "base_version": row.base_version,
        "published_version": row.published_version,
        "revision": row.revision,
        "made_by": row.made_by_name,
        "made_at": row.made_at,
        "changed_by": row.changed_by_name,
        "changed_at": row.changed_at,
    }


def draft_view(draft_id: int) -> dict[str, Any]:
    """A draft without its files, as the list shows it. Errors: DomainError not_found."""
    with reading() as connection:
        row = diagram_drafts.find_draft(connection, draft_id)
        if row is None:
            raise DomainError("not_found", "Không có bản vẽ này.")
        talk = draft_comments.open_comments(connection, [draft_id])
    return _listed(row) | {"open_comments": talk.get(draft_id, 0)}


def states_of(draft_id: int) -> list[dict[str, Any]]:
    """A draft's kept states, the newest first. Errors: DomainError not_found."""
    with reading() as connection:
        if diagram_drafts.find_draft(connection, draft_id) is None:
            raise DomainError("not_found", "Không có bản vẽ này.")
        rows = diagram_drafts.revisions(connection, draft_id, most=500)
    return [
        {
            "revision": row.number,
            "kind": row.kind,
            "kind_title": KINDS.get(row.kind, row.kind),
            "label": row.label,
            "saved_by": row.saved_by_name,
            "saved_at": row.saved_at,
        }
        for row in rows
    ]


def steps_drawn(diagram: bytes) -> list[dict[str, Any]]:
    """The steps of a diagram that may be wrong in every way, in the order of the file."""
    steps = [read_step(element) for element in parse(diagram).getroot().iter(bpmn("userTask"))]
    return [
        {
            "id": step.id,
            "name": step.name,
            "position": step.position,
            "agency": step.agency,
            "limit": step.limit,
            "limit_unit": step.limit_unit,
            "stage": step.stage,
        }
        for step in steps
    ]


def beginnings_of(code: str, day: date) -> dict[str, Any]:
    """What a draft of this procedure may begin with: {code, name, versions, drafts}. Errors: DomainError not_found."""
    with reading() as connection:
        procedure = procedures.find_procedure(connection, code)
        if procedure is None:
            raise DomainError("not_found", f"Không có thủ tục mã “{code}”.")
        rows = version_reviews.versions_of(connection, procedure.id)
        own = diagram_drafts.drafts(connection, state=None, procedure_id=procedure.id, most=50)
        in_force = procedures.version_in_force(connection, procedure.id, day)
    every = [row.version for row in rows]
    return {
        "code": procedure.code,
        "name": procedure.name,
        "in_force": in_force.number if in_force else None,
        "versions": [
            {
                "version": row.number,
                "decision": row.decision_number,
                "effective_from": row.effective_from,
                "state": STATES[state_of(row.version, every, day)],
            }
            for row in rows
        ],
        "drafts": [_listed(row) for row in own],
    }


def sources_of(words: str | None, but: str, day: date, most: int = 20) -> list[dict[str, Any]]:
    """Other procedures that have a process today, by words: {code, name, agencies}."""
    with reading() as connection:
        rows = procedures.search_procedures(connection, words, None, most + 1)
        have = procedures.with_process(connection, [row.id for row in rows], day)
        found: Sequence[Any] = [row for row in rows if row.id in have and row.code != but][:most]
        agencies = {row.id: list(procedures.handling_agencies(connection, row.id)) for row in found}
    return [{"code": row.code, "name": row.name, "agencies": agencies[row.id]} for row in found]
