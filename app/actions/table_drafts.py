"""A published table that people correct until it is a diagram: taken in, changed, accepted, put away (QT-22.2, QT-22.2a)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection

from app.actions.diagram_drafts import begin_in
from app.actions.draft_files import check_files
from app.actions.edit_procedure import CreateProcedure
from app.actions.keep_units import CreatePosition, create_position
from app.actions.keyed import keyed
from app.actions.runner import Context
from app.drafting.agencies import agency_named, lead_place, with_agencies
from app.drafting.correcting import key_of, open_doubts
from app.drafting.drawing import draw
from app.drafting.model import Remark, TableDraft, tables_to_dicts
from app.drafting.positions import Known, settled
from app.drafting.reading import drafts_of, read_tables
from app.drafting.totals import sum_of
from app.errors import DomainError, invalid
from app.rules.administration import ADMINISTRATORS
from app.store import procedures, table_drafts
from app.store.diagram_drafts import DraftFiles
from app.store.table_drafts import ACCEPTED, DISCARDED, OPEN, TableRow
from app.store.transaction import reading, transaction
from app.wording import clean_line

LARGEST_FILE = 20 * 1024 * 1024
MOST_PROCEDURES = 120


@dataclass(frozen=True, slots=True)
class Accept:
    """`procedure`: its code; `create`: the published data of a new one under this code, or None; `positions`: what is to be
    made; `anyway`: although doubts are open."""

    table_id: int
    version: int | None
    procedure: str
    create: Mapping[str, Any] | None = None
    positions: Sequence[CreatePosition] = field(default_factory=tuple)
    anyway: bool = False


def take_table(context: Context, content: bytes, file_name: str) -> list[int]:
    """Reads a file and keeps a draft for each procedure found; their ids. Errors: DomainError invalid, too_large."""
    if len(content) > LARGEST_FILE:
        raise DomainError("too_large", f"Tệp lớn quá {LARGEST_FILE // 1024 // 1024} MB.")
    name = clean_line(file_name)[:200] or "bang"
    tables = read_tables(content, name)
    drafts = drafts_of(tables)
    if not drafts:
        raise invalid(
            {"file": ["Không tìm thấy bảng các bước nào: cần một bảng có cột bước, người thực hiện, thời gian."]}
        )
    if len(drafts) > MOST_PROCEDURES:
        why = f"Tệp có {len(drafts)} thủ tục; hãy tách thành các tệp không quá {MOST_PROCEDURES} thủ tục."
        raise invalid({"file": [why]})

    def keep(connection: Connection) -> dict[str, Any]:
        known = known_in(connection, context)
        ids = []
        for draft in drafts:
            made = with_agencies(settled(draft, known), known)
            own = [table for table in tables if table.number in made.tables]
            lead = agency_named(lead_place(made), known)
            values = {
                "file_name": name,
                "title": clean_line(made.name)[:300] or name,
                "tables": {"tables": tables_to_dicts(own), "agencies": [lead] if lead else []},
                "draft": made.to_dict(),
            }
            ids.append(table_drafts.add(connection, values, context.caller.account_id, context.now))
        return {"ids": ids}

    return [int(one) for one in keyed(context, keep)["ids"]]


def change_table(
    context: Context,
    table_id: int,
    version: int | None,
    make: Callable[[TableDraft, list[str]], tuple[TableDraft, list[Remark]]],
    settle: Sequence[str] = (),
    agencies: Sequence[str] | None = None,
) -> None:
    """Keeps what `make` makes of the draft; the remarks that it answers and those named in `settle` count as settled.
    `agencies`: codes of those that carry the procedure out.

    Errors: DomainError not_found, wrong_state, stale_version, and what `make` raises.
    """

    def keep(connection: Connection) -> dict[str, Any]:
        row = opened(connection, table_id, version)
        before = TableDraft.from_dict(row.draft)
        keys = list(row.settled["remarks"])
        after, answered = make(before, keys)
        keys += [key_of(one) for one in answered] + list(settle)
        tables = row.tables if agencies is None else {**row.tables, "agencies": list(agencies)}
        values = {
            "draft": after.to_dict(),
            "title": clean_line(after.name)[:300] or row.title,
            "settled": {"remarks": list(dict.fromkeys(keys))},
            "tables": tables,
        }
        table_drafts.change(connection, table_id, context.caller.account_id, context.now, **values)
        return {}

    keyed(context, keep)


def discard_table(context: Context, table_id: int, version: int | None) -> None:
    """Puts it away. Errors: DomainError not_found, wrong_state, stale_version."""

    def put_away(connection: Connection) -> dict[str, Any]:
        opened(connection, table_id, version)
        table_drafts.change(connection, table_id, context.caller.account_id, context.now, state=DISCARDED)
        return {}

    keyed(context, put_away)


def accept_table(command: Accept, context: Context) -> int:
    """Makes the positions and, where wanted, the procedure; begins the draft of the diagram; its id.

    Errors: DomainError not_found, wrong_state (doubts are open), stale_version, forbidden, invalid, duplicate.
    """
    with reading() as connection:
        row = _checked(connection, command)
    if row.diagram_draft_id is not None:
        return row.diagram_draft_id
    _may(command, context)
    drawn = draw(TableDraft.from_dict(row.draft))
    files = DraftFiles(drawn.diagram, drawn.forms)
    check_files(files)
    for position in command.positions:
        _make_position(position, replace(context, key=None))

    def begin(connection: Connection) -> dict[str, Any]:
        _checked(connection, command, lock=True)
        if command.create is not None:
            CreateProcedure(command.procedure, command.create).make(connection, context)
        origin = {"kind": "table", "table": row.id, "file": row.file_name}
        begun = begin_in(connection, context, command.procedure, row.title[:200], files, origin)
        values = {"state": ACCEPTED, "diagram_draft_id": begun}
        table_drafts.change(connection, row.id, context.caller.account_id, context.now, **values)
        return {"id": begun}

    return int(keyed(context, begin)["id"])


def known_in(connection: Connection, context: Context) -> list[Known]:
    """The positions that there are today."""
    return [Known(*one) for one in table_drafts.positions_there_are(connection, context.caller.day)]


def opened(connection: Connection, table_id: int, version: int | None) -> TableRow:
    """A draft that may still be changed, locked. Errors: DomainError not_found, wrong_state, stale_version."""
    row = table_drafts.find(connection, table_id, lock=True)
    if row is None:
        raise DomainError("not_found", "Không có bảng này.")
    if row.state != OPEN:
        raise DomainError("wrong_state", "Bảng này đã thành bản vẽ hoặc đã bỏ nên không sửa được nữa.")
    if version is not None and row.version != version:
        raise DomainError(
            "stale_version", f"{row.changed_by} đã sửa bảng này sau khi bạn mở; hãy mở lại để không ghi đè lên nhau."
        )
    return row


def _checked(connection: Connection, command: Accept, *, lock: bool = False) -> TableRow:
    row = table_drafts.find(connection, command.table_id, lock=lock)
    if row is not None and row.state == ACCEPTED and not lock:
        return row
    row = opened(connection, command.table_id, command.version)
    doubts = open_doubts(TableDraft.from_dict(row.draft), row.settled["remarks"])
    if doubts and not command.anyway:
        raise DomainError(
            "wrong_state",
            f"Còn {len(doubts)} chỗ nghi ngờ chưa xem. Hãy xem từng chỗ, hoặc đánh dấu chấp nhận dù còn chỗ nghi ngờ.",
        )
    if command.create is None and procedures.find_procedure(connection, command.procedure) is None:
        raise invalid({"procedure": [f"Không có thủ tục mã “{command.procedure}”."]})
    return row


def _may(command: Accept, context: Context) -> None:
    if command.create is not None and not context.caller.may("procedure.manage"):
        why = "Bạn không có quyền thêm thủ tục; hãy nhờ người có quyền “Quản lý thủ tục” thêm trước rồi chọn ở đây."
        raise DomainError("forbidden", why)
    if command.positions and not any(context.caller.may(name) for name in ADMINISTRATORS):
        why = "Bạn không có quyền lập vị trí việc làm; hãy bỏ chọn các vị trí mới và nhờ quản trị viên của cơ quan đó lập."
        raise DomainError("forbidden", why)


def _make_position(position: CreatePosition, context: Context) -> None:
    """One that is there already is what was wanted."""
    with transaction() as connection:
        there = {(one[0], one[3]) for one in table_drafts.positions_there_are(connection, context.caller.day)}
    if (position.code, position.agency) not in there:
        create_position(position, context)


def suggested_data(draft: TableDraft, agencies: Sequence[str], field_name: str, level: int) -> dict[str, Any]:
    """The published data of a procedure that the table is the first thing known of."""
    limit = draft.total if draft.total and draft.total != "none" else sum_of(draft).limit
    return {
        "name": clean_line(draft.name),
        "field": field_name,
        "level": level,
        "limit": limit,
        "limit_unit": draft.total_unit,
        "service_level": "partial",
        "result_name": "Kết quả giải quyết thủ tục hành chính",
        "agencies": list(agencies),
    }
