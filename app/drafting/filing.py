"""A published file of tables to diagrams and a report of what was read, for the command line: no database is asked."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from app.drafting.drawing import STEPS_LIMIT, Drawn, draw
from app.drafting.model import DraftStep, Remark, TableDraft
from app.drafting.positions import settled
from app.drafting.reading import drafts_of, read_tables
from app.drafting.totals import sum_of
from app.engine.gate.verdict import check
from app.errors import DomainError


def drawn_from(
    content: bytes, file_name: str, name: str | None = None, number: int | None = None
) -> list[dict[str, Any]]:
    """What `motcua diagram draft` prints of each procedure, with the diagram itself as `drawn` (`Drawn`).

    Errors: DomainError invalid where the file cannot be read, holds no table of steps, or not so many procedures.
    """
    drafts = drafts_of(read_tables(content, file_name))
    if not drafts:
        raise DomainError("invalid", f"Không tìm thấy bảng các bước nào trong tệp “{file_name}”.")
    if number is not None and number > len(drafts):
        raise DomainError("invalid", f"Tệp chỉ có {len(drafts)} thủ tục, không có thủ tục thứ {number}.")
    numbered = [(place, draft) for place, draft in enumerate(drafts, 1) if number in (None, place)]
    return [_report(place, replace(draft, name=name) if name else draft) for place, draft in numbered]


def write_drawn(drawn: Drawn, out: Path, number: int | None) -> str:
    """Writes the diagram and its forms (`<form>.json` beside it); `number` makes the name one of several. Answers the path."""
    path = out if number is None else out.with_name(f"{out.stem}-{number}{out.suffix or '.bpmn'}")
    path.write_bytes(drawn.diagram)
    for form, schema in drawn.forms.items():
        path.with_name(f"{form}.json").write_text(json.dumps(schema, ensure_ascii=False, indent=2) + "\n", "utf-8")
    return str(path)


def _report(number: int, draft: TableDraft) -> dict[str, Any]:
    draft = settled(draft)
    drawn = draw(draft)
    verdict = check("draft.bpmn", drawn.diagram)
    total, added = draft.total, sum_of(draft)
    return {
        "number": number,
        "name": draft.name,
        "code": draft.code,
        "decision": draft.decision_number,
        "decided_on": draft.decided_on,
        "steps": [_step(step, drawn) for step in draft.steps[:STEPS_LIMIT]],
        "total": total,
        "total_unit": draft.total_unit,
        "sum": added.limit,
        "remarks": [_remark(remark, draft) for remark in _sorted(draft)],
        "forms": sorted(drawn.forms),
        "verdict": verdict.verdict,
        "problems": [problem.to_dict() for problem in verdict.problems],
        "drawn": drawn,
    }


def _sorted(draft: TableDraft) -> list[Remark]:
    order = {"doubtful": 0, "guessed": 1, "read": 2}
    return sorted(draft.remarks, key=lambda remark: order[remark.certainty])


def _step(step: DraftStep, drawn: Drawn) -> dict[str, Any]:
    return {
        "id": drawn.ids[step.key],
        "number": step.number,
        "name": step.name,
        "who": step.who,
        "position": step.position,
        "place": step.place,
        "agency": step.agency,
        "limit": step.limit,
        "limit_unit": step.limit_unit,
        "limit_group": step.limit_group,
        "stage": step.stage,
        "routes": [asdict(route) for route in step.routes],
        "returns": drawn.ids.get(step.returns or ""),
    }


def _remark(remark: Remark, draft: TableDraft) -> dict[str, Any]:
    numbers = {step.key: step.number for step in draft.steps}
    return {
        "certainty": remark.certainty,
        "code": remark.code,
        "message": remark.message,
        "cell": asdict(remark.place) if remark.place else None,
        "step": numbers.get(remark.step or ""),
        "field": remark.field,
    }
