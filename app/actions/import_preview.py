"""Looking at an old system's table before anything of it is taken over; what was seen is kept, and is what accepting uses."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.actions.import_cells import CellFault, text_of
from app.actions.import_columns import Given, Table, find_history, find_table, folded
from app.actions.import_judge import Judge, Judged, Setting
from app.actions.import_lookup import Lookup
from app.actions.import_template import COLUMNS
from app.actions.runner import Context, once, whole_second
from app.errors import DomainError, invalid
from app.rules.permissions import lacking
from app.sheets.read import read_sheets
from app.store import imports
from app.store.administration_changes import record_change
from app.store.imports import ImportRow
from app.store.preferences import keep_preference, preference_of
from app.store.transaction import reading, transaction
from app.wording import LOCAL, TextFault, typed_text

PERMISSION = "dossier.import"
KEPT_MAPPING = "import_mapping"
_MOST_HISTORY = 500
"""So many lines of one dossier's history are kept."""
_MOST_LINE = 2000
_NAMES = frozenset(column.name for column in COLUMNS)


@dataclass(frozen=True, slots=True)
class OldFile:
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class LookAt:
    """A table of the system `source`; `history` where the old lines came in a file of their own; `mapping`: heading by what it
    means, where the proposed one is not right."""

    source: str
    file: OldFile
    history: OldFile | None
    profile: str
    mapping: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    table: Table
    judged: list[Judged]


def look(asked: LookAt, now: datetime, account_id: int) -> Seen:
    """Read and judge; nothing is written. Errors: DomainError invalid (`file`, `history`, `mapping`), too_large."""
    sheets = read_sheets(asked.file.content, asked.file.name)
    with reading() as connection:
        known = asked.mapping
        if known is None:
            kept = preference_of(connection, account_id, KEPT_MAPPING) or {}
            known = kept.get(folded(asked.source)) or {}
        table = find_table(sheets, known)
        if asked.mapping is not None:
            table = _as_said(table, asked, sheets)
        lines = _history(asked, sheets)
        return Seen(table, _judged(connection, asked, table, lines, now))


def _as_said(table: Table, asked: LookAt, sheets: Any) -> Table:
    """The table with only the headings that were chosen; what was proposed and taken away stays away."""
    chosen = {name: heading for name, heading in (asked.mapping or {}).items() if heading}
    wrong = {
        f"mapping.{name}": ["Tệp không có cột này."]
        for name, heading in chosen.items()
        if heading not in table.headings
    }
    if twice := [heading for heading in chosen.values() if list(chosen.values()).count(heading) > 1]:
        names = [name for name, heading in chosen.items() if heading == twice[0]]
        wrong |= {f"mapping.{name}": [f"Cột “{twice[0]}” được chọn hai lần."] for name in names}
    if wrong:
        raise invalid(wrong)
    kept = {name: heading for name, heading in table.mapping.items() if name in chosen or name not in _NAMES}
    rows = tuple(
        Given(
            row.line,
            {name: cell for name, cell in row.cells.items() if name in kept},
            {name: place for name, place in row.places.items() if name in kept},
        )
        for row in table.rows
    )
    return Table(table.headings, kept, rows)


def _judged(
    connection: Connection,
    asked: LookAt,
    table: Table,
    history: Mapping[str, Sequence[Mapping[str, Any]]],
    now: datetime,
) -> list[Judged]:
    codes = list({str(row.cells.get("old_code") or "").strip() for row in table.rows})
    setting = Setting(
        Lookup(connection, now.astimezone(LOCAL).date()),
        asked.profile,
        now,
        history,
        imports.taken_codes(connection, asked.source, codes),
        frozenset(imports.codes_in_use(connection, codes)),
    )
    judge = Judge(setting)
    return [judge.judge(row) for row in table.rows]


def _history(asked: LookAt, sheets: Any) -> dict[str, list[dict[str, str]]]:
    """The lines by folded old code, as they are given and in their order."""
    if asked.history is not None:
        rows = find_history(read_sheets(asked.history.content, asked.history.name), alone=True)
    else:
        rows = find_history(sheets, alone=False)
    found: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        line = {name: text for name in ("at", "who", "what", "comment") if (text := _shown(row.cells.get(name)))}
        lines = found.setdefault(folded(_shown(row.cells.get("old_code"))), [])
        if line and len(lines) < _MOST_HISTORY:
            lines.append(line)
    return found


def _shown(cell: Any) -> str:
    try:
        return text_of(cell, _MOST_LINE, lines=True)
    except CellFault:
        return str(cell)[:_MOST_LINE].encode("ascii", "replace").decode()


def preview(asked: LookAt, context: Context) -> int:
    """Keep the file and what was seen of it; answers the import's id. Errors: as `look`; DomainError forbidden."""
    source = _allowed(context, asked)
    seen = look(asked, context.now, context.caller.account_id)
    with transaction() as connection:

        def make() -> dict[str, Any]:
            return {"import": _keep(connection, asked, source, seen, context)}

        done = once(connection, context.caller.account_id, context.key, context.now, make)
    import_id: int = done["import"]
    return import_id


def _allowed(context: Context, asked: LookAt) -> str:
    if not context.caller.may(PERMISSION):
        raise DomainError("forbidden", lacking((PERMISSION,)))
    try:
        source = typed_text(asked.source, 64)
    except TextFault as fault:
        raise invalid({"source": [str(fault)]}) from fault
    if not source:
        raise invalid({"source": ["Hãy ghi tên hệ thống cũ."]})
    return source


def _keep(connection: Connection, asked: LookAt, source: str, seen: Seen, context: Context) -> int:
    digest = hashlib.sha256(asked.file.content + b"\0" + (asked.history.content if asked.history else b""))
    now = whole_second(context.now)
    import_id = imports.add_import(
        connection,
        {
            "source": source,
            "file_name": asked.file.name[:200],
            "content": asked.file.content,
            "sha256": digest.hexdigest(),
            "history_name": asked.history.name[:200] if asked.history else None,
            "history_content": asked.history.content if asked.history else None,
            "mapping": dict(seen.table.mapping),
            "headings": list(seen.table.headings),
            "state": imports.PREVIEW,
            "version": 1,
            "made_by": context.caller.account_id,
            "made_at": now,
        },
    )
    imports.replace_lines(connection, import_id, _lines(import_id, source, seen))
    said = {"source": source, "file": asked.file.name[:200], "sha256": digest.hexdigest(), "rows": len(seen.judged)}
    note_change(connection, context, import_id, "import_previewed", {}, said)
    return import_id


def note_change(
    connection: Connection,
    context: Context,
    import_id: int,
    kind: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> None:
    record_change(
        connection,
        at=whole_second(context.now),
        account_id=context.caller.account_id,
        kind=kind,
        subject=f"import:{import_id}",
        agency_id=None,
        before=before,
        after=after,
        address=context.address,
    )


def _lines(import_id: int, source: str, seen: Seen) -> list[dict[str, Any]]:
    return [
        {
            "import_id": import_id,
            "line": row.line,
            "source": source,
            "old_code": row.old_code,
            "applicant_name": row.applicant_name,
            "verdict": row.verdict,
            "plan": row.plan,
            "remarks": row.remarks,
            "state": imports.WAITING,
        }
        for row in seen.judged
    ]


def remap(
    import_id: int, mapping: Mapping[str, str] | None, version: int | None, profile: str, context: Context
) -> None:
    """Judge the kept file anew, with other columns where they are given; the choice is kept for the next file of that system.

    Errors: DomainError forbidden, not_found, wrong_state, stale_version, invalid.
    """
    if not context.caller.may(PERMISSION):
        raise DomainError("forbidden", lacking((PERMISSION,)))
    with transaction() as connection:
        row = in_preview(connection, import_id, version)
        content, history = imports.files_of(connection, import_id)
        asked = LookAt(
            row.source,
            OldFile(row.file_name, content),
            OldFile(row.history_name or "", history) if history is not None else None,
            profile,
            row.mapping if mapping is None else mapping,
        )
        seen = look(asked, context.now, context.caller.account_id)
        imports.replace_lines(connection, import_id, _lines(import_id, row.source, seen))
        imports.change_import(connection, import_id, mapping=dict(seen.table.mapping))
        if mapping is not None:
            account = context.caller.account_id
            kept = preference_of(connection, account, KEPT_MAPPING) or {}
            keep_preference(connection, account, KEPT_MAPPING, kept | {folded(row.source): dict(seen.table.mapping)})
            note_change(
                connection,
                context,
                import_id,
                "import_mapped",
                {"mapping": row.mapping},
                {"mapping": dict(seen.table.mapping)},
            )


def in_preview(connection: Connection, import_id: int, version: int | None) -> ImportRow:
    """An import that nobody has accepted yet, locked. Errors: DomainError not_found, wrong_state, stale_version."""
    row = imports.find_import(connection, import_id, lock=True)
    if row is None or row.state == imports.DROPPED:
        raise DomainError("not_found", "Không có lần chuyển hồ sơ này.")
    if row.state != imports.PREVIEW:
        raise DomainError("wrong_state", "Lần chuyển này đã được chấp nhận; muốn sửa hãy tải tệp mới.")
    if version is not None and version != row.version:
        raise DomainError(
            "stale_version",
            "Bản xem trước đã thay đổi từ khi bạn mở; hãy xem lại rồi chấp nhận.",
            extra={"version": row.version},
        )
    return row
