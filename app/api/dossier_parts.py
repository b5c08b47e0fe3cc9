"""What stands behind a dossier: its history, how its deadline came about, where it is in its diagram, its slips."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response
from sqlalchemy import Connection

from app.access.guard import requires
from app.access.request import current_caller
from app.api.blueprint import Blueprint, reply
from app.api.fields import Anything, Choice, Flag, Instant, Many, Record, Schema, Text, Whole
from app.api.lists import list_schema, whole_answer
from app.api.timeline import history_title, timer_title
from app.api.visibility import visible_dossier
from app.engine.reading import as_text
from app.errors import DomainError
from app.lawbook import refold, rules_for
from app.rules.clock import is_overdue
from app.rules.permissions import READERS
from app.runtime import asked_at
from app.slips.receipt import ReceiptContent, render_receipt
from app.store import history, procedures, slips, tasks
from app.store.dossiers import DossierRow
from app.store.history import HistoryRow
from app.store.slips import SlipRow
from app.store.tasks import TaskRow
from app.store.transaction import reading

blueprint = Blueprint(
    "dossier-parts", __name__, url_prefix="/api/v1/dossiers/<code:code>", description="Hồ sơ: chi tiết"
)

SLIP_TITLES = {"receipt": "Giấy tiếp nhận hồ sơ và hẹn trả kết quả"}
MAIN = "main"


class HistorySchema(Schema):
    seq = Whole(1)
    at = Instant()
    kind = Text(64)
    title = Text(200)
    account = Text(200, allow_none=True)
    name = Text(500, allow_none=True)
    task = Whole(1, allow_none=True)
    details = Record()


class ClockSchema(Schema):
    limit_seconds = Whole(allow_none=True)
    started_at = Instant(allow_none=True)
    deadline_at = Instant(allow_none=True)
    appointment_at = Instant(allow_none=True)
    original_deadline_at = Instant(allow_none=True)
    original_appointment_at = Instant(allow_none=True)
    due_soon_at = Instant(allow_none=True)
    paused_at = Instant(allow_none=True)
    result_at = Instant(allow_none=True)
    overdue = Flag()
    profile = Text(200)
    regulation = Text(2000)
    lines = Many(Anything(), most=100_000, metadata={"description": "[{at, event, rule, text, before, after}]"})
    segments = Many(
        Anything(),
        most=100_000,
        metadata={"description": "[{agency, step, account, from_at, to_at, seconds, charged}], giây làm việc"},
    )


class DiagramSchema(Schema):
    xml = Text(10_000_000, lines=True)
    steps = Record(metadata={"description": "{mã bước: done | current | late}"})


class SlipSchema(Schema):
    id = Whole(1)
    kind = Choice(tuple(SLIP_TITLES))
    title = Text(200)
    issued_at = Instant()
    pdf = Text(500)


@blueprint.get("/timeline")
@requires(*READERS)
@blueprint.response(200, list_schema("Timeline", HistorySchema))
def timeline(code: str) -> Response:
    """Những gì đã xảy ra với hồ sơ, theo thứ tự."""
    with reading() as connection:
        dossier = visible_dossier(connection, code, current_caller())
        rows = history.history_of(connection, dossier.id)
    return reply(whole_answer([_history_view(row) for row in rows]))


@blueprint.get("/clock")
@requires(*READERS)
@blueprint.response(200, ClockSchema)
def clock(code: str) -> Response:
    """Hạn xử lý và thời gian hẹn trả đã được tính thế nào, từng dòng với điều khoản; thời gian của ai."""
    now = asked_at()
    with reading() as connection:
        dossier = visible_dossier(connection, code, current_caller())
        rows = history.history_of(connection, dossier.id)
        rules = rules_for(connection, dossier.profile, dossier.calendar_id, dossier.calendar_revision)
    applied = refold(rows, rules)
    state = applied.state
    answer = {
        name: getattr(state, name)
        for name in ClockSchema().fields
        if name not in ("overdue", "profile", "regulation", "lines", "segments")
    }
    answer |= {
        "overdue": is_overdue(state, now),
        "profile": rules.profile.name,
        "regulation": rules.profile.regulation,
        "lines": [line.to_dict() | {"at": line.at} for line in applied.lines],
        "segments": [
            {
                "agency": segment.agency,
                "step": segment.step,
                "account": segment.account,
                "from_at": segment.from_at,
                "to_at": segment.to_at,
                "seconds": segment.seconds,
                "charged": segment.charged,
            }
            for segment in applied.segments
        ],
    }
    return reply(answer)


@blueprint.get("/diagram")
@requires(*READERS)
@blueprint.response(200, DiagramSchema)
def diagram(code: str) -> Response:
    """Sơ đồ của hồ sơ với các bước đã xong, đang ở và quá hạn."""
    now = asked_at()
    with reading() as connection:
        dossier = visible_dossier(connection, code, current_caller())
        xml = procedures.main_diagram(connection, dossier.version_id)
        found = tasks.every_task_of(connection, dossier.id)
    return reply({"xml": as_text(xml), "steps": step_states(found, now)})


@blueprint.get("/slips")
@requires(*READERS)
@blueprint.response(200, list_schema("SlipList", SlipSchema))
def list_slips(code: str) -> Response:
    """Các phiếu đã cấp."""
    with reading() as connection:
        dossier = visible_dossier(connection, code, current_caller())
        issued = slips.slips_of(connection, dossier.id)
    return reply(whole_answer([slip_view(slip, f"/api/v1/dossiers/{code}/slips/{slip.id}.pdf") for slip in issued]))


@blueprint.get("/slips/<id:slip_id>.pdf")
@requires(*READERS)
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type="application/pdf")
def slip_pdf(code: str, slip_id: int) -> Response:
    """Phiếu in, đúng như khi cấp."""
    with reading() as connection:
        dossier = visible_dossier(connection, code, current_caller())
        return printed_slip(connection, dossier, slip_id)


def step_states(found: list[TaskRow], now: datetime) -> dict[str, str]:
    """`done`, `current` or `late` by step of the main diagram; an open task outweighs an earlier pass."""
    states: dict[str, str] = {}
    for task in found:
        if task.instance_kind != MAIN or task.state == "cancelled":
            continue
        if task.state == "open":
            states[task.step] = "late" if task.due_at is not None and now >= task.due_at else "current"
        else:
            states[task.step] = "done"
    return states


def slip_view(slip: SlipRow, pdf: str) -> dict[str, Any]:
    return {
        "id": slip.id,
        "kind": slip.kind,
        "title": SLIP_TITLES[slip.kind],
        "issued_at": slip.issued_at,
        "pdf": pdf,
    }


def printed_slip(connection: Connection, dossier: DossierRow, slip_id: int) -> Response:
    """A slip as PDF. Errors: DomainError not_found."""
    found = slips.slip_content(connection, dossier.id, slip_id)
    if found is None:
        raise DomainError("not_found", "Hồ sơ không có phiếu này.")
    kind, content = found
    pdf = render_receipt(ReceiptContent.from_dict(content))
    name = f"{dossier.code}-{kind}-{slip_id}.pdf"
    return Response(
        pdf,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "private, no-store"},
    )


def _history_view(row: HistoryRow) -> dict[str, Any]:
    details = {key: value for key, value in row.data.items() if key != "event"}
    title = timer_title(str(details["element"])) if row.kind == "timer_fired" else history_title(row.kind)
    return {
        "seq": row.seq,
        "at": row.at,
        "kind": row.kind,
        "title": title,
        "account": row.username,
        "name": row.name,
        "task": row.task_id,
        "details": details,
    }
