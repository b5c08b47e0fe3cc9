"""A published table beside what was read of it, as the page that corrects it shows both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rapidfuzz import fuzz

from app.access.caller import Caller
from app.drafting.correcting import amount_of, key_of, open_doubts
from app.drafting.drawing import draw
from app.drafting.model import Place, SourceTable, TableDraft, tables_from_dicts
from app.drafting.positions import STANDARD, Known, lacking
from app.drafting.totals import Sum, sum_of
from app.drafting.wording import folded
from app.engine.gate.verdict import check
from app.errors import DomainError
from app.store import organisation, table_drafts
from app.store.table_drafts import TableRow
from app.store.transaction import reading

_WORST = {"doubtful": 0, "guessed": 1, "read": 2}


@dataclass(frozen=True, slots=True)
class TablePage:
    """`tables`: rows of cells {text, rows, columns, id, certainty, steps, title}; `remarks`: doubts first, each with `key`,
    `settled` and where it leads; `missing`: new positions {code, name, agencies}."""

    row: TableRow
    draft: TableDraft
    tables: list[dict[str, Any]]
    steps: list[dict[str, Any]]
    remarks: list[dict[str, Any]]
    doubts: int
    total: Sum
    positions: list[tuple[str, str, int]]
    agencies: list[tuple[str, str]]
    chosen: list[str]
    missing: list[dict[str, Any]]
    units: dict[str, list[tuple[str, str]]]
    procedures: list[tuple[str, str]]


def open_tables() -> list[dict[str, Any]]:
    """Those that are being corrected: {id, title, file, steps, doubts, total, changed_by, changed_at}."""
    with reading() as connection:
        rows = table_drafts.opened(connection)
    found = []
    for row in rows:
        draft = TableDraft.from_dict(row.draft)
        found.append(
            {
                "id": row.id,
                "title": row.title,
                "file": row.file_name,
                "steps": len(draft.steps),
                "doubts": len(open_doubts(draft, row.settled["remarks"])),
                "total": sum_of(draft),
                "changed_by": row.changed_by,
                "changed_at": row.changed_at,
            }
        )
    return found


def table_row(table_id: int) -> TableRow:
    """Errors: DomainError not_found."""
    with reading() as connection:
        row = table_drafts.find(connection, table_id)
    if row is None:
        raise DomainError("not_found", "Không có bảng này.")
    return row


def table_page(table_id: int, caller: Caller) -> TablePage:
    """Errors: DomainError not_found."""
    row = table_row(table_id)
    chosen = [str(code) for code in row.tables.get("agencies", [])]
    with reading() as connection:
        known = [Known(*one) for one in table_drafts.positions_there_are(connection, caller.day)]
        agencies = organisation.agency_names(connection, caller.day)
        units = table_drafts.units_there_are(connection, [code for code, _ in agencies])
        procedures = table_drafts.procedures_there_are(connection)
    draft = TableDraft.from_dict(row.draft)
    settled = row.settled["remarks"]
    remarks = _remarks(draft, settled)
    by_agency: dict[str, list[tuple[str, str]]] = {}
    for agency, code, name, _kind in units:
        by_agency.setdefault(agency, []).append((code, name))
    return TablePage(
        row,
        draft,
        [_table(table, draft, remarks) for table in tables_from_dicts(row.tables["tables"])],
        _steps(draft, remarks),
        remarks,
        len(open_doubts(draft, settled)),
        sum_of(draft),
        _named(known, chosen),
        agencies,
        chosen,
        _missing(draft, known, chosen),
        by_agency,
        _alike(draft, procedures),
    )


def table_diagram(table_id: int) -> dict[str, Any]:
    """{xml, marks}: the diagram as it would be accepted now, steps with open doubts marked."""
    row = table_row(table_id)
    draft = TableDraft.from_dict(row.draft)
    drawn = draw(draft)
    doubtful = {remark.step for remark in open_doubts(draft, row.settled["remarks"]) if remark.step}
    marks = {drawn.ids[key]: "open" for key in doubtful if key in drawn.ids}
    legend = [{"text": "● Còn chỗ nghi ngờ", "class": "mark-open"}] if marks else []
    return {"xml": drawn.diagram.decode(), "marks": marks, "legend": legend}


def gate_problems(draft: TableDraft) -> list[dict[str, Any]]:
    """What the gate says of the diagram as it is now; names that its own forms fill are not asked about."""
    drawn = draw(draft)
    problems = check("diagram.bpmn", drawn.diagram).problems
    by_form = {"expression.variable-unknown"} if drawn.forms else set()
    return [problem.to_dict() for problem in problems if problem.code not in by_form]


def _named(known: Sequence[Known], chosen: Sequence[str]) -> list[tuple[str, str, int]]:
    """Code, name and the number of agencies of every position; the name is the one that it has in the chosen agencies."""
    found: dict[str, list[Known]] = {}
    for one in known:
        found.setdefault(one.code, []).append(one)
    named = []
    for code, those in found.items():
        own = [one.name for one in those if one.agency in chosen]
        name = own[0] if own else (those[0].name if len(those) == 1 else STANDARD.get(code, those[0].name))
        named.append((code, name, len(those)))
    return sorted(named, key=lambda one: (one[1], one[0]))


def _remarks(draft: TableDraft, settled: Sequence[str]) -> list[dict[str, Any]]:
    keys = {step.key: step for step in draft.steps}
    shown = []
    for remark in draft.remarks:
        if remark.step is not None and remark.step not in keys:
            continue
        key = key_of(remark)
        step = keys.get(remark.step or "")
        shown.append(
            {
                "key": key,
                "certainty": remark.certainty,
                "message": remark.message,
                "settled": key in settled,
                "cell": _cell_id(remark.place) if remark.place else None,
                "where": remark.place.words if remark.place else None,
                "step": remark.step,
                "number": step.number if step else None,
                "field": remark.field,
            }
        )
    return sorted(shown, key=lambda one: (one["settled"], _WORST[str(one["certainty"])]))


def _steps(draft: TableDraft, remarks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for step in draft.steps:
        amount, unit = amount_of(step.limit, step.limit_unit)
        own = [one for one in remarks if one["step"] == step.key and not one["settled"] and one["certainty"] != "read"]
        cells = {_cell_id(place): place.words for place in step.cells.values()}
        shown = {name: getattr(step, name) for name in step.__dataclass_fields__ if name not in ("cells", "routes")}
        routes = [asdict(route) for route in step.routes]
        found.append({**shown, "routes": routes, "amount": amount, "unit": unit, "remarks": own, "cells": cells})
    return found


def _table(table: SourceTable, draft: TableDraft, remarks: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    steps: dict[str, list[str]] = {}
    for step in draft.steps:
        for place in step.cells.values():
            if step.key not in steps.setdefault(_cell_id(place), []):
                steps[_cell_id(place)].append(step.key)
    said: dict[str, list[Mapping[str, Any]]] = {}
    for remark in remarks:
        if remark["cell"] and not remark["settled"]:
            said.setdefault(str(remark["cell"]), []).append(remark)
    rows: dict[int, list[dict[str, Any]]] = {}
    for cell in table.cells:
        name = _cell_id(Place(table.number, cell.row, cell.column))
        own = sorted(said.get(name, []), key=lambda one: _WORST[str(one["certainty"])])
        certainty = str(own[0]["certainty"]) if own else ("read" if name in steps else "")
        title = "; ".join(str(one["message"]) for one in own if one["certainty"] != "read")
        shown = {"id": name, "steps": steps.get(name, []), "certainty": certainty, "title": title}
        rows.setdefault(cell.row, []).append({**asdict(cell), **shown})
    return {"number": table.number, "before": table.before, "rows": [rows[number] for number in sorted(rows)]}


def _missing(draft: TableDraft, known: Sequence[Known], chosen: Sequence[str]) -> list[dict[str, Any]]:
    """Positions that agencies lack: those of steps in charge in the chosen ones, of others in the one that the step names."""
    wanted: dict[str, set[str]] = {}
    codes = {one.agency for one in known}
    for step in draft.steps:
        if step.position and not step.asked:
            places = [step.agency] if step.agency in codes else (list(chosen) if step.agency == "lead" else [])
            wanted.setdefault(step.position, set()).update(places)
    names = {step.position: step.who for step in draft.steps if step.position}
    everywhere = {one.code for one in known}
    found = []
    for code, agencies in wanted.items():
        without = lacking([code], known, sorted(agencies)).get(code, [])
        if without or code not in everywhere:
            name = (names.get(code) or code)[:120]
            found.append({"code": code, "name": name, "agencies": without, "new": code not in everywhere})
    return found


def _alike(draft: TableDraft, procedures: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The procedures that this might be: by code, then by name, the likeliest first."""
    bare = (draft.code or "").split(".H")[0]
    name = folded(draft.name)
    scored = [
        (100.0 if bare and code.split(".H")[0] == bare else fuzz.token_sort_ratio(name, folded(title)), code, title)
        for code, title in procedures
    ]
    likely = sorted((one for one in scored if one[0] >= 60), key=lambda one: (-one[0], one[1]))
    return [(code, title) for _, code, title in likely[:6]]


def _cell_id(place: Place) -> str:
    return f"o-{place.table}-{place.row}-{place.column}"
